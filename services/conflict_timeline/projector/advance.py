"""Advance: fold a page of the log and commit what it changed, once (I6)."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple, Self

from redis.asyncio import Redis

from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.fold import Fold, RevisionMade
from conflict_timeline.projections.projection import Projection
from conflict_timeline.projector.errors import CheckpointMovedBackError, DivergedError
from conflict_timeline.projector.stuck import FoldError
from conflict_timeline.runtime import faults
from conflict_timeline.runtime.patience import patiently
from conflict_timeline.timelines.commit import START, Checkpoint, Commits, Committable, Committer

COMMIT_REVISIONS_MAX: Final = 2_000
"""A commit ends with the event that passes this: larger scripts hold up everybody else."""


class Advancer:
    """One projection of one conflict: its fold, and how far it is committed.

    Several may run on the same timeline. They compute the same; the slower one finds the checkpoint
    moved, compares digests, and goes on from there.
    """

    def __init__(self, committer: Commits, fold: Fold, *, name: str) -> None:
        self.fold = fold
        self.name = name
        self._committer = committer
        self._stands = START

    @classmethod
    def over(
        cls,
        redis: Redis,
        conflict: str,
        projection: Projection,
        *,
        version: int | None = None,
        fold: Fold | None = None,
    ) -> Self:
        """Of a timeline in Redis. `version`: by default that of the projection.

        `fold` is one to go on from, by default the one of an empty log.
        """
        version = projection.version if version is None else version
        return cls(
            Committer(redis, conflict, projection.name, version, code=projection.version),
            Fold(projection) if fold is None else fold,
            name=f"{conflict}/{projection.name}/{version}",
        )

    async def open(self, *, serve: bool = True) -> bool:
        """Learn how far the timeline is committed, and serve it if no version is served.

        Answers False when the fold cannot go on from where it is: it is ahead of the checkpoint, so
        that revisions which are not committed yet would be lost, or it has another digest.
        """
        self._stands = await self._committer.checkpoint()
        if serve:
            await self._committer.serve_if_first()
        fold = self.fold
        if fold.position > self._stands.position:
            return False
        return await self._committer.digest_at(fold.position) == fold.digest.hex()

    async def note_stuck(self, why: str) -> None:
        """Let `status` say that this timeline stays where it is, and why."""
        await self._committer.note_stuck(why)

    async def advance(self, page: Sequence[RecordedEvent]) -> None:
        """Fold the next events of the log; commit what lies beyond the checkpoint.

        Events that the fold has had already are passed over.

        Raises:
            DivergedError: other bytes are committed for the same positions.
            CheckpointMovedBackError: the server lost what was committed.
            BrokenTimelineError: the timeline is not what its checkpoint says.
            FoldError: what the fold raised is its cause; what came before that event is committed.
        """
        for portion in self._folded(page):
            await self._commit(portion)

    def _folded(self, page: Sequence[RecordedEvent]) -> Iterator["_Portion"]:
        before, made, waiting = self._reached(), list[RevisionMade](), 0
        for recorded in page:
            if recorded.position <= self.fold.position:
                continue
            try:
                made += self.fold.apply(recorded)
                waiting = int(self.fold.projection.waiting)
            except (Exception, SystemExit) as error:
                # How far a timeline comes must not depend on where the pages were cut.
                yield _Portion(before, made, self._reached(), waiting)
                raise FoldError(recorded, error) from error
            if len(made) >= COMMIT_REVISIONS_MAX:
                yield _Portion(before, made, self._reached(), waiting)
                before, made = self._reached(), []
        yield _Portion(before, made, self._reached(), waiting)

    def _reached(self) -> Checkpoint:
        return Checkpoint(self.fold.position, self.fold.digest.hex(), self.fold.revisions)

    async def _commit(self, portion: "_Portion") -> None:
        """Bring the committed timeline to the end of a portion, or find it there already."""
        faults.reach("projector.before_commit")
        reached, ours = portion.reached, False
        while self._stands.position < reached.position:
            stands = self._stands
            if stands.position < portion.before.position:
                raise CheckpointMovedBackError(self.name, portion.before.position, stands.position)
            self._agree(stands.position, portion.digest_at(stands.position), stands.digest)
            # A lost answer is harmless: asked again, the checkpoint stands where we wanted it.
            self._stands = await patiently(
                partial(
                    self._committer.commit,
                    stands,
                    reached,
                    portion.beyond(stands.position),
                    waiting=portion.waiting,
                )
            )
            ours = self._stands == reached
        if not ours:
            # A standby was first, or we have just started: nothing to add, only to compare.
            committed = await patiently(partial(self._committer.digest_at, reached.position))
            self._agree(reached.position, reached.digest, committed)
            if self._stands.position == reached.position:
                self._agree(reached.position, reached.digest, self._stands.digest)
        faults.reach("projector.after_commit")

    def _agree(self, position: int, ours: str, theirs: str) -> None:
        if ours != theirs:
            raise DivergedError(self.name, position, ours, theirs)


class _Portion(NamedTuple):
    """Revisions to be committed together, between two checkpoints."""

    before: Checkpoint
    made: list[RevisionMade]
    reached: Checkpoint
    waiting: int

    def digest_at(self, position: int) -> str:
        """Our digest at a position between the two checkpoints (hex)."""
        upto = [one.digest for one in self.made if one.position <= position]
        return upto[-1].hex() if upto else self.before.digest

    def beyond(self, position: int) -> list[Committable]:
        """The revisions made after a position."""
        return [
            Committable(f"{one.position}-{one.k}", one.raw, one.digest.hex())
            for one in self.made
            if one.position > position
        ]
