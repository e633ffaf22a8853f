"""Base rate: what a random moment before the words would have been followed by.

A juxtaposition means nothing without it: where a city is struck every night, every statement is
followed by a strike. For each window W, a moment t runs over 90 days that end W before the words,
so that every outcome lies before them. Cores are windows, so every figure is a range.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from conflict_events.events import StatementMade
from conflict_events.instants import DAY_US, to_us
from conflict_events.timelines import Incident, WindowName
from conflict_timeline.projections.pairing_rules import (
    WINDOWS_US,
    about,
    region_matches,
    timing,
    topics_matched,
)

LOOK_BACK_US: Final = 90 * DAY_US
DAYS_RECORDED_MIN: Final = 30
"""With fewer days recorded there is no rate: thin data flatters every pairing."""


class WindowRate(Struct, frozen=True, kw_only=True):
    """One window: `share` is how often at least one incident followed, `mean` how many on average.

    Both over the 90 days, as a range because cores are windows; None where too little is recorded.
    `observed_*` count what was reported after the statement itself.
    """

    share_low: float | None
    share_high: float | None
    mean_low: float | None
    mean_high: float | None
    observed_definite: int
    observed_possible: int


class BaseRate(Struct, frozen=True, kw_only=True):
    """The base rate of a statement's pairings. `days_*` count UTC days of the 90 (for W = 24 h)."""

    reason: Literal["too_little_data"] | None
    windows: dict[WindowName, WindowRate]
    days_with_match: int
    days_recorded: int


class _Core(NamedTuple):
    """The core of an incident, in us."""

    start: int
    end: int


def base_rate(statement: StatementMade, incidents: Iterable[Incident]) -> BaseRate:
    """Measure what came before the words, exactly, in integer microseconds.

    `incidents` are all of the conflict, as of one position.
    """
    held = list(incidents)
    cores = [_core(incident) for incident in held]
    matching = [
        core for core, incident in zip(cores, held, strict=True) if _matches(statement, incident)
    ]
    said = statement.said.earliest_us
    before = [core for core in matching if core.start < said]
    days = _Core(said - WINDOWS_US["24h"] - LOOK_BACK_US, said - WINDOWS_US["24h"])
    days_recorded = _days_touched(cores, days)
    enough = days_recorded >= DAYS_RECORDED_MIN
    return BaseRate(
        reason=None if enough else "too_little_data",
        windows={
            name: _rate(statement, matching, before, name, enough=enough) for name in WINDOWS_US
        },
        days_with_match=_days_touched(matching, days),
        days_recorded=days_recorded,
    )


def _rate(
    statement: StatementMade,
    matching: Sequence[_Core],
    before: Sequence[_Core],
    name: WindowName,
    *,
    enough: bool,
) -> WindowRate:
    length = WINDOWS_US[name]
    until = statement.said.earliest_us - length
    span = _Core(until - LOOK_BACK_US, until)
    # From t in [end - W, start] the whole core surely lies within W; from [start - W, end] it may.
    low = _clipped((_Core(core.end - length, core.start) for core in before), span)
    high = _clipped((_Core(core.start - length, core.end) for core in before), span)
    fits = [
        timed.windows().get(name)
        for core in matching
        if (timed := timing(statement, core)) is not None
    ]
    return WindowRate(
        share_low=_share(_union(low)) if enough else None,
        share_high=_share(_union(high)) if enough else None,
        mean_low=_share(sum(one.end - one.start for one in low)) if enough else None,
        mean_high=_share(sum(one.end - one.start for one in high)) if enough else None,
        observed_definite=fits.count("definite"),
        observed_possible=fits.count("possible"),
    )


def _matches(statement: StatementMade, incident: Incident) -> bool:
    """Same party, topic and region as the pairing rules ask for."""
    parties = about(statement)
    return (
        any(held.party in parties for held in incident.parties)
        and bool(topics_matched(statement, incident.targets))
        and region_matches(statement, incident.admin1s, incident.countries)
    )


def _core(incident: Incident) -> _Core:
    return _Core(
        to_us(datetime.fromisoformat(incident.core.earliest)),
        to_us(datetime.fromisoformat(incident.core.latest)),
    )


def _clipped(spans: Iterable[_Core], to: _Core) -> list[_Core]:
    clipped = (_Core(max(one.start, to.start), min(one.end, to.end)) for one in spans)
    return [one for one in clipped if one.start < one.end]


def _union(spans: Iterable[_Core]) -> int:
    """The length that spans cover together."""
    covered, reached = 0, None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            covered += end - begin
            reached = end
    return covered


def _share(length: int) -> float:
    return length / LOOK_BACK_US


def _days_touched(cores: Iterable[_Core], span: _Core) -> int:
    """How many UTC days a core overlaps within a span."""
    days: set[int] = set()
    for core in cores:
        instant = core.start == core.end
        start, end = max(core.start, span.start), min(core.end, span.end)
        if (instant and span.start <= core.start < span.end) or start < end:
            # A half-open core that ends at midnight does not touch the next day.
            days.update(range(start // DAY_US, (end if instant else end - 1) // DAY_US + 1))
    return len(days)
