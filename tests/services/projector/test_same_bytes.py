"""The same log gives the same bytes: live, whatever the batches, and as defined."""

import asyncio
from hashlib import sha256

import pytest
from redis.asyncio import Redis

from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.projector.advance import COMMIT_REVISIONS_MAX
from conflict_timeline.timelines.keys import checkpoint_key, timeline_key
from tests.oracle.builders import corrected
from tests.oracle.histories import history
from tests.services.projector.projecting import (
    advanced,
    caught_up,
    denial,
    projecting,
    raid,
    recorded,
    stands,
)
from tests.support import (
    assert_as_folded,
    checkpoint_of,
    folded,
    seeded,
    timeline_of,
    until,
)


@pytest.mark.parametrize(("batch", "events"), [(1, 150), (7, 400), (500, 1_300)])
async def test_what_is_committed_live_is_what_a_fold_of_the_log_gives(
    redis: Redis, server: str, batch: int, events: int
) -> None:
    """Revisions, entry ids, digests and checkpoint, byte by byte."""
    log = history(seeded().getrandbits(32), events=events)
    async with projecting(server):
        await recorded(redis, log, batch=batch)
        await caught_up(redis)

    await assert_as_folded(redis)
    for name in PROJECTIONS:
        assert (await checkpoint_of(redis, name)).position == events


@pytest.mark.parametrize("name", PROJECTIONS)
async def test_where_the_pages_are_cut_makes_no_difference(redis: Redis, name: str) -> None:
    """Pages of 1, of 7 and of all: not one byte."""
    await recorded(redis, history(seeded().getrandbits(32), events=300))
    made, reached = await folded(redis, name)

    for page_events_max in (1, 7, 500):
        await advanced(redis, name, page_events_max=page_events_max)
        assert await timeline_of(redis, name) == made
        assert await checkpoint_of(redis, name) == reached
        await redis.delete(timeline_key("ukraine", name, 1), checkpoint_key("ukraine", name, 1))


@pytest.mark.parametrize("name", PROJECTIONS)
async def test_the_digest_is_a_chain_over_the_stored_bytes(redis: Redis, name: str) -> None:
    """d(0) = 32 zero bytes, d(n) = SHA-256(d(n-1) + revision bytes): anybody can compute it."""
    await recorded(redis, history(seeded().getrandbits(32), events=300))
    waiting = (await advanced(redis, name)).fold.projection.waiting

    digest, places = bytes(32), dict[int, int]()
    for stored in await timeline_of(redis, name):
        digest = sha256(digest + stored.raw).digest()
        assert stored.digest == digest.hex()
        position, k = map(int, stored.id.split("-"))
        assert k == places.get(position, 0)
        places[position] = k + 1

    assert await redis.hgetall(checkpoint_key("ukraine", name, 1)) == {
        b"position": b"300",
        b"digest": digest.hex().encode(),
        b"revisions": str(sum(places.values())).encode(),
        b"waiting": str(waiting).encode(),
    }


async def test_a_position_with_very_many_revisions_is_committed_whole(
    redis: Redis, server: str
) -> None:
    """One correction that touches more pairs than a commit should hold; no reader sees a part."""
    pairs = COMMIT_REVISIONS_MAX + 150
    attack = raid("a", 5)
    await recorded(redis, [denial(f"{number}", 1) for number in range(pairs)])
    await recorded(redis, [attack, corrected("c", attack, targets=["energy"])])
    done = asyncio.Event()
    seen: set[tuple[int, int]] = set()

    async def look() -> None:
        while not done.is_set():
            async with redis.pipeline(transaction=True) as pipe:
                pipe.xlen(timeline_key("ukraine", "pairings", 1))
                pipe.hget(checkpoint_key("ukraine", "pairings", 1), "position")
                length, position = await pipe.execute()
            seen.add((length, int(position or 0)))

    looking = asyncio.create_task(look())
    async with projecting(server, ["pairings"]):
        await until(lambda: stands(redis, "pairings", pairs + 2))
    done.set()
    await looking

    made, reached = await folded(redis, "pairings")
    assert await timeline_of(redis, "pairings") == made
    assert await checkpoint_of(redis, "pairings") == reached
    assert [one.id for one in made] == [
        f"{position}-{k}" for position in (pairs + 1, pairs + 2) for k in range(pairs)
    ]
    assert {length for length, _ in seen} <= {0, pairs, 2 * pairs}
    assert all(length == pairs * max(0, position - pairs) for length, position in seen)


async def test_several_conflicts_are_projected_side_by_side(redis: Redis, server: str) -> None:
    """Each from its own log, into its own timelines."""
    rng = seeded()
    async with projecting(server):
        for conflict in ("ukraine", "sudan", "gaza-2"):
            events = history(rng.getrandbits(32), events=120)
            await recorded(redis, [{**event, "conflict": conflict} for event in events], batch=30)
        await caught_up(redis)

    await assert_as_folded(redis)


async def test_a_projector_that_starts_late_commits_what_one_from_the_beginning_would(
    redis: Redis, server: str
) -> None:
    """And one that starts again finds all there and writes nothing."""
    await recorded(redis, history(seeded().getrandbits(32), events=700))
    async with projecting(server):
        await caught_up(redis)
    await assert_as_folded(redis)
    before = {name: await timeline_of(redis, name) for name in PROJECTIONS}

    async with projecting(server):
        await recorded(redis, [raid("one-more", 900)])
        await caught_up(redis)

    await assert_as_folded(redis)
    for name in PROJECTIONS:
        assert (await timeline_of(redis, name))[: len(before[name])] == before[name]
