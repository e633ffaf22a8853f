"""Intake processes that are killed, at planned points and under load: nothing lost or doubled."""

import asyncio
import signal

import pytest
from redis.asyncio import Redis

from conflict_timeline.intake.service import GROUP
from conflict_timeline.log.keys import INTAKE
from tests.services.intake.offers import Mixture, consuming, grow_old, is_settled, settled
from tests.support import running, seeded, until

pytestmark = pytest.mark.timeout(60)

POINTS = ("intake.read", "intake.decoded", "intake.appended", "intake.settled")


@pytest.mark.parametrize("point", POINTS)
async def test_what_a_killed_intake_left_is_settled_by_another_once(
    redis: Redis, server: str, point: str
) -> None:
    """Killed in the middle of its second batch, at each step."""
    mixture = Mixture(seeded(), 1_000)
    await mixture.offer(redis)

    async with running("run", "intake", url=server, fault=f"{point}:kill:2") as first:
        assert await first.exit_code() == -signal.SIGKILL
    assert not await is_settled(redis)
    # Killed after it had settled the batch, it need not have left anything pending.
    assert await grow_old(redis) or point == "intake.settled"

    async with consuming(server):
        await settled(redis)

    await mixture.assert_settled_once(redis)


async def test_a_living_intake_takes_over_from_one_that_dies(redis: Redis, server: str) -> None:
    """By itself: it looks every few seconds for what is pending for too long."""
    mixture = Mixture(seeded(), 600)
    async with (
        running("run", "intake", url=server, fault="intake.appended:kill:1") as dying,
        consuming(server),
    ):
        await dying.has_started()
        for start in range(0, len(mixture.offers), 50):
            await mixture.offer(redis, slice(start, start + 50))
            await asyncio.sleep(0.01)
        assert await dying.exit_code() == -signal.SIGKILL
        await grow_old(redis)
        await settled(redis)

    await mixture.assert_settled_once(redis)


async def test_intakes_killed_at_random_times_lose_and_double_nothing(
    redis: Redis, server: str
) -> None:
    """Four times, each followed by another, while scrapers go on."""
    rng = seeded()
    mixture = Mixture(rng, 1_500)

    async def scrape() -> None:
        for start in range(0, len(mixture.offers), 20):
            await mixture.offer(redis, slice(start, start + 20))
            await asyncio.sleep(0.03)

    scraping = asyncio.create_task(scrape())
    for _ in range(4):
        async with running("run", "intake", url=server) as intake:
            await intake.has_started()
            await asyncio.sleep(rng.uniform(0, 0.4))
            intake.kill()
    await scraping
    await grow_old(redis)
    async with consuming(server):
        await settled(redis)

    await mixture.assert_settled_once(redis)


async def test_sigterm_under_load_ends_well_and_leaves_the_rest_to_the_next(
    redis: Redis, server: str
) -> None:
    """Exit code 0; nothing is settled by halves."""
    mixture = Mixture(seeded(), 3_000)
    async with running("run", "intake", url=server) as first:
        await first.has_started()
        await mixture.offer(redis)
        await until(lambda: _begun(redis, len(mixture.offers)))
        assert await first.stop() == 0
    await grow_old(redis)
    async with consuming(server):
        await settled(redis)

    await mixture.assert_settled_once(redis)


async def test_an_idle_intake_ends_well_when_told(redis: Redis, server: str) -> None:
    """At once, and its group stays."""
    async with running("run", "intake", url=server) as intake:
        await intake.has_started()
        assert await intake.stop() == 0

    for stream in INTAKE:
        assert [one["name"] for one in await redis.xinfo_groups(stream)] == [GROUP.encode()]


async def _begun(redis: Redis, offered: int) -> bool:
    left = sum([await redis.xlen(stream) for stream in INTAKE])
    return left < offered
