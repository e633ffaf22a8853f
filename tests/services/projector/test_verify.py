"""Verifying: whatever was damaged is found and named, and nothing is written for it."""

import asyncio
import json
import subprocess
from random import Random

import pytest
from redis.asyncio import Redis

from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.projector.verify import Verified, conflicts_kept, verify
from tests.oracle.histories import history
from tests.services.projector.damage import DAMAGES, Damage, Place
from tests.services.projector.projecting import advanced, busy, denial, projecting, recorded
from tests.support import PROGRAM, of, seeded, snapshot

EVENTS = 100
TRIES = 3


async def found(redis: Redis, conflict: str = "ukraine") -> list[Verified]:
    """Everything that is verified of a conflict."""
    return [one async for one in verify(redis, conflict)]


async def kept_in(redis: Redis, *conflicts: str, rng: Random) -> None:
    """Record a history of each conflict, and fold it; words that stand have strikes after them."""
    for conflict in conflicts:
        events = [denial("stands", 0), *busy(rng, EVENTS - 1)]
        await recorded(redis, [of(conflict, event) for event in events], batch=7)
        for name in ("incidents", "pairings"):
            await advanced(redis, name, conflict)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: str(damage.__name__))
async def test_damage_is_found_and_named(redis: Redis, damage: Damage) -> None:
    """Wherever it is, several times over."""
    rng = seeded()
    await kept_in(redis, "ukraine", rng=rng)
    kept = await snapshot(redis)
    assert {one.result for one in await found(redis)} == {"ok"}

    for _ in range(TRIES):
        words = await damage(Place(redis, "ukraine", rng))

        faults = [one for one in await found(redis) if one.result == "fault"]
        assert [one for one in faults if words in one.message], (words, faults)
        await redis.flushall()
        for key, dump in kept.items():
            await redis.restore(key, 0, dump)


async def test_the_command_finds_every_damage_and_ends_with_4(redis: Redis, server: str) -> None:
    """Each in a conflict of its own, and one that nothing was done to."""
    rng = seeded()
    damages = {damage.__name__.replace("_", "-"): damage for damage in DAMAGES}
    await kept_in(redis, "whole", *damages, rng=rng)
    words = {
        conflict: await damage(Place(redis, conflict, rng)) for conflict, damage in damages.items()
    }

    done = subprocess.run(  # noqa: ASYNC221 - nothing else runs here
        [PROGRAM, "verify", "--url", server],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 4, done
    told: dict[str, list[str]] = {"whole": []}
    for row in map(json.loads, done.stdout.splitlines()):
        if row["result"] == "fault":
            told.setdefault(row["conflict"], []).append(row["message"])
    assert told["whole"] == []
    assert {
        conflict: named
        for conflict, named in words.items()
        if not any(named in message for message in told.get(conflict, ()))
    } == {}
    first = min(damages)
    assert f"conflict-timeline: {first} " in done.stderr
    assert told[first][0] in done.stderr


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


async def test_what_is_written_meanwhile_is_no_fault(redis: Redis, server: str) -> None:
    """Events come in and a projector commits while everything is verified again and again."""
    events = busy(seeded(), 400)
    await recorded(redis, events[:20])

    async def publish() -> None:
        for start in range(20, len(events), 5):
            await recorded(redis, events[start : start + 5])
            await asyncio.sleep(0)

    async with projecting(server):
        publishing = asyncio.create_task(publish())
        positions: set[int] = set()
        while not publishing.done():
            rows = await found(redis)
            assert [row for row in rows if row.result == "fault"] == []
            positions |= {row.position for row in rows}
        await publishing

    assert len(positions) > 5


async def test_a_conflict_that_lost_its_log_and_ids_is_still_looked_at(redis: Redis) -> None:
    """Its timelines are kept: it was not just never there."""
    await recorded(redis, busy(seeded(), EVENTS))
    await advanced(redis, "incidents")
    await redis.delete("{ukraine}:log", "{ukraine}:ids")
    await redis.sadd("conflicts", "announced")

    assert await conflicts_kept(redis) == ["ukraine"]
    assert {one.result for one in await found(redis)} == {"fault"}
