"""Incidents held: all of a conflict as of one position, found by what a statement is about."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property

from conflict_events.instants import DAY_US, to_us
from conflict_events.timelines import Incident, Pairing, Span
from conflict_timeline.projections.pair import IncidentSide, StatementSide, in_region, pair

_About = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Parties, topics and regions: statements that share them look for the same incidents."""


class IncidentsHeld:
    """The incidents of a conflict, by their cores. What was found once is kept."""

    def __init__(self, incidents: Iterable[tuple[str, Incident]]) -> None:
        self.bodies = dict(incidents)
        self.sides = sorted(
            (_side(entry, body) for entry, body in self.bodies.items()), key=_by_core
        )
        self._matching: dict[_About, list[IncidentSide]] = {}
        self._at: dict[tuple[str, str], list[int]] = {}
        for number, side in enumerate(self.sides):
            for slot in side.slots():
                self._at.setdefault(slot, []).append(number)
        self._times = _Times(self.sides)

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """Every party to which an incident is attributed, sorted."""
        return tuple(sorted({held.party for side in self.sides for held in side.parties}))

    def matching(self, statement: StatementSide) -> list[IncidentSide]:
        """All of the same party, topic and region, whatever their time, by core, then id.

        Cost: O(incidents of the same party and topic) for what no statement asked before.
        """
        asked = (statement.about, statement.topics, tuple(sorted(set(statement.made.regions))))
        found = self._matching.get(asked)
        if found is None:
            numbers = {number for slot in statement.slots() for number in self._at.get(slot, ())}
            sides = (self.sides[number] for number in sorted(numbers))
            found = [side for side in sides if in_region(statement, side)]
            self._matching[asked] = found
        return found

    def pairs(self, statement: StatementSide) -> Iterator[Pairing]:
        """The pairs that the rules make of a statement, by core, then id of the incident."""
        for side in self.matching(statement):
            if side.latest >= statement.earliest and side.earliest <= statement.latest:
                made = pair(statement, side)
                if made is not None:
                    yield made

    def days_recorded(self, start: int, end: int) -> int:
        """How many UTC days of a time (us) the core of any incident touches."""
        return self._times.days(start, end)


def days_touched(sides: Iterable[IncidentSide], start: int, end: int) -> int:
    """How many UTC days of a time (us) a core overlaps."""
    return _Times(sides).days(start, end)


class _Times:
    """The time that cores cover together: half-open, disjoint, in order. An instant is 1 us."""

    def __init__(self, sides: Iterable[IncidentSide]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        cores = sorted((side.earliest, max(side.latest, side.earliest + 1)) for side in sides)
        for start, end in cores:
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def days(self, start: int, end: int) -> int:
        """How many UTC days of a half-open time are touched."""
        days: set[int] = set()
        first = bisect_right(self._ends, start)
        last = bisect_left(self._starts, end)
        for at in range(first, last):
            begin, over = max(self._starts[at], start), min(self._ends[at], end)
            # A half-open core that ends at midnight does not touch the next day.
            days.update(range(begin // DAY_US, (over - 1) // DAY_US + 1))
        return len(days)


def _side(entry: str, body: Incident) -> IncidentSide:
    return IncidentSide.of(
        entry,
        bounds_us(body.core),
        body.place,
        body.parties,
        body.targets,
        body.admin1s,
        body.countries,
    )


def bounds_us(span: Span) -> tuple[int, int]:
    """The ends of a span, in us."""
    return to_us(datetime.fromisoformat(span.earliest)), to_us(datetime.fromisoformat(span.latest))


def _by_core(side: IncidentSide) -> tuple[int, int, str]:
    return side.earliest, side.latest, side.id
