"""Pairings: statements, and the strikes that were reported after them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import ClassVar, TypeVar

from msgspec import Struct
from msgspec.structs import astuple

from conflict_events.events import StatementMade
from conflict_events.instants import SECOND_US
from conflict_events.place import Place
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import Pairing, PartyHeld, Span
from conflict_timeline.projections.effective import Effective, EffectiveBodies
from conflict_timeline.projections.incident_groups import (
    AnyGroup,
    IncidentGroups,
    parties_held,
    place_of,
    words,
)
from conflict_timeline.projections.intervals import IntervalIndex
from conflict_timeline.projections.pairing_rules import (
    RULES,
    about,
    covering,
    reach,
    region_matches,
    timing,
)
from conflict_timeline.projections.projection import Change


class _Statement(Struct, eq=False):
    """A statement that may be paired; indexed by the time in which an incident must lie (us)."""

    key: str
    earliest: int
    latest: int
    about: tuple[str, ...]
    topics: tuple[str, ...]
    said: Span
    made: StatementMade

    def slots(self) -> Iterator[tuple[str, str]]:
        """Where an incident looks for it: party and topic."""
        return ((party, topic) for party in self.about for topic in self.topics)


class _Incident(Struct, eq=False):
    """What pairing needs of an incident; indexed by its core (us).

    `topics` are all that cover one of its targets.
    """

    id: str
    earliest: int
    latest: int
    place: Place
    parties: tuple[PartyHeld, ...]
    targets: tuple[str, ...]
    topics: tuple[str, ...]
    admin1s: tuple[str, ...]
    countries: tuple[str, ...]

    def slots(self) -> Iterator[tuple[str, str]]:
        """Where a statement looks for it: party and topic."""
        return ((held.party, topic) for held in self.parties for topic in self.topics)


SidedT = TypeVar("SidedT", _Statement, _Incident)


class Pairings:
    """One entry for each statement and each incident that the rules pair with it."""

    name: ClassVar[str] = "pairings"
    version: ClassVar[int] = 1

    def __init__(self) -> None:
        self._bodies = EffectiveBodies()
        self._groups = IncidentGroups()
        self._statements: dict[str, _Statement] = {}
        self._incidents: dict[str, _Incident] = {}
        self._statements_at = defaultdict[tuple[str, str], IntervalIndex[_Statement]](IntervalIndex)
        self._incidents_at = defaultdict[tuple[str, str], IntervalIndex[_Incident]](IntervalIndex)
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
        elif effective.kind == "strike":
            for entry, group in self._groups.apply(effective).items():
                yield from self._incident_changed(entry, group)

    def _statement_changed(self, effective: Effective) -> Iterator[Change]:
        key = effective.key
        if (gone := self._statements.pop(key, None)) is not None:
            for slot in gone.slots():
                self._statements_at[slot].remove(gone)
        candidates: Iterable[_Incident] = ()
        statement = _statement(effective)
        if statement is not None:
            self._statements[key] = statement
            for slot in statement.slots():
                self._statements_at[slot].add(statement)
            candidates = _touching(self._incidents_at, statement)
        pairs = {
            incident.id: pairing
            for incident in candidates
            if statement is not None and (pairing := _pair(statement, incident)) is not None
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
        candidates: Iterable[_Statement] = ()
        if incident is not None:
            self._incidents[entry] = incident
            for slot in incident.slots():
                self._incidents_at[slot].add(incident)
            candidates = _touching(self._statements_at, incident)
        pairs = {
            statement.key: pairing
            for statement in candidates
            if incident is not None and (pairing := _pair(statement, incident)) is not None
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


def _is_same(one: _Incident | None, other: _Incident | None) -> bool:
    if one is None or other is None:
        return one is other
    return astuple(one) == astuple(other)


def _statement(effective: Effective) -> _Statement | None:
    made = effective.body
    if not isinstance(made, StatementMade):
        return None
    parties = about(made)
    if not parties:
        return None
    said = Span.of_us(made.said.earliest_us, made.said.latest_us)
    return _Statement(
        effective.key, *reach(made), parties, tuple(sorted(set(made.topics))), said, made
    )


def _incident(entry: str, group: AnyGroup) -> _Incident:
    said = group.tally.said()
    targets = words(said, "targets")
    return _Incident(
        entry,
        *group.core,
        place_of(group),
        parties_held(said),
        targets,
        covering(targets),
        words(said, "admin1s"),
        words(said, "countries"),
    )


def _pair(statement: _Statement, incident: _Incident) -> Pairing | None:
    """The pair that the rules make of the two, if they do. Slots have matched party and topic."""
    made = statement.made
    timed = timing(made, (incident.earliest, incident.latest))
    if timed is None or not region_matches(made, incident.admin1s, incident.countries):
        return None
    topics = tuple(topic for topic in statement.topics if topic in incident.topics)
    return Pairing(
        statement=statement.key,
        incident=incident.id,
        parties=tuple(held for held in incident.parties if held.party in statement.about),
        topics=topics,  # type: ignore[arg-type]  # Topics as text.
        order=timed.order,
        lag_min_s=timed.lag_min // SECOND_US,
        lag_max_s=timed.lag_max // SECOND_US,
        windows=timed.windows(),
        rules=RULES,
        speaker=made.speaker,
        act=made.act,
        proposition=made.proposition,
        said=statement.said,
        place=incident.place,
        core=Span.of_us(incident.earliest, incident.latest),
        targets=incident.targets,  # type: ignore[arg-type]  # Topics as text.
    )


def _touching(
    at: dict[tuple[str, str], IntervalIndex[SidedT]], of: _Statement | _Incident
) -> dict[SidedT, None]:
    """What shares a slot with one side and lies in its time, each once."""
    found: dict[SidedT, None] = {}
    for slot in of.slots():
        if (index := at.get(slot)) is not None:
            found.update(dict.fromkeys(index.touching(of.earliest, of.latest)))
    return found
