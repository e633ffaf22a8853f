"""Projectors in this process, and histories that give them work."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from conflict_events.outcomes import Recorded
from conflict_timeline.broker import connect
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.projector.service import Projector
from tests.oracle.builders import statement, strike
from tests.support import Json, append, has_caught_up, serving, until


@asynccontextmanager
async def projecting(
    url: str,
    projections: Sequence[str] = tuple(PROJECTIONS),
    conflicts: Sequence[str] | None = None,
) -> AsyncIterator[None]:
    """Run a projector in this process for a while."""
    async with connect(url) as client:
        projector = Projector(url, client, projections=projections, conflicts=conflicts)
        async with serving(projector.run()):
            yield


async def advanced(redis: Redis, name: str, *, page_events_max: int = 500) -> Advancer:
    """Bring a timeline to the head of its log, and keep the fold."""
    advancer = Advancer(redis, "ukraine", projection(name))
    await advancer.open()
    async for page in follow(redis, "ukraine", page_events_max=page_events_max):
        await advancer.advance(page)
    return advancer


async def caught_up(redis: Redis, *, within_s: float = 20) -> None:
    """Wait until every timeline stands at the head of its log."""
    await until(lambda: has_caught_up(redis), within_s=within_s)


async def recorded(redis: Redis, events: Sequence[Json], *, batch: int = 500) -> None:
    """Record events in batches of a size."""
    for start in range(0, len(events), batch):
        outcomes = await append(redis, events[start : start + batch])
        assert all(isinstance(one, Recorded) for one in outcomes)


def raid(name: str, hour: int) -> Json:
    """A strike that is attributed, so that words can be paired with it."""
    return strike(name, hour, hour + 1, attribution=[{"party": "RUS", "basis": "assessed"}])


def denial(name: str, hour: int) -> Json:
    """A denial that such strikes happen."""
    return statement(name, hour, hour + 1, "deny", about=["RUS"])
