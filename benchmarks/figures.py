"""Figures: what several runs come to. The shapes of the JSON file."""

from collections.abc import Callable, Sequence
from statistics import median

from msgspec import Struct


class Spread(Struct, frozen=True):
    """The median of several runs, the least and the most."""

    median: float
    min: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of at least one value."""
        return cls(*(float(f"{one:.4g}") for one in (median(values), min(values), max(values))))


class Run(Struct, frozen=True, kw_only=True):
    """One run in a process of its own; see `Timed` for the first five."""

    wall_s: float
    cpu_s: float
    broker_cpu_s: float
    start_mb: float
    peak_mb: float
    figures: dict[str, float]


class ArmRuns(Struct, frozen=True, kw_only=True):
    """One way to do the work, on how many events, and its runs so far."""

    name: str
    what: str
    workload: str
    events: int
    runs: list[Run]


class ArmResult(Struct, frozen=True, kw_only=True):
    """One way to do the work, over all runs.

    `ratio` is the time an event took over the time it took in the bare limit's run beside it,
    `cpu_ratio` the same of CPU time.
    """

    name: str
    what: str
    workload: str
    events: int
    events_per_s: Spread
    wall_s: Spread
    cpu_s: Spread
    broker_cpu_s: Spread
    peak_mb: Spread
    ratio: Spread
    cpu_ratio: Spread
    figures: dict[str, Spread]
    runs: list[Run]

    @classmethod
    def of(cls, done: "ArmRuns", bare: "ArmRuns") -> "ArmResult":
        """Put runs together, each beside the bare limit's of the same turn."""
        runs, events = done.runs, done.events

        def over(value: Callable[[Run], float]) -> Spread:
            return Spread.of([value(run) for run in runs])

        def beside(value: Callable[[Run], float]) -> Spread:
            return Spread.of(
                [
                    (value(ours) / events) / (value(least) / bare.events)
                    for ours, least in zip(runs, bare.runs, strict=True)
                ]
            )

        return cls(
            name=done.name,
            what=done.what,
            workload=done.workload,
            events=events,
            events_per_s=over(lambda run: events / run.wall_s),
            wall_s=over(lambda run: run.wall_s),
            cpu_s=over(lambda run: run.cpu_s),
            broker_cpu_s=over(lambda run: run.broker_cpu_s),
            peak_mb=over(lambda run: run.peak_mb),
            ratio=beside(lambda run: run.wall_s),
            cpu_ratio=beside(lambda run: run.cpu_s),
            figures={
                figure: Spread.of([run.figures[figure] for run in runs])
                for figure in runs[0].figures
            },
            runs=runs,
        )


class CaseResult(Struct, frozen=True, kw_only=True):
    """A case at one size. The first arm is the bare limit; `notes` are sentences about it."""

    name: str
    what: str
    events: int
    bare: str
    arms: list[ArmResult]
    notes: list[str]


class Report(Struct, frozen=True, kw_only=True):
    """A whole run of the benchmarks: what was measured, when, with what and on what."""

    at: str
    seconds: float
    quick: bool
    runs: int
    versions: dict[str, str]
    machine: dict[str, str | int | list[float]]
    broker: dict[str, str]
    cases: list[CaseResult]
