"""`replay.*`: a log into the revisions and the digest of a timeline, nothing written."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from benchmarks.case import Arm, Case, Figures, Given
from benchmarks.cases.follow import followed
from benchmarks.figures import ArmResult
from benchmarks.workloads import mixed
from conflict_timeline.projections.registry import projection
from conflict_timeline.projector.replay import replay


def _replay_of(name: str) -> Callable[[Given], Awaitable[Figures]]:
    async def run(given: Given) -> Figures:
        conflict, events = given.workload.conflict, given.workload.events
        async with given.measured():
            made = await replay(
                given.redis, conflict, projection(name), upto=events, keep_entries=False
            )
        return {"revisions_per_event": made.fold.revisions / events}

    return run


def _notes(arms: Mapping[str, ArmResult]) -> list[str]:
    made = arms["replay"].figures["revisions_per_event"].median
    return [f"{made:.2f} revisions an event"]


def _case(name: str) -> Case:
    return Case(
        name=f"replay.{name}",
        what=f"a log into the revisions and the digest of {name}",
        arms=(
            Arm("follow", "the same log, decoded and not folded", followed, mixed, "log"),
            Arm("replay", "as `conflict-timeline replay --digest`", _replay_of(name), mixed, "log"),
        ),
        quick=(5_000,),
        full=(10_000, 100_000),
        notes=_notes,
    )


CASES: Final = (_case("incidents"), _case("pairings"))
