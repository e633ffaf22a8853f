"""The order in which readers get entries: by event time, whatever a body holds."""

from typing import Any

import msgspec
import pytest

from conflict_events.event_time import by_event_time
from conflict_events.timelines import Entry


def entry(name: str, body: Any) -> Entry:
    """An entry of any projection."""
    place = {"projection": "mine", "version": 1, "conflict": "ukraine", "entry": name}
    said = {"status": "asserted", "because": ["k"], "body": body}
    row = {"revision": 1, "position": 7, **place, **said}
    return msgspec.json.decode(msgspec.json.encode(row), type=Entry)


def test_entries_are_ordered_by_core_else_said_then_by_id() -> None:
    entries = [
        entry("d", {"said": {"earliest": "2025-02-19T00:00:00Z"}}),
        entry("c", {"core": {"earliest": "2025-02-18T00:00:00.500000Z"}}),
        entry("b", {"core": {"earliest": "2025-02-18T00:00:00Z"}, "said": {"earliest": "2026"}}),
        entry("a", {"core": {"earliest": "2025-02-18T00:00:00Z"}}),
    ]

    assert [one.entry for one in by_event_time(entries)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"core": 7, "said": None},
        {"core": "2025-02-18"},
        {"core": ["x"]},
        {"core": {"earliest": 7}},
        {"core": {"latest": "2025-02-18T00:00:00Z"}},
        {"said": {"earliest": None}},
    ],
)
def test_a_body_without_a_time_comes_first(body: Any) -> None:
    timed = entry("a", {"core": {"earliest": "2025-02-18T00:00:00Z"}})
    untimed = entry("b", body)

    assert by_event_time([timed, untimed]) == [untimed, timed]


def test_another_field_that_is_nested_does_not_hide_the_time() -> None:
    early = entry("b", {"core": {"earliest": "2025-02-18T00:00:00Z", "hours": 24}})
    late = entry("a", {"core": {"earliest": "2025-02-19T00:00:00Z", "hours": 24}})

    assert by_event_time([late, early]) == [early, late]
