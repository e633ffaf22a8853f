"""Broken timelines are said to be; those of somebody else's projections are read like ours."""

import hashlib
import json
from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from conflict_timeline.log.keys import CONFLICTS
from conflict_timeline.queries.filters import FilterError, Filters
from conflict_timeline.timelines.commit import START, Checkpoint, Committable, Committer
from conflict_timeline.timelines.errors import BrokenTimelineError, UnservedError
from conflict_timeline.timelines.keys import checkpoint_key, serving_key, timeline_key
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.web.readmodel import Asked, ReadModel
from tests.oracle.histories import history
from tests.services.web.readmodel.reading import fed, reading, recorded, walked
from tests.support import Json, seeded, until

TIMES = ("2025-02-10T05:00:00Z", "2025-02-10T05:00:00.250000Z", "1950-01-01T00:00:00Z")


async def committed(redis: Redis, name: str, bodies: list[Json]) -> None:
    """Commit a timeline as a projector would: one position, one revision, some withdrawn."""
    await redis.sadd(CONFLICTS, "ukraine")
    committer = Committer(redis, "ukraine", name, 1)
    await committer.serve_if_first()
    digest, revisions = bytes(32), list[Committable]()
    numbers: dict[str, int] = {}
    for position, body in enumerate(bodies, 1):
        entry = f"a long name that many share, {position % 40}"
        numbers[entry] = numbers.get(entry, 0) + 1
        status = "withdrawn" if position % 7 == 0 else "asserted"
        raw = json.dumps(
            {
                "entry": entry,
                "revision": numbers[entry],
                "position": position,
                "status": status,
                "because": [],
                "body": body,
            }
        ).encode()
        digest = hashlib.sha256(digest + raw).digest()
        revisions.append(Committable(f"{position}-0", raw, digest.hex()))
    reached = Checkpoint(len(bodies) + 5, digest.hex(), len(revisions))
    assert await committer.commit(START, reached, revisions) == reached


async def test_a_projection_of_somebody_else_is_read_in_order_and_has_no_filters(
    redis: Redis, tmp_path: Path
) -> None:
    rng = seeded()
    shapes: list[Json] = [
        *({"core": {"earliest": time, "latest": time}} for time in TIMES),
        *({"published": {"earliest": time}, "count": 1} for time in TIMES),
        {"core": "middle"},
        {"count": 3},
        {},
    ]
    await committed(redis, "tally", rng.choices(shapes, k=120))
    timeline = await Timeline.served(redis, "ukraine", "tally")

    async with reading(redis, tmp_path / "read.sqlite") as model:
        await fed(model, redis, ["tally"])
        assert await model.served("ukraine", "tally") == (1, 125)  # Also beyond its last revision.
        for position in (0, 1, 40, 77, 120, 125):
            entries = await timeline.entries(upto=position)
            for limit in (1, 7, 100):
                assert await walked(model, "tally", position, Filters(), limit) == entries
        with pytest.raises(FilterError, match="does not ship with us"):
            await model.page(Asked("ukraine", "tally", 1, Filters(q="x"), 10))


async def ended(redis: Redis, path: Path) -> str:
    """What a read model says that cannot go on."""
    model = ReadModel(redis, path)
    with pytest.raises(BrokenTimelineError) as raised:
        await model.run()
    model.close()
    return str(raised.value)


@pytest.mark.parametrize(
    "key", [CONFLICTS, serving_key("ukraine"), checkpoint_key("ukraine", "figures", 1)]
)
async def test_a_key_of_another_type_ends_it(redis: Redis, tmp_path: Path, key: str) -> None:
    await recorded(redis, history(1, events=5))
    await redis.delete(key)
    await redis.set(key, "something else")

    assert key in await ended(redis, tmp_path / "read.sqlite")


async def _is_broken(model: ReadModel) -> bool:
    return bool(model.broken)


async def test_a_timeline_that_is_not_what_its_checkpoint_says_stops_alone(
    redis: Redis, tmp_path: Path
) -> None:
    """Of another type, missing, cut, or with something else in it: the others are read."""
    key = timeline_key("ukraine", "chronology", 1)
    for number, spoil in enumerate(("type", "missing", "cut", "foreign")):
        await redis.flushall()
        await recorded(redis, history(1, events=20))
        if spoil == "cut":
            await redis.xtrim(key, maxlen=3, approximate=False)
        elif spoil == "foreign":
            await redis.xadd(key, {"x": "y"}, id="20-99")
        else:
            await redis.delete(key)
        if spoil == "type":
            await redis.set(key, "something else")

        async with reading(redis, tmp_path / f"{number}.sqlite") as model:
            await fed(model, redis, ["incidents", "coverage"])
            await until(partial(_is_broken, model))
            (name, why) = next(iter(model.broken.items()))
            assert (name, key in why) == ("ukraine/chronology/1", True), spoil


async def test_versions_and_checkpoints_that_are_no_numbers_end_it(
    redis: Redis, tmp_path: Path
) -> None:
    await recorded(redis, history(1, events=5))
    await redis.hset(checkpoint_key("ukraine", "figures", 1), "position", "far")
    assert "is no checkpoint" in await ended(redis, tmp_path / "a.sqlite")

    await redis.hset(serving_key("ukraine"), "figures", "newest")
    assert "where a version belongs" in await ended(redis, tmp_path / "b.sqlite")


async def test_what_is_not_served_is_not_answered(redis: Redis, tmp_path: Path) -> None:
    await recorded(redis, history(1, events=5))
    async with reading(redis, tmp_path / "read.sqlite") as model:
        await fed(model, redis)
        await redis.hdel(serving_key("ukraine"), "figures")
        await until(lambda: _is_unserved(model, "figures"))
        assert await model.served("ukraine", "incidents") == (1, 5)


async def _is_unserved(model: ReadModel, name: str) -> bool:
    try:
        await model.page(Asked("ukraine", name, 5, Filters(), 10))
    except UnservedError:
        return True
    return False
