"""`status` counts the events that are amended but not recorded yet."""

from redis.asyncio import Redis

from conflict_timeline.projector.status import status_of
from tests.oracle.builders import corrected, strike
from tests.services.projector.projecting import advanced, recorded
from tests.support import Json


async def waiting(redis: Redis) -> list[int]:
    """What `status` says after a projector has come to the head."""
    await advanced(redis, "incidents")
    (conflict,) = (await status_of(redis)).conflicts
    return [one.waiting for one in conflict.projections if one.projection == "incidents"]


async def test_a_correction_before_its_event_waits_until_it_comes(redis: Redis) -> None:
    """Whoever looks at a gap in a timeline learns that something is known to be missing."""
    report = strike("r1", 0, 2)
    await recorded(redis, [corrected("c1", report)])
    before = await waiting(redis)

    await recorded(redis, [report])

    assert (before, await waiting(redis)) == ([1], [0])


async def test_an_amendment_of_an_amendment_waits_for_nothing(redis: Redis) -> None:
    """It has no effect, whenever it comes."""
    report = strike("r1", 0, 2)
    first: Json = corrected("c1", report)
    second: Json = corrected("c2", {**report, "id": first["id"]})
    await recorded(redis, [report, first, second])

    assert await waiting(redis) == [0]
