"""Following: every recorded event once, in order, or a loud stop."""

import pytest
from redis.asyncio import Redis

from conflict_timeline.broker.streams import entries_of
from conflict_timeline.log.errors import LogGapError, UnreadableEventError
from conflict_timeline.log.follow import (
    Head,
    conflicts_of,
    follow,
    head_of,
    position_at,
    position_of,
    recorded_at_position,
)
from conflict_timeline.log.keys import CONFLICTS, ids_key, log_key
from tests.oracle.builders import strike
from tests.support import accepted, append, of, raw_of

LOG = log_key("ukraine")
IDS = ids_key("ukraine")


async def read(
    redis: Redis, *, after: int = 0, upto: int | None = None, page_events_max: int = 500
) -> list[list[int]]:
    """The positions of each page."""
    return [
        [recorded.position for recorded in page]
        async for page in follow(
            redis, "ukraine", after=after, upto=upto, page_events_max=page_events_max
        )
    ]


async def recorded(redis: Redis, count: int, *, first: int = 1) -> None:
    """Record so many events."""
    await append(redis, [strike(f"{n}", 0, 1) for n in range(first, first + count)])


@pytest.mark.parametrize(
    ("after", "upto", "page_events_max", "pages"),
    [
        (0, None, 500, [[1, 2, 3, 4, 5, 6, 7]]),
        (0, None, 3, [[1, 2, 3], [4, 5, 6], [7]]),
        (0, None, 7, [[1, 2, 3, 4, 5, 6, 7]]),
        (2, None, 3, [[3, 4, 5], [6, 7]]),
        (7, None, 3, []),
        (0, 4, 3, [[1, 2, 3], [4]]),
        (0, 3, 3, [[1, 2, 3]]),
        (2, 5, 500, [[3, 4, 5]]),
        (5, 5, 500, []),
        (0, 0, 500, []),
        (5, 99, 500, [[6, 7]]),
    ],
)
async def test_events_come_in_pages_from_after_one_position_up_to_another(
    redis: Redis, after: int, upto: int | None, page_events_max: int, pages: list[list[int]]
) -> None:
    """Each page but the last is full."""
    await recorded(redis, 7)

    assert await read(redis, after=after, upto=upto, page_events_max=page_events_max) == pages


async def test_a_conflict_without_a_log_has_no_pages(redis: Redis) -> None:
    """It may get one later."""
    assert await read(redis) == []
    assert await head_of(redis, "ukraine") == Head(0, None)


async def test_an_event_comes_with_its_bytes_its_key_and_when_it_was_recorded(
    redis: Redis,
) -> None:
    """All that a fold, a proof and a reader of the past rest on."""
    event = strike("a", 0, 1)
    await append(redis, [event])

    ((found,),) = [page async for page in follow(redis, "ukraine")]

    assert found.raw == raw_of(event)
    assert found.event == accepted(event).event
    assert found.key == accepted(event).event.key
    assert await head_of(redis, "ukraine") == Head(1, found.recorded_at_ms)


async def test_what_is_recorded_while_following_is_read_in_the_same_pass(redis: Redis) -> None:
    """A pass ends at the head as it is then."""
    await recorded(redis, 4)
    seen: list[int] = []

    async for page in follow(redis, "ukraine", page_events_max=2):
        seen += [one.position for one in page]
        if seen[-1] == 4:
            await recorded(redis, 3, first=5)

    assert seen == [1, 2, 3, 4, 5, 6, 7]


async def test_called_again_it_reads_on_where_it_was(redis: Redis) -> None:
    """As a projector does each time that the bell rings."""
    await recorded(redis, 3)
    assert await read(redis) == [[1, 2, 3]]
    assert await read(redis, after=3) == []
    await recorded(redis, 2, first=4)

    assert await read(redis, after=3) == [[4, 5]]


@pytest.mark.parametrize(
    ("gone", "expected", "found"),
    [
        ([1], 1, 2),
        ([1, 2, 3], 1, 4),
        ([4], 4, 5),
        ([3, 4, 5], 3, 6),
        ([7], 7, None),
        ([6, 7], 6, None),
        ([1, 2, 3, 4, 5, 6, 7], 1, None),
    ],
)
@pytest.mark.parametrize("page_events_max", [2, 3, 500])
async def test_a_missing_position_stops_the_reader(
    redis: Redis, gone: list[int], expected: int, found: int | None, page_events_max: int
) -> None:
    """At the beginning, inside, and at the end, where no later event gives it away."""
    await recorded(redis, 7)
    await redis.xdel(LOG, *(f"{position}-0" for position in gone))

    with pytest.raises(LogGapError) as caught:
        await read(redis, page_events_max=page_events_max)

    assert (caught.value.expected, caught.value.found) == (expected, found)
    assert f"position {expected} was expected" in str(caught.value)


async def test_a_log_trimmed_under_its_reader_stops_it(redis: Redis) -> None:
    """What it has read does not help it: something it has not read is gone."""
    await recorded(redis, 7)
    await redis.xtrim(LOG, maxlen=2, approximate=False)

    assert await read(redis, after=5) == [[6, 7]]
    with pytest.raises(LogGapError):
        await read(redis, after=4)
    with pytest.raises(LogGapError):
        await read(redis, after=2, upto=4)


async def test_a_log_that_ends_before_its_reader_stops_it(redis: Redis) -> None:
    """As after a failover that lost writes: position 6 will be another event than it was."""
    await recorded(redis, 3)

    with pytest.raises(LogGapError, match="position 5 was expected, but the log ends before it"):
        await read(redis, after=5)


@pytest.mark.parametrize(
    "fields",
    [
        {"e": "no event", "t": "1"},
        {"e": '{"type":"conflict.strike.reported.v9"}', "t": "1"},
        {"t": "1"},
        {"e": raw_of(strike("a", 0, 1))},
        {"e": raw_of(strike("a", 0, 1)), "t": "noon"},
    ],
)
async def test_an_event_that_cannot_be_read_stops_the_reader(
    redis: Redis, fields: dict[str | bytes, str | bytes]
) -> None:
    """It was recorded by a newer version, or its bytes were damaged: to skip it would be to lie."""
    await recorded(redis, 2)
    await redis.xadd(LOG, fields, id="3-0")  # type: ignore[arg-type]  # Invariant in its keys.
    await redis.hset(IDS, "head", "3")

    with pytest.raises(UnreadableEventError, match=r"position 3 of the log of 'ukraine'"):
        await read(redis)
    with pytest.raises(UnreadableEventError):
        await recorded_at_position(redis, "ukraine", 3)


async def recorded_at(redis: Redis, *times_ms: int) -> None:
    """Record events at given times, none of which may be before the one before it."""
    for number, time_ms in enumerate(times_ms, start=1):
        await redis.hset(IDS, "recorded_at", str(time_ms))
        await recorded(redis, 1, first=number)


FUTURE_MS = 4_102_444_800_000  # 2100-01-01: later than the server's clock.


async def test_a_time_means_the_last_position_recorded_by_then(redis: Redis) -> None:
    """Of several events of one millisecond the last."""
    ago = [0, 10, 10, 10, 25, 40]
    await recorded_at(redis, *(FUTURE_MS + ms for ms in ago))

    found = {ms: await position_at(redis, "ukraine", FUTURE_MS + ms) for ms in range(-2, 50)}

    assert found == {ms: sum(one <= ms for one in ago) for ms in range(-2, 50)}


async def test_before_anything_was_recorded_the_position_is_0(redis: Redis) -> None:
    """Also without a log."""
    assert await position_at(redis, "ukraine", FUTURE_MS) == 0
    await recorded(redis, 5)

    assert await position_at(redis, "ukraine", 0) == 0
    assert await position_at(redis, "ukraine", FUTURE_MS) == 5


async def test_a_time_in_a_trimmed_log_is_not_guessed(redis: Redis) -> None:
    """The entry that would tell is gone."""
    await recorded(redis, 8)
    await redis.xtrim(LOG, maxlen=1, approximate=False)

    with pytest.raises(LogGapError):
        await position_at(redis, "ukraine", 1)


async def test_an_event_is_found_by_its_key(redis: Redis) -> None:
    """Even where its bytes are gone."""
    await recorded(redis, 3)
    key = accepted(strike("2", 0, 1)).event.key
    assert await position_of(redis, "ukraine", key) == 2
    found = await recorded_at_position(redis, "ukraine", 2)
    assert found is not None
    assert found.key == key

    await redis.xdel(LOG, "2-0")

    assert await position_of(redis, "ukraine", key) == 2
    assert await recorded_at_position(redis, "ukraine", 2) is None
    assert await position_of(redis, "ukraine", accepted(strike("9", 0, 1)).event.key) is None


async def test_conflicts_are_those_with_a_log_by_name(redis: Redis) -> None:
    """One that was only announced is not among them; one whose entries were trimmed is."""
    await append(redis, [of(name, strike("a", 0, 1)) for name in ("ukraine", "sudan", "gaza-2")])
    await redis.sadd(CONFLICTS, "announced")
    await redis.xtrim(LOG, maxlen=0, approximate=False)

    assert await conflicts_of(redis) == ["gaza-2", "sudan", "ukraine"]
    assert await entries_of(redis, LOG) == []
