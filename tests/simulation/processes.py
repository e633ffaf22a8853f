"""Processes: the coroutines that services run, taken from point to point by whoever holds them.

At each point a process may be left waiting, be killed and begun anew, or find its store away:
before a call nothing was written, after it everything was and only the answer is lost.
"""

import pickle
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable, Sequence
from functools import partial
from random import Random
from types import coroutine
from typing import Any, Final, TypeVar

from redis.exceptions import ConnectionError  # noqa: A004 - what a broker that is away raises

from conflict_events.codec import Accepted
from conflict_events.outcomes import Outcome, Recorded
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.runtime.patience import AWAY
from conflict_timeline.testing.memory import MemoryLog
from conflict_timeline.timelines.commit import Checkpoint, Commits, Committable
from tests.simulation.plans import Batch, Fault, Racer

ResultT = TypeVar("ResultT")

BEGIN: Final = "begin"
IDLE: Final = "idle"
"""A projector that has read all there is waits here for the bell."""


@coroutine
def at(point: str) -> Generator[str, None, None]:
    """Come to a named point."""
    yield point


async def patiently(do: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """Do something again while the store is away, as `runtime.patience` does, but at once.

    What that one is made of would take a third of the time.
    """
    while True:
        try:
            return await do()
        except AWAY:
            continue


class Process:
    """What goes on from point to point; killed, it begins anew."""

    def __init__(self, begin: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._begin = begin
        self._running = begin()
        self.point = BEGIN
        self.has_ended = False
        self.seen = 0
        """The head of the log when it last came to a point."""

    def go_on(self, fault: Fault | None, head: int) -> None:
        """Take it to its next point."""
        self.seen = head
        if fault == "killed":
            self._running.close()
            self._running = self._begin()
            self.point = BEGIN
            return
        try:
            if fault == "away" and self.can_be_away:
                self.point = self._running.throw(ConnectionError("a planned fault"))
            else:
                self.point = self._running.send(None)
        except StopIteration:
            self.has_ended = True

    @property
    def can_be_away(self) -> bool:
        """Whether it stands before or after a call of a store."""
        return self.point not in (BEGIN, IDLE)

    def is_ready(self, head: int) -> bool:
        """Whether there is anything for it to do."""
        return not self.has_ended and (self.point != IDLE or self.seen != head)

    def stop(self) -> None:
        """End it."""
        self._running.close()


class Intake:
    """Appends batches, each until it has an answer, as intake does."""

    def __init__(self, log: MemoryLog, batches: Sequence[Batch]) -> None:
        self.acknowledged: list[tuple[Accepted, Outcome]] = []
        self.written = 0
        """Events that were recorded, whether or not the answer arrived."""
        self._log = log
        self._batches = batches
        self._done = 0

    async def run(self) -> None:
        """Offer what is left."""
        while self._done < len(self._batches):
            batch = self._batches[self._done]
            outcomes = await patiently(partial(self._append, batch))
            self.acknowledged += zip(batch, outcomes, strict=True)
            self._done += 1

    async def _append(self, batch: Batch) -> list[Outcome]:
        await at("before append")
        outcomes = await self._log.append(batch)
        self.written += sum(isinstance(one, Recorded) for one in outcomes)
        await at("after append")
        return outcomes


class Projecting:
    """One projection, kept up to date by the real `Advancer`, as the projector does."""

    def __init__(self, log: MemoryLog, committer: Commits, racer: Racer, rng: Random) -> None:
        self.racer = racer
        self.fold = Fold(projection(racer.projection))
        self._log = log
        self._committer = Interrupted(committer)
        self._rng = rng
        self._snapshot: bytes | None = None

    async def run(self) -> None:
        """Project from the last snapshot on, or from nothing."""
        name = self.racer.projection
        kept = self._snapshot
        fold = Fold(projection(name)) if kept is None else pickle.loads(kept)  # noqa: S301 - ours
        self.fold = fold
        advancer = Advancer(self._committer, fold, name=f"simulated/{name}")
        await patiently(advancer.open)
        while True:
            rung = len(self._log.events)
            try:
                async for page in self._log.follow(
                    after=fold.position, page_events_max=self.racer.page_events_max
                ):
                    await at("after read")
                    await advancer.advance(page)
                    # Committed: a snapshot is never ahead of its checkpoint.
                    if self._rng.random() < self.racer.snapshots:
                        self._snapshot = pickle.dumps(fold)
            except AWAY:
                continue
            if len(self._log.events) == rung:  # Else the bell has rung since.
                await at(IDLE)


class Interrupted:
    """A committer with a point before and after each call."""

    def __init__(self, committer: Commits) -> None:
        self._committer = committer

    async def checkpoint(self) -> Checkpoint:
        """Come to a point, and ask."""
        await at("before checkpoint")
        return await self._committer.checkpoint()

    async def serve_if_first(self) -> None:
        """Serve, and come to a point."""
        await self._committer.serve_if_first()
        await at("after serve")

    async def note_stuck(self, why: str) -> None:
        """Nobody is to be stuck."""
        raise AssertionError(why)

    async def commit(
        self,
        expected: Checkpoint,
        reached: Checkpoint,
        revisions: Iterable[Committable],
        *,
        waiting: int = 0,
    ) -> Checkpoint:
        """Commit between two points."""
        await at("before commit")
        stands = await self._committer.commit(expected, reached, revisions, waiting=waiting)
        await at("after commit")
        return stands

    async def digest_at(self, position: int) -> str:
        """Come to a point, and ask."""
        await at("before digest")
        return await self._committer.digest_at(position)
