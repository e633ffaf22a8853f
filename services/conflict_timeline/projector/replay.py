"""Replay: fold a log from its first event, in the foreground, and write nothing."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec
from redis.asyncio import Redis

from conflict_events.event_time import by_event_time
from conflict_events.timelines import Entry, Revision
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.projection import Projection
from conflict_timeline.projector.stuck import applied


class Replayed(NamedTuple):
    """A replay's end: the fold, and the last revision of each entry (bytes)."""

    fold: Fold
    latest: dict[str, bytes]


async def replay(  # noqa: PLR0913 - what to fold, how far, and how to tell
    redis: Redis,
    conflict: str,
    projection: Projection,
    *,
    upto: int,
    keep_entries: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Fold positions 1 to `upto`. `progress` is told each position that a page ended with.

    Without `keep_entries` only the digest is made, and `latest` stays empty.

    Raises:
        LogGapError, UnreadableEventError: the log cannot be read through.
        FoldError: the fold raised; what it raised is the cause.
    """
    fold = Fold(projection)
    latest: dict[str, bytes] = {}
    async for page in follow(redis, conflict, upto=upto):
        for recorded in page:
            made = applied(fold, recorded)
            if keep_entries:
                for revision in made:
                    latest[revision.entry] = revision.raw
        progress(fold.position)
    return Replayed(fold, latest)


def entries_of(replayed: Replayed, conflict: str) -> list[Entry]:
    """The entries asserted at the end of a replay, as `timeline` would print them."""
    projection = replayed.fold.projection
    revisions = (msgspec.json.decode(raw, type=Revision) for raw in replayed.latest.values())
    return by_event_time(
        Entry.of(
            revision,
            projection=projection.name,
            version=projection.version,
            conflict=conflict,
        )
        for revision in revisions
        if revision.status == "asserted"
    )
