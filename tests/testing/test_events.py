"""Events in a few words: valid, the same each time, and refused where they are written."""

import subprocess
import sys

import pytest

from conflict_events.codec import Accepted, accept
from conflict_timeline.testing import (
    InvalidEventError,
    Json,
    article,
    correction_of,
    denial,
    history,
    key_of,
    record,
    retraction_of,
    statement,
    strike,
)
from conflict_timeline.testing.events import raw_of

HIT = strike("2025-02-18T20:00Z/2025-02-19T07:00Z")


@pytest.mark.parametrize(
    "event",
    [
        HIT,
        statement("2025-02-18T14:00Z", act="promise", validity="2025-02"),
        denial("2025-02-18"),
        article("2025-02-18", title="A title"),
        correction_of(HIT, occurred="2025-02-18", place="Dnipro", drop=["targets"]),
        retraction_of(HIT),
    ],
)
def test_an_event_is_one_that_intake_records(event: Json) -> None:
    found = accept(raw_of(event))

    assert isinstance(found, Accepted)
    assert found.unknown_fields == ()


def test_the_same_words_make_the_same_event_and_others_another() -> None:
    assert strike("2025-02-18") == strike("2025-02-18")
    assert strike("2025-02-18")["id"] != strike("2025-02-18", targets=["rail"])["id"]


def test_times_are_read_as_windows_are() -> None:
    assert HIT["data"]["occurred"] == {
        "earliest": "2025-02-18T20:00:00Z",
        "latest": "2025-02-19T07:00:00Z",
    }
    assert denial("2025-02-18T14:00:00Z")["data"]["said"] == {
        "earliest": "2025-02-18T14:00:00Z",
        "latest": "2025-02-18T14:00:00Z",
    }


def test_the_envelope_can_be_given() -> None:
    event = strike("2025-02-18", id="7", source="urn:x", time="2025-03-01T00:00:00Z")

    assert (event["id"], event["source"], event["time"]) == ("7", "urn:x", "2025-03-01T00:00:00Z")
    assert "source" not in event["data"]


def test_a_correction_changes_some_fields_and_drops_others() -> None:
    corrected = correction_of(HIT, place="Dnipro", drop=["attribution"])

    assert corrected["data"]["corrects"] == {"source": HIT["source"], "id": HIT["id"]}
    assert corrected["data"]["replacement"] == {
        "occurred": HIT["data"]["occurred"],
        "place": {"name": "Dnipro"},
        "targets": ["energy"],
    }
    assert corrected["time"] > HIT["time"]
    assert corrected["conflict"] == HIT["conflict"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"targets": ["bridges"]}, r"\$.data.targets"),
        ({"target": ["energy"]}, r"no such field: \$.data.target"),
        ({"source": "a b"}, r"\$.source"),
    ],
)
def test_what_intake_would_refuse_fails_where_it_is_written(fields: Json, words: str) -> None:
    with pytest.raises(InvalidEventError, match=words):
        strike("2025-02-18", **fields)


def test_a_log_takes_an_event_once() -> None:
    log = record([HIT, denial("2025-02-18"), HIT])

    assert [(one.position, one.key) for one in log] == [
        (1, key_of(HIT)),
        (2, key_of(denial("2025-02-18"))),
    ]
    assert log[0].recorded_at_ms < log[1].recorded_at_ms


def test_a_log_takes_what_was_not_made_by_the_kit_only_if_it_is_valid() -> None:
    with pytest.raises(InvalidEventError, match=r"intake would refuse 1: \$.data"):
        record([{**HIT, "id": "1", "data": {}}])


def test_anybody_may_amend_here() -> None:
    assert len(record([HIT, retraction_of(HIT, source="https://desk.example")])) == 2


def test_a_history_is_the_same_for_a_seed_and_has_all_kinds() -> None:
    assert history(7) == history(7) != history(8)
    kinds = {event["type"] for seed in range(10) for event in history(seed)}
    assert len(kinds) == 7  # Articles are not amended: no projection that ships heeds them.


def test_histories_have_repeats_and_amendments_that_come_first() -> None:
    histories = [history(seed) for seed in range(10)]

    assert any(len(record(events)) < len(events) for events in histories)
    assert any("corrected" in events[0]["type"] for events in histories)


def test_the_kit_needs_no_pytest_and_no_redis() -> None:
    code = "import conflict_timeline.testing, sys; print({'pytest', 'redis'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
