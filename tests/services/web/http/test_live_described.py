"""However a stream is asked for, its answer is described, and it begins as it should."""

import json
from collections.abc import Iterator
from typing import Any, Final, cast

import hypothesis
import jsonschema
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from conflict_timeline.web.openapi import document
from tests.services.web.http.site import Site
from tests.support import seeded

EXAMPLES: Final = 60
PATH: Final = "/conflicts/{conflict}/timelines/{projection}/live"
DOCUMENT: Final[dict[str, Any]] = document()
STATUSES: Final = frozenset(DOCUMENT["paths"][PATH]["get"]["responses"])
PROBLEM: Final = jsonschema.Draft202012Validator(
    {"$ref": "#/components/schemas/Problem", "components": DOCUMENT["components"]}
)
LIVE: Final[Any] = cast("Any", schemathesis.openapi.from_dict(DOCUMENT))[PATH]["GET"]

THERE: Final = {"conflict": "ukraine", "projection": "chronology"}
PLACES: Final = st.one_of(
    st.from_regex(r"\A[0-9]{1,3}-[0-9]{1,2}\Z"),
    st.from_regex(r"\A(0|1|34|9{17})-(0|2147483647|2147483648)\Z"),
    st.text(max_size=20),
)
VERSIONS: Final = st.one_of(st.integers(-1, 3).map(str), st.text(max_size=8))


def sendable(text: str) -> bool:
    """Whether a client can put a text into a header at all."""
    return text.isascii() and text.isprintable() and text == text.strip()


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """Give a client; its connection ends with each stream."""
    with requests.Session() as made:
        made.trust_env = False
        yield made


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_every_stream_is_as_described(
    site: Site, session: requests.Session, mode: GenerationMode
) -> None:
    seen: dict[int, int] = {}

    @hypothesis.seed(seeded().getrandbits(64))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=LIVE.as_strategy(generation_mode=mode), choice=st.data())
    def holds(case: Case[Any], choice: st.DataObject) -> None:
        if choice.draw(st.integers(0, 3)):  # Made-up names alone would find nothing.
            case.path_parameters.update(THERE)
        if choice.draw(st.booleans()):
            case.query = {"after": choice.draw(PLACES)}
        if choice.draw(st.booleans()):
            case.query = {**(case.query or {}), "version": choice.draw(VERSIONS)}
        if choice.draw(st.booleans()):
            case.headers["Last-Event-ID"] = choice.draw(PLACES.filter(sendable))
        status = asked(site, session, case)
        seen[status] = seen.get(status, 0) + 1

    holds()
    print(seen)
    assert ({400} if mode.is_negative else {200, 400, 404}) <= set(seen)


def asked(site: Site, session: requests.Session, case: Case[Any]) -> int:
    """Ask, look at the answer, and cut the stream after its first events."""
    arguments = case.as_transport_kwargs(base_url=site.url)
    with session.request(**arguments, stream=True, timeout=20) as answer:
        assert str(answer.status_code) in STATUSES, answer.status_code
        kind = answer.headers["content-type"]
        if answer.status_code == 200:
            assert kind.startswith("text/event-stream")
            begins_well(next(answer.iter_content(None)))
        else:
            assert kind == "application/problem+json"
            PROBLEM.validate(answer.json())
    return answer.status_code


def begins_well(chunk: bytes) -> None:
    """Check that the first events are whole, and the ones that come first."""
    assert chunk.endswith(b"\n\n")
    events = [
        dict(line.split(": ", 1) for line in text.split("\n"))
        for text in chunk.decode().removesuffix("\n\n").split("\n\n")
    ]
    names = [one["event"] for one in events]
    assert names in (["progress"], ["switched", "progress"])
    for one in events:
        assert {"position", "version"} <= json.loads(one["data"]).keys()
