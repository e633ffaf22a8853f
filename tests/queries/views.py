"""Views of logs that are told in a few words: what queries are asked of."""

from collections.abc import Iterable, Sequence

import msgspec

from conflict_events.event_time import by_event_time
from conflict_events.instants import from_us, to_us
from conflict_events.timelines import Entry, Revision
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import projection
from conflict_timeline.queries.view import AsOf, View
from conflict_timeline.testing import Json, record

FAR_US = to_us(from_us(4_000_000_000_000_000))
"""A time by which all is over."""


def entries(name: str, events: Iterable[Json]) -> list[Entry]:
    """The current entries of a projection, as a reader gets them."""
    fold = Fold(projection(name))
    current: dict[str, Entry] = {}
    for recorded in record(events):
        for made in fold.apply(recorded):
            revision = msgspec.json.decode(made.raw, type=Revision)
            current[made.entry] = Entry.of(revision, projection=name, version=1, conflict="ukraine")
    return by_event_time(entry for entry in current.values() if entry.status == "asserted")


def view_of(*events: Json, as_of_us: int = FAR_US) -> View:
    """A view of a log."""
    told: Sequence[Json] = events
    return View(
        AsOf(
            conflict="ukraine",
            position=len(record(told)),
            versions={"chronology": 1, "incidents": 1},
        ),
        as_of_us,
        entries("chronology", told),
        entries("incidents", told),
    )
