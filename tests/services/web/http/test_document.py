"""The OpenAPI document: what it points to is there, and what is there it tells."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final

import jsonschema
import pytest
import schemathesis
from litestar.handlers import HTTPRouteHandler

from conflict_events import asyncapi
from conflict_events.events import BODIES
from conflict_timeline.queries.filters import TEXT_CHARS_MAX, VALUES_MAX
from conflict_timeline.web import routes
from conflict_timeline.web.openapi import document
from tests.services.web.http.site import Json

DOCUMENT: Final = document()
METHODS: Final = frozenset({"get", "post", "put", "delete", "patch", "head", "options", "trace"})
OPERATIONS: Final = [
    (path, method)
    for path, item in DOCUMENT["paths"].items()
    for method in item
    if method in METHODS
]


def found(pointer: str) -> Any:
    """What a pointer within the document points to."""
    at: Any = DOCUMENT
    for part in pointer.removeprefix("#/").split("/"):
        at = at[part.replace("~1", "/").replace("~0", "~")]
    return at


def inside(node: Any) -> Iterator[Json]:
    """Every object of the document."""
    if isinstance(node, dict):
        yield node
        for below in node.values():  # pyright: ignore[reportUnknownVariableType] - JSON
            yield from inside(below)
    elif isinstance(node, list):
        for below in node:  # pyright: ignore[reportUnknownVariableType] - JSON
            yield from inside(below)


def test_it_is_openapi_3_1() -> None:
    """By the schema of the specification."""
    schemathesis.openapi.from_dict(DOCUMENT).validate()


def test_every_reference_resolves() -> None:
    references = [one["$ref"] for one in inside(DOCUMENT) if isinstance(one.get("$ref"), str)]

    assert len(references) > 50
    for reference in references:
        assert reference.startswith("#/components/schemas/")
        found(reference)


def test_schemas_of_both_documents_are_the_same() -> None:
    """A program that reads both has one type for each."""
    ours, theirs = (one["components"]["schemas"] for one in (document(), asyncapi.document()))

    both = ours.keys() & theirs.keys()
    assert "Event" in both
    told_apart = [one["Event"].pop("discriminator") for one in (ours, theirs)]
    assert {name: ours[name] for name in both} == {name: theirs[name] for name in both}
    # Each of the two formats has a notation of its own for what tells events apart.
    mapping = {name: f"#/components/schemas/{name}" for name in BODIES}
    assert told_apart == [{"propertyName": "type", "mapping": mapping}, "type"]


def test_the_bounds_of_filters_are_told() -> None:
    parameters = DOCUMENT["paths"]["/conflicts/{conflict}/timelines/{projection}"]["get"]
    schemas = {one["name"]: one["schema"] for one in parameters["parameters"]}

    for name in ("party", "topic", "region", "act", "speaker"):
        assert schemas[name]["maxItems"] == VALUES_MAX
    assert schemas["speaker"]["items"]["maxLength"] == TEXT_CHARS_MAX
    assert schemas["q"]["maxLength"] == TEXT_CHARS_MAX


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_every_schema_is_a_json_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_parameter_of_a_path_is_declared_and_no_other(path: str, method: str) -> None:
    parameters = DOCUMENT["paths"][path][method].get("parameters", [])

    declared = [one["name"] for one in parameters if one["in"] == "path"]
    assert sorted(declared) == sorted(re.findall(r"\{(\w+)\}", path))
    assert all(one["required"] for one in parameters if one["in"] == "path")
    assert len({(one["in"], one["name"]) for one in parameters}) == len(parameters)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_described(path: str, method: str) -> None:
    responses = DOCUMENT["paths"][path][method]["responses"]

    assert any(status.startswith("2") for status in responses)
    for status, response in responses.items():
        assert response["description"]
        if int(status) >= 400 and path != "/readyz":
            told = "application/json" if status == "422" else "application/problem+json"
            assert list(response["content"]) == [told]


def test_every_route_is_in_the_document_and_no_other() -> None:
    assert set(routed()) == {(path, method) for path, method in OPERATIONS}


def routed() -> Iterator[tuple[str, str]]:
    """The routes of the application, written as the document does."""
    for module in iter_modules(routes.__path__):
        for one in vars(import_module(f"{routes.__name__}.{module.name}")).values():
            if isinstance(one, HTTPRouteHandler):
                for path in one.paths:
                    for method in one.http_methods:
                        yield re.sub(r"\{(\w+):\w+\}", r"{\1}", path), method.lower()
