"""Timelines: those of one conflict that a projector keeps, each at its own position and version."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog
from redis.asyncio import Redis

from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.projector.errors import CheckpointMovedBackError, DivergedError
from conflict_timeline.projector.snapshots import Snapshots
from conflict_timeline.projector.stuck import FoldError, Stuck
from conflict_timeline.runtime.patience import AWAY
from conflict_timeline.timelines.commit import Committer
from conflict_timeline.timelines.versions import built, served

log = structlog.get_logger()

SNAPSHOT_EVENTS_MIN: Final = 20_000
"""A snapshot is made when so many events were folded since the last one, and at the end."""


class Timelines:
    """The timelines of one conflict, one a projection, of the version that readers get."""

    def __init__(
        self,
        redis: Redis,
        conflict: str,
        projections: Sequence[str],
        snapshots: Snapshots | None,
    ) -> None:
        self._redis = redis
        self._conflict = conflict
        self._projections = projections
        self._snapshots = snapshots
        self._kept: dict[str, _Kept] = {}
        self._stuck: set[str] = set()
        self._not_ours: set[str] = set()

    @property
    def all_are_stuck(self) -> bool:
        """Whether there is nothing left to be kept up to date."""
        return len(self._stuck) == len(self._projections)

    @property
    def position(self) -> int | None:
        """Up to where all of them have come; None when every one is stuck or made elsewhere."""
        return min((kept.advancer.fold.position for kept in self._kept.values()), default=None)

    async def open(self) -> None:
        """Find out which versions are to be kept, and how far each has come."""
        self._kept = {}
        for name in self._projections:
            await self._open(name)

    async def follow_switches(self) -> bool:
        """Go over to the version that readers get now; tell whether one has changed."""
        has_changed = False
        for name in self._projections:
            if name in self._stuck:
                continue
            version = await served(self._redis, self._conflict, name)
            kept = self._kept.get(name)
            if kept is None or version not in (None, kept.version):
                await self._open(name)
                has_changed |= self._kept.get(name) is not kept
        return has_changed

    async def advance(self, page: Sequence[RecordedEvent]) -> None:
        """Fold a page into each of them; one whose fold raises stays where it is, alone.

        Raises:
            DivergedError, CheckpointMovedBackError, TimelineError, RedisError: see `Advancer`.
        """
        for name, kept in list(self._kept.items()):
            if kept.advancer.fold.position >= page[-1].position:
                continue
            try:
                await kept.advancer.advance(page)
            except FoldError as error:
                self._stuck.add(name)
                del self._kept[name]
                stuck = Stuck.at(error.recorded, error.__cause__ or error)
                log.exception("projector.stuck", timeline=kept.advancer.name, at=stuck.position)
                with suppress(*AWAY):
                    await kept.advancer.note_stuck(stuck.written())
            except CheckpointMovedBackError:
                if await served(self._redis, self._conflict, name) == kept.version:
                    raise
                # It was removed, because another one is served: that one is followed next.
            except DivergedError as error:
                with suppress(*AWAY):
                    await Committer(self._redis, self._conflict, name, kept.version).note_diverged(
                        str(error)
                    )
                raise

    def save_some(self) -> None:
        """Have the snapshots made that are due, by a process aside: nobody waits for it."""
        if self._snapshots is None or self._snapshots.is_busy:
            return
        for kept in self._kept.values():
            if kept.advancer.fold.position >= kept.saved + SNAPSHOT_EVENTS_MIN:
                self._snapshots.save_aside(self._conflict, kept.version, kept.advancer.fold)
                kept.saved = kept.advancer.fold.position
                return

    def save_all(self) -> None:
        """Make a snapshot of each that has moved since its last one, and wait for it."""
        if self._snapshots is None:
            return
        for kept in self._kept.values():
            if kept.advancer.fold.position > kept.saved:
                self._snapshots.save(self._conflict, kept.version, kept.advancer.fold)
                kept.saved = kept.advancer.fold.position

    async def _open(self, name: str) -> None:
        """Keep the version that is served, if our code makes it; ours, if none is served."""
        made = projection(name)
        version = await served(self._redis, self._conflict, name)
        if version is None:
            version = made.version
        code = (await built(self._redis, self._conflict, name)).get(version, version)
        before = self._kept.pop(name, None)
        if code != made.version:
            if before is not None or name not in self._not_ours:
                log.warning(
                    "projector.not_ours",
                    timeline=f"{self._conflict}/{name}/{version}",
                    reason=f"it is made by version {code} of {name}, and ours is {made.version}:"
                    f" conflict-timeline rebuild {name}",
                )
            self._not_ours.add(name)
            return
        self._not_ours.discard(name)
        self._kept[name] = await self._opened(name, version, before)

    async def _opened(self, name: str, version: int, before: "_Kept | None") -> "_Kept":
        """Go on with the fold we have, with a snapshot, or else from the first event."""
        if before is not None:
            # The same code on the same log: its fold is that of the other version too.
            kept = await self._tried(name, version, before.advancer.fold)
            if kept is not None:
                return kept
        if self._snapshots is not None:
            fold = self._snapshots.load(self._conflict, projection(name), version)
            kept = None if fold is None else await self._tried(name, version, fold)
            if kept is not None:
                kept.saved = kept.advancer.fold.position
                return kept
            if fold is not None:
                reason = "it is ahead of the checkpoint, or has another digest"
                self._snapshots.drop(self._conflict, name, version, reason=reason)
        kept = await self._tried(name, version, Fold(projection(name)))
        if kept is None:
            raise RuntimeError("a fold of nothing fits every timeline")
        return kept

    async def _tried(self, name: str, version: int, fold: Fold) -> "_Kept | None":
        advancer = Advancer.over(
            self._redis, self._conflict, projection(name), version=version, fold=fold
        )
        return _Kept(version, advancer) if await advancer.open() else None


class _Kept:
    """A timeline that is kept up to date, and the position of its last snapshot."""

    def __init__(self, version: int, advancer: Advancer) -> None:
        self.version = version
        self.advancer = advancer
        self.saved = 0
