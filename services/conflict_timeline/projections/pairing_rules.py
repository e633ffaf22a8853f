"""Rules `pairings/1`: which statement is paired with which incident, and how."""

from typing import Final, Literal, NamedTuple

from conflict_events.events import StatementMade
from conflict_events.instants import DAY_US, HOUR_US
from conflict_events.taxonomy import PARENTS
from conflict_events.timelines import Fit, WindowName
from conflict_timeline.projections.grouping import overlaps

RULES: Final = "pairings/1"

REACH_US: Final = {
    "deny": 30 * DAY_US,
    "threaten": 30 * DAY_US,
    "promise": 30 * DAY_US,
    "agree": 30 * DAY_US,
    "reject": 7 * DAY_US,
    "request": 7 * DAY_US,
    "demand": 7 * DAY_US,
}
"""How long after the words a strike is paired. An act that is not here is never paired."""

COMMITMENTS: Final = ("promise", "agree")
"""Acts that a validity window, where given, bounds instead."""

OF_OTHERS: Final = ("request", "demand")
"""Acts that speak of what others should do: without `about` they are about nobody."""

WINDOWS_US: Final[dict[WindowName, int]] = {
    "24h": 24 * HOUR_US,
    "72h": 72 * HOUR_US,
    "7d": 7 * DAY_US,
    "30d": 30 * DAY_US,
}
"""All of them, always: a single window would be tuned."""


class Timing(NamedTuple):
    """How an incident lies after a statement. Lags in us."""

    order: Literal["after", "unknown"]
    lag_min: int
    lag_max: int

    def windows(self) -> dict[WindowName, Fit]:
        """The nested windows that the lag fits: surely, or possibly."""
        fits: dict[WindowName, Fit] = {}
        for name, length in WINDOWS_US.items():
            if self.order == "after" and self.lag_max <= length:
                fits[name] = "definite"
            elif self.lag_min <= length:
                fits[name] = "possible"
        return fits


def about(statement: StatementMade) -> tuple[str, ...]:
    """The parties whose strikes a statement is paired with."""
    if statement.act not in REACH_US or not statement.topics:
        return ()
    if statement.about:
        return tuple(sorted(set(statement.about)))
    if statement.act in OF_OTHERS or statement.speaker.party is None:
        return ()
    return (statement.speaker.party,)


def reach(statement: StatementMade) -> tuple[int, int]:
    """The time, in us, that an incident's core must at least touch."""
    if statement.act in COMMITMENTS and statement.validity is not None:
        return statement.validity.earliest_us, statement.validity.latest_us
    said = statement.said
    return said.earliest_us, said.latest_us + REACH_US[statement.act]


def timing(statement: StatementMade, core: tuple[int, int]) -> Timing | None:
    """How the core lies after the words; None when the rules do not pair them."""
    start, end = core
    said_from, said_to = statement.said.earliest_us, statement.said.latest_us
    if end <= said_from:
        return None
    lag_min = max(0, start - said_to)
    if statement.act in COMMITMENTS and statement.validity is not None:
        validity = statement.validity.earliest_us, statement.validity.latest_us
        if not overlaps(core, validity):
            return None
    elif lag_min > REACH_US[statement.act]:
        return None
    return Timing("after" if start >= said_to else "unknown", lag_min, end - said_from)


def covering(targets: tuple[str, ...]) -> tuple[str, ...]:
    """Every topic that covers one of the targets, by code point."""
    return tuple(sorted({up for target in targets for up in (target, PARENTS.get(target, target))}))


def region_matches(
    statement: StatementMade, admin1s: tuple[str, ...], countries: tuple[str, ...]
) -> bool:
    """Whether the statement speaks of the incident's region; without regions, of any.

    A country also stands for every admin1 that begins with it and `-`.
    """
    if not statement.regions:
        return True
    named = {*admin1s, *countries, *(admin1.partition("-")[0] for admin1 in admin1s)}
    return any(region in named for region in statement.regions)
