"""`snapshot.restart`: a projector that starts from its snapshots, beside one that has none."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.case import Arm, Case, Figures, Given, peak_mb
from benchmarks.figures import ArmResult
from benchmarks.workloads import mixed
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector.snapshots import Snapshots


def _folder(given: Given) -> Path:
    return given.folder / f"snapshots-{given.workload.conflict}"


async def _replayed(given: Given) -> Figures:
    """Fold the whole log once for all projections, as a projector does; then keep the folds."""
    conflict = given.workload.conflict
    folds = [Fold(projection(name)) for name in PROJECTIONS]
    async with given.measured():
        async for page in follow(given.redis, conflict):
            for fold in folds:
                for recorded in page:
                    fold.apply(recorded)
    snapshots = Snapshots(_folder(given))
    began = time.perf_counter()
    for fold in folds:
        snapshots.save(conflict, fold.projection.version, fold)
    save_s = time.perf_counter() - began
    sizes = [path.stat().st_size for path in _folder(given).rglob("*.snapshot")]
    return {"save_s": save_s, "save_peak_mb": peak_mb(), "files_mb": sum(sizes) / 1e6}


async def _restarted(given: Given) -> Figures:
    """Load the latest snapshots, and read what the log has beyond them: nothing."""
    conflict = given.workload.conflict
    snapshots = Snapshots(_folder(given))
    async with given.measured():
        for name in PROJECTIONS:
            made = projection(name)
            fold = snapshots.load(conflict, made, made.version)
            if fold is None:
                raise AssertionError(f"there is no snapshot of {name}")
            async for page in follow(given.redis, conflict, after=fold.position):
                raise AssertionError(f"the snapshot lacks {len(page)} events")
    return {}


def _notes(arms: Mapping[str, ArmResult]) -> list[str]:
    replayed, restarted = arms["replay"], arms["restart"]
    saved, size = replayed.figures["save_s"], replayed.figures["files_mb"]
    share = restarted.ratio
    allowed = max(10.0, 0.15 * replayed.wall_s.median)
    ready = (
        f"ready after {restarted.wall_s.median:.2f} s, {share.median:.1%} of a full replay's"
        f" {replayed.wall_s.median:.2f} s; wanted: at most {allowed:.1f} s"
        " (10 s or 15 %, whichever is longer)"
    )
    kept = (
        f"to save: {saved.median:.2f} s, {size.median:.1f} MB in {len(PROJECTIONS)} files;"
        f" memory at its peak {replayed.figures['save_peak_mb'].median:.0f} MB"
    )
    return [ready, kept]


CASE: Final = Case(
    name="snapshot.restart",
    what=f"a projector's start: {' and '.join(PROJECTIONS)}, ready to go on",
    arms=(
        Arm("replay", "the whole log, read once and folded for each", _replayed, mixed, "log"),
        Arm("restart", "snapshots loaded, the log read beyond them", _restarted, mixed, "log"),
    ),
    quick=(5_000,),
    full=(10_000, 100_000),
    million=True,
    notes=_notes,
)
