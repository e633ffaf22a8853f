"""Difference: what readers would see change if another fold of the log were served."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from msgspec import Raw, Struct
from redis.asyncio import Redis

from conflict_events.timelines import Entry
from conflict_timeline.log.follow import head_of
from conflict_timeline.projections.projection import Projection
from conflict_timeline.projector.replay import entries_of, replay
from conflict_timeline.timelines.read import Timeline


class EntryChange(Struct, frozen=True, kw_only=True):
    """One entry that differs. `before` and `after` are its bodies, None where it is not asserted.

    `added`: asserted only afterwards; `withdrawn`: only before; `changed`: with another body.
    """

    conflict: str
    change: Literal["added", "withdrawn", "changed"]
    entry: str
    before: Raw | None
    after: Raw | None


class Compared(Struct, frozen=True, kw_only=True):
    """All that differs at a position."""

    conflict: str
    projection: str
    position: int
    changes: list[EntryChange]

    def counts(self) -> dict[str, int]:
        """How many entries are added, withdrawn and changed."""
        counts = {"added": 0, "withdrawn": 0, "changed": 0}
        for one in self.changes:
            counts[one.change] += 1
        return counts


async def difference(
    redis: Redis,
    conflict: str,
    projection: Projection,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Compared:
    """Fold the log in memory and compare it with the served timeline; nothing is written.

    Raises:
        UnservedError: no version is served.
    """
    timeline = await Timeline.served(redis, conflict, projection.name)
    head = (await head_of(redis, conflict)).position
    position = min(head, (await timeline.checkpoint()).position)
    made = await replay(redis, conflict, projection, upto=position, progress=progress)
    return compared(
        conflict,
        projection.name,
        position,
        before=await timeline.entries(upto=position),
        after=entries_of(made, conflict),
    )


async def between(redis: Redis, conflict: str, projection: str, *, old: int, new: int) -> Compared:
    """Compare two versions, as of the position that both have reached."""
    before = Timeline(redis, conflict, projection, old)
    after = Timeline(redis, conflict, projection, new)
    position = min((await before.checkpoint()).position, (await after.checkpoint()).position)
    return compared(
        conflict,
        projection,
        position,
        before=await before.entries(upto=position),
        after=await after.entries(upto=position),
    )


def compared(
    conflict: str,
    projection: str,
    position: int,
    *,
    before: Iterable[Entry],
    after: Iterable[Entry],
) -> Compared:
    """Compare the entries of two timelines, by id."""
    old = {entry.entry: entry.body for entry in before}
    new = {entry.entry: entry.body for entry in after}
    changes = list(_changes(conflict, old, new))
    return Compared(conflict=conflict, projection=projection, position=position, changes=changes)


def _changes(conflict: str, old: dict[str, Raw], new: dict[str, Raw]) -> Iterator[EntryChange]:
    for entry in sorted(old.keys() | new.keys()):
        before, after = old.get(entry), new.get(entry)
        if before is None:
            change: Literal["added", "withdrawn", "changed"] = "added"
        elif after is None:
            change = "withdrawn"
        elif bytes(before) != bytes(after):
            change = "changed"
        else:
            continue
        yield EntryChange(conflict=conflict, change=change, entry=entry, before=before, after=after)
