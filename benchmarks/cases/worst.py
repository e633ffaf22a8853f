"""`worst.*`: the worst case for grouping, a city struck each night, reported in random order.

A fold of decoded events, in memory: no broker and no decoder hides what a report costs. Times tell
how much of that the machine adds (memory that is far away, the collector of cycles, who else runs);
calls of functions are the same each time, and tell how much work the definition of groups makes.
"""

import cProfile
import pstats
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from benchmarks.case import Arm, Case, Figures, Given
from benchmarks.figures import ArmResult
from benchmarks.workloads import CITY_A_NIGHT, Workload, city
from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import projection

_TENTHS: Final = 10


def _fold_of(name: str) -> Callable[[Given], Awaitable[Figures]]:
    async def run(given: Given) -> Figures:
        log = _log(given)
        fold = Fold(projection(name))
        laps: list[float] = []
        tenth = len(log) // _TENTHS
        async with given.measured():
            for start in range(0, len(log), tenth):
                began = time.process_time()
                for recorded in log[start : start + tenth]:
                    fold.apply(recorded)
                laps.append(time.process_time() - began)
        return {
            "revisions_per_report": fold.revisions / len(log),
            "first_tenth_cpu_us": laps[0] / tenth * 1e6,
            "last_tenth_cpu_us": laps[_TENTHS - 1] / tenth * 1e6,
            "last_over_first": laps[_TENTHS - 1] / laps[0],
        }

    return run


async def _counted(given: Given) -> Figures:
    """Fold twice: once for the time, then again for the number of calls, which takes longer."""
    log = _log(given)
    async with given.measured():
        _fold(log)
    profile = cProfile.Profile()
    profile.enable()
    revisions = _fold(log)
    profile.disable()
    counted: Any = pstats.Stats(profile)  # Its fields are not in its stub.
    named = {name: calls for (_, _, name), (_, calls, *_) in counted.stats.items()}
    return {
        "revisions_per_report": revisions / len(log),
        "calls_per_report": counted.total_calls / len(log),
        "decisions_per_report": named["decide"] / len(log),
    }


def _fold(log: list[RecordedEvent]) -> int:
    fold = Fold(projection("incidents"))
    for recorded in log:
        fold.apply(recorded)
    return fold.revisions


def _log(given: Given) -> list[RecordedEvent]:
    return [
        RecordedEvent(position=position, recorded_at_ms=0, raw=one.raw, event=one.event)
        for position, one in enumerate(given.accepted(), 1)
    ]


def _in_time_order(events: int) -> Workload:
    return city(events, "time")


def _at_random(events: int) -> Workload:
    return city(events, "random")


def _short_chain(events: int) -> Workload:
    return city(events // _TENTHS, "random")


def _notes(arms: Mapping[str, ArmResult]) -> list[str]:
    ordered, random, short = arms["time order"], arms["random order"], arms["short chain"]
    ratio, cpu = random.ratio, random.cpu_ratio
    longer = [
        (one.cpu_s / random.events) / (other.cpu_s / short.events)
        for one, other in zip(random.runs, short.runs, strict=True)
    ]
    growth = [one.figures["last_over_first"].median for one in (ordered, random)]
    revisions = (
        f"revisions a report: {ordered.figures['revisions_per_report'].median:.2f} in time order,"
        f" {random.figures['revisions_per_report'].median:.2f} at random"
    )
    order = (
        f"a report at random over one in time order: {ratio.median:.2f} ({ratio.min:.2f} to"
        f" {ratio.max:.2f}), of CPU time {cpu.median:.2f}; wanted: at most 3"
    )
    tenths = (
        f"last tenth over first tenth, CPU time: {growth[0]:.2f} in time order (the chain grows),"
        f" {growth[1]:.2f} at random (each night fills, to {CITY_A_NIGHT} reports)"
    )
    chain = (
        f"a chain of {random.events // CITY_A_NIGHT} nights over one of"
        f" {short.events // CITY_A_NIGHT}, as dense, at random, CPU time: {min(longer):.2f} to"
        f" {max(longer):.2f}"
    )
    return [revisions, order, tenths, chain]


def _counts(arms: Mapping[str, ArmResult]) -> list[str]:
    calls = {name: arm.figures["calls_per_report"].median for name, arm in arms.items()}
    ordered, random, short = (calls[name] for name in ("time order", "random order", "short chain"))
    looks = [arm.figures["decisions_per_report"].median for arm in arms.values()]
    order = (
        f"calls a report: {ordered:.1f} in time order, {random:.1f} at random"
        f" ({random / ordered:.2f}; wanted: at most 3), {short:.1f} in the short chain"
        f" (ten times the nights: {random / short:.2f})"
    )
    decisions = (
        f"reports that choose a group, a report: {looks[0]:.2f}, {looks[1]:.2f}, {looks[2]:.2f}"
    )
    return [order, decisions]


def _arms(run: Callable[[Given], Awaitable[Figures]]) -> tuple[Arm, ...]:
    return (
        Arm("time order", "as the nights came", run, _in_time_order),
        Arm("random order", "the same reports, shuffled", run, _at_random),
        Arm("short chain", "a tenth of the nights, shuffled", run, _short_chain),
    )


def _case(name: str, *, quick: tuple[int, ...], full: tuple[int, ...]) -> Case:
    return Case(
        name=f"worst.{name}",
        what=f"one city struck each night, folded into {name} in memory",
        arms=_arms(_fold_of(name)),
        quick=quick,
        full=full,
        notes=_notes,
    )


_COUNTED: Final = Case(
    name="worst.counted",
    what="the same for incidents, function calls counted",
    arms=_arms(_counted),
    quick=(2_000,),
    full=(20_000,),
    runs=1,
    notes=_counts,
)

CASES: Final = (
    _case("incidents", quick=(5_000,), full=(100_000,)),
    # The same grouping, and what pairs with it: not in a quick run.
    _case("pairings", quick=(), full=(30_000,)),
    _COUNTED,
)
