"""Amendments: corrections and retractions. They add; what they amend stays recorded."""

from typing import Annotated

from msgspec import Meta, Struct

from conflict_events.identity import event_key
from conflict_events.text import Note

EventId = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._:/@+-]+\Z")]
"""An event's id: unique within its source."""

Source = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=500,
        pattern=r"^([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+\Z",
    ),
]
"""A producer: a URI-reference (RFC 3986 characters only)."""


class EventRef(Struct, frozen=True, kw_only=True):
    """Names an event by its producer and id."""

    source: Source
    id: EventId

    @property
    def key(self) -> str:
        """The event key of what is named."""
        return event_key(self.source, self.id)


class Corrected(Struct, frozen=True, kw_only=True):
    """The report named by `corrects` is replaced as a whole by `replacement`."""

    corrects: EventRef
    reason: Note

    @property
    def amends(self) -> EventRef:
        """The event that is amended."""
        return self.corrects


class Retracted(Struct, frozen=True, kw_only=True):
    """The report named by `retracts` no longer counts."""

    retracts: EventRef
    reason: Note

    @property
    def amends(self) -> EventRef:
        """The event that is amended."""
        return self.retracts
