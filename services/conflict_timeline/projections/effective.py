"""Effective bodies: what an event says once its amendments are in, whatever order they came in."""

from typing import NamedTuple

from conflict_events.amendments import Corrected
from conflict_events.events import (
    KINDS,
    ArticleCorrected,
    ArticlePublished,
    ArticleRetracted,
    Kind,
    Report,
    StatementCorrected,
    StatementMade,
    StatementRetracted,
    StrikeCorrected,
    StrikeReported,
    StrikeRetracted,
)
from conflict_events.instants import to_us
from conflict_events.recorded import RecordedEvent


class Effective(NamedTuple):
    """An event whose effective body a recorded event has set; `body` is None when retracted.

    `position`, `source` and `time_us` are those of the event itself, not of the amendment;
    `holds_us` is the time of what holds: the amendment's, if there is one.
    """

    key: str
    kind: Kind
    position: int
    source: str
    time_us: int
    holds_us: int
    body: Report | None


class _Order(NamedTuple):
    """Amendments of one event are ordered by this; the last one holds."""

    time_us: int
    source: bytes
    id: bytes


class _Held(NamedTuple):
    """The amendment that holds for an event, and what it says."""

    order: _Order
    body: Report | None


class _Own(NamedTuple):
    """An event of which the log has the report itself."""

    kind: Kind
    position: int
    source: str
    time_us: int


class EffectiveBodies:
    """Follows which body of each event holds. Cost: O(1) an event."""

    def __init__(self, *kinds: Kind) -> None:
        """`kinds` are those that are asked for, by default all: of others little is kept."""
        self._kinds = kinds or KINDS
        # Of an event of another kind only that it was recorded.
        self._own: dict[str, _Own | None] = {}
        self._sources: dict[str, str] = {}  # Few, and each held once.
        # By kind, because an amendment of another kind has no effect, and one that comes before its
        # event cannot know of which kind that will be.
        self._held: dict[tuple[str, Kind], _Held] = {}
        self._amendments: set[str] = set()
        self._waiting: dict[str, None] = {}

    @property
    def waiting(self) -> int:
        """How many events are amended but not recorded yet."""
        return len(self._waiting)

    def apply(self, recorded: RecordedEvent) -> Effective | None:
        """Take in a recorded event; answer the event whose effective body it sets, if any."""
        data = recorded.event.data
        match data:
            case ArticlePublished() | StatementMade() | StrikeReported():
                return self._reported(recorded, data)
            case ArticleCorrected() | ArticleRetracted():
                kind: Kind = "article"
            case StatementCorrected() | StatementRetracted():
                kind = "statement"
            case StrikeCorrected() | StrikeRetracted():
                kind = "strike"
        body = data.replacement if isinstance(data, Corrected) else None
        return self._amended(recorded, data.amends.key, kind, body)

    def _reported(self, recorded: RecordedEvent, body: Report) -> Effective | None:
        event = recorded.event
        self._waiting.pop(recorded.key, None)
        if event.kind not in self._kinds:
            self._own[recorded.key] = None
            return None
        source = self._sources.setdefault(event.source, event.source)
        own = _Own(event.kind, recorded.position, source, to_us(event.time))
        self._own[recorded.key] = own
        held = self._held.get((recorded.key, own.kind))
        if held is None:
            return Effective(recorded.key, *own, own.time_us, body)
        return Effective(recorded.key, *own, held.order.time_us, held.body)

    def _amended(
        self, recorded: RecordedEvent, key: str, kind: Kind, body: Report | None
    ) -> Effective | None:
        self._amendments.add(recorded.key)
        self._waiting.pop(recorded.key, None)
        # Amending an amendment has no effect, ever.
        if key not in self._own and key not in self._amendments:
            self._waiting[key] = None
        if kind not in self._kinds:
            return None
        event = recorded.event
        order = _Order(to_us(event.time), event.source.encode(), event.id.encode())
        held = self._held.get((key, kind))
        if held is not None and held.order > order:
            return None
        self._held[key, kind] = _Held(order, body)
        own = self._own.get(key)
        if own is None or own.kind != kind:
            return None
        return Effective(key, *own, order.time_us, body)
