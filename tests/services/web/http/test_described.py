"""Whatever is asked, well or badly, the answer is one that the OpenAPI document describes."""

from collections.abc import Iterator
from typing import Any, Final

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis import checks as common
from schemathesis.specs.openapi import checks

from conflict_timeline.web.openapi import document
from tests.services.web.http.site import Site
from tests.support import seeded

EXAMPLES: Final = 20
CHECKS: Final[list[Any]] = [
    common.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
THERE: Final[dict[str, tuple[str, ...]]] = {
    "conflict": ("ukraine",),
    "projection": ("chronology", "incidents", "pairings"),
    "key": ("048ea9526e16c10e95c9d8ceb9533041",),
    "entry": ("048ea9526e16c10e95c9d8ceb9533041",),
    "file": ("index.html", "icon.svg", "geometry.json"),
}
"""What a path may name that is there: made-up names alone would only ever find nothing."""

SCHEMA: Final[Any] = schemathesis.openapi.from_dict(document()).exclude(path_regex="/live$")
"""A stream does not end: those are in test_live.py."""

OPERATIONS: Final[dict[str, Any]] = {
    found.ok().label: found.ok() for found in SCHEMA.get_all_operations()
}


def test_every_operation_is_asked_but_the_stream() -> None:
    described = [f"{m.upper()} {path}" for path, of in document()["paths"].items() for m in of]

    assert len(described) - len(OPERATIONS) == 1


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """Give a client that keeps its connection."""
    with requests.Session() as made:
        made.trust_env = False
        yield made


WELL: Final = [(name, GenerationMode.POSITIVE) for name in sorted(OPERATIONS)]
BADLY: Final = [
    (name, GenerationMode.NEGATIVE)
    for name, operation in sorted(OPERATIONS.items())
    if [*operation.iter_parameters(), *operation.body]
]


@pytest.mark.parametrize(("operation", "mode"), [*WELL, *BADLY])
def test_every_answer_is_as_described(
    site: Site, session: requests.Session, operation: str, mode: GenerationMode
) -> None:
    asking = OPERATIONS[operation]

    @hypothesis.seed(seeded().getrandbits(64))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=asking.as_strategy(generation_mode=mode), choice=st.data())
    def holds(case: Case[Any], choice: st.DataObject) -> None:
        for name in case.path_parameters or {}:
            if choice.draw(st.booleans()):
                case.path_parameters[name] = choice.draw(st.sampled_from(THERE[name]))
        case.call_and_validate(
            base_url=site.url, session=session, checks=CHECKS, headers=site.authorization
        )

    holds()
