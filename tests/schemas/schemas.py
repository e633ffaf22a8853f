# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (A schema is JSON: what isinstance() finds in it, pyright calls unknown.)
"""The published schemas, and how the tests here look into them."""

from collections.abc import Iterator
from typing import Any, cast

from jsonschema import Draft202012Validator

from conflict_events import asyncapi, json_schema
from conflict_events.events import BODIES

EVENTS = {name: json_schema.schema(name) for name in BODIES}
TIMELINES = {
    name: json_schema.schema(name) for name in ("Incident", "Pairing", "Revision", "Entry")
}
DOCUMENT = asyncapi.document()
SCHEMAS = cast(dict[str, Any], DOCUMENT["components"]["schemas"])

Json = dict[str, Any]


def faults(schema: Json, value: Any) -> list[str]:
    """Why a value is not as a schema wants it."""
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def objects(value: Any) -> Iterator[Json]:
    """Every JSON object within a value, itself included."""
    if isinstance(value, dict):
        yield cast(Json, value)
        for inner in cast(Json, value).values():
            yield from objects(inner)
    elif isinstance(value, list):
        for item in value:
            yield from objects(item)


def pointed_at(document: Json, ref: str) -> Any:
    """What a local reference points at."""
    assert ref.startswith("#/")
    place: Any = document
    for step in ref.removeprefix("#/").split("/"):
        place = place[step]
    return place
