"""Incidents: which reports speak of one attack."""

from collections.abc import Iterator
from typing import ClassVar

from msgspec import UNSET

from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import MEMBERS_MAX, Incident, Span
from conflict_timeline.projections.effective import EffectiveBodies
from conflict_timeline.projections.incident_groups import (
    AnyGroup,
    IncidentGroups,
    parties_held,
    place_of,
    words,
)
from conflict_timeline.projections.projection import Change


class Incidents:
    """One entry for each attack, with the reports that speak of it."""

    name: ClassVar[str] = "incidents"
    version: ClassVar[int] = 1

    def __init__(self) -> None:
        self._bodies = EffectiveBodies("strike")
        self._groups = IncidentGroups()

    @property
    def waiting(self) -> int:
        """How many events are amended but not recorded yet."""
        return self._bodies.waiting

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the incidents that one recorded event touches.

        Cost: O(log n + k) for n reports of its place and k of them that overlap it in time.
        """
        effective = self._bodies.apply(recorded)
        if effective is None:
            return
        for entry, group in self._groups.apply(effective).items():
            if group is None:
                yield Change(entry, None, self._groups.holder_of(entry))
            else:
                yield Change(entry, _body(group))


def _body(group: AnyGroup) -> Incident:
    said = group.tally.said()
    keys = group.tally.keys
    return Incident(
        members=tuple(keys[:MEMBERS_MAX]),
        core=Span.of_us(*group.core),
        windows_disagree=group.windows_disagree,
        imprecise=group.imprecise,
        place=place_of(group),
        parties=parties_held(said),
        targets=words(said, "targets"),  # type: ignore[arg-type]  # Topics, kept as text.
        weapons=words(said, "weapons"),
        admin1s=words(said, "admin1s"),
        countries=words(said, "countries"),
        claimants=words(said, "claimants"),
        producers=words(said, "producers"),
        members_total=len(keys) if len(keys) > MEMBERS_MAX else UNSET,
    )
