"""Questions: bounded in what they cost, and each with cursors of its own."""

import re
import subprocess
from typing import Final

import pytest

from conflict_events.receipts import BATCH, SINGLE
from conflict_timeline.queries.filters import TEXT_CHARS_MAX, VALUES_MAX, WORDS_MAX
from tests.services.web.http.site import CHRONOLOGY, INCIDENTS, PAIRINGS, Site, raids
from tests.support import raw_of

ACTS: Final = "deny,accuse"


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (CHRONOLOGY, "act", "deny"),
        (CHRONOLOGY, "party", "RUS"),
        (CHRONOLOGY, "speaker", "Lavrov"),
        (INCIDENTS, "topic", "energy"),
        (INCIDENTS, "region", "UA"),
        (PAIRINGS, "party", "RUS"),
    ],
)
def test_a_value_that_is_given_a_thousand_times_is_one(
    site: Site, path: str, name: str, value: str
) -> None:
    many = site.asked(path, **{name: ",".join([value] * 1_000)})

    assert many == site.asked(path, **{name: value})
    assert many["filters"] == {name: [value]}


def test_a_word_that_is_given_many_times_is_one(site: Site) -> None:
    many = site.asked(CHRONOLOGY, q="energy " * 50)

    assert many["entries"] == site.asked(CHRONOLOGY, q="energy")["entries"] != []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"party": ",".join(f"p{n}" for n in range(VALUES_MAX + 1))}, f"at most {VALUES_MAX}"),
        ({"speaker": ",".join(f"{n}" for n in range(1_500))}, f"at most {VALUES_MAX}"),
        ({"speaker": "a" * (TEXT_CHARS_MAX + 1)}, f"longer than {TEXT_CHARS_MAX}"),
        ({"q": "a" * (TEXT_CHARS_MAX + 1)}, f"longer than {TEXT_CHARS_MAX}"),
        ({"q": " ".join(f"w{n}" for n in range(WORDS_MAX + 1))}, f"there may be {WORDS_MAX}"),
    ],
    ids=["values", "speakers", "speaker", "text", "words"],
)
def test_a_question_that_asks_for_too_much_is_told_how_much_may_be_asked(
    site: Site, query: dict[str, str], said: str
) -> None:
    answer = site.http.get(CHRONOLOGY, params=query)

    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_the_largest_question_that_may_be_asked_is_answered(site: Site) -> None:
    values = {
        "party": ",".join(f"p{n:03}" for n in range(VALUES_MAX)),
        "speaker": ",".join(f"s{n:03}" for n in range(VALUES_MAX)),
        "region": ",".join(f"UA-{n:02}" for n in range(VALUES_MAX)),
        "act": ACTS,
        "q": " ".join(f"w{n:02}" for n in range(WORDS_MAX)),
    }

    assert site.asked(CHRONOLOGY, **values)["entries"] == []


def test_the_command_line_has_the_same_bounds(site: Site) -> None:
    many = [f"--party=p{number}" for number in range(VALUES_MAX + 1)]
    for flags in (many, ["--q", "a" * (TEXT_CHARS_MAX + 1)]):
        done = site.console.asked("timeline", "chronology", "--conflict", "ukraine", *flags)
        assert done.code == 2
    twice = site.console.asked(
        *("timeline", "chronology", "--conflict", "ukraine"), *["--act=deny"] * 500
    )
    assert twice.code == 0


# Cursors.


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (CHRONOLOGY, {"party": "RUS"}),
        (CHRONOLOGY, {}),
        (CHRONOLOGY, {"act": "deny"}),
        (CHRONOLOGY, {"act": ACTS, "q": "energy"}),
        (INCIDENTS, {"act": ACTS}),
        (PAIRINGS, {"act": ACTS}),
        ("/conflicts/another/timelines/chronology", {"act": ACTS}),
    ],
)
def test_a_cursor_is_none_of_another_question(site: Site, path: str, query: dict[str, str]) -> None:
    (event,) = raids("another", 1)
    site.publish(event)
    site.settles("another")
    cursor = site.asked(CHRONOLOGY, act=ACTS, limit=1)["next"]

    answer = site.get(path, cursor=cursor, **query)

    assert answer.status_code == 400
    assert "the same filters" in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        {"act": ACTS},
        {"act": "accuse,deny"},
        {"act": "deny,deny,accuse", "limit": 7},
        {"act": ACTS, "format": "ndjson"},
    ],
)
def test_a_cursor_is_of_its_question_however_that_is_written(
    site: Site, query: dict[str, str]
) -> None:
    cursor = site.asked(CHRONOLOGY, act=ACTS, limit=1)["next"]

    assert site.get(CHRONOLOGY, cursor=cursor, **query).status_code == 200


# Single events that are refused.


def test_curl_fails_for_an_event_that_is_refused(site: Site) -> None:
    """Although it gets a receipt as for any other one; a batch of it is looked at, and does not."""

    def curl(body: bytes, content_type: str) -> int:
        return subprocess.run(
            [
                *("curl", "--silent", "--fail", "--noproxy", "*", f"{site.url}/events"),
                *("--header", f"Authorization: Bearer {site.key}"),
                *("--header", f"Content-Type: {content_type}"),
                *("--data-binary", "@-"),
            ],
            input=body,
            capture_output=True,
            check=False,
            timeout=30,
        ).returncode

    (good,) = raids("oman", 1)
    bad = raw_of({**good, "type": "nothing"})

    assert curl(bad, SINGLE) == 22
    assert curl(b"[" + bad + b"]", BATCH) == 0
    assert curl(raw_of(good), SINGLE) == 0


def test_a_refused_event_answers_its_receipt_and_again_the_same(site: Site) -> None:
    first, again = (site.post(b'{"id":"x","source":"a:b"}') for _ in range(2))

    assert (first.status_code, first.headers["content-type"]) == (422, "application/json")
    (receipt,) = first.json()
    assert (receipt["line"], receipt["id"], receipt["outcome"]) == (1, "x", "refused")
    assert receipt["message"]
    assert again.json() == first.json()


# Small things.


def test_metrics_tell_their_type_once(site: Site) -> None:
    told = site.get("/metrics").headers["content-type"]

    assert told == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("path", ["/livez?q=%ff", "/?q=%ff"])
def test_what_looks_at_no_parameters_does_not_mind_what_they_are(site: Site, path: str) -> None:
    assert site.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/conflicts/ukraine/timelines/nothing",
        "/conflicts/nowhere/timelines/chronology",
        f"{CHRONOLOGY}?as_of=2025-03-01T00:00:00%2B25:00",
    ],
)
def test_what_is_wrong_is_said_to_those_who_ask(site: Site, path: str) -> None:
    """Not to those who run this, nor as Python says it."""
    detail = site.get(path).json()["detail"]

    assert not re.search(r"conflict-timeline|timedelta|strictly", detail)


def test_who_asks_for_a_web_socket_is_answered_and_no_advice_is_logged(site: Site) -> None:
    answer = site.http.get(
        f"{CHRONOLOGY}/nothing",
        headers={
            "connection": "Upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    )

    assert answer.status_code == 404
    assert "WebSocket" not in site.running.err
    assert "upgrade" not in site.running.err.lower()
