"""Event time: in which order entries are read."""

from collections.abc import Iterable
from typing import Final

import msgspec

from conflict_events.timelines import Entry


def by_event_time(entries: Iterable[Entry]) -> list[Entry]:
    """Entries by event time, then id: the start of the core, else of when it was said or published.

    A reversal is where its earlier words are. An entry that has no time comes first.
    """
    return sorted(entries, key=lambda entry: (_event_time(entry), entry.entry.encode()))


class _Window(msgspec.Struct):
    earliest: str = ""


class _Words(msgspec.Struct):
    said: _Window


class _Timed(msgspec.Struct):
    core: _Window | None = None
    said: _Window | None = None
    window: _Window | None = None
    published: _Window | None = None
    earlier_words: _Words | None = None


_TIMED: Final = msgspec.json.Decoder(_Timed)


def earliest_of(body: msgspec.Raw) -> str:
    """When it begins what a body tells of, as it is written there; empty when it has no time."""
    try:
        timed = _TIMED.decode(body)
    except msgspec.ValidationError:
        # Somebody else's projection: its `core` may be anything.
        return ""
    words = None if timed.earlier_words is None else timed.earlier_words.said
    window = timed.core or timed.said or timed.window or timed.published or words
    return "" if window is None else window.earliest


def _event_time(entry: Entry) -> str:
    start = earliest_of(entry.body)
    # Whole seconds and fractions sort as text once both have a fraction.
    return start.replace("Z", ".000000Z") if "." not in start else start
