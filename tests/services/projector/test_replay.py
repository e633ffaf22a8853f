"""Replaying: the same fold in the foreground, which writes nothing."""

import pytest
from redis.asyncio import Redis

from conflict_timeline.log.errors import LogGapError
from conflict_timeline.log.keys import log_key
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector.replay import entries_of, replay
from conflict_timeline.timelines.commit import Committer
from conflict_timeline.timelines.read import Timeline
from tests.oracle.histories import history
from tests.services.projector.projecting import advanced, raid, recorded, replay_printed
from tests.support import checkpoint_of, dump_of, seeded, snapshot


@pytest.mark.parametrize("name", PROJECTIONS)
async def test_a_replay_to_any_position_gives_the_committed_digest_there(
    redis: Redis, name: str
) -> None:
    """And the entries as of it."""
    await recorded(redis, history(seeded().getrandbits(32), events=120))
    await advanced(redis, name)
    committed = Committer(redis, "ukraine", name, 1)
    timeline = Timeline(redis, "ukraine", name, 1)

    for position in (*range(0, 120, 7), 119, 120):
        made = await replay(redis, "ukraine", projection(name), upto=position)

        assert made.fold.position == position
        assert made.fold.digest.hex() == await committed.digest_at(position)
        assert entries_of(made, "ukraine") == await timeline.entries(upto=position)

        assert made.fold.revisions == len([one async for one in timeline.revisions(upto=position)])


async def test_a_replay_in_another_process_prints_the_committed_digest_and_writes_nothing(
    redis: Redis, server: str
) -> None:
    """Not a key is made, not a byte changed, not a bell rung."""
    await recorded(redis, history(seeded().getrandbits(32), events=700))
    for name in PROJECTIONS:
        await advanced(redis, name)
    before, size = await snapshot(redis), await redis.dbsize()

    for name in PROJECTIONS:
        assert replay_printed(server, name) == await checkpoint_of(redis, name)

    assert await redis.dbsize() == size
    assert await snapshot(redis) == before


async def test_a_replay_tells_how_far_it_is(redis: Redis) -> None:
    """At the end of each page."""
    await recorded(redis, [raid(f"{number}", number % 300) for number in range(1_100)])
    told: list[int] = []

    made = await replay(
        redis,
        "ukraine",
        projection("incidents"),
        upto=1_050,
        keep_entries=False,
        progress=told.append,
    )

    assert told == [500, 1_000, 1_050]
    assert made.latest == {}


async def test_a_replay_of_a_log_with_a_gap_gives_no_digest(redis: Redis) -> None:
    """Wherever the gap is: a digest of a part would be taken for one of the whole."""
    await recorded(redis, [raid(f"{number}", number) for number in range(10)])
    for position in (1, 5, 10):
        dump = await dump_of(redis, log_key("ukraine"))
        await redis.xdel(log_key("ukraine"), f"{position}-0")
        with pytest.raises(LogGapError):
            await replay(redis, "ukraine", projection("incidents"), upto=10)
        await redis.restore(log_key("ukraine"), 0, dump, replace=True)
