"""As-of: the position that a reader means by a position, or by a time."""

import asyncio
from datetime import datetime
from typing import Any

from redis.asyncio import Redis

from conflict_events.instants import format_us, to_us
from conflict_timeline.log.follow import position_at


class BeyondKnownError(LookupError):
    """A moment that cannot be answered for yet: only what is past stays as it is."""


async def position_as_of(
    redis: Redis, conflict: str, as_of: int | datetime | None, *, limit: int, limit_is: str
) -> int:
    """The position that `as_of` means: itself, or the highest one recorded at or before a time.

    `limit` is the last position that can be answered for, and what None means; `limit_is` says in
    an error what it is, as in "the head of the log". Asked again, the answer is the same.

    Raises:
        BeyondKnownError: it lies beyond the limit, or after the server's clock.
        LogGapError: the log has lost an entry that would have to be looked at.
        ValueError: a negative position, or a time without a zone.
    """
    if as_of is None:
        return limit
    if isinstance(as_of, int):
        if as_of < 0:
            raise ValueError(f"{as_of} is no position: they begin at 1, and 0 is before the first")
        if as_of > limit:
            raise BeyondKnownError(
                f"position {as_of} is beyond {limit_is} of {conflict!r}, {limit}"
            )
        return as_of
    if as_of.tzinfo is None:
        raise ValueError(f"{as_of} has no zone")
    return await _recorded_by(redis, conflict, to_us(as_of), limit, limit_is)


async def _recorded_by(redis: Redis, conflict: str, at_us: int, limit: int, limit_is: str) -> int:
    # By the clock that recorded-at is taken from: what that has not reached may still fill.
    seconds, microseconds = await _clock(redis)
    now_us = seconds * 1_000_000 + microseconds
    if at_us > now_us:
        raise BeyondKnownError(
            f"{format_us(at_us)} lies in the future: nothing is known as of then"
        )
    if at_us // 1000 == now_us // 1000:
        # Recorded-at counts milliseconds, and this one is not over.
        await asyncio.sleep(0.001)
    position = await position_at(redis, conflict, at_us // 1000)
    if position > limit:
        raise BeyondKnownError(
            f"{format_us(at_us)} is position {position},"
            f" which is beyond {limit_is} of {conflict!r}, {limit}"
        )
    return position


async def _clock(redis: Redis) -> tuple[int, int]:
    seconds: Any
    microseconds: Any
    seconds, microseconds = await redis.time()
    return int(seconds), int(microseconds)
