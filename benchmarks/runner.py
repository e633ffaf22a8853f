"""The runner: each run of each case in a process of its own, the arms of a case in turns."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from benchmarks.case import Arm, Case
from benchmarks.child import Order
from benchmarks.figures import ArmResult, ArmRuns, CaseResult, Report, Run
from benchmarks.machine import load, machine, settings, versions
from benchmarks.workloads import Workload
from conflict_timeline.broker import connect, embedded

MILLION: Final = 1_000_000

ResultT = TypeVar("ResultT")


class Plan(Struct, frozen=True, kw_only=True):
    """What to run: cases, how often, and how large.

    `events`, for tests of the harness, takes the place of the sizes of all cases.
    """

    cases: tuple[Case, ...]
    runs: int
    quick: bool = False
    million: bool = False
    events: int | None = None

    def sizes(self, case: Case) -> list[int]:
        """The sizes at which a case is run."""
        if self.events is not None:
            return [self.events]
        sizes = case.quick if self.quick else case.full
        return [*sizes, MILLION] if self.million and case.million else list(sizes)

    def runs_of(self, case: Case, events: int) -> int:
        """How often a case is run at a size: a million takes minutes, and is run once."""
        return 1 if events >= MILLION else case.runs or self.runs


async def measured(
    plan: Plan, *, each: Callable[[CaseResult], None], tell: Callable[[str], None]
) -> Report:
    """Run a plan with a broker of its own. `each` gets a case when it is done, `tell` what runs.

    Raises:
        ChildFailedError: a run ended with an error.
    """
    began, at = time.monotonic(), datetime.now(UTC)
    about = machine()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        async with embedded(folder / "data", "everysec") as url:
            redis = connect(url)
            # A rewrite of the file in the background would fall into one run and not into another.
            await redis.config_set("auto-aof-rewrite-percentage", 0)
            bench = _Bench(url, folder, tell)
            results: list[CaseResult] = []
            for case in plan.cases:
                for events in plan.sizes(case):
                    result = await bench.case(case, events, plan.runs_of(case, events))
                    each(result)
                    results.append(result)
            used, kept = await versions(redis), await settings(redis)
            await redis.aclose()
    return Report(
        at=at.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - began, 1),
        quick=plan.quick,
        runs=plan.runs,
        versions=used,
        machine={**about, "load_after": load()},
        broker=kept,
        cases=results,
    )


class ChildFailedError(RuntimeError):
    """A run ended with an error, which is on standard error."""


class _Bench:
    """One broker, one temporary folder, and the workloads that were made there."""

    def __init__(self, url: str, folder: Path, tell: Callable[[str], None]) -> None:
        self._url = url
        self._folder = folder
        self._tell = tell
        self._made: set[tuple[str, bool]] = set()

    async def case(self, case: Case, events: int, runs: int) -> CaseResult:
        """Run a case at one size."""
        workloads = [arm.workload(events) for arm in case.arms]
        for arm, workload in zip(case.arms, workloads, strict=True):
            await self._prepare(arm, workload)
        done = [
            ArmRuns(
                name=arm.name,
                what=arm.what,
                workload=workload.conflict,
                events=workload.events,
                runs=[],
            )
            for arm, workload in zip(case.arms, workloads, strict=True)
        ]
        for number in range(runs):
            # In turns: what else the machine does meets all of them alike.
            for made, workload in zip(done, workloads, strict=True):
                self._tell(f"{case.name} {events:,}: {made.name}, run {number + 1} of {runs}")
                order = self._order(workload, case=case.name, arm=made.name)
                made.runs.append(await _child(order, Run))
        arms = [ArmResult.of(made, done[0]) for made in done]
        return CaseResult(
            name=case.name,
            what=case.what,
            events=events,
            bare=case.arms[0].name,
            arms=arms,
            notes=case.notes({one.name: one for one in arms}),
        )

    async def _prepare(self, arm: Arm, workload: Workload) -> None:
        """Make a workload, once."""
        into_log = arm.needs == "log"
        if (workload.conflict, into_log) in self._made:
            return
        self._tell(f"making {workload.conflict}")
        await _child(self._order(workload, into_log=into_log), None)
        self._made.add((workload.conflict, into_log))

    def _order(
        self, workload: Workload, *, case: str = "", arm: str = "", into_log: bool = False
    ) -> Order:
        return Order(
            url=self._url,
            folder=str(self._folder),
            workload=workload,
            case=case,
            arm=arm,
            into_log=into_log,
        )


async def _child(order: Order, result: type[ResultT] | None) -> ResultT:
    """Have a fresh process carry out an order."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.child",
        cwd=Path(__file__).parents[1],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, errors = await process.communicate(msgspec.json.encode(order))
    if process.returncode:
        raise ChildFailedError(f"{order} ended with {process.returncode}:\n{errors.decode()}")
    found: ResultT = msgspec.json.decode(told, type=result)
    return found
