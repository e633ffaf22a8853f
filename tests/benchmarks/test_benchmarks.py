"""The harness, end to end with tiny cases, and the histories that it feeds."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Final

import msgspec
import pytest

from benchmarks.case import Case
from benchmarks.cases import CASES
from benchmarks.figures import ArmResult, ArmRuns, CaseResult, Report, Run, Spread
from benchmarks.workloads import CITY_A_NIGHT, Workload, city, lines, mixed, worded
from conflict_events.codec import Accepted, accept
from conflict_events.envelope import Event
from conflict_events.events import Body, StatementMade, StrikeReported
from conflict_events.identity import event_key

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "reference" / "bench.md").read_text("utf-8")


def bench(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run the benchmarks as `just bench` does."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )


def events_of(workload: Workload) -> list[Event[Body]]:
    """A workload's events, each of which intake would record."""
    found = [accept(line) for line in lines(workload)]
    assert all(isinstance(one, Accepted) for one in found)
    return [one.event for one in found if isinstance(one, Accepted)]


def run_of(wall_s: float, cpu_s: float) -> Run:
    """A run that took so long."""
    return Run(wall_s=wall_s, cpu_s=cpu_s, broker_cpu_s=0, start_mb=1, peak_mb=2, figures={})


def arm_of(events: int, runs: list[Run]) -> ArmRuns:
    """An arm of a case with these runs."""
    return ArmRuns(name="", what="", workload="", events=events, runs=runs)


# The harness


@pytest.mark.long
def test_a_quick_run_of_some_cases_prints_a_table_and_writes_every_figure(tmp_path: Path) -> None:
    path = tmp_path / "made" / "figures.json"

    done = bench(
        *("--quick", "--only", "log.append", "worst.incidents", "snapshot.restart"),
        *("--events", "200", "--runs", "2", "--json", path),
    )

    assert done.returncode == 0, done.stderr
    report = msgspec.json.decode(path.read_bytes(), type=Report)
    assert [case.name for case in report.cases] == [
        "log.append",
        "worst.incidents",
        "snapshot.restart",
    ]
    assert (report.quick, report.runs) == (True, 2)
    assert {"python", "msgspec", "redis", "faststream", "valkey"} <= set(report.versions)
    assert report.machine["cpus"] == os.cpu_count()
    assert report.broker["appendfsync"] == "everysec"
    for case in report.cases:
        assert case.events == 200
        assert case.bare == case.arms[0].name
        for arm in case.arms:
            assert len(arm.runs) == 2
            assert arm.events_per_s.min <= arm.events_per_s.median <= arm.events_per_s.max
            assert all(run.peak_mb > 10 for run in arm.runs)
            assert arm.name.split()[0] in done.stdout
        assert case.arms[0].ratio == Spread(1, 1, 1)
    append, worst, restart = report.cases
    assert "revisions_per_report" in worst.arms[0].figures
    assert {"save_s", "files_mb"} <= set(restart.arms[0].figures)
    assert append.arms[0].figures == {}
    assert "wanted: at most 3" in done.stdout


def test_without_a_file_the_figures_go_to_a_folder_that_git_ignores() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()

    assert ".bench/" in ignored


def test_an_unknown_case_is_refused_with_the_names_there_are() -> None:
    done = bench("--only", "log.apend")

    assert done.returncode == 2
    assert "log.append" in done.stderr


def test_a_ratio_compares_runs_that_stood_side_by_side_event_by_event() -> None:
    bare = [run_of(1.0, 1.0), run_of(2.0, 1.0), run_of(4.0, 1.0)]
    ours = [run_of(3.0, 2.0), run_of(6.0, 4.0), run_of(8.0, 2.0)]

    result = ArmResult.of(arm_of(200, ours), arm_of(100, bare))

    assert result.ratio == Spread(1.5, 1.0, 1.5)
    assert result.cpu_ratio == Spread(1.0, 1.0, 2.0)
    assert result.events_per_s == Spread(33.33, 25.0, 66.67)


# The page


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_is_on_the_page_with_its_bare_limit(case: Case) -> None:
    name, bare = re.escape(case.name), re.escape(case.arms[0].name)

    assert re.search(rf"^\| `{name}` \| .*{bare}", PAGE, re.MULTILINE)


@pytest.mark.parametrize("shape", [Report, CaseResult, ArmResult, Run, Spread])
def test_every_field_of_the_file_is_on_the_page(shape: type[msgspec.Struct]) -> None:
    assert [name for name in shape.__struct_fields__ if f"`{name}`" not in PAGE] == []


# The workloads


@pytest.mark.parametrize(
    "workload", [mixed(3_000), worded(3_000), city(1_000, "time"), city(1_000, "random")], ids=str
)
def test_a_workload_is_the_same_each_time_and_every_event_may_be_recorded(
    workload: Workload,
) -> None:
    made = list(lines(workload))

    assert made == list(lines(workload))
    assert len(made) == workload.events
    events = events_of(workload)
    assert len({event_key(event.source, event.id) for event in events}) == len(events)
    assert {event.conflict for event in events} == {workload.conflict}
    assert 750 < mean(len(line) for line in made) < 950


def test_a_mixed_history_has_the_shares_it_says_and_arrives_late_in_part() -> None:
    events = events_of(mixed(5_000))

    kinds = [event.type.split(".")[2] + "/" + event.kind for event in events]
    assert 0.08 < kinds.count("made/statement") / len(kinds) < 0.12
    assert 0.04 < sum(one.startswith(("corrected", "retracted")) for one in kinds) / 5_000 < 0.08
    times = [event.time for event in events]
    assert any(later < earlier for earlier, later in pairwise(times))


def test_a_city_is_one_place_each_night_and_the_orders_hold_the_same_reports() -> None:
    ordered, shuffled = events_of(city(1_000, "time")), events_of(city(1_000, "random"))

    reports = [one.data for one in ordered if isinstance(one.data, StrikeReported)]
    assert len({report.place for report in reports}) == 1
    assert len(ordered) - len(reports) == 2  # A denial a week.
    assert all(isinstance(one.data, StatementMade | StrikeReported) for one in ordered)
    assert [one.id for one in ordered] != [one.id for one in shuffled]
    assert sorted(one.id for one in ordered) == sorted(one.id for one in shuffled)
    nights = {report.occurred.earliest.date() for report in reports}
    assert 1_000 // CITY_A_NIGHT <= len(nights) <= 1_000 // CITY_A_NIGHT + 3
    spans = sorted((report.occurred.earliest, report.occurred.latest) for report in reports)
    reached = spans[0][1]
    for earliest, latest in spans:
        assert earliest < reached, "the chain is broken"
        reached = max(reached, latest)
