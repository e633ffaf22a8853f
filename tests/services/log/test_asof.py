"""As-of: which position a reader means, and what cannot be answered for yet."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from conflict_timeline.log.asof import BeyondKnownError, position_as_of
from conflict_timeline.log.follow import recorded_at_position
from tests.oracle.builders import strike
from tests.support import append, until

EVENTS = 4


async def meant(redis: Redis, as_of: int | datetime | None, limit: int = EVENTS) -> int:
    """The position that is meant of a log of four events."""
    return await position_as_of(redis, "ukraine", as_of, limit=limit, limit_is="the checkpoint")


async def recorded(redis: Redis) -> list[datetime]:
    """Record four events, two at a time; answer when."""
    for pair in (0, 2):
        await append(redis, [strike(f"{pair + one}", pair, pair + 1) for one in (0, 1)])
        await past(redis, await when(redis, pair + 1))
    return [await when(redis, position) for position in range(1, EVENTS + 1)]


async def when(redis: Redis, position: int) -> datetime:
    """When a position was recorded."""
    entry = await recorded_at_position(redis, "ukraine", position)
    assert entry is not None
    return datetime.fromtimestamp(entry.recorded_at_ms / 1000, UTC)


async def now(redis: Redis) -> datetime:
    """The server's clock."""
    seconds, microseconds = await as_any(redis).time()
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)


def as_any(redis: Redis) -> Any:
    """A client whose answers redis-py leaves open."""
    return redis


async def past(redis: Redis, moment: datetime) -> None:
    """Wait until a moment's millisecond is over."""

    async def is_over() -> bool:
        return await now(redis) > moment + timedelta(milliseconds=2)

    await until(is_over)


async def test_a_position_means_itself_and_nothing_means_the_limit(redis: Redis) -> None:
    """Position 0 is before the first event."""
    assert [await meant(redis, position) for position in (0, 1, 4)] == [0, 1, 4]
    assert await meant(redis, None, limit=3) == 3


async def test_a_time_means_the_last_position_recorded_by_then(redis: Redis) -> None:
    """To the millisecond, which is what is recorded."""
    first, _, third, _ = await recorded(redis)
    millisecond = timedelta(milliseconds=1)

    assert await meant(redis, first - millisecond) == 0
    assert await meant(redis, first) == 2
    assert await meant(redis, third - millisecond) == 2
    assert await meant(redis, third + timedelta(microseconds=999)) == 4


async def test_what_is_beyond_the_limit_is_not_known_yet(redis: Redis) -> None:
    """Be it named by a position or by a time."""
    times = await recorded(redis)

    for as_of in (5, 10**30, times[-1]):
        with pytest.raises(BeyondKnownError, match="beyond the checkpoint of 'ukraine', 3"):
            await meant(redis, as_of, limit=3)


async def test_the_future_is_not_known(redis: Redis) -> None:
    """By the clock of the server; the very moment is."""
    await recorded(redis)

    assert await meant(redis, await now(redis)) == EVENTS
    with pytest.raises(BeyondKnownError, match="future"):
        await meant(redis, await now(redis) + timedelta(seconds=1))


async def test_what_was_answered_once_is_answered_again(redis: Redis) -> None:
    """Even as of this millisecond: it is waited for until nothing can be recorded in it."""
    for number in range(50):
        await append(redis, [strike(f"{number}", 0, 1)])
        moment = await now(redis)
        answered = await position_as_of(redis, "ukraine", moment, limit=99, limit_is="the head")
        await append(redis, [strike(f"{number}-later", 0, 1)])

        again = await position_as_of(redis, "ukraine", moment, limit=199, limit_is="the head")
        assert again == answered


@pytest.mark.parametrize("as_of", [-1, datetime(2025, 2, 18)])  # noqa: DTZ001 - it has no zone
async def test_what_is_no_moment_is_refused(redis: Redis, as_of: int | datetime) -> None:
    """A negative position, and a time that could be anywhere."""
    with pytest.raises(ValueError, match=r"is no position|has no zone"):
        await meant(redis, as_of)
