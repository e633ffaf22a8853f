"""Incident groups: all reports of a conflict, each in the group that speaks of one attack."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable

from conflict_events.events import StrikeReported
from conflict_events.parties import claimant_name
from conflict_events.place import Place
from conflict_events.timelines import PartyHeld
from conflict_timeline.projections.effective import Effective
from conflict_timeline.projections.grouping import Block, Group, rank_of
from conflict_timeline.projections.places import place_key
from conflict_timeline.projections.tally import Fact, Report, Tally


class SharedGroup:
    """Reports whose publishers say, by a shared id, that they speak of one attack."""

    def __init__(self) -> None:
        self.members: list[Report] = []
        self.tally = Tally()
        self.entry: str | None = None
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._instants = 0

    imprecise = False

    def add(self, report: Report) -> None:
        """Take a report in. Cost: O(facts of the report), and three lists to move along."""
        insort(self.members, report, key=rank_of)
        insort(self._starts, report.earliest)
        insort(self._ends, report.latest)
        self._instants += report.earliest == report.latest
        self.tally.add(report)

    def remove(self, report: Report) -> None:
        """Take a report out."""
        del self.members[bisect_left(self.members, report.rank, key=rank_of)]
        del self._starts[bisect_left(self._starts, report.earliest)]
        del self._ends[bisect_left(self._ends, report.latest)]
        self._instants -= report.earliest == report.latest
        self.tally.remove(report, self.members)

    @property
    def windows_disagree(self) -> bool:
        """Whether the members' windows have no time in common."""
        start, end = self._starts[-1], self._ends[0]
        if start == end:
            # An instant lies inside all of them when nothing but instants ends there.
            return bisect_right(self._ends, end) != self._instants
        return start > end

    @property
    def core(self) -> tuple[int, int]:
        """The intersection of all windows, else their hull."""
        if self.windows_disagree:
            return self._starts[0], self._ends[-1]
        return self._starts[-1], self._ends[0]


AnyGroup = Group | SharedGroup


class IncidentGroups:
    """Keeps the grouping of a conflict's strike reports, and the ids of its incidents.

    An incident's id is `i-` and the event key of the member whose own event came first.
    """

    def __init__(self) -> None:
        self._reports: dict[str, tuple[Report, Block | SharedGroup]] = {}
        self._blocks: dict[str, Block] = {}
        self._shared: dict[str, SharedGroup] = {}
        self._entries: dict[str, AnyGroup] = {}
        self._bits: dict[str, int] = {}
        # Of a million reports most say the same few things: each is held once.
        self._facts: dict[Fact, Fact] = {}
        self._places: dict[Place, Place] = {}

    def apply(self, effective: Effective) -> dict[str, AnyGroup | None]:
        """Take in what an event says now; answer each incident id that it touched.

        An id leads to its group, or to None when it has gone.
        """
        changed: dict[AnyGroup, None] = {}
        if (known := self._reports.pop(effective.key, None)) is not None:
            changed.update(dict.fromkeys(self._take_out(*known)))
        body = effective.body
        if isinstance(body, StrikeReported) and body.scope == "incident":
            changed.update(dict.fromkeys(self._put_in(self._report(effective, body), body)))
        return self._renamed(changed)

    def holder_of(self, entry: str) -> str | None:
        """The incident that now holds the report for which an incident id was named."""
        if (known := self._reports.get(entry.removeprefix("i-"))) is None:
            return None
        report, home = known
        group = home if isinstance(home, SharedGroup) else home.group_of.get(report.key)
        return group.entry if group is not None else None

    def _take_out(self, report: Report, home: Block | SharedGroup) -> Iterable[AnyGroup]:
        if isinstance(home, Block):
            return home.remove(report)
        home.remove(report)
        return (home,)

    def _put_in(self, report: Report, body: StrikeReported) -> Iterable[AnyGroup]:
        if body.incident is not None:
            shared = self._shared.setdefault(body.incident, SharedGroup())
            shared.add(report)
            self._reports[report.key] = (report, shared)
            return (shared,)
        place = place_key(body.place)
        block = Block() if place is None else self._blocks.setdefault(place, Block())
        self._reports[report.key] = (report, block)
        return block.add(report)

    def _report(self, effective: Effective, body: StrikeReported) -> Report:
        parties, facts = 0, self._facts
        for attribution in body.attribution:
            parties |= self._bits.setdefault(attribution.party, 1 << len(self._bits))
        earliest, latest = body.occurred.earliest_us, body.occurred.latest_us
        return Report(
            effective.key,
            effective.position,
            earliest,
            latest,
            parties,
            tuple([facts.setdefault(one, one) for one in _facts(effective.source, body)]),
            self._held(body.place),
            (latest - earliest, earliest, effective.key),
        )

    def _held(self, place: Place) -> Place:
        # 0.0 and -0.0 are equal, and written differently: which came first must not show.
        if 0 in (place.lat, place.lon, place.radius_m):
            return place
        return self._places.setdefault(place, place)

    def _renamed(self, changed: dict[AnyGroup, None]) -> dict[str, AnyGroup | None]:
        touched: dict[str, AnyGroup | None] = {}
        for group in changed:
            if group.entry is not None:
                touched[group.entry] = None
                del self._entries[group.entry]
        for group in changed:
            first = group.tally.first
            group.entry = None if first is None else f"i-{first.key}"
            if group.entry is not None:
                touched[group.entry] = self._entries[group.entry] = group
        return touched


def place_of(group: AnyGroup) -> Place:
    """The place of the founder, the member of the lowest rank."""
    return group.members[0].place


def parties_held(said: dict[str, list[Fact]]) -> tuple[PartyHeld, ...]:
    """The parties that a group's reports name on more than an outlet's inference."""
    bases: dict[str, list[str]] = {}
    for party, basis in said.get("bases", ()):
        bases.setdefault(party, []).append(basis)
    disputes: dict[str, list[str]] = {}
    for party, by in said.get("disputed_by", ()):
        disputes.setdefault(party, []).append(by)
    return tuple(
        PartyHeld(
            party=party,
            bases=tuple(found),  # type: ignore[arg-type]  # Bases of the contract, kept as text.
            disputed_by=tuple(disputes.get(party, ())),
        )
        for party, found in bases.items()
        if found != ["inferred_by_outlet"]
    )


def words(said: dict[str, list[Fact]], word: str) -> tuple[str, ...]:
    """The sorted values of one kind of fact."""
    return tuple([value for (value,) in said.get(word, ())])


def _facts(source: str, body: StrikeReported) -> list[Fact]:
    facts: list[Fact] = [("producers", source)]
    if body.claimant is not None:
        facts.append(("claimants", claimant_name(body.claimant)))
    if body.place.admin1 is not None:
        facts.append(("admin1s", body.place.admin1))
    if body.place.country is not None:
        facts.append(("countries", body.place.country))
    facts += [("targets", target) for target in body.targets]
    facts += [("weapons", weapon.family) for weapon in body.weapons]
    for attribution in body.attribution:
        facts.append(("bases", attribution.party, attribution.basis))
        facts += [("disputed_by", attribution.party, party) for party in attribution.disputed_by]
    return facts
