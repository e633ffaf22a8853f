"""Recorded events: what a log holds, and what projections read."""

from functools import cached_property

from msgspec import Struct

from conflict_events.envelope import Event
from conflict_events.events import Body


class RecordedEvent(Struct, frozen=True, kw_only=True, dict=True):
    """An event at its place in the log of its conflict.

    `recorded_at_ms` is the server's clock when the log took it: milliseconds since the epoch, never
    falling. `raw` holds the bytes as they were sent.
    """

    position: int
    recorded_at_ms: int
    raw: bytes
    event: Event[Body]

    @cached_property
    def key(self) -> str:
        """The event key."""
        return self.event.key
