"""Told to stop, a projector stops: at any moment, whatever it is doing."""

import asyncio

from redis.asyncio import Redis

from conflict_timeline.broker import connect
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.projector.service import Projector
from tests.services.projector.projecting import busy, caught_up, projecting, recorded
from tests.support import assert_as_folded, seeded


async def test_a_projector_that_is_cancelled_at_any_moment_ends(redis: Redis, server: str) -> None:
    """While it starts, connects, folds or commits; what it leaves is whole.

    Before Python 3.12 `asyncio.wait_for`, with which redis-py sends, forgets a cancellation that
    comes just when the sending ends. What was told to stop once is not told again.
    """
    rng = seeded()
    events = busy(rng, 600)
    for step in range(40):
        await recorded(redis, events[15 * step : 15 * (step + 1)], batch=5)
        async with connect(server) as client:
            projector = Projector(server, client, projections=tuple(PROJECTIONS))
            task = asyncio.create_task(projector.run())
            await asyncio.sleep(step * 0.001 + rng.uniform(0, 0.001))
            task.cancel()
            _, left = await asyncio.wait([task], timeout=5)
        assert not left, f"it went on after {step} ms"
        assert task.cancelled()

    async with projecting(server):
        await caught_up(redis)
    await assert_as_folded(redis)
