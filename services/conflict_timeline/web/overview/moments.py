"""Moments: what an overview is as of."""

from typing import Any

from redis.asyncio import Redis

from conflict_events.instants import format_us
from conflict_timeline.log.follow import head_of, recorded_at_position
from conflict_timeline.timelines.commit import START
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.keys import checkpoint_key, serving_key, timeline_key
from conflict_timeline.web.overview.shapes import Moment


async def moment_of(redis: Redis, conflict: str, position: int, versions: dict[str, int]) -> Moment:
    """The moment of a position. Cost: four round trips.

    Raises:
        BrokenTimelineError: a checkpoint or a timeline is not what it should be.
        redis.exceptions.RedisError: the broker is away.
    """
    recorded = await recorded_at_position(redis, conflict, position)
    return Moment(
        conflict=conflict,
        position=position,
        recorded_at=None if recorded is None else format_us(recorded.recorded_at_ms * 1_000),
        head=(await head_of(redis, conflict)).position,
        versions=versions,
        digests=await _digests(redis, conflict, position),
    )


async def _digests(redis: Redis, conflict: str, position: int) -> dict[str, str]:
    """The digest at a position of each served timeline that has come so far."""
    served: dict[Any, Any] = await redis.hgetall(serving_key(conflict))
    names = sorted(name.decode() for name in served if name.isascii())
    async with redis.pipeline(transaction=False) as pipe:
        for name in names:
            version = served[name.encode()].decode()
            pipe.hget(checkpoint_key(conflict, name, version), "position")
            pipe.xrevrange(timeline_key(conflict, name, version), f"{position}", "-", count=1)
        answers: list[Any] = await pipe.execute()
    digests: dict[str, str] = {}
    for name, reached, last in zip(names, answers[::2], answers[1::2], strict=True):
        try:
            if int(reached or 0) >= position:
                digests[name] = last[0][1][b"d"].decode() if last else START.digest
        except (ValueError, KeyError) as error:
            raise BrokenTimelineError(
                f"{name} of {conflict!r} is not what it should be: {error!r}"
            ) from error
    return digests
