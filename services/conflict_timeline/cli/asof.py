"""As-of: how a moment is written, and that it is part of every answer."""

from datetime import datetime
from typing import Final

from redis.asyncio import Redis

from conflict_events.instants import to_us, written_fault
from conflict_timeline.cli.exits import NotFoundError, usage
from conflict_timeline.cli.output import Columns
from conflict_timeline.log.asof import position_as_of
from conflict_timeline.log.errors import UnknownConflictError
from conflict_timeline.log.follow import Head, head_of

_POSITION_DIGITS_MAX: Final = 15
_SHOWN_MAX: Final = 40


def with_as_of(columns: Columns) -> Columns:
    """The columns of entries for CSV, with the position that they are as of as the last one."""
    return Columns((*columns.names, "as_of"), lambda row: [*columns.cells(row), row.as_of])


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

    Raises:
        BeyondKnownError: it lies beyond the limit, or in the future.
        NotFoundError: it is a number that no position will ever have.
        UsageError: the text is neither a position nor a time.
    """
    return await position_as_of(
        redis,
        conflict,
        None if text is None else _moment(text),
        limit=limit,
        limit_is=limit_is,
    )


def moment_of(text: str) -> int | None:
    """The time that an as-of text means (us since the epoch); None when it is a position.

    Raises:
        NotFoundError, UsageError: as `position_meant` does.
    """
    moment = _moment(text)
    return None if isinstance(moment, int) else to_us(moment)


def _moment(text: str) -> int | datetime:
    if text.isascii() and text.isdigit():
        digits = text.lstrip("0") or "0"
        if len(digits) > _POSITION_DIGITS_MAX:
            shown = digits if len(digits) <= _SHOWN_MAX else f"{digits[:_SHOWN_MAX]}…"
            raise NotFoundError(f"position {shown} is beyond every log: none is that long")
        return int(digits)
    if (fault := written_fault(text)) is not None:
        usage(f"{text!r} is neither a position nor a time: {fault}")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        usage(f"{text!r} is no time: {error}")
