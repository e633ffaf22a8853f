"""Logs that somebody else wrote to: nothing is appended, and the error says what is wrong."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_events.outcomes import Recorded
from conflict_timeline.log.errors import BrokenLogError
from conflict_timeline.log.follow import conflicts_of, head_of
from conflict_timeline.log.keys import CONFLICTS, ids_key, log_key
from tests.oracle.builders import strike
from tests.support import accepted, append, snapshot

LOG = log_key("ukraine")
IDS = ids_key("ukraine")
KEY = accepted(strike("a", 0, 1)).event.key

Break = Callable[[Redis], Awaitable[object]]


async def deleted(redis: Redis, *keys: str) -> None:
    await redis.delete(*keys)


async def replaced(redis: Redis, key: str) -> None:
    await redis.delete(key)
    await redis.set(key, "not ours")


async def frozen(redis: Redis) -> None:
    found: Any = redis
    await found.execute_command("XSETID", LOG, f"{2**64 - 1}-0")


BREAKAGES: dict[str, tuple[Break, str]] = {
    "the log is no stream": (
        lambda redis: replaced(redis, LOG),
        "{ukraine}:log is a string, not a stream",
    ),
    "the ids are no hash": (
        lambda redis: replaced(redis, IDS),
        "{ukraine}:ids is a string, not a hash",
    ),
    "the log is gone": (
        lambda redis: deleted(redis, LOG),
        "{ukraine}:log ends at 0 but {ukraine}:ids at 2",
    ),
    "the ids are gone": (
        lambda redis: deleted(redis, IDS),
        "{ukraine}:log ends at 2 but {ukraine}:ids at nothing",
    ),
    "the head is no number": (
        lambda redis: redis.hset(IDS, "head", "many"),
        "{ukraine}:log ends at 2 but {ukraine}:ids at many",
    ),
    "a known event without a position": (
        lambda redis: redis.hset(IDS, KEY, "garbage"),
        f"{{ukraine}}:ids has no position for {KEY}",
    ),
    "a time that is none": (
        lambda redis: redis.hset(IDS, "recorded_at", "noon"),
        "{ukraine}:ids says it was recorded at noon",
    ),
    "an entry that nobody knows": (
        lambda redis: redis.xadd(LOG, {"e": "{}"}, id="3-0"),
        "{ukraine}:log ends at 3 but {ukraine}:ids at 2",
    ),
    "an entry whose id is no position": (
        lambda redis: redis.xadd(LOG, {"e": "{}"}),
        "but {ukraine}:ids at 2",
    ),
    "a second entry at a position": (
        lambda redis: redis.xadd(LOG, {"e": "{}"}, id="2-1"),
        "the last id of {ukraine}:log is 2-1, which is no position",
    ),
    "a frozen stream": (
        lambda redis: redis.xadd(LOG, {"e": "{}"}, id=f"{2**64 - 1}-{2**64 - 1}"),
        "18446744073709551615-18446744073709551615, which is no position",
    ),
    "a stream frozen without an entry": (
        frozen,
        "18446744073709551615-0, which is no position",
    ),
}


@pytest.mark.parametrize("case", BREAKAGES)
async def test_nothing_is_written_to_a_broken_log(redis: Redis, case: str) -> None:
    """Not even the events that come before the trouble."""
    await append(redis, [strike("a", 0, 1), strike("b", 0, 1)])
    breaks, says = BREAKAGES[case]
    await breaks(redis)
    before = await snapshot(redis)

    with pytest.raises(BrokenLogError) as caught:
        await append(redis, [strike("c", 0, 1), strike("a", 0, 1)])

    assert says in str(caught.value)
    assert "'ukraine' is broken and nothing was appended" in str(caught.value)
    assert caught.value.conflict == "ukraine"
    assert await snapshot(redis) == before


async def test_another_conflicts_log_is_not_touched_by_a_broken_one(redis: Redis) -> None:
    """Each conflict is a partition."""
    await replaced(redis, LOG)
    sudan = {**strike("a", 0, 1), "conflict": "sudan"}

    assert await append(redis, [sudan]) == [Recorded(1)]
    with pytest.raises(BrokenLogError):
        await append(redis, [strike("a", 0, 1)])


async def test_a_conflict_is_announced_before_its_first_event(redis: Redis) -> None:
    """A log that nobody lists would never be projected; a name without a log does no harm."""
    await replaced(redis, LOG)

    with pytest.raises(BrokenLogError):
        await append(redis, [strike("a", 0, 1)])

    assert await redis.smembers(CONFLICTS) == {b"ukraine"}
    assert await conflicts_of(redis) == []


async def test_a_full_server_refuses_whole_batches(redis: Redis) -> None:
    """Nothing is recorded by halves, and the log goes on when there is room again."""
    await append(redis, [strike("a", 0, 1)])
    before = await snapshot(redis)
    try:
        await redis.config_set("maxmemory", "1")
        with pytest.raises(ResponseError, match="maxmemory"):
            await append(redis, [strike("b", 0, 1), strike("c", 0, 1)])
        assert await snapshot(redis) == before
    finally:
        await redis.config_set("maxmemory", "0")

    assert await append(redis, [strike("b", 0, 1)]) == [Recorded(2)]


@pytest.mark.parametrize("field", ["head", "recorded_at"])
async def test_a_head_that_is_no_number_is_a_broken_log_and_no_defect(
    redis: Redis, field: str
) -> None:
    await append(redis, [strike("a", 0, 1)])
    await redis.hset(ids_key("ukraine"), field, "x")

    with pytest.raises(BrokenLogError, match="says that it ends at"):
        await head_of(redis, "ukraine")
