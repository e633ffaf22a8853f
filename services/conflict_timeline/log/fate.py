"""Fate: what became of an event that somebody published."""

from typing import Literal

from msgspec import Raw, Struct
from redis.asyncio import Redis

from conflict_events.amendments import Corrected, Retracted
from conflict_events.identity import event_key
from conflict_events.instants import format_us, to_us
from conflict_events.recorded import RecordedEvent
from conflict_timeline.log.errors import LogGapError
from conflict_timeline.log.follow import follow, position_of, recorded_at_position
from conflict_timeline.log.refuse import refusals


class AmendedBy(Struct, frozen=True, kw_only=True):
    """A correction or a retraction of an event, in the order recorded."""

    position: int
    recorded_at: str
    type: str
    time: str
    source: str
    id: str
    reason: str


class RefusedOnce(Struct, frozen=True, kw_only=True):
    """A time that this source and id were refused; `refused` is its id among the refused."""

    refused: str
    reason: str
    path: str
    message: str


class Fate(Struct, frozen=True, kw_only=True):
    """An event that was recorded, refused, or both: once recorded, then offered with another body.

    `event` holds the bytes as they were recorded.
    """

    conflict: str
    source: str
    id: str
    key: str
    outcome: Literal["recorded", "refused"]
    position: int | None = None
    recorded_at: str | None = None
    amendments: list[AmendedBy] = []
    refusals: list[RefusedOnce] = []
    event: Raw | None = None


async def fate_of(redis: Redis, conflict: str, source: str, event_id: str) -> Fate | None:
    """What became of an event; None when nothing is known of it (it may still be in a stream).

    Cost: a pass over the log for the amendments, and one over the refused events.

    Raises:
        LogGapError: it was recorded, but its entry or another one is gone from the log.
    """
    key = event_key(source, event_id)
    refused = [
        RefusedOnce(refused=one.refused, reason=one.reason, path=one.path, message=one.message)
        async for one in refusals(redis)
        if (one.source, one.id) == (source, event_id) and one.conflict in (conflict, None)
    ]
    position = await position_of(redis, conflict, key)
    recorded = None if position is None else await recorded_at_position(redis, conflict, position)
    if position is not None and recorded is None:
        raise LogGapError(conflict, position, None)
    if recorded is None and not refused:
        return None
    return Fate(
        conflict=conflict,
        source=source,
        id=event_id,
        key=key,
        outcome="refused" if recorded is None else "recorded",
        position=position,
        recorded_at=None if recorded is None else _recorded_at(recorded),
        amendments=await _amendments(redis, conflict, key),
        refusals=refused,
        event=None if recorded is None else Raw(recorded.raw),
    )


async def _amendments(redis: Redis, conflict: str, key: str) -> list[AmendedBy]:
    return [
        AmendedBy(
            position=recorded.position,
            recorded_at=_recorded_at(recorded),
            type=recorded.event.type,
            time=format_us(to_us(recorded.event.time)),
            source=recorded.event.source,
            id=recorded.event.id,
            reason=recorded.event.data.reason,
        )
        async for page in follow(redis, conflict)
        for recorded in page
        if isinstance(recorded.event.data, Corrected | Retracted)
        and recorded.event.data.amends.key == key
    ]


def _recorded_at(recorded: RecordedEvent) -> str:
    return format_us(recorded.recorded_at_ms * 1000)
