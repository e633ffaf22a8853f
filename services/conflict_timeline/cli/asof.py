"""As-of: which position a reader means by a position or by a time."""

from datetime import datetime
from typing import Any, Final

from redis.asyncio import Redis

from conflict_events.instants import to_us, written_fault
from conflict_timeline.cli.exits import NotFoundError, usage
from conflict_timeline.log.errors import UnknownConflictError
from conflict_timeline.log.follow import Head, head_of, position_at

_POSITION_DIGITS_MAX: Final = 15


async def known_head(redis: Redis, conflict: str) -> Head:
    """The head of a conflict's log.

    Raises:
        UnknownConflictError: nothing was ever recorded for it.
    """
    head = await head_of(redis, conflict)
    if not head.position:
        raise UnknownConflictError(conflict)
    return head


async def position_meant(
    redis: Redis, conflict: str, text: str | None, *, limit: int, limit_is: str
) -> int:
    """The position that `text` means; without a text, the limit.

    `limit` is the last position that can be answered for, and `limit_is` says what it is.

    Raises:
        NotFoundError: it lies beyond the limit, or in the future.
        UsageError: the text is neither a position nor a time.
    """
    if text is None:
        return limit
    if text.isascii() and text.isdigit():
        if len(text.lstrip("0")) > _POSITION_DIGITS_MAX or int(text) > limit:
            raise NotFoundError(f"position {text} is beyond {limit_is} of {conflict!r}, {limit}")
        return int(text)
    if (fault := written_fault(text)) is not None:
        usage(f"{text!r} is neither a position nor a time: {fault}")
    try:
        at_us = to_us(datetime.fromisoformat(text))
    except ValueError as error:
        usage(f"{text!r} is no time: {error}")
    # By the clock that recorded-at is taken from: what that has not reached may still fill.
    now: Any = await redis.time()
    if at_us > now[0] * 1_000_000 + now[1]:
        raise NotFoundError(f"{text} lies in the future: nothing is known as of then")
    position = await position_at(redis, conflict, at_us // 1000)
    if position > limit:
        raise NotFoundError(
            f"{text} is position {position}, which is beyond {limit_is} of {conflict!r}, {limit}"
        )
    return position
