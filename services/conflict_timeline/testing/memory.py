"""Memory: a log and timelines without a server, which keep the promises of those in Redis.

`tests/conformance` holds both to the same sentences. Nothing here outlives the process.
"""

import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from conflict_events.codec import Accepted, same_value
from conflict_events.outcomes import Outcome, Recorded, Repeat
from conflict_events.recorded import RecordedEvent
from conflict_timeline.log.append import conflicting
from conflict_timeline.log.errors import LogGapError
from conflict_timeline.log.follow import PAGE_EVENTS_MAX, Head
from conflict_timeline.timelines.commit import START, Checkpoint, Committable
from conflict_timeline.timelines.errors import BrokenTimelineError


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class MemoryLog:
    """The log of one conflict; `clock_ms` stands for the server's clock (ms since the epoch).

    `events` is all that was recorded, in order.
    """

    def __init__(self, conflict: str, *, clock_ms: Callable[[], int] = _now_ms) -> None:
        self.conflict = conflict
        self._clock_ms = clock_ms
        self.events: list[RecordedEvent] = []
        self._positions: dict[str, int] = {}

    async def append(self, events: Sequence[Accepted]) -> list[Outcome]:
        """Record events; answer what became of each, in order, as `Appender` does.

        Raises:
            ValueError: an event is of another conflict; nothing was recorded.
        """
        for accepted in events:
            if accepted.event.conflict != self.conflict:
                raise ValueError(f"{accepted.event.conflict!r} has a log of its own")
        recorded_at_ms = max(self._clock_ms(), self.head.recorded_at_ms or 0)
        return [self._append(accepted, recorded_at_ms) for accepted in events]

    def _append(self, accepted: Accepted, recorded_at_ms: int) -> Outcome:
        key, raw = accepted.event.key, accepted.raw
        position = self._positions.get(key)
        if position is not None:
            first = self.events[position - 1].raw
            same = first == raw or same_value(first, raw)
            return Repeat(position) if same else conflicting(position)
        position = len(self.events) + 1
        self._positions[key] = position
        self.events.append(
            RecordedEvent(
                position=position,
                recorded_at_ms=recorded_at_ms,
                raw=raw,
                event=accepted.event,
            )
        )
        return Recorded(position)

    async def follow(
        self, *, after: int = 0, upto: int | None = None, page_events_max: int = PAGE_EVENTS_MAX
    ) -> AsyncIterator[list[RecordedEvent]]:
        """Yield the recorded events after a position, in order, in pages, until the head.

        Raises:
            LogGapError: the log ends before `after`.
        """
        if after > len(self.events):
            raise LogGapError(self.conflict, after, None)
        while upto is None or after < upto:
            end = after + page_events_max
            page = self.events[after : end if upto is None else min(end, upto)]
            after += len(page)
            if page:
                yield page
            if len(page) < page_events_max:
                return

    @property
    def head(self) -> Head:
        """The end of the log."""
        if not self.events:
            return Head(0, None)
        return Head(len(self.events), self.events[-1].recorded_at_ms)


class MemoryCommitter:
    """One version of one projection's timeline; `Committer` says what each method promises.

    `revisions` is all that was committed, in order, and `stands` is the checkpoint. Versions that
    share `serving` (projection -> version that readers get) are served as those of one conflict.
    """

    def __init__(
        self, projection: str, version: int = 1, *, serving: dict[str, int] | None = None
    ) -> None:
        self.revisions: list[Committable] = []
        self.serving = {} if serving is None else serving
        self._projection = projection
        self._version = version
        self.stands = START
        self._waiting = 0
        self._stuck: str | None = None

    async def checkpoint(self) -> Checkpoint:
        """The checkpoint as it stands."""
        return self.stands

    async def serve_if_first(self) -> None:
        """Have readers get this version, unless they get one already."""
        self.serving.setdefault(self._projection, self._version)

    async def note_stuck(self, why: str) -> None:
        """Keep why the checkpoint does not move; the next commit takes it away."""
        self._stuck = why

    async def stuck(self) -> str | None:
        """Why the checkpoint does not move, if its fold raised."""
        return self._stuck

    async def waiting(self) -> int:
        """How many events are amended but not recorded yet, as of the checkpoint."""
        return self._waiting

    async def commit(
        self,
        expected: Checkpoint,
        reached: Checkpoint,
        revisions: Iterable[Committable],
        *,
        waiting: int = 0,
    ) -> Checkpoint:
        """Write what lies beyond `expected`, if it still stands; answer what stands then.

        Raises:
            BrokenTimelineError: the timeline is not what the checkpoint says; nothing was written.
        """
        stands = self.stands
        if (expected.position, expected.digest) != (stands.position, stands.digest):
            return stands
        self._check()
        self.revisions += revisions
        self.stands = reached
        self._waiting = waiting
        self._stuck = None
        return reached

    def _check(self) -> None:
        held, stands = len(self.revisions), self.stands
        if held and _position(self.revisions[-1]) > stands.position:
            raise BrokenTimelineError(
                f"nothing was committed: {self._projection} runs to {self.revisions[-1].entry_id}, "
                f"beyond its checkpoint at {stands.position}"
            )
        if held != stands.revisions:
            raise BrokenTimelineError(
                f"nothing was committed: {self._projection} holds {held} revisions, "
                f"its checkpoint counts {stands.revisions}"
            )

    async def digest_at(self, position: int) -> str:
        """The digest of the last revision made up to a position (hex)."""
        held = bisect_right(self.revisions, position, key=_position)
        return self.revisions[held - 1].digest if held else START.digest


def _position(revision: Committable) -> int:
    return int(revision.entry_id.partition("-")[0])
