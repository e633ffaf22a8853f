"""Follow: the one reader of a log, for live projections and for replays alike."""

from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_events import codec
from conflict_events.recorded import RecordedEvent
from conflict_timeline.broker.streams import entries_of, fields_of
from conflict_timeline.log.errors import BrokenLogError, LogGapError, UnreadableEventError
from conflict_timeline.log.keys import CONFLICTS, ids_key, log_key
from conflict_timeline.runtime.cancelling import heed_cancellation

PAGE_EVENTS_MAX: Final = 500
"""Events in one read: larger pages were measured to be slower."""


class Head(NamedTuple):
    """The end of a log: its last position, and when that was recorded (ms; None when empty)."""

    position: int
    recorded_at_ms: int | None


async def follow(
    redis: Redis,
    conflict: str,
    *,
    after: int = 0,
    upto: int | None = None,
    page_events_max: int = PAGE_EVENTS_MAX,
) -> AsyncIterator[list[RecordedEvent]]:
    """Yield the recorded events after a position, in order, in pages, until the head.

    To stay with a log, call again with the last position whenever the bell has rung: what was
    recorded in between is then read, and nothing is read twice.

    Raises:
        LogGapError: a position is missing, also one at the end.
        UnreadableEventError: an event cannot be read by this version.
    """
    # Read first: whatever it counts has to be found below.
    head = (await head_of(redis, conflict)).position
    if after > head:
        raise LogGapError(conflict, after, None)
    end = "+" if upto is None else f"{upto}-0"
    while upto is None or after < upto:
        entries = await entries_of(redis, log_key(conflict), f"{after + 1}-0", end, page_events_max)
        page = [_recorded(conflict, entry_id, fields) for entry_id, fields in entries]
        for recorded in page:
            if recorded.position != after + 1:
                raise LogGapError(conflict, after + 1, recorded.position)
            after = recorded.position
        heed_cancellation()
        if page:
            yield page
        if len(page) < page_events_max:
            break
    if after < (head if upto is None else min(head, upto)):
        raise LogGapError(conflict, after + 1, None)


async def head_of(redis: Redis, conflict: str) -> Head:
    """The end of a log, also when its entries were trimmed.

    Raises:
        BrokenLogError: somebody else wrote to it.
    """
    position, recorded_at = await fields_of(redis, ids_key(conflict), "head", "recorded_at")
    if position is None or recorded_at is None:
        return Head(0, None)
    try:
        return Head(int(position), int(recorded_at))
    except ValueError:
        ends = f"{position!r}, recorded at {recorded_at!r}"
        raise BrokenLogError(conflict, f"{ids_key(conflict)} says that it ends at {ends}") from None


async def check_end(redis: Redis, conflict: str) -> None:
    """See that a log ends where its head is said to be, as `append` does before it writes.

    Raises:
        BrokenLogError: it does not, or is no log.
    """
    log, ids = log_key(conflict), ids_key(conflict)
    async with redis.pipeline(transaction=True) as pipe:
        pipe.xinfo_stream(log)
        pipe.hget(ids, "head")
        found: list[Any] = await pipe.execute(raise_on_error=False)
    about, head = found
    for answer in found:
        if isinstance(answer, ResponseError):
            raise BrokenLogError(conflict, f"{log} and {ids} cannot be read: {answer}")
    last = about["last-generated-id"].decode(errors="replace")
    said = (head or b"0").decode(errors="replace")
    if last != f"{said}-0":
        raise BrokenLogError(conflict, f"{log} ends at {last}, but {ids} says at {said}")


async def conflicts_of(redis: Redis) -> list[str]:
    """The conflicts that have a log, by name."""
    names: Any = await redis.smembers(CONFLICTS)
    found = sorted(name.decode() for name in names)
    # A name is announced just before its first append.
    return [name for name in found if (await head_of(redis, name)).position]


async def position_at(redis: Redis, conflict: str, at_ms: int) -> int:
    """The highest position recorded at or before a time (ms since the epoch); 0 when there is none.

    Cost: O(log n) reads, because recorded-at never falls.
    """
    low, high = 0, (await head_of(redis, conflict)).position
    while low < high:
        middle = (low + high + 1) // 2
        entry = await recorded_at_position(redis, conflict, middle)
        if entry is None:
            raise LogGapError(conflict, middle, None)
        if entry.recorded_at_ms <= at_ms:
            low = middle
        else:
            high = middle - 1
    return low


async def position_of(redis: Redis, conflict: str, key: str) -> int | None:
    """Where the event of a key was recorded, if it was."""
    (known,) = await fields_of(redis, ids_key(conflict), key)
    return None if known is None else int(known.partition(b":")[0])


async def recorded_at_position(redis: Redis, conflict: str, position: int) -> RecordedEvent | None:
    """The event at a position; None when there is none (any more)."""
    at = f"{position}-0"
    entries = await entries_of(redis, log_key(conflict), at, at)
    for entry_id, fields in entries:
        return _recorded(conflict, entry_id, fields)
    return None


def _recorded(conflict: str, entry_id: bytes, fields: dict[bytes, Any]) -> RecordedEvent:
    position = int(entry_id.partition(b"-")[0])
    try:
        raw = fields[b"e"]
        return RecordedEvent(
            position=position,
            recorded_at_ms=int(fields[b"t"]),
            raw=raw,
            event=codec.read(raw),
        )
    except KeyError as error:
        raise UnreadableEventError(conflict, position, f"it has no field {error}") from error
    except ValueError as error:  # RefusedError among them.
        raise UnreadableEventError(conflict, position, str(error)) from error
