"""A child: one run, or the making of one workload, in a fresh process; orders in, answer out.

Fresh, because the memory of a run and the state of its allocator would show in the next one.
"""

import asyncio
import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks.case import Arm, Given, examined, lines_file
from benchmarks.cases import CASES
from benchmarks.figures import Run
from benchmarks.workloads import Workload, lines
from conflict_timeline.broker import connect
from conflict_timeline.log.append import BATCH_EVENTS_MAX, Appender
from conflict_timeline.runtime import logs


class Order(Struct, frozen=True, kw_only=True):
    """What a child is to do: run an arm of a case, or, without one, make the workload."""

    url: str
    folder: str
    workload: Workload
    case: str = ""
    arm: str = ""
    into_log: bool = False


def main() -> None:
    """Carry out the order on standard input; write what it came to on standard output."""
    logs.configure()
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    run = asyncio.run(_made(order) if not order.case else _run(order))
    sys.stdout.buffer.write(msgspec.json.encode(run))


async def _made(order: Order) -> None:
    """Write a workload's file, and record it in its log if that is wanted."""
    path = lines_file(Path(order.folder), order.workload)
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in lines(order.workload))
    if not order.into_log:
        return
    redis = connect(order.url)
    appender = Appender(redis)
    with path.open("rb") as file:
        while batch := [line for _, line in zip(range(BATCH_EVENTS_MAX), file, strict=False)]:
            await appender.append([examined(line.rstrip()) for line in batch])
    await redis.aclose()


async def _run(order: Order) -> Run:
    redis = connect(order.url)
    given = Given(redis, order.url, Path(order.folder), order.workload)
    figures = await _arm(order).run(given)
    await redis.aclose()
    timed = given.timed
    if timed is None:
        raise AssertionError(f"{order.arm} of {order.case} measured nothing")
    return Run(
        wall_s=timed.wall_s,
        cpu_s=timed.cpu_s,
        broker_cpu_s=timed.broker_cpu_s,
        start_mb=timed.start_mb,
        peak_mb=timed.peak_mb,
        figures=figures,
    )


def _arm(order: Order) -> Arm:
    arms = {(case.name, arm.name): arm for case in CASES for arm in case.arms}
    return arms[order.case, order.arm]


if __name__ == "__main__":
    main()
