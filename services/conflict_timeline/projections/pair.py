"""Pair: one statement and one incident side by side, and what rules `pairings/1` make of them."""

from collections.abc import Iterator
from typing import Self

from msgspec import Struct

from conflict_events.events import StatementMade
from conflict_events.instants import SECOND_US
from conflict_events.place import Place
from conflict_events.timelines import Pairing, PartyHeld, Span
from conflict_timeline.projections.pairing_rules import (
    REACH_US,
    RULES,
    about,
    covering,
    reach,
    region_matches,
    timing,
)


class StatementSide(Struct, eq=False):
    """A statement that may be paired; `earliest` to `latest` is where an incident must lie (us)."""

    key: str
    earliest: int
    latest: int
    about: tuple[str, ...]
    topics: tuple[str, ...]
    said: Span
    made: StatementMade

    @classmethod
    def of(
        cls, key: str, made: StatementMade, *, parties: tuple[str, ...] | None = None
    ) -> Self | None:
        """The side of a statement about `parties`, by default those that the rules name.

        None when the rules never pair it.
        """
        whose = about(made) if parties is None else parties
        if not whose or not made.topics or made.act not in REACH_US:
            return None
        said = Span.of_us(made.said.earliest_us, made.said.latest_us)
        return cls(key, *reach(made), whose, tuple(sorted(set(made.topics))), said, made)

    def slots(self) -> Iterator[tuple[str, str]]:
        """Where an incident looks for it: party and topic."""
        return ((party, topic) for party in self.about for topic in self.topics)


class IncidentSide(Struct, eq=False):
    """What pairing needs of an incident; `earliest` to `latest` is its core (us).

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

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - an incident, as a group or as a body has it
        cls,
        entry: str,
        core: tuple[int, int],
        place: Place,
        parties: tuple[PartyHeld, ...],
        targets: tuple[str, ...],
        admin1s: tuple[str, ...],
        countries: tuple[str, ...],
    ) -> Self:
        """The side of an incident."""
        return cls(entry, *core, place, parties, targets, covering(targets), admin1s, countries)

    def slots(self) -> Iterator[tuple[str, str]]:
        """Where a statement looks for it: party and topic."""
        return ((held.party, topic) for held in self.parties for topic in self.topics)


def in_region(statement: StatementSide, incident: IncidentSide) -> bool:
    """Whether an incident lies in a region that a statement is about."""
    return region_matches(statement.made, incident.admin1s, incident.countries)


def pair(statement: StatementSide, incident: IncidentSide) -> Pairing | None:
    """The pair that the rules make of two sides that share a slot, if they do."""
    made = statement.made
    timed = timing(made, (incident.earliest, incident.latest))
    if timed is None or not in_region(statement, incident):
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
