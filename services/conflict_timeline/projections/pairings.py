"""Pairings: statements, and the strikes that were reported after them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import ClassVar, TypeVar

from msgspec.structs import astuple

from conflict_events.events import StatementMade
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import Pairing
from conflict_timeline.projections.effective import Effective, EffectiveBodies
from conflict_timeline.projections.incident_groups import (
    AnyGroup,
    IncidentGroups,
    parties_held,
    place_of,
    words,
)
from conflict_timeline.projections.intervals import IntervalIndex
from conflict_timeline.projections.pair import IncidentSide, StatementSide, pair
from conflict_timeline.projections.projection import Change

SidedT = TypeVar("SidedT", StatementSide, IncidentSide)


class Pairings:
    """One entry for each statement and each incident that the rules pair with it."""

    name: ClassVar[str] = "pairings"
    version: ClassVar[int] = 1

    def __init__(self) -> None:
        self._bodies = EffectiveBodies("statement", "strike")
        self._groups = IncidentGroups()
        self._statements: dict[str, StatementSide] = {}
        self._incidents: dict[str, IncidentSide] = {}
        self._statements_at = defaultdict[tuple[str, str], IntervalIndex[StatementSide]](
            IntervalIndex
        )
        self._incidents_at = defaultdict[tuple[str, str], IntervalIndex[IncidentSide]](
            IntervalIndex
        )
        # The pairs that are asserted now, from either side.
        self._paired_with: dict[str, dict[str, None]] = {}

    @property
    def waiting(self) -> int:
        """How many events are amended but not recorded yet."""
        return self._bodies.waiting

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the pairs that one recorded event may change.

        Cost: O(log n + k) for n statements and incidents held and k pairs touched.
        """
        effective = self._bodies.apply(recorded)
        if effective is None:
            return
        if effective.kind == "statement":
            yield from self._statement_changed(effective)
        else:
            for entry, group in self._groups.apply(effective).items():
                yield from self._incident_changed(entry, group)

    def _statement_changed(self, effective: Effective) -> Iterator[Change]:
        key = effective.key
        if (gone := self._statements.pop(key, None)) is not None:
            for slot in gone.slots():
                self._statements_at[slot].remove(gone)
        candidates: Iterable[IncidentSide] = ()
        statement = _statement(effective)
        if statement is not None:
            self._statements[key] = statement
            for slot in statement.slots():
                self._statements_at[slot].add(statement)
            candidates = _touching(self._incidents_at, statement)
        pairs = {
            incident.id: pairing
            for incident in candidates
            if statement is not None and (pairing := pair(statement, incident)) is not None
        }
        for entry, pairing in self._replaced(key, pairs):
            yield Change(f"{key}:{entry}", pairing)

    def _incident_changed(self, entry: str, group: AnyGroup | None) -> Iterator[Change]:
        before = self._incidents.get(entry)
        incident = None if group is None else _incident(entry, group)
        if _is_same(incident, before):
            return
        if before is not None:
            del self._incidents[entry]
            for slot in before.slots():
                self._incidents_at[slot].remove(before)
        candidates: Iterable[StatementSide] = ()
        if incident is not None:
            self._incidents[entry] = incident
            for slot in incident.slots():
                self._incidents_at[slot].add(incident)
            candidates = _touching(self._statements_at, incident)
        pairs = {
            statement.key: pairing
            for statement in candidates
            if incident is not None and (pairing := pair(statement, incident)) is not None
        }
        for key, pairing in self._replaced(entry, pairs):
            yield Change(f"{key}:{entry}", pairing)

    def _replaced(
        self, own: str, pairs: dict[str, Pairing]
    ) -> Iterator[tuple[str, Pairing | None]]:
        """The other sides of all pairs that `own` had or has, each with its pair now."""
        others = self._paired_with.pop(own, {})
        for other in others:
            if other not in pairs:
                self._unlink(other, own)
                yield other, None
        for other, pairing in pairs.items():
            self._paired_with.setdefault(other, {})[own] = None
            yield other, pairing
        if pairs:
            self._paired_with[own] = dict.fromkeys(pairs)

    def _unlink(self, own: str, other: str) -> None:
        others = self._paired_with[own]
        del others[other]
        if not others:
            del self._paired_with[own]


def _is_same(one: IncidentSide | None, other: IncidentSide | None) -> bool:
    if one is None or other is None:
        return one is other
    return astuple(one) == astuple(other)


def _statement(effective: Effective) -> StatementSide | None:
    made = effective.body
    return StatementSide.of(effective.key, made) if isinstance(made, StatementMade) else None


def _incident(entry: str, group: AnyGroup) -> IncidentSide:
    said = group.tally.said()
    return IncidentSide.of(
        entry,
        group.core,
        place_of(group),
        parties_held(said),
        words(said, "targets"),
        words(said, "admin1s"),
        words(said, "countries"),
    )


def _touching(
    at: dict[tuple[str, str], IntervalIndex[SidedT]], of: StatementSide | IncidentSide
) -> dict[SidedT, None]:
    """What shares a slot with one side and lies in its time, each once."""
    found: dict[SidedT, None] = {}
    for slot in of.slots():
        if (index := at.get(slot)) is not None:
            found.update(dict.fromkeys(index.touching(of.earliest, of.latest)))
    return found
