"""Outcomes: what became of an event that was published. There is no fourth one in a log."""

from msgspec import Struct

from conflict_events.errors import Reason


class Recorded(Struct, frozen=True, tag_field="outcome", tag="recorded"):
    """It is in the log, at this position."""

    position: int


class Repeat(Struct, frozen=True, tag_field="outcome", tag="repeat"):
    """The same event was recorded before, at this position."""

    position: int


class Refused(Struct, frozen=True, tag_field="outcome", tag="refused"):
    """It was not recorded; `path` is the JSON path of the fault."""

    reason: Reason
    path: str
    message: str


class Queued(Struct, frozen=True, tag_field="outcome", tag="queued"):
    """It waits in an intake stream, as this entry; nothing is known yet of what becomes of it."""

    stream: str
    entry: str


Outcome = Recorded | Repeat | Refused
