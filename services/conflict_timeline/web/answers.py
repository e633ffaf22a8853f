"""Answers: the shapes of what this service tells, beside those of the contract."""

from typing import Any, Literal

from msgspec import Raw, Struct

from conflict_events.timelines import Entry
from conflict_timeline.queries.view import StatementRate


class ConflictKnown(Struct, frozen=True, kw_only=True):
    """A conflict: the head of its log, and when its first and last events were recorded."""

    conflict: str
    head: int
    first_recorded_at: str | None
    last_recorded_at: str | None


class TimelinePage(Struct, frozen=True, kw_only=True):
    """A page of a timeline, all of it as of one position.

    `next` is the cursor of the next page, which is of the same position whatever comes in
    meanwhile; null at the end. `base_rates` has the rate of each statement that a pair of this page
    is of, by event key: no pair is shown without it. `rules` are those by which entries are made.
    """

    conflict: str
    projection: str
    version: int
    position: int
    rules: str | None
    filters: dict[str, Any]
    entries: list[Entry]
    next: str | None
    base_rates: dict[str, StatementRate] | None = None


class EventBehind(Struct, frozen=True, kw_only=True):
    """An event that an entry rests on, as it was recorded."""

    key: str
    position: int
    recorded_at: str
    event: Raw


class EntryHistory(Struct, frozen=True, kw_only=True):
    """Every revision of an entry as of a position, and the events behind it.

    A withdrawn entry may name in `merged_into` the one that a reader should look at; `leads_to` is
    where that ends.
    """

    conflict: str
    projection: str
    version: int
    position: int
    entry: str
    status: Literal["asserted", "withdrawn"]
    merged_into: str | None
    leads_to: str | None
    revisions: list[Entry]
    events: list[EventBehind]
