"""Feeding: all that is served comes in once, whatever happens to us, broker or timelines."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from redis.asyncio import Redis

from conflict_events.timelines import Entry
from conflict_timeline.broker import connect, embedded
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.queries.filters import Filters
from conflict_timeline.timelines.errors import UnservedError
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.timelines.versions import announce, drop, switch
from conflict_timeline.web.readmodel import Asked, BehindError, Place, ReadModel
from conflict_timeline.web.readmodel.store import Store
from tests.oracle.histories import history
from tests.services.projector.projecting import projecting
from tests.services.web.readmodel.reading import fed, is_fed, reading, recorded, walked
from tests.support import append, seeded, until

_FEEDS = """
import asyncio, sys
from pathlib import Path
from conflict_timeline.broker import connect
from conflict_timeline.web.readmodel import ReadModel, feeding
feeding._PAGE_REVISIONS_MAX = feeding._BATCH_REVISIONS_MAX = 7
async def main():
    await ReadModel(connect(sys.argv[1]), Path(sys.argv[2])).run()
asyncio.run(main())
"""


async def assert_agrees(model: ReadModel, redis: Redis, position: int) -> None:
    """Check that every timeline is here, as of its last position and of one before."""
    for name in PROJECTIONS:
        timeline = await Timeline.served(redis, "ukraine", name)
        for upto in (position // 2, position):
            entries = await timeline.entries(upto=upto)
            assert await walked(model, name, upto, Filters(), 50) == entries


async def built(redis: Redis, name: str, version: int) -> None:
    """Make another version of a timeline, by the same code."""
    advancer = Advancer.over(redis, "ukraine", projection(name), version=version)
    await advancer.open(serve=False)
    await announce(redis, "ukraine", name, version, 1)
    async for page in follow(redis, "ukraine"):
        await advancer.advance(page)


async def test_what_a_projector_commits_is_here_in_a_moment(
    redis: Redis, server: str, tmp_path: Path
) -> None:
    events = history(seeded().getrandbits(32), events=60)

    async with reading(redis, tmp_path / "read.sqlite") as model, projecting(server):
        for start in range(0, 60, 10):
            await append(redis, events[start : start + 10])
            changed = asyncio.create_task(model.changed())
            await asyncio.wait_for(changed, 5)
        await until(lambda: _stands(model, 60))

        assert await model.conflicts() == ["ukraine"]
        await assert_agrees(model, redis, 60)


async def _stands(model: ReadModel, position: int) -> bool:
    served = [await model.served("ukraine", name) for name in PROJECTIONS]
    return all(one.position == position for one in served)


@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_a_walk_loses_and_doubles_nothing_while_its_timeline_grows(
    redis: Redis, tmp_path: Path, limit: int
) -> None:
    """A page is of its position, whatever came since."""
    events = history(seeded().getrandbits(32), events=200)
    await recorded(redis, events[:100])
    entries = await (await Timeline.served(redis, "ukraine", "chronology")).entries()

    async with reading(redis, tmp_path / "read.sqlite") as model:
        await fed(model, redis)
        found: list[Entry] = []
        after: Place | None = None
        n = 100
        while True:
            page = await model.page(Asked("ukraine", "chronology", 100, Filters(), limit, after))
            found += page.entries
            if n < 200:
                await recorded(redis, events[n : n + 5])
                n += 5
                await until(lambda: is_fed(model, redis))
            after = page.after
            if after is None:
                break

    assert found == entries


async def test_another_version_is_read_in_one_step_and_the_one_before_is_removed(
    redis: Redis, tmp_path: Path
) -> None:
    path = tmp_path / "read.sqlite"
    await recorded(redis, history(seeded().getrandbits(32), events=150))

    async with reading(redis, path) as model:
        await fed(model, redis)
        entries = await walked(model, "pairings", 150, Filters(), 100)
        await built(redis, "pairings", 2)
        assert await switch(redis, "ukraine", "pairings", expected=1, version=2)
        await drop(redis, "ukraine", "pairings", 1)
        seen: set[int] = set()
        while 2 not in seen:
            page = await model.page(Asked("ukraine", "pairings", 150, Filters(), 1_000))
            versions = {one.version for one in page.entries}
            assert len(versions) == 1
            assert [one.entry for one in page.entries] == [one.entry for one in entries]
            seen |= versions
        await fed(model, redis)
        assert await model.served("ukraine", "pairings") == (2, 150)

        async def is_removed() -> bool:
            return not await asyncio.to_thread(_rows_of_others, path)

        await until(is_removed)


def _rows_of_others(path: Path) -> int:
    """How many rows belong to no timeline that is kept."""
    connection = sqlite3.connect(path)
    kept = "(SELECT id FROM timeline WHERE state != 'gone')"
    found = 0
    for table, of in (("posting", "timeline"), ("text", "timeline"), ("body", "id >> 40")):
        sql = f"SELECT count(*) FROM {table} WHERE {of} NOT IN {kept}"  # noqa: S608 - ours
        found += connection.execute(sql).fetchone()[0]
    connection.close()
    return found


async def test_a_version_that_was_dropped_while_nobody_read_is_left(
    redis: Redis, tmp_path: Path
) -> None:
    await recorded(redis, history(seeded().getrandbits(32), events=50))
    async with reading(redis, tmp_path / "read.sqlite") as model:
        await fed(model, redis)
    await built(redis, "incidents", 2)
    await switch(redis, "ukraine", "incidents", expected=1, version=2)
    await drop(redis, "ukraine", "incidents", 1)

    async with reading(redis, tmp_path / "read.sqlite") as model:
        assert await model.served("ukraine", "incidents") == (1, 50)
        await fed(model, redis)
        await assert_agrees(model, redis, 50)


async def test_it_goes_on_from_where_it_was(redis: Redis, tmp_path: Path) -> None:
    events = history(seeded().getrandbits(32), events=80)
    path = tmp_path / "read.sqlite"
    await recorded(redis, events[:50])
    async with reading(redis, path) as model:
        await fed(model, redis)
    await recorded(redis, events[50:])

    model = ReadModel(redis, path)
    served = await model.served("ukraine", "pairings")
    model.close()
    async with reading(redis, path) as model:
        await fed(model, redis)
        await assert_agrees(model, redis, 80)
    store = Store(path)
    ids = [one.id for one in store.timelines()]
    store.close()

    assert served == (1, 50)
    assert sorted(ids) == list(range(1, 7))  # None was begun anew.


async def test_told_to_stop_at_any_time_it_goes_on_when_it_is_run_again(
    redis: Redis, tmp_path: Path
) -> None:
    rng = seeded()
    await recorded(redis, history(rng.getrandbits(32), events=100))
    model = ReadModel(redis, tmp_path / "read.sqlite")
    for _ in range(15):
        task = asyncio.create_task(model.run())
        await asyncio.sleep(rng.uniform(0, 0.03))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    task = asyncio.create_task(model.run())
    await fed(model, redis)
    await assert_agrees(model, redis, 100)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    model.close()


async def test_killed_in_the_middle_it_neither_lacks_nor_doubles_a_revision(
    redis: Redis, server: str, tmp_path: Path
) -> None:
    rng: Random = seeded()
    path = tmp_path / "read.sqlite"
    await recorded(redis, history(rng.getrandbits(32), events=100))
    for point in ("readmodel.read", "readmodel.fed", "readmodel.fed"):
        # Six timelines come in six pages: there must be some left for the next one.
        fault = f"{point}:kill:{rng.randint(1, 2)}"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _FEEDS, server, path),
            env={**os.environ, "CONFLICT_TIMELINE_FAULT": fault},
            stdout=subprocess.DEVNULL,
        )
        try:
            assert await asyncio.wait_for(process.wait(), 30) == -signal.SIGKILL
        finally:
            if process.returncode is None:
                process.kill()

    async with reading(redis, path) as model:
        await fed(model, redis)
        await assert_agrees(model, redis, 100)
        for name in PROJECTIONS:
            timeline = await Timeline.served(redis, "ukraine", name)
            made = [one async for one in timeline.revisions()]
            for entry in {one.entry for one in made}:
                found = await model.revisions("ukraine", name, entry, upto=100)
                assert found == [one for one in made if one.entry == entry]


@pytest.mark.parametrize("contents", [b"", b"no database at all" * 500, None])
async def test_a_file_that_is_no_good_is_thrown_away(
    redis: Redis, tmp_path: Path, contents: bytes | None
) -> None:
    """Nothing in it, something else, or what other code made."""
    path = tmp_path / "read.sqlite"
    await recorded(redis, history(seeded().getrandbits(32), events=30))
    if contents is None:
        async with reading(redis, path) as model:
            await fed(model, redis)
        connection = sqlite3.connect(path)
        connection.execute("UPDATE made_by SET fingerprint = 'other'")
        connection.execute("UPDATE revision SET position = 7")
        connection.commit()
        connection.close()
    else:
        path.write_bytes(contents)

    async with reading(redis, path) as model:
        with pytest.raises(UnservedError):
            await model.served("ukraine", "pairings")
        await fed(model, redis)
        await assert_agrees(model, redis, 30)


async def test_while_the_broker_is_away_it_answers_and_goes_on_afterwards(tmp_path: Path) -> None:
    events = history(seeded().getrandbits(32), events=60)
    broker = tmp_path / "broker"
    async with embedded(broker) as url:
        redis = connect(url)
        await recorded(redis, events[:30])
        model = ReadModel(redis, tmp_path / "read.sqlite")
        task = asyncio.create_task(model.run())
        await fed(model, redis)
    await asyncio.sleep(0.5)
    assert await walked(model, "incidents", 30, Filters(), 10)
    async with embedded(broker):
        await recorded(redis, events[30:])
        await fed(model, redis)
        await assert_agrees(model, redis, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    model.close()
    await redis.aclose()


async def test_a_timeline_that_the_server_lost_is_read_anew(redis: Redis, tmp_path: Path) -> None:
    """Also when another one grew beyond where it was."""
    rng = seeded()
    await recorded(redis, history(rng.getrandbits(32), events=40))
    async with reading(redis, tmp_path / "read.sqlite") as model:
        await fed(model, redis)
        for events in (20, 70):
            await redis.flushall()
            await recorded(redis, history(rng.getrandbits(32), events=events))
            await fed(model, redis)
            await assert_agrees(model, redis, events)


async def test_a_position_that_was_not_read_yet_is_not_answered(
    redis: Redis, tmp_path: Path
) -> None:
    await recorded(redis, history(1, events=10))
    async with reading(redis, tmp_path / "read.sqlite") as model:
        await fed(model, redis)
        with pytest.raises(BehindError, match="position 11 of 'incidents'"):
            await model.page(Asked("ukraine", "incidents", 11, Filters(), 10))
        with pytest.raises(UnservedError):
            await model.page(Asked("nowhere", "incidents", 1, Filters(), 10))
