"""Rebuilds: another version is built beside the one served, and readers see one or the other."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from redis.asyncio import Redis

from conflict_events.recorded import RecordedEvent
from conflict_timeline.broker.streams import entries_of
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.projection import Change
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.projector.difference import difference
from conflict_timeline.projector.errors import RebuildError
from conflict_timeline.projector.rebuild import Rebuild, drop_old
from conflict_timeline.projector.snapshots import Snapshots
from conflict_timeline.projector.status import status_of
from conflict_timeline.projector.stuck import FoldError
from conflict_timeline.timelines.commit import Committer
from conflict_timeline.timelines.errors import BrokenTimelineError, DroppedError, ServedError
from conflict_timeline.timelines.keys import rebuilding_key, timeline_key
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.timelines.versions import built, drop, served, switch
from tests.services.projector.projecting import (
    advanced,
    busy,
    denial,
    projecting,
    raid,
    recorded,
)
from tests.support import folded, running, seeded, stored, until


def rebuild(redis: Redis, name: str = "pairings", **more: Any) -> Rebuild:
    """A rebuild of a timeline of the conflict."""
    return Rebuild(redis, "ukraine", lambda: projection(name), **more)


async def holds_what_a_fold_gives(redis: Redis, name: str, version: int) -> bool:
    """Tell whether a version holds, byte by byte, what a fold of the log gives."""
    made, reached = await folded(redis, name)
    entries = await entries_of(redis, timeline_key("ukraine", name, version))
    return (stored(entries), await Committer(redis, "ukraine", name, version).checkpoint()) == (
        made,
        reached,
    )


async def test_the_next_version_has_the_same_bytes_and_is_served(redis: Redis) -> None:
    await recorded(redis, busy(seeded(), 700))
    await advanced(redis, "pairings")

    done = await rebuild(redis).run()

    assert (done.version, done.before, done.position) == (2, 1, 700)
    assert await served(redis, "ukraine", "pairings") == 2
    assert await holds_what_a_fold_gives(redis, "pairings", 2)
    assert await holds_what_a_fold_gives(redis, "pairings", 1)
    assert await built(redis, "ukraine", "pairings") == {1: 1, 2: 1}


async def test_a_version_that_is_served_is_not_rebuilt(redis: Redis) -> None:
    await recorded(redis, [raid("a", 1)])
    await advanced(redis, "pairings")

    with pytest.raises(RebuildError, match="is served"):
        await rebuild(redis).run(version=1)


async def test_only_one_rebuild_of_a_timeline_runs_at_a_time(redis: Redis) -> None:
    await recorded(redis, busy(seeded(), 50))
    await redis.set(rebuilding_key("ukraine", "pairings"), "somebody", px=60_000)

    with pytest.raises(RebuildError, match="another rebuild of pairings"):
        await rebuild(redis).run()

    assert (await rebuild(redis, "incidents").run()).version == 1
    assert await redis.get(rebuilding_key("ukraine", "incidents")) is None
    assert await redis.get(rebuilding_key("ukraine", "pairings")) == b"somebody"


async def test_a_switch_by_somebody_else_meanwhile_is_not_undone(redis: Redis) -> None:
    await recorded(redis, busy(seeded(), 600))
    await advanced(redis, "pairings")

    def switch_at_600(position: int) -> None:
        if position == 600:
            tasks.append(asyncio.ensure_future(redis.hset("{ukraine}:serving", "pairings", "9")))

    tasks: list[Any] = []
    with pytest.raises(RebuildError, match="pairings/9"):
        await rebuild(redis, progress=switch_at_600).run()

    assert await served(redis, "ukraine", "pairings") == 9


@pytest.mark.parametrize(
    ("point", "nth"),
    [
        ("rebuild.page", 1),
        ("rebuild.page", 3),
        ("rebuild.before_switch", 1),
        ("rebuild.after_switch", 1),
        ("projector.before_commit", 2),
        ("projector.after_commit", 2),
    ],
)
async def test_killed_at_any_point_it_goes_on_when_run_again(
    redis: Redis, server: str, tmp_path: Path, point: str, nth: int
) -> None:
    """And until then readers get a whole version."""
    await recorded(redis, busy(seeded(), 1_700))
    await advanced(redis, "pairings")
    args = ("rebuild", "pairings", "--conflict", "ukraine")

    async with running(*args, url=server, data=tmp_path, fault=f"{point}:kill:{nth}") as killed:
        assert await killed.exit_code() == -signal.SIGKILL
    now = await served(redis, "ukraine", "pairings")
    expected = 2 if point == "rebuild.after_switch" else 1
    assert now == expected
    assert await holds_what_a_fold_gives(redis, "pairings", expected)
    # Not waited for here: the claim of a killed one ends by itself.
    assert 0 < await redis.pttl(rebuilding_key("ukraine", "pairings")) <= 15_000
    await redis.delete(rebuilding_key("ukraine", "pairings"))
    async with running(*args, url=server, data=tmp_path) as again:
        assert await again.exit_code() == 0

    version = 3 if now == 2 else 2
    assert await served(redis, "ukraine", "pairings") == version
    assert await holds_what_a_fold_gives(redis, "pairings", version)


async def test_readers_never_fail_nor_see_a_mixture_while_it_builds_and_events_come_in(
    redis: Redis, server: str, tmp_path: Path
) -> None:
    """Every answer is that of one version as of a position, which a replay gives too."""
    rng = seeded()
    events = busy(rng, 2_400)
    await recorded(redis, events[:1_500])
    answers: dict[int, set[bytes]] = {}
    versions: set[int] = set()

    stop = asyncio.Event()

    async def read() -> None:
        while not stop.is_set():
            timeline = await Timeline.served(redis, "ukraine", "pairings")
            position = (await timeline.checkpoint()).position
            entries = await timeline.entries(upto=position)
            body = b"\n".join(f"{one.entry} {one.revision}".encode() for one in entries)
            answers.setdefault(position, set()).add(body)
            versions.add(timeline.version)
            await asyncio.sleep(0.01)

    async def publish() -> None:
        for start in range(1_500, 2_400, 20):
            await recorded(redis, events[start : start + 20])
            await asyncio.sleep(0.03)

    async with projecting(server, ["pairings"], snapshots=Snapshots(tmp_path)):
        await until(lambda: _stands(redis, 1, 1_500))
        reading = asyncio.create_task(read())
        publishing = asyncio.create_task(publish())
        await asyncio.sleep(0.2)
        await rebuild(redis, snapshots=Snapshots(tmp_path)).run()
        await publishing
        await until(lambda: _stands(redis, 2, 2_400))
        await asyncio.sleep(0.1)
        stop.set()
        await reading

    assert versions == {1, 2}
    # Both versions are folds of one log by one code: as of a position there is one answer.
    assert {len(bodies) for bodies in answers.values()} == {1}
    assert await holds_what_a_fold_gives(redis, "pairings", 2)


async def test_a_projector_goes_over_to_the_version_that_is_served(
    redis: Redis, server: str
) -> None:
    """Also without a snapshot, and with what came since."""
    events = busy(seeded(), 900)
    await recorded(redis, events[:600])
    async with projecting(server, ["pairings"]):
        await until(lambda: _stands(redis, 1, 600))
        await rebuild(redis).run()
        await recorded(redis, events[600:])
        await until(lambda: _stands(redis, 2, 900))

    assert await holds_what_a_fold_gives(redis, "pairings", 2)


class Seen(Struct):
    """An event was seen, and how."""

    how: str


class First:
    """A projection before its meaning changed."""

    name = "changing"
    version = 1
    waiting = 0
    how = "before"

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield that the event was seen."""
        if recorded.position != 4 or self.how == "before":
            yield Change(recorded.key, Seen(self.how if recorded.position == 2 else "the same"))
        if recorded.position == 5 and self.how == "after":
            yield Change("new", Seen("new"))


class Second(First):
    """The same after that."""

    version = 2
    how = "after"


async def test_what_a_rebuild_by_new_code_would_change_is_shown_before_it_is_served(
    redis: Redis, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROJECTIONS, "changing", First)
    await recorded(redis, [raid(f"{number}", number) for number in range(6)])
    await advanced(redis, "changing")
    monkeypatch.setitem(PROJECTIONS, "changing", Second)

    found = await difference(redis, "ukraine", projection("changing"))

    assert found.counts() == {"added": 1, "withdrawn": 1, "changed": 1}
    changed = {one.change: one for one in found.changes}
    assert changed["added"].entry == "new"
    assert bytes(changed["changed"].before or b"") == b'{"how":"before"}'
    assert bytes(changed["changed"].after or b"") == b'{"how":"after"}'
    assert await built(redis, "ukraine", "changing") == {1: 1}

    # Until it is rebuilt, a projector of the new code leaves the old timeline alone.
    async with projecting(server, ["changing"]):
        await recorded(redis, [raid("later", 90)])
        await asyncio.sleep(0.3)
        assert await _stands(redis, 1, 6, "changing")
        done = await rebuild(redis, "changing").run()
        await recorded(redis, [raid("latest", 91)])
        await until(lambda: _stands(redis, 2, 8, "changing"))

    assert (done.before, done.version) == (1, 2)
    assert await built(redis, "ukraine", "changing") == {1: 1, 2: 2}


class Brittle(Second):
    """New code with a defect."""

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Raise where it matters."""
        if recorded.position == 3:
            raise ZeroDivisionError
        yield from super().apply(recorded)


async def test_a_rebuild_whose_fold_raises_switches_nothing(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROJECTIONS, "changing", First)
    await recorded(redis, [raid(f"{number}", number) for number in range(6)])
    await advanced(redis, "changing")
    monkeypatch.setitem(PROJECTIONS, "changing", Brittle)

    with pytest.raises(FoldError, match="position 3"):
        await rebuild(redis, "changing").run()

    assert await served(redis, "ukraine", "changing") == 1
    assert await redis.get(rebuilding_key("ukraine", "changing")) is None


async def test_status_shows_the_version_that_is_being_built(redis: Redis) -> None:
    await recorded(redis, [denial("s", 1), raid("a", 3)])
    await advanced(redis, "pairings")
    await redis.set(rebuilding_key("ukraine", "pairings"), "somebody", px=60_000)
    advancer = Advancer.over(redis, "ukraine", projection("pairings"), version=2)
    await advancer.open(serve=False)
    async for page in follow(redis, "ukraine", upto=1):
        await advancer.advance(page)
    await Committer(redis, "ukraine", "pairings", 2, code=1).serve_if_first()

    (conflict,) = (await status_of(redis)).conflicts
    rows = [one for one in conflict.projections if one.projection == "pairings"]

    assert [(row.version, row.served, row.state) for row in rows] == [
        (1, True, "idle"),
        (2, False, "rebuilding"),
    ]
    assert rows[1].lag_events == 1


async def test_the_old_version_is_kept_until_told_and_the_served_one_always(redis: Redis) -> None:
    await recorded(redis, busy(seeded(), 300))
    await advanced(redis, "incidents")
    await rebuild(redis, "incidents").run()
    assert await Timeline(redis, "ukraine", "incidents", 1).entries()

    with pytest.raises(ServedError):
        await drop(redis, "ukraine", "incidents", 2)
    assert await drop_old(redis, "ukraine", "incidents") == [1]

    assert await drop_old(redis, "ukraine", "incidents") == []
    assert await redis.exists(timeline_key("ukraine", "incidents", 1)) == 0
    assert await holds_what_a_fold_gives(redis, "incidents", 2)


async def test_a_reader_of_a_version_that_is_removed_meanwhile_is_told(redis: Redis) -> None:
    """Half a timeline must not look like a whole one."""
    await recorded(redis, busy(seeded(), 1_500))
    await advanced(redis, "incidents")
    old = await Timeline.served(redis, "ukraine", "incidents")
    await rebuild(redis, "incidents").run()
    revisions = old.revisions()
    first = await anext(revisions)

    await drop_old(redis, "ukraine", "incidents")

    with pytest.raises(DroppedError):
        async for _ in revisions:
            pass
    assert first.version == 1


async def test_nothing_is_removed_while_a_version_is_built(redis: Redis) -> None:
    """It would be the one that is built, and readers would get an empty timeline."""
    await recorded(redis, busy(seeded(), 60))
    await advanced(redis, "incidents")
    await redis.set(rebuilding_key("ukraine", "incidents"), "somebody", px=60_000)

    with pytest.raises(RebuildError, match="is running"):
        await drop_old(redis, "ukraine", "incidents")


async def test_a_version_that_is_not_there_is_never_served(redis: Redis) -> None:
    await recorded(redis, busy(seeded(), 60))
    await advanced(redis, "incidents")

    with pytest.raises(DroppedError):
        await switch(redis, "ukraine", "incidents", expected=1, version=2)

    assert await served(redis, "ukraine", "incidents") == 1


async def test_a_projector_whose_version_was_removed_goes_on_with_the_one_served(
    redis: Redis, server: str
) -> None:
    """It was behind when another version was built, served, and the old one removed."""
    events = busy(seeded(), 900)
    await recorded(redis, events[:600])
    async with projecting(server, ["incidents"]):
        await until(lambda: _stands(redis, 1, 600, "incidents"))
        await asyncio.gather(
            rebuild(redis, "incidents").run(), recorded(redis, events[600:], batch=10)
        )
        await drop_old(redis, "ukraine", "incidents")
        await recorded(redis, [raid("last", 9_000)])
        await until(lambda: _stands(redis, 2, 901, "incidents"))

    assert await holds_what_a_fold_gives(redis, "incidents", 2)


async def test_what_somebody_else_wrote_is_a_broken_timeline_and_no_defect(redis: Redis) -> None:
    await recorded(redis, busy(seeded(), 60))
    await advanced(redis, "incidents")
    timeline = await Timeline.served(redis, "ukraine", "incidents")
    await redis.xadd(timeline_key("ukraine", "incidents", 1), {"r": "x", "d": "y"}, id="60-900")

    with pytest.raises(BrokenTimelineError, match="60-900"):
        await timeline.entries()

    await redis.hset("{ukraine}:serving", "incidents", "abc")
    with pytest.raises(BrokenTimelineError, match="abc"):
        await Timeline.served(redis, "ukraine", "incidents")


async def test_the_command_says_what_it_did_and_diff_writes_nothing(
    redis: Redis, server: str, tmp_path: Path
) -> None:
    await recorded(redis, busy(seeded(), 200))
    await advanced(redis, "incidents")
    before = await redis.dbsize()

    async with running("rebuild", "incidents", "--diff", url=server, data=tmp_path) as diff:
        assert await diff.exit_code() == 0
        assert "0 entries added, 0 entries withdrawn, 0 entries changed" in diff.told()
    assert await redis.dbsize() == before
    async with running("rebuild", "incidents", url=server, data=tmp_path) as built_:
        assert await built_.exit_code() == 0
        assert "incidents/2 is served now instead of incidents/1" in built_.told()
    async with running("rebuild", "incidents", "--version", "0", url=server) as wrong:
        assert await wrong.exit_code() == 2
    async with running("rebuild", "incidents", "--version", "2", url=server) as again:
        assert await again.exit_code() == 1
        assert "is served" in again.told()


async def _stands(redis: Redis, version: int, position: int, name: str = "pairings") -> bool:
    return (await Committer(redis, "ukraine", name, version).checkpoint()).position == position
