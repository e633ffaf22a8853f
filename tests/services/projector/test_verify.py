"""Verifying: whatever was damaged is found and named, and nothing is written for it."""

import subprocess

import pytest
from redis.asyncio import Redis

from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.projector.verify import Verified, conflicts_kept, verify
from tests.oracle.histories import history
from tests.services.projector.damage import CONFLICT, DAMAGES, Damage, Place
from tests.services.projector.projecting import advanced, busy, recorded
from tests.support import PROGRAM, seeded, snapshot

EVENTS = 100
TRIES = 4


async def found(redis: Redis) -> list[Verified]:
    """Everything that is verified of the conflict."""
    return [one async for one in verify(redis, CONFLICT)]


async def restore(redis: Redis, kept: dict[bytes, bytes]) -> None:
    """Put everything back."""
    await redis.flushall()
    for key, dump in kept.items():
        await redis.restore(key, 0, dump)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
async def test_damage_is_found_and_named(redis: Redis, server: str, damage: Damage) -> None:
    """By the library each time, and once by the command, which ends with 4."""
    rng = seeded()
    await recorded(redis, busy(rng, EVENTS), batch=7)
    for name in ("incidents", "pairings"):
        await advanced(redis, name)
    kept = await snapshot(redis)
    assert {one.result for one in await found(redis)} == {"ok"}

    for number in range(TRIES):
        words = await damage(Place(redis, rng))
        faults = [one for one in await found(redis) if one.result == "fault"]

        assert [one for one in faults if words in one.message], (words, faults)
        if number == 0:
            done = subprocess.run(  # noqa: ASYNC221 - nothing else runs here
                [PROGRAM, "verify", "--url", server],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.returncode == 4, done
            assert words in done.stdout
            assert f"{faults[0].what}: {faults[0].message}" in done.stderr
        await restore(redis, kept)


async def test_what_is_whole_is_found_whole_whatever_the_history(redis: Redis) -> None:
    """Amendments that wait for their event among it."""
    await recorded(redis, history(seeded().getrandbits(32), events=400), batch=11)
    for name in PROJECTIONS:
        await advanced(redis, name)
    before = await snapshot(redis)

    assert [(one.what, one.position, one.result) for one in await found(redis)] == [
        ("log", 400, "ok"),
        ("ids", 400, "ok"),
        *((f"{name}/1", 400, "ok") for name in sorted(PROJECTIONS)),
    ]
    assert await snapshot(redis) == before


async def test_a_timeline_behind_its_log_is_verified_as_far_as_it_has_come(redis: Redis) -> None:
    """What was recorded since does not count against it."""
    events = busy(seeded(), EVENTS)
    await recorded(redis, events[:60])
    await advanced(redis, "incidents")
    await recorded(redis, events[60:])

    log, ids, timeline = await found(redis)

    assert (log.position, ids.position, timeline.position) == (EVENTS, EVENTS, 60)
    assert {log.result, ids.result, timeline.result} == {"ok"}


async def test_a_conflict_that_lost_its_log_and_ids_is_still_looked_at(redis: Redis) -> None:
    """Its timelines are kept: it was not just never there."""
    await recorded(redis, busy(seeded(), EVENTS))
    await advanced(redis, "incidents")
    await redis.delete("{ukraine}:log", "{ukraine}:ids")
    await redis.sadd("conflicts", "announced")

    assert await conflicts_kept(redis) == ["ukraine"]
    assert {one.result for one in await found(redis)} == {"fault"}
