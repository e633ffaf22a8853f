"""The bell: it wakes a projector; what it says is not believed, and lost it does no harm."""

import asyncio

import pytest
from redis.asyncio import Redis

from conflict_timeline.broker.subscribers import ServiceStoppedError
from conflict_timeline.log.keys import BELL
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.projector.service import SWEEP_S, Projector
from conflict_timeline.timelines.commit import START
from tests.services.projector.projecting import (
    caught_up,
    denial,
    projecting,
    raid,
    recorded,
    recorded_in_silence,
    stands,
)
from tests.support import (
    assert_as_folded,
    checkpoint_of,
    has_caught_up,
    of,
    until,
)


async def test_a_bell_wakes_a_projector_at_once(redis: Redis, server: str) -> None:
    """Not at the next sweep."""
    async with projecting(server):
        await recorded(redis, [denial("s", 1)])
        await caught_up(redis)
        for number in range(5):
            await recorded(redis, [raid(f"{number}", 5 + number)])
            await caught_up(redis, within_s=SWEEP_S / 4)

    await assert_as_folded(redis)


async def test_a_conflict_that_is_new_needs_no_restart(redis: Redis, server: str) -> None:
    """Its first bell is enough."""
    async with projecting(server):
        await recorded(redis, [raid("a", 1)])
        await caught_up(redis)
        for conflict in ("sudan", "gaza-2"):
            await recorded(redis, [of(conflict, raid("a", 1)), of(conflict, denial("s", 0))])
            await caught_up(redis, within_s=SWEEP_S / 2)

    await assert_as_folded(redis)
    assert (await checkpoint_of(redis, "pairings", "gaza-2")).position == 2


async def test_a_lost_bell_costs_time_and_no_data(redis: Redis, server: str) -> None:
    """Of a conflict that is known, and of one that nobody has heard of."""
    async with projecting(server):
        await recorded(redis, [denial("s", 1)])
        await caught_up(redis)
        await redis.delete(BELL)
        await recorded_in_silence(redis, raid("a", 5))
        await recorded_in_silence(redis, of("sudan", raid("a", 5)))
        assert not await has_caught_up(redis)
        await caught_up(redis, within_s=SWEEP_S + 3)

    await assert_as_folded(redis)
    assert await redis.xlen(BELL) == 0


async def test_a_bell_that_lies_moves_nothing(redis: Redis, server: str) -> None:
    """It carries no truth: neither a position nor that there is a log."""
    await recorded(redis, [raid("a", 1)])
    async with projecting(server):
        await caught_up(redis)
        await redis.xadd(BELL, {"c": "ukraine", "p": "999"})
        await redis.xadd(BELL, {"c": "nowhere", "p": "7"})
        await recorded(redis, [raid("b", 2)])
        await caught_up(redis)

    await assert_as_folded(redis)
    assert await checkpoint_of(redis, "incidents", "nowhere") == START


async def test_a_bell_that_cannot_be_heard_ends_the_projector(redis: Redis, server: str) -> None:
    """FastStream would ask again without a pause, for ever."""
    projector = asyncio.create_task(Projector(server, redis, projections=["incidents"]).run())
    await until(lambda: listens(redis))
    await redis.set(BELL, "not ours")

    with pytest.RaisesGroup(pytest.RaisesExc(ServiceStoppedError, match="recorded cannot be read")):
        await asyncio.wait_for(projector, 5)


async def listens(redis: Redis) -> bool:
    """Tell whether somebody waits for the bell."""
    return any(client["cmd"] == "xread" for client in await redis.client_list())


async def test_a_projector_may_be_given_some_conflicts_and_projections_only(
    redis: Redis, server: str
) -> None:
    """Others are left to other processes."""
    await recorded(redis, [of(name, raid("a", 1)) for name in ("ukraine", "sudan", "gaza-2")])
    async with projecting(server, ["incidents"], ["sudan"]):
        await recorded(redis, [of(name, raid("b", 30)) for name in ("ukraine", "sudan")])
        await until(lambda: stands(redis, "incidents", 2, "sudan"))
        await asyncio.sleep(0.1)

    for conflict in ("ukraine", "gaza-2"):
        for name in PROJECTIONS:
            assert await checkpoint_of(redis, name, conflict) == START
    assert await checkpoint_of(redis, "pairings", "sudan") == START


async def test_a_long_way_to_go_for_one_conflict_does_not_hold_up_another(
    redis: Redis, server: str
) -> None:
    """A new one is projected while the other is still catching up."""
    backlog = [raid(f"{number}", number % 700) for number in range(6_000)]
    await recorded(redis, backlog)
    async with projecting(server):
        await until(lambda: _begun(redis))
        await recorded(redis, [of("sudan", raid("a", 1))])
        await until(lambda: stands(redis, "pairings", 1, "sudan"))
        behind = await checkpoint_of(redis, "pairings")
        await caught_up(redis, within_s=40)

    assert behind.position < len(backlog)


async def _begun(redis: Redis) -> bool:
    return (await checkpoint_of(redis, "pairings")).position > 0
