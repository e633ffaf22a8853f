"""Timelines that are not what the log gives: the projector stops and says so, at any point."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_timeline.broker.streams import entries_of
from conflict_timeline.log.errors import LogGapError
from conflict_timeline.log.follow import follow
from conflict_timeline.log.keys import BELL, log_key
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.projector.errors import CheckpointMovedBackError, DivergedError
from conflict_timeline.projector.service import Projector
from conflict_timeline.projector.status import status_of
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.keys import checkpoint_key, timeline_key
from tests.oracle.histories import history
from tests.services.projector.projecting import (
    advanced,
    caught_up,
    denial,
    projecting,
    raid,
    recorded,
    recorded_in_silence,
)
from tests.support import (
    assert_as_folded,
    checkpoint_of,
    running,
    seeded,
    snapshot,
    timeline_of,
)

TIMELINE = timeline_key("ukraine", "pairings", 1)
CHECKPOINT = checkpoint_key("ukraine", "pairings", 1)
FORGED = "f" * 64


async def three_pairs(redis: Redis) -> Advancer:
    """A committed timeline of three revisions, made by positions 2, 3 and 4."""
    await recorded(redis, [denial("s", 1), *(raid(f"{hour}", hour) for hour in (5, 40, 80))])
    advancer = await advanced(redis, "pairings")
    assert [one.id for one in await timeline_of(redis, "pairings")] == ["2-0", "3-0", "4-0"]
    return advancer


async def forge_digest(redis: Redis, entry: bytes) -> None:
    """Write a timeline anew, with another digest beside one revision."""
    entries = await entries_of(redis, TIMELINE)
    await redis.delete(TIMELINE)
    for entry_id, fields in entries:
        digest = FORGED if entry_id == entry else fields[b"d"]
        await redis.xadd(TIMELINE, {"r": fields[b"r"], "d": digest}, id=entry_id)


async def test_a_tampered_timeline_ends_the_projector_process(redis: Redis, server: str) -> None:
    """With a sentence that says where, and what to do; it commits nothing more."""
    await three_pairs(redis)
    await forge_digest(redis, b"4-0")
    before = await snapshot(redis, "recorded", CHECKPOINT), await checkpoint_of(redis, "pairings")

    async with running("run", "projector", "--projection", "pairings", url=server) as projector:
        assert await projector.exit_code() == 1
        *_, last = projector.told().splitlines()

    assert "ukraine/pairings/1 diverged: at position 4 our digest is" in last
    assert FORGED in last
    assert "replay the log" in last
    (conflict,) = (await status_of(redis)).conflicts
    (said,) = [one for one in conflict.projections if one.projection == "pairings"]
    assert said.state == "stuck"
    assert said.reason is not None
    assert said.reason in last
    after = await snapshot(redis, "recorded", CHECKPOINT), await checkpoint_of(redis, "pairings")
    assert after == before


@pytest.mark.parametrize("page_events_max", [1, 2, 500])
async def test_a_tampered_digest_is_found_where_a_page_ends(
    redis: Redis, page_events_max: int
) -> None:
    """Before anything is added to it."""
    await three_pairs(redis)
    await forge_digest(redis, b"4-0")

    with pytest.raises(DivergedError, match="at position 4"):
        await advanced(redis, "pairings", page_events_max=page_events_max)


@pytest.mark.parametrize(
    ("field", "value", "more_events"),
    [
        ("digest", FORGED, 0),
        ("digest", FORGED, 1),
        ("digest", "0" * 64, 1),
        ("position", "3", 0),
        ("position", "3", 1),
        ("position", "5", 1),
    ],
)
async def test_a_tampered_checkpoint_is_found(
    redis: Redis, field: str, value: str, more_events: int
) -> None:
    """Whether or not there is anything to add; one ahead of its log, with the next event."""
    await three_pairs(redis)
    await redis.hset(CHECKPOINT, field, value)
    await recorded(redis, [raid(f"more{number}", 90) for number in range(more_events)])
    before = await snapshot(redis)

    with pytest.raises((DivergedError, BrokenTimelineError)):
        await advanced(redis, "pairings")

    assert await snapshot(redis) == before


async def test_a_deleted_timeline_is_not_begun_again_in_the_middle(redis: Redis) -> None:
    """Neither by the projector that wrote it nor by one that starts."""
    advancer = await three_pairs(redis)
    await redis.delete(TIMELINE)

    with pytest.raises(DivergedError):
        await advanced(redis, "pairings")
    await recorded(redis, [raid("more", 90)])
    with pytest.raises(BrokenTimelineError, match="holds 0 revisions, its checkpoint counts 3"):
        await go_on(redis, advancer)

    assert not await redis.exists(TIMELINE)


async def go_on(redis: Redis, advancer: Advancer) -> None:
    """Fold what was recorded since."""
    async for page in follow(redis, "ukraine", after=advancer.fold.position):
        await advancer.advance(page)


async def test_a_checkpoint_that_moved_back_stops_who_saw_it_further_on(redis: Redis) -> None:
    """The server lost writes: what is folded here may rest on events that are gone."""
    advancer = await three_pairs(redis)
    earlier = await checkpoint_of(redis, "pairings")
    await recorded(redis, [raid("d", 120)])
    await go_on(redis, advancer)
    await redis.hset(
        CHECKPOINT,
        mapping={
            "position": earlier.position,
            "digest": earlier.digest,
            "revisions": earlier.revisions,
        },
    )
    await recorded(redis, [raid("e", 160)])

    with pytest.raises(CheckpointMovedBackError, match="went back from 5 to 4"):
        await go_on(redis, advancer)


async def test_after_the_server_lost_writes_a_new_projector_commits_what_is_missing(
    redis: Redis, server: str
) -> None:
    """As after a failover: log, timelines and checkpoints went back together."""
    log = history(seeded().getrandbits(32), events=300)
    await recorded(redis, log[:200])
    async with projecting(server):
        await caught_up(redis)
    kept = await snapshot(redis)
    await recorded(redis, log[200:])
    async with running("run", "projector", url=server) as projector:
        await caught_up(redis)
        await redis.flushall()
        for key, dump in kept.items():
            await redis.restore(key, 0, dump)
        await recorded(redis, [raid("another-one", 5)])
        assert await projector.exit_code() == 1
        assert "position 300 was expected, but the log ends before it" in projector.told()

    async with projecting(server):
        await caught_up(redis)
    await assert_as_folded(redis)
    assert (await checkpoint_of(redis, "pairings")).position == 201


async def test_a_log_that_was_trimmed_under_its_projector_ends_it(
    redis: Redis, server: str
) -> None:
    """Also where nothing is left that would show the gap."""
    await recorded(redis, [raid(f"{number}", number) for number in range(20)])
    projector = asyncio.create_task(Projector(server, redis, projections=tuple(PROJECTIONS)).run())
    await caught_up(redis)
    async with redis.pipeline(transaction=True) as pipe:
        await recorded_in_silence(pipe, raid("more", 90))
        pipe.xtrim(log_key("ukraine"), maxlen=0, approximate=False)
        pipe.xadd(BELL, {"c": "ukraine", "p": "21"})
        await pipe.execute()

    gap = "position 21 was expected, but the log ends before it"
    with pytest.RaisesGroup(pytest.RaisesExc(LogGapError, match=gap)):
        await asyncio.wait_for(projector, 10)


async def test_a_checkpoint_that_is_something_else_ends_the_projector(
    redis: Redis, server: str
) -> None:
    """Not one timeline left behind in silence: the process."""
    await recorded(redis, [raid("a", 1)])
    await redis.set(CHECKPOINT, "not ours")

    with pytest.RaisesGroup(pytest.RaisesExc(ResponseError, match="WRONGTYPE")):
        await asyncio.wait_for(Projector(server, redis, projections=tuple(PROJECTIONS)).run(), 10)


async def test_two_folds_of_one_log_agree_at_the_lower_of_two_positions(redis: Redis) -> None:
    """One is ahead, the other catches up in other pages, and goes on where the first stopped."""
    await recorded(redis, history(seeded().getrandbits(32), events=200))
    for name in PROJECTIONS:
        ahead = Advancer.over(redis, "ukraine", projection(name))
        behind = Advancer.over(redis, "ukraine", projection(name))
        await ahead.open()
        await behind.open()
        ahead_pages = [page async for page in follow(redis, "ukraine", page_events_max=30)]
        behind_pages = [page async for page in follow(redis, "ukraine", page_events_max=7)]

        for page in ahead_pages[:3]:
            await ahead.advance(page)
        for page in behind_pages[:20]:
            await behind.advance(page)
        for page in ahead_pages[3:]:
            await ahead.advance(page)
        for page in behind_pages[20:]:
            await behind.advance(page)

    await assert_as_folded(redis)
