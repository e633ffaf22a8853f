"""Producers: who published the events that exported entries rest on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET

from conflict_events.amendments import Corrected, Retracted
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import (
    TIMELINE_BODIES,
    ArticleCoverage,
    FigureClaims,
    Incident,
    Pairing,
    Reversal,
)
from conflict_timeline.queries.exports.selection import Selection

_DECODERS: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    name: msgspec.json.Decoder(body) for name, body in TIMELINE_BODIES.items()
}


class Producers:
    """Counts the events behind a selection by their producers, as the log is read.

    An amendment stands behind what it amends. Where bodies do not name every event that they rest
    on, because there are too many or because the projection is one of a plug-in, every event of the
    log counts: a producer too many is told rather than one too few.
    """

    def __init__(self, selection: Selection, incidents: Mapping[str, Incident]) -> None:
        """`incidents` are those of the conflict, by id, where entries name incidents."""
        self.events: dict[str, int] = {}
        self._keys: set[str] | None = set()
        decoder = _DECODERS.get(selection.projection)
        for entry in selection.entries:
            if decoder is None:
                self._rest_on(None)
            else:
                self._rest_on(_events_of(entry.entry, decoder.decode(entry.body), incidents))
        if selection.entries and selection.view is not None:
            # Base rates are counted over all statements and all incidents.
            self._rest_on(selection.view.statements)
            for incident in selection.view.incidents.bodies.values():
                self._rest_on(_members(incident))

    def take(self, recorded: RecordedEvent) -> None:
        """Look at one event of the log."""
        event = recorded.event
        amended = event.data.amends.key if isinstance(event.data, Corrected | Retracted) else None
        if self._keys is None or recorded.key in self._keys or amended in self._keys:
            self.events[event.source] = self.events.get(event.source, 0) + 1

    def _rest_on(self, keys: Iterable[str] | None) -> None:
        if keys is None:
            self._keys = None
        elif self._keys is not None:
            self._keys.update(keys)


def _events_of(entry: str, body: object, incidents: Mapping[str, Incident]) -> Iterable[str] | None:
    """The keys of the events that an entry rests on; None where it does not name all."""
    match body:
        case Incident():
            return _members(body)
        case Pairing():
            return (body.statement,)  # Its incident is among those of the view.
        case Reversal():
            return (body.earlier, body.later)
        case FigureClaims():
            return _claimed(body, incidents)
        case ArticleCoverage():
            return _cited(body)
        case _:
            return (entry,)  # A line of the chronology.


def _members(incident: Incident) -> Iterable[str] | None:
    return incident.members if incident.members_total is UNSET else None


def _claimed(figures: FigureClaims, incidents: Mapping[str, Incident]) -> Iterable[str] | None:
    if figures.claims_total is not UNSET:
        return None
    # Its time and place are those of the whole incident.
    whole = _members(incidents[figures.of]) if figures.of in incidents else ()
    return None if whole is None else (*whole, *(claim.event for claim in figures.claims))


def _cited(article: ArticleCoverage) -> Iterator[str] | None:
    if article.statements_total is not UNSET or article.reports_total is not UNSET:
        return None
    own = () if article.article is UNSET else (article.article,)
    return iter((*own, *article.statements, *article.reports))
