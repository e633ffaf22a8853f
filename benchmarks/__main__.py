"""`just bench`: every case several times, a table of each, and all figures in a JSON file."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console

from benchmarks.cases import CASES
from benchmarks.figures import Report
from benchmarks.runner import ChildFailedError, Plan, measured
from benchmarks.table import table
from conflict_timeline.runtime import logs

RUNS: Final = 3
WIDTH: Final = 110
"""Of the tables, where nobody can tell how wide they may be."""

RESULTS: Final = Path(__file__).parents[1] / ".bench"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; 1 when a run failed."""
    options = _parser().parse_args(arguments)
    logs.configure()
    out, progress = Console(), Console(stderr=True)
    asked = [case for case in CASES if not options.only or case.name in options.only]
    for case in asked:
        if lacks := case.lacks():
            progress.print(f"{case.name} is left out: {lacks}", highlight=False)
    plan = Plan(
        cases=tuple(case for case in asked if not case.lacks()),
        runs=options.runs,
        quick=options.quick,
        million=options.million,
        events=options.events,
    )
    if not out.is_terminal:
        out = Console(width=WIDTH)

    def tell(what: str) -> None:
        progress.print(f"  {what}", style="dim", highlight=False)

    try:
        report = asyncio.run(measured(plan, each=lambda one: out.print(table(one)), tell=tell))
    except ChildFailedError as error:
        progress.print(str(error), markup=False, highlight=False)
        return 1
    path = options.json or RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
    _write(path, report)
    out.print(_sentence(report), highlight=False)
    out.print(f"all figures: {path}", highlight=False, soft_wrap=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="just bench",
        description="Measures each case beside the least that the same work can cost.",
    )
    names = [case.name for case in CASES]
    parser.add_argument("--quick", action="store_true", help="5,000 events a case: about a minute")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=names, help=f"of: {', '.join(names)}"
    )
    parser.add_argument(
        "--runs", type=_positive, default=RUNS, metavar="N", help=f"of each case [{RUNS}]"
    )
    parser.add_argument(
        "--million",
        action="store_true",
        help="snapshot.restart and readmodel.* with 1,000,000 events too, once",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write all figures")
    # For tests of the harness: how many events each case has.
    parser.add_argument("--events", type=_positive, help=argparse.SUPPRESS)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _write(path: Path, report: Report) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


def _sentence(report: Report) -> str:
    """On what the figures rest, in one line a person can paste beside them."""
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    machine = report.machine
    return (
        f"{report.runs} runs, {report.seconds:.0f} s; {machine['cpus']} CPUs ({machine['cpu']}),"
        f" load {machine['load_before']} to {machine['load_after']}, nice {machine['nice']};"
        f" AOF {report.broker['appendfsync']}; {versions}"
    )


if __name__ == "__main__":
    sys.exit(main())
