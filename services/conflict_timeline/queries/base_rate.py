"""Base rate: what a random moment before the words would have been followed by.

A juxtaposition means nothing without it: where a city is struck every night, every statement is
followed by a strike. For each window W, a moment t runs over 90 days that end W before the words,
so that every outcome lies before them. Cores are windows, so every figure is a range.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from conflict_events.instants import DAY_US
from conflict_events.taxonomy import covers
from conflict_events.timelines import WindowName
from conflict_timeline.projections.pair import IncidentSide, StatementSide
from conflict_timeline.projections.pairing_rules import WINDOWS_US, timing
from conflict_timeline.queries.incidents_held import IncidentsHeld, days_touched

LOOK_BACK_US: Final = 90 * DAY_US
DAYS_RECORDED_MIN: Final = 30
"""With fewer days recorded there is no rate: thin data flatters every pairing."""

_REACH_US: Final = max(WINDOWS_US.values()) + LOOK_BACK_US
"""How long before the words a core may end and still count in a rate."""


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


class Followed(Struct, frozen=True, kw_only=True):
    """Of the statements of a denominator, within one window.

    `over` have had their whole window as of then, `definite` of these have a definite pair in it,
    and `share` is the one over the other; the others are `not_yet_over`.
    """

    over: int
    definite: int
    share: float | None
    not_yet_over: int


class Denominator(Struct, frozen=True, kw_only=True):
    """Statements of the same party and act on an overlapping topic, this one included.

    It says how many such words there are of which one was chosen.
    """

    statements: int
    windows: dict[WindowName, Followed]


class BaseRate(Struct, frozen=True, kw_only=True):
    """The base rate of a statement's pairings. `days_*` count UTC days of the 90 (for W = 24 h)."""

    reason: Literal["too_little_data"] | None
    windows: dict[WindowName, WindowRate]
    days_with_match: int
    days_recorded: int


class _Core(NamedTuple):
    """A time, in us."""

    start: int
    end: int


def base_rate(statement: StatementSide, incidents: IncidentsHeld) -> BaseRate:
    """Measure what came before the words, exactly, in integer microseconds.

    `incidents` are all of the conflict, as of one position.
    """
    said = statement.made.said.earliest_us
    matching = incidents.matching(statement)
    before = [
        _Core(side.earliest, side.latest)
        for side in matching
        if side.earliest < said and side.latest >= said - _REACH_US
    ]
    days = _Core(said - WINDOWS_US["24h"] - LOOK_BACK_US, said - WINDOWS_US["24h"])
    days_recorded = incidents.days_recorded(*days)
    enough = days_recorded >= DAYS_RECORDED_MIN
    paired = fits(statement, matching)
    return BaseRate(
        reason=None if enough else "too_little_data",
        windows={name: _rate(said, before, paired, name, enough=enough) for name in WINDOWS_US},
        days_with_match=days_touched(matching, *days),
        days_recorded=days_recorded,
    )


def denominator(
    statement: StatementSide,
    others: Iterable[StatementSide],
    definite: Mapping[str, frozenset[WindowName]],
    as_of_us: int,
) -> Denominator:
    """Count the statements among which this one stands.

    `others` are all that are ever paired, and `definite` tells the windows in which each has a
    definite pair; what lies after `as_of_us` is not known yet. Words of a speaker without a party
    stand alone.
    """
    alike = [other for other in others if other.key == statement.key or _is_alike(statement, other)]
    windows: dict[WindowName, Followed] = {}
    for name, length in WINDOWS_US.items():
        over = [one for one in alike if one.made.said.latest_us + length <= as_of_us]
        followed = sum(name in definite.get(one.key, frozenset()) for one in over)
        windows[name] = Followed(
            over=len(over),
            definite=followed,
            share=followed / len(over) if over else None,
            not_yet_over=len(alike) - len(over),
        )
    return Denominator(statements=len(alike), windows=windows)


def fits(statement: StatementSide, matching: Iterable[IncidentSide]) -> list[dict[WindowName, str]]:
    """The windows that each incident fits which is paired with a statement."""
    return [
        dict(timed.windows())
        for side in matching
        if side.latest >= statement.earliest
        and side.earliest <= statement.latest
        and (timed := timing(statement.made, (side.earliest, side.latest))) is not None
    ]


def _rate(
    said: int,
    before: Sequence[_Core],
    paired: Iterable[dict[WindowName, str]],
    name: WindowName,
    *,
    enough: bool,
) -> WindowRate:
    length = WINDOWS_US[name]
    until = said - length
    span = _Core(until - LOOK_BACK_US, until)
    # From t in [end - W, start] the whole core surely lies within W; from [start - W, end] it may.
    low = _clipped((_Core(core.end - length, core.start) for core in before), span)
    high = _clipped((_Core(core.start - length, core.end) for core in before), span)
    found = [windows.get(name) for windows in paired]
    return WindowRate(
        share_low=_share(_union(low)) if enough else None,
        share_high=_share(_union(high)) if enough else None,
        mean_low=_share(sum(one.end - one.start for one in low)) if enough else None,
        mean_high=_share(sum(one.end - one.start for one in high)) if enough else None,
        observed_definite=found.count("definite"),
        observed_possible=found.count("possible"),
    )


def _is_alike(one: StatementSide, other: StatementSide) -> bool:
    """Whether both are of one party and act, and their topics overlap: either covers the other."""
    party = one.made.speaker.party
    return (
        party is not None
        and other.made.speaker.party == party
        and other.made.act == one.made.act
        and any(
            covers(mine, its) or covers(its, mine) for mine in one.topics for its in other.topics
        )
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
