"""The envelope: CloudEvents 1.0, structured JSON, extended by `conflict` and `traceparent`."""

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

from conflict_events.amendments import EventId, Source
from conflict_events.events import Body, Kind, kind_of
from conflict_events.identity import event_key
from conflict_events.instants import Instant

BodyT_co = TypeVar("BodyT_co", bound=Body, covariant=True)

ConflictId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}\Z")]
"""The name of a conflict: the partition of the log."""

Traceparent = Annotated[str, Meta(pattern=r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\Z")]
"""W3C Trace Context."""


class Event(Struct, Generic[BodyT_co], frozen=True, kw_only=True, omit_defaults=True):
    """A fact as a producer reported it.

    `source` is the producer, `time` when the producer made this record: never the time of the
    strike or of the words.
    """

    # No default: CloudEvents requires the attribute, and what has no default is always written.
    specversion: Literal["1.0"]
    id: EventId
    source: Source
    type: Annotated[str, Meta(max_length=100)]
    time: Instant
    conflict: ConflictId
    data: BodyT_co
    datacontenttype: Literal["application/json"] | None = None
    traceparent: Traceparent | None = None

    @property
    def key(self) -> str:
        """The event key."""
        return event_key(self.source, self.id)

    @property
    def kind(self) -> Kind:
        """What the event is about."""
        return kind_of(self.type)
