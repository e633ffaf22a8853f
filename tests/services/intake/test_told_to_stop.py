"""Told to stop, a service stops: at any moment, whatever it is doing."""

import asyncio

from redis.asyncio import Redis

from conflict_timeline.broker import connect
from conflict_timeline.intake.service import Intake
from tests.oracle.builders import strike
from tests.services.intake.offers import consuming, grow_old, settled
from tests.support import POLICY, log_of, offer, raw_of, seeded


async def test_an_intake_that_is_cancelled_at_any_moment_ends(redis: Redis, server: str) -> None:
    """While it starts, connects, waits or works.

    Before Python 3.12 `asyncio.wait_for`, with which redis-py sends, forgets a cancellation that
    comes just when the sending ends. What was told to stop once is not told again.
    """
    rng = seeded()
    events = [strike(f"{number}", 0, 1) for number in range(3_000)]
    offered = iter(range(0, len(events), 50))
    for step in range(60):
        start = next(offered)
        await offer(redis, events[start : start + 50])
        async with connect(server) as client:
            intake = asyncio.create_task(Intake(server, client, POLICY).run())
            await asyncio.sleep(step * 0.0004 + rng.uniform(0, 0.0004))
            intake.cancel()
            _, left = await asyncio.wait([intake], timeout=5)
        assert not left, f"it went on after {step * 0.4} ms"
        assert intake.cancelled()

    await grow_old(redis)
    async with consuming(server):
        await settled(redis)
    assert sorted(await log_of(redis)) == sorted(raw_of(event) for event in events)
