"""Answers: what is asked of a read model, and what comes back."""

from typing import NamedTuple

from conflict_events.timelines import Entry
from conflict_timeline.queries.filters import Filters


class Place(NamedTuple):
    """Where a page ended: the event time (us) and the id of its last entry."""

    event_us: int
    entry: str


class Asked(NamedTuple):
    """Entries of a timeline as of a position: at most `limit` of them, those after a place."""

    conflict: str
    projection: str
    position: int
    filters: Filters
    limit: int
    after: Place | None = None


class Page(NamedTuple):
    """Entries by event time, then id; `after` is where the next page begins, None when none is."""

    entries: list[Entry]
    after: Place | None


class Served(NamedTuple):
    """The version that readers get here, and the position up to which it was fed."""

    version: int
    position: int


class TookTooLongError(Exception):
    """A question that was given up: it takes too long, or too many like it were asked."""

    def __init__(self, after_s: float) -> None:
        super().__init__(
            f"the answer took more than {after_s:g} s: ask for less, such as a shorter time, or"
            " fewer words; or again when there is less to do"
        )
        self.after_s = after_s


class BehindError(LookupError):
    """A position that was not fed here yet: what it will hold is not known."""

    def __init__(self, projection: str, conflict: str, position: int, fed: int) -> None:
        super().__init__(
            f"position {position} of {projection!r} of {conflict!r} has not been read here yet,"
            f" only {fed}: ask again in a moment"
        )
        self.position = position
        self.fed = fed
