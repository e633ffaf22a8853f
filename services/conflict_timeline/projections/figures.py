"""Figures: every number that was claimed, by whom; side by side, never averaged or converted."""

from collections.abc import Iterable, Iterator
from math import inf
from typing import ClassVar, NamedTuple, TypeVar

from msgspec import UNSET, Struct, UnsetType

from conflict_events.events import Scope, StrikeReported
from conflict_events.figures import Figure
from conflict_events.instants import format_us, to_us
from conflict_events.parties import Claimant, claimant_name
from conflict_events.place import Place
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import MEMBERS_MAX, Agreement, Claim, FigureClaims, Span
from conflict_timeline.projections.effective import Effective, EffectiveBodies
from conflict_timeline.projections.incident_groups import AnyGroup, IncidentGroups, place_of
from conflict_timeline.projections.places import folded
from conflict_timeline.projections.projection import Change

ValueT = TypeVar("ValueT")

_Counted = tuple[str, str]
"""Measure and unit: what is counted, in what."""


class _Claims(Struct, eq=False, gc=False):
    """The figures of one event, and the time of what holds for it (us)."""

    key: str
    holds_us: int
    figures: tuple[Figure, ...]


class _Claimed(NamedTuple):
    """One figure: whose it is, of which event, where it stands in it, and its date (us)."""

    who: str
    figure: Figure
    claims: _Claims
    nth: int
    as_of_us: int

    @property
    def lateness(self) -> tuple[int, str, int]:
        """Of one claimant's claims the one with the greatest is current."""
        return self.as_of_us, self.claims.key, self.nth

    @property
    def place(self) -> tuple[str, str, int]:
        """In which order readers see claims."""
        return claimant_name(self.figure.claimant), self.claims.key, self.nth

    @property
    def range(self) -> tuple[float, float]:
        """The numbers that it allows."""
        low, best, high = self.figure.low, self.figure.best, self.figure.high
        least = low if low is not None else best if best is not None else 0
        most = high if high is not None else best if best is not None else inf
        return least, most


class Figures:
    """One entry for each incident, wave or aggregate, measure and unit that is claimed of it.

    Numbers of waves and aggregates stand alone: a count of a country is never one of a place.
    """

    name: ClassVar[str] = "figures"
    version: ClassVar[int] = 1

    def __init__(self) -> None:
        self._bodies = EffectiveBodies("strike")
        self._groups = IncidentGroups()
        self._claims: dict[str, _Claims] = {}
        # What is asserted now: by incident id or event key, what is counted.
        self._counted: dict[str, tuple[_Counted, ...]] = {}

    @property
    def waiting(self) -> int:
        """How many events are amended but not recorded yet."""
        return self._bodies.waiting

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the figures that one recorded event may change.

        Cost: that of grouping, and O(members) of each incident touched.
        """
        effective = self._bodies.apply(recorded)
        if effective is None:
            return
        key, report = effective.key, effective.body
        self._take(effective)
        for entry, group in self._groups.apply(effective).items():
            yield from self._replaced(entry, () if group is None else self._of_group(entry, group))
        alone = isinstance(report, StrikeReported) and report.scope != "incident"
        if alone or key in self._counted:
            yield from self._replaced(key, self._of_event(key, report) if alone else ())

    def _take(self, effective: Effective) -> None:
        body = effective.body
        if isinstance(body, StrikeReported) and body.figures:
            claims = _Claims(effective.key, effective.holds_us, body.figures)
            self._claims[effective.key] = claims
        else:
            self._claims.pop(effective.key, None)

    def _of_group(self, entry: str, group: AnyGroup) -> Iterable[FigureClaims]:
        held = self._claims
        told = [held[member.key] for member in group.members if member.key in held]
        return _side_by_side(entry, told, "incident", Span.of_us(*group.core), place_of(group))

    def _of_event(self, key: str, report: object) -> Iterable[FigureClaims]:
        if not isinstance(report, StrikeReported) or key not in self._claims:
            return ()
        when = report.occurred
        core = Span.of_us(when.earliest_us, when.latest_us)
        return _side_by_side(key, [self._claims[key]], report.scope, core, report.place)

    def _replaced(self, of: str, now: Iterable[FigureClaims]) -> Iterator[Change]:
        """All figures of one incident or event, those that have gone included."""
        bodies = {(figures.measure, figures.unit): figures for figures in now}
        for counted in self._counted.pop(of, ()):
            if counted not in bodies:
                yield Change(_entry(of, counted), None)
        if bodies:
            self._counted[of] = tuple(bodies)
        for counted, figures in bodies.items():
            yield Change(_entry(of, counted), figures)


def _entry(of: str, counted: _Counted) -> str:
    return f"{of}:{counted[0]}:{counted[1]}"


def _side_by_side(
    of: str, told: Iterable[_Claims], scope: Scope, core: Span, place: Place
) -> Iterator[FigureClaims]:
    """All claims about one thing, by what they count."""
    found: dict[_Counted, list[_Claimed]] = {}
    for claims in told:
        for nth, figure in enumerate(claims.figures):
            who = folded(claimant_name(figure.claimant))
            as_of_us = claims.holds_us if figure.as_of is None else to_us(figure.as_of)
            one = _Claimed(who, figure, claims, nth, as_of_us)
            found.setdefault((figure.measure, figure.unit), []).append(one)
    for (measure, unit), claimed in found.items():
        current: dict[str, _Claimed] = {}
        for one in claimed:
            if one.who not in current or one.lateness > current[one.who].lateness:
                current[one.who] = one
        shown = sorted(claimed, key=_place)
        if len(shown) > MEMBERS_MAX:  # What is current is shown before what no longer is.
            shown.sort(key=lambda one: current[one.who] is not one)
            shown = sorted(shown[:MEMBERS_MAX], key=_place)
        yield FigureClaims(
            of=of,
            measure=measure,
            unit=unit,
            agreement=_agreement([one.range for one in current.values()]),
            claims=tuple(_claim(one, current[one.who] is one) for one in shown),
            claims_total=len(claimed) if len(claimed) > MEMBERS_MAX else UNSET,
            scope=scope,
            core=core,
            place=place,
        )


def _agreement(ranges: list[tuple[float, float]]) -> Agreement:
    """Whether there is a number that all current claims allow."""
    if len(ranges) == 1:
        return "single"
    least = max(low for low, _ in ranges)
    most = min(high for _, high in ranges)
    return "consistent" if least <= most else "disputed"


def _claim(one: _Claimed, current: bool) -> Claim:
    figure = one.figure
    claimant = figure.claimant if isinstance(figure.claimant, Claimant) else None
    return Claim(
        claimant=claimant_name(figure.claimant),
        event=one.claims.key,
        current=current,
        reported=format_us(one.claims.holds_us),
        low=_or_unset(figure.low),
        best=_or_unset(figure.best),
        high=_or_unset(figure.high),
        as_of=UNSET if figure.as_of is None else format_us(to_us(figure.as_of)),
        as_written=_or_unset(figure.as_written),
        role=UNSET if claimant is None else _or_unset(claimant.role),
        party=UNSET if claimant is None else _or_unset(claimant.party),
    )


def _or_unset(value: ValueT | None) -> ValueT | UnsetType:
    return UNSET if value is None else value


def _place(one: _Claimed) -> tuple[str, str, int]:
    return one.place
