"""Snapshots: a projector that starts goes on from one, and one that does not fit costs nothing."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from redis.asyncio import Redis
from structlog.testing import capture_logs

from conflict_events.recorded import RecordedEvent
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.projection import Change, Projection
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector import snapshots as module
from conflict_timeline.projector import timelines
from conflict_timeline.projector.snapshots import Snapshots
from tests.oracle.histories import history
from tests.services.projector.projecting import busy, caught_up, projecting, raid, recorded
from tests.support import assert_as_folded, checkpoint_of, running, seeded, until


async def folded_upto(redis: Redis, name: str, position: int) -> Fold:
    """A fold of the first events of a log."""
    fold = Fold(projection(name))
    async for page in follow(redis, "ukraine", upto=position):
        for one in page:
            fold.apply(one)
    return fold


def files_in(folder: Path) -> list[str]:
    """The names of the snapshots of the conflict, those unfinished included."""
    return sorted(path.name for path in (folder / "ukraine").iterdir())


def said(logged: Iterable[Mapping[str, Any]], event: str) -> list[dict[str, Any]]:
    """What was logged of one kind of event."""
    return [dict(one) for one in logged if one["event"] == event]


def of_other_code(_: Projection) -> str:
    """A fingerprint that no snapshot has."""
    return "of other code"


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
@pytest.mark.parametrize("at", [0, 1, 137, 300])
async def test_a_fold_that_was_kept_goes_on_to_the_same_bytes(
    redis: Redis, tmp_path: Path, name: str, at: int
) -> None:
    await recorded(redis, history(seeded().getrandbits(32), events=300))
    whole = await folded_upto(redis, name, 300)

    kept = Snapshots(tmp_path)
    kept.save("ukraine", 1, await folded_upto(redis, name, at))
    fold = kept.load("ukraine", projection(name), 1)

    assert fold is not None
    assert fold.position == at
    async for page in follow(redis, "ukraine", after=at):
        for one in page:
            fold.apply(one)
    assert (fold.digest, fold.revisions) == (whole.digest, whole.revisions)


async def test_a_projector_that_starts_again_folds_only_what_is_new(
    redis: Redis, server: str, tmp_path: Path
) -> None:
    events = busy(seeded(), 900)
    await recorded(redis, events[:600])
    async with running("run", "projector", url=server, data=tmp_path) as first:
        await first.has_started()
        await caught_up(redis)
        assert await first.stop() == 0
        assert "snapshot.saved" in first.told()

    await recorded(redis, events[600:])
    async with running("run", "projector", url=server, data=tmp_path) as second:
        await second.has_started()
        await caught_up(redis)
        assert await second.stop() == 0
        loaded = [line for line in second.told().splitlines() if "snapshot.loaded" in line]

    assert len(loaded) == len(PROJECTIONS)
    assert all("position=600" in line for line in loaded)
    await assert_as_folded(redis)


async def test_a_snapshot_is_made_aside_while_it_projects(
    redis: Redis, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a process that ends by itself; nobody waits for it."""
    monkeypatch.setattr(timelines, "SNAPSHOT_EVENTS_MIN", 100)
    kept = Snapshots(tmp_path)
    await recorded(redis, busy(seeded(), 400))

    async with projecting(server, ["pairings"], snapshots=kept):
        await until(lambda: (tmp_path / "ukraine").exists() and not kept.is_busy)
        (name,) = files_in(tmp_path)

    assert name.startswith("pairings-1-")
    assert kept.load("ukraine", projection("pairings"), 1) is not None


async def test_a_fold_ahead_of_the_checkpoint_is_dropped_and_the_log_folded(
    redis: Redis, server: str, tmp_path: Path
) -> None:
    """Its revisions are not committed yet, and it cannot make them again."""
    kept = Snapshots(tmp_path)
    await recorded(redis, busy(seeded(), 300))
    kept.save("ukraine", 1, await folded_upto(redis, "pairings", 200))

    with capture_logs() as logged:
        async with projecting(server, snapshots=kept):
            await caught_up(redis)

    (dropped,) = said(logged, "snapshot.dropped")
    assert "ahead of the checkpoint" in str(dropped["reason"])
    await assert_as_folded(redis)


async def test_a_fold_with_another_digest_is_dropped_and_the_log_folded(
    redis: Redis, server: str, tmp_path: Path
) -> None:
    """As it is when the folder is another log's: everything fits but what was folded."""
    kept = Snapshots(tmp_path)
    await recorded(redis, busy(seeded(), 200))
    other = await folded_upto(redis, "pairings", 150)
    await redis.flushall()
    await recorded(redis, [raid(f"{number}", number) for number in range(300)])
    async with projecting(server):
        await caught_up(redis)
    kept.save("ukraine", 1, other)

    with capture_logs() as logged:
        async with projecting(server, snapshots=kept):
            await until(lambda: bool(said(logged, "snapshot.dropped")))
            await asyncio.sleep(0.2)

    assert len(said(logged, "snapshot.dropped")) == 1
    await assert_as_folded(redis)


async def test_a_damaged_snapshot_is_dropped_whatever_was_damaged(
    redis: Redis, tmp_path: Path
) -> None:
    rng = seeded()
    kept = Snapshots(tmp_path)
    await recorded(redis, history(rng.getrandbits(32), events=120))
    fold = await folded_upto(redis, "incidents", 120)
    kept.save("ukraine", 1, fold)
    (path,) = (tmp_path / "ukraine").iterdir()
    whole = path.read_bytes()

    for _ in range(300):
        damaged = bytearray(whole)
        match rng.randrange(3):
            case 0:
                at = rng.randrange(len(damaged))
                damaged[at] ^= 1 << rng.randrange(8)
            case 1:
                del damaged[rng.randrange(len(damaged)) :]
            case _:
                damaged += rng.randbytes(rng.randint(1, 50))
        path.write_bytes(damaged)

        assert kept.load("ukraine", projection("incidents"), 1) is None, "a damaged one was used"
        assert not path.exists()


async def test_a_snapshot_of_other_code_or_another_timeline_is_dropped(
    redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Snapshots(tmp_path)
    await recorded(redis, [raid("a", 1)])
    kept.save("ukraine", 1, await folded_upto(redis, "incidents", 1))
    assert kept.load("ukraine", projection("incidents"), 2) is None
    assert kept.load("ukraine", projection("pairings"), 1) is None
    assert kept.load("sudan", projection("incidents"), 1) is None
    (path,) = (tmp_path / "ukraine").iterdir()
    renamed = path.with_name(path.name.replace("incidents-1", "incidents-2"))
    path.rename(renamed)

    assert kept.load("ukraine", projection("incidents"), 2) is None
    assert not renamed.exists()

    kept.save("ukraine", 1, await folded_upto(redis, "incidents", 1))
    monkeypatch.setattr(module, "fingerprint", of_other_code)
    assert kept.load("ukraine", projection("incidents"), 1) is None
    assert files_in(tmp_path) == []


async def test_only_the_latest_is_kept_and_only_we_can_read_it(
    redis: Redis, tmp_path: Path
) -> None:
    kept = Snapshots(tmp_path)
    await recorded(redis, busy(seeded(), 60))
    for position in (10, 20, 60):
        kept.save("ukraine", 1, await folded_upto(redis, "incidents", position))

    assert files_in(tmp_path) == ["incidents-1-000000000000060.snapshot"]
    (path,) = (tmp_path / "ukraine").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


class Seen(Struct):
    """An event was seen."""

    position: int


class Unkept:
    """A projection of somebody who did not think of snapshots."""

    name = "unkept"
    version = 1
    waiting = 0

    def __init__(self) -> None:
        self.cannot_be_pickled = lambda: None

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield that the event was seen."""
        yield Change(recorded.key, Seen(recorded.position))


async def test_a_fold_that_cannot_be_kept_goes_on_and_leaves_no_file(
    redis: Redis, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROJECTIONS, "unkept", Unkept)
    await recorded(redis, [raid(f"{number}", number) for number in range(5)])

    with capture_logs() as logged:
        async with projecting(server, ["unkept"], snapshots=Snapshots(tmp_path)):
            await until(lambda: _stands(redis, 5))

    assert len(said(logged, "snapshot.not_saved")) == 1
    assert files_in(tmp_path) == []


async def _stands(redis: Redis, position: int) -> bool:
    return (await checkpoint_of(redis, "unkept")).position == position
