"""Cases: what is measured, in which ways, and what one of those ways is given and answers."""

import gc
import resource
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct
from redis.asyncio import Redis

from benchmarks.figures import ArmResult
from benchmarks.workloads import Workload
from conflict_events.codec import Accepted, accept, read
from conflict_events.outcomes import Refused

Figures = dict[str, float]
"""What a run tells beside its time, by name; units last."""


class Given:
    """What a run in a process of its own is given, and where it keeps its time."""

    def __init__(self, redis: Redis, url: str, folder: Path, workload: Workload) -> None:
        self.redis = redis
        self.url = url
        self.folder = folder
        self.workload = workload
        self.timed: Timed | None = None

    def lines(self) -> list[bytes]:
        """The events of the workload, as they were sent."""
        return lines_file(self.folder, self.workload).read_bytes().splitlines()

    def accepted(self) -> list[Accepted]:
        """The same, as if they had been examined, which takes five times as long."""
        return [Accepted(raw=line, event=read(line)) for line in self.lines()]

    @asynccontextmanager
    async def measured(self) -> AsyncGenerator[None]:
        """Measure what is done inside; what was made before it counts for the memory alone."""
        gc.collect()
        gc.freeze()  # The collector must not walk over inputs that only the harness holds.
        start_mb, broker_s = peak_mb(), await self._broker_cpu_s()
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        self.timed = Timed(
            wall_s=wall,
            cpu_s=cpu,
            broker_cpu_s=await self._broker_cpu_s() - broker_s,
            start_mb=start_mb,
            peak_mb=peak_mb(),
        )

    async def _broker_cpu_s(self) -> float:
        info: Mapping[str, Any] = await self.redis.info("cpu")
        return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


class Timed(Struct, frozen=True, kw_only=True):
    """What the measured part took.

    `cpu_s` is user and system time of this process, `broker_cpu_s` that of the broker meanwhile;
    `peak_mb` the highest resident memory of the process until then, `start_mb` before it began.
    """

    wall_s: float
    cpu_s: float
    broker_cpu_s: float
    start_mb: float
    peak_mb: float


class Arm(Struct, frozen=True):
    """One way to do the work of a case. `needs`: whether the log must hold the events before."""

    name: str
    what: str
    run: Callable[[Given], Awaitable[Figures]]
    workload: Callable[[int], Workload]
    needs: Literal["lines", "log"] = "lines"


class Case(Struct, frozen=True, kw_only=True):
    """Something that is measured, beside its bare limit: the least that the same work can cost.

    `arms` run one after the other, again and again; the first one is the bare limit. `quick` and
    `full` are numbers of events. `million` says whether it is worth while with a million, `runs`
    how often is enough where each run tells the same. `lacks` says what this machine has not that
    the case needs.
    """

    name: str
    what: str
    arms: tuple[Arm, ...]
    quick: tuple[int, ...]
    full: tuple[int, ...]
    million: bool = False
    runs: int | None = None
    lacks: Callable[[], str | None] = lambda: None
    notes: Callable[[Mapping[str, ArmResult]], list[str]] = lambda _: []


def lines_file(folder: Path, workload: Workload) -> Path:
    """Where the events of a workload are kept, one a line."""
    return folder / f"{workload.conflict}.ndjson"


def examined(line: bytes) -> Accepted:
    """An event that may be recorded.

    Raises:
        AssertionError: it may not; the workload is wrong.
    """
    found = accept(line)
    if isinstance(found, Refused):
        raise AssertionError(f"{found} {line!r}")  # noqa: TRY004 - the workload is ours
    return found


def peak_mb() -> float:
    """The highest resident memory of this process so far, in MB of 10^6 bytes."""
    try:
        # What getrusage says begins with the memory of whoever started us.
        status = Path("/proc/self/status").read_text("ascii")
        kib = int(status.partition("VmHWM:")[2].split()[0])
    except (OSError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
    return kib * 1024 / 1e6
