"""The projector: wakes on the bell, and brings the timelines of each conflict up to its log."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

import structlog
from redis.asyncio import Redis

from conflict_timeline.broker.streams import StreamEntry
from conflict_timeline.broker.subscribers import Subscribers
from conflict_timeline.log.follow import conflicts_of, follow, head_of
from conflict_timeline.log.keys import BELL
from conflict_timeline.projector.snapshots import Snapshots
from conflict_timeline.projector.timelines import Timelines
from conflict_timeline.runtime import faults
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.patience import AWAY, patiently

log = structlog.get_logger()

SWEEP_S: Final = 5.0
"""The bell is a hint. All heads are compared this often: a lost bell costs latency, never data."""


class Projector:
    """Keeps the timelines of some projections up to date, for all conflicts or for some."""

    def __init__(
        self,
        url: str,
        redis: Redis,
        *,
        projections: Sequence[str],
        conflicts: Sequence[str] | None = None,
        snapshots: Snapshots | None = None,
    ) -> None:
        """Without `snapshots`, every start folds the logs from their first events."""
        self._redis = redis
        self._snapshots = snapshots
        self._kept: dict[str, Timelines] = {}
        self._projections = tuple(projections)
        self._conflicts = None if conflicts is None else frozenset(conflicts)
        self._rung: dict[str, asyncio.Event] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._subscribers = Subscribers(url)
        # No group: every projector hears every bell.
        self._subscribers.on(BELL, self._wake)

    async def run(self) -> None:
        """Project until cancelled.

        Raises:
            DivergedError, CheckpointMovedBackError: see there; in an ExceptionGroup, like the rest.
            LogError, TimelineError: keys are not what they should be.
            ServiceStoppedError: the subscriber of the bell ended.
        """
        try:
            await self._subscribers.start()
            log.info("projector.started", projections=list(self._projections))
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                tasks.create_task(self._subscribers.watch())
                tasks.create_task(self._sweep())
        finally:
            await self._subscribers.stop()
            for kept in self._kept.values():
                kept.save_all()

    async def _wake(self, bells: Sequence[StreamEntry]) -> None:
        """Wake one task a conflict: a long way to go for one must not hold up the others."""
        for conflict in dict.fromkeys(fields[b"c"].decode() for _, fields in bells):
            self._wake_one(conflict)

    async def _sweep(self) -> None:
        while True:
            for conflict in await patiently(lambda: conflicts_of(self._redis)):
                self._wake_one(conflict)
            heed_cancellation()
            await asyncio.sleep(SWEEP_S)

    def _wake_one(self, conflict: str) -> None:
        if self._conflicts is not None and conflict not in self._conflicts:
            return
        if conflict not in self._rung and self._tasks is not None:
            self._rung[conflict] = asyncio.Event()
            self._tasks.create_task(self._keep_up(conflict, self._rung[conflict]))
        if (rung := self._rung.get(conflict)) is not None:
            rung.set()

    async def _keep_up(self, conflict: str, rung: asyncio.Event) -> None:
        """Bring one conflict's timelines to the head of its log, each time that it rings."""
        kept = Timelines(self._redis, conflict, self._projections, self._snapshots)
        self._kept[conflict] = kept
        await patiently(kept.open)
        while not kept.all_are_stuck:
            heed_cancellation()
            await rung.wait()
            rung.clear()
            await patiently(kept.follow_switches)
            if (position := kept.position) is None:
                continue
            is_reading = True
            try:
                # One page is read and decoded for all projections; each commits by itself.
                async for page in follow(self._redis, conflict, after=position):
                    faults.reach("projector.read")
                    is_reading = False
                    await kept.advance(page)
                    kept.save_some()
                    if await patiently(kept.follow_switches):
                        # Another version may be behind this page.
                        rung.set()
                        break
                    is_reading = True
                    await asyncio.sleep(0)  # Folding is pure work: let the others have their turn.
            except AWAY as error:
                if not is_reading:
                    raise  # A commit failed for good: what was folded is not to be folded again.
                log.warning("projector.broker_away", conflict=conflict, error=str(error))
                await patiently(partial(head_of, self._redis, conflict))
                rung.set()
