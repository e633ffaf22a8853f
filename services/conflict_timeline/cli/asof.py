"""As-of: which position a reader means by a position or by a time."""

import re
import time
from datetime import datetime
from typing import Final

from redis.asyncio import Redis

from conflict_events.instants import to_us, written_fault
from conflict_timeline.cli.session import NotFoundError, usage
from conflict_timeline.log.errors import UnknownConflictError
from conflict_timeline.log.follow import Head, head_of, position_at

_POSITION: Final = re.compile(r"\d{1,15}")


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
    if _POSITION.fullmatch(text):
        position = int(text)
        if position > limit:
            raise NotFoundError(
                f"position {position} is beyond {limit_is} of {conflict!r}, {limit}"
            )
        return position
    if (fault := written_fault(text)) is not None:
        usage(f"{text!r} is neither a position nor a time: {fault}")
    try:
        at_ms = to_us(datetime.fromisoformat(text)) // 1000
    except ValueError as error:
        usage(f"{text!r} is no time: {error}")
    seconds, _ = await redis.time()
    if at_ms > max(int(seconds) * 1000 + 999, int(time.time() * 1000)):
        raise NotFoundError(f"{text} lies in the future: nothing is known as of then")
    position = await position_at(redis, conflict, at_ms)
    if position > limit:
        raise NotFoundError(
            f"{text} is position {position}, which is beyond {limit_is} of {conflict!r}, {limit}"
        )
    return position
