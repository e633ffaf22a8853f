"""Selecting: what an export holds, and where it comes from, read as of one position."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from redis.asyncio import Redis

from conflict_events.instants import format_us
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import Entry, Incident
from conflict_timeline.cli.viewing import VIEWED, texts_of, together
from conflict_timeline.connectors.registry import CONNECTORS
from conflict_timeline.log.follow import follow, recorded_at_position
from conflict_timeline.projections.registry import projection as registered
from conflict_timeline.queries.exports.datapackage import Provenance
from conflict_timeline.queries.exports.producers import Producers
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.filters import Filters, chooser
from conflict_timeline.queries.view import AsOf, View
from conflict_timeline.timelines.commit import Committer
from conflict_timeline.timelines.errors import UnservedError
from conflict_timeline.timelines.read import Timeline

SAMPLES: Final = ("episodes", "seed-article", "statements")
"""The samples that are events of their own, each by its producer; the others have connectors."""

LICENCES: Final[dict[str, str]] = {
    **{one.source: one.licence for one in CONNECTORS.values() if one.source is not None},
    **{f"https://conflict-timeline.example/samples/{name}": "CC0-1.0" for name in SAMPLES},
}
"""The licences of the producers whose are known."""

_BESIDE: Final[dict[str, tuple[str, ...]]] = {"pairings": VIEWED, "figures": ("incidents",)}
"""The timelines that entries cannot be exported without."""

_INCIDENT: Final = msgspec.json.Decoder(Incident)


async def select(
    redis: Redis, conflict: str, projection: str, filters: Filters, as_of: str | None
) -> tuple[Selection, Provenance]:
    """The entries chosen, and where they come from, all as of one position.

    Cost: a pass over each timeline that they rest on, and one over the log.

    Raises:
        FilterError: the projection cannot be filtered so.
        UnknownProjectionError: there is none of this name.
        UnknownConflictError, UnservedError, BeyondKnownError: as `together` says.
    """
    chooser(projection, filters)  # What cannot be filtered so is said before anything is read.
    beside = _BESIDE.get(projection, ())
    if projection == "reversals" and filters.q is not None:
        beside = ("chronology",)  # Only it has the quotes.
    served, position = await known(redis, conflict, (projection, *beside), as_of)
    digest = await _digest_of(redis, served[projection], position)
    entries = {name: await one.entries(upto=position) for name, one in served.items()}
    recorded = await recorded_at_position(redis, conflict, position)
    versions = {name: one.version for name, one in sorted(served.items())}
    # The time asked for is of no account: an export is the same at the same position.
    view = _view(AsOf(conflict=conflict, position=position, versions=versions), recorded, entries)
    texts = texts_of(entries.get("chronology", ()))
    is_chosen = chooser(projection, filters, texts=texts)
    chosen = [entry for entry in entries[projection] if is_chosen(entry)]
    selection = Selection(conflict, projection, versions, position, chosen, view)
    producers = Producers(
        selection,
        {one.entry: _INCIDENT.decode(one.body) for one in entries.get("incidents", ())},
    )
    async for page in follow(redis, conflict, upto=position):
        for event in page:
            producers.take(event)
    at = None if recorded is None else format_us(recorded.recorded_at_ms * 1_000)
    return selection, Provenance(digest, at, producers.events, LICENCES)


async def known(
    redis: Redis, conflict: str, projections: Sequence[str], as_of: str | None
) -> tuple[dict[str, Timeline], int]:
    """The served timelines, the one asked for first, and the position to read them at.

    Raises:
        UnknownProjectionError: there is none of its name.
        UnknownConflictError, UnservedError, BeyondKnownError: as `together` says.
    """
    try:
        return await together(redis, conflict, projections, as_of)
    except UnservedError:
        registered(projections[0])  # There may be no such projection at all.
        raise


def _view(
    as_of: AsOf, recorded: RecordedEvent | None, entries: Mapping[str, list[Entry]]
) -> View | None:
    """The view that pairings are shown with."""
    if not set(VIEWED) <= entries.keys():
        return None
    known_until_us = 0 if recorded is None else recorded.recorded_at_ms * 1_000
    return View(as_of, known_until_us, entries["chronology"], entries["incidents"])


async def _digest_of(redis: Redis, timeline: Timeline, position: int) -> str:
    # Asked before the entries are read: these say it when the version was removed meanwhile.
    committer = Committer(redis, timeline.conflict, timeline.projection, timeline.version)
    return await committer.digest_at(position)
