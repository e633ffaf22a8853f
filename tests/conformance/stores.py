"""The stores that are held to one suite, each behind the same few words."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from redis.asyncio import Redis

from conflict_events.codec import Accepted
from conflict_events.outcomes import Outcome
from conflict_events.recorded import RecordedEvent
from conflict_timeline.log.append import Appender
from conflict_timeline.log.follow import Head, follow, head_of
from conflict_timeline.log.keys import ids_key
from conflict_timeline.testing.memory import MemoryCommitter, MemoryLog
from conflict_timeline.timelines.commit import Commits, Committable, Committer
from conflict_timeline.timelines.keys import serving_key, timeline_key
from tests.support import timeline_of

CONFLICT = "ukraine"
FUTURE_MS = 4_102_444_800_000
"""2100-01-01: later than any server's clock."""


class Log(Protocol):
    """The log of one conflict."""

    async def append(self, events: Sequence[Accepted]) -> list[Outcome]:
        """Record events."""
        ...

    async def append_in_the_future(self, events: Sequence[Accepted]) -> list[Outcome]:
        """Record events while the server's clock runs ahead; it is set right afterwards."""
        ...

    def follow(
        self, *, after: int = 0, upto: int | None = None, page_events_max: int = 500
    ) -> AsyncIterator[list[RecordedEvent]]:
        """Yield the recorded events in pages."""
        ...

    async def head(self) -> Head:
        """Tell the end of the log."""
        ...


class LogInRedis:
    """What services use."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._appender = Appender(redis)

    async def append(self, events: Sequence[Accepted]) -> list[Outcome]:
        """Record events."""
        return await self._appender.append(events)

    async def append_in_the_future(self, events: Sequence[Accepted]) -> list[Outcome]:
        """Record events as of a clock that runs ahead."""
        await self._redis.hset(ids_key(CONFLICT), "recorded_at", str(FUTURE_MS))
        return await self.append(events)

    def follow(
        self, *, after: int = 0, upto: int | None = None, page_events_max: int = 500
    ) -> AsyncIterator[list[RecordedEvent]]:
        """Yield the recorded events in pages."""
        return follow(
            self._redis, CONFLICT, after=after, upto=upto, page_events_max=page_events_max
        )

    async def head(self) -> Head:
        """Tell the end of the log."""
        return await head_of(self._redis, CONFLICT)


class LogInMemory:
    """What the simulation uses."""

    def __init__(self) -> None:
        self._now_ms = 1_740_000_000_000
        self._log = MemoryLog(CONFLICT, clock_ms=lambda: self._now_ms)

    async def append(self, events: Sequence[Accepted]) -> list[Outcome]:
        """Record events."""
        return await self._log.append(events)

    async def append_in_the_future(self, events: Sequence[Accepted]) -> list[Outcome]:
        """Record events as of a clock that runs ahead."""
        right, self._now_ms = self._now_ms, FUTURE_MS
        outcomes = await self._log.append(events)
        self._now_ms = right
        return outcomes

    def follow(
        self, *, after: int = 0, upto: int | None = None, page_events_max: int = 500
    ) -> AsyncIterator[list[RecordedEvent]]:
        """Yield the recorded events in pages."""
        return self._log.follow(after=after, upto=upto, page_events_max=page_events_max)

    async def head(self) -> Head:
        """Tell the end of the log."""
        return self._log.head


class Commit(Commits, Protocol):
    """What can be asked of a committer beside what a projector needs."""

    async def stuck(self) -> str | None:
        """Tell why the checkpoint does not move."""
        ...

    async def waiting(self) -> int:
        """Tell how many events are amended but not recorded yet."""
        ...


class Timeline(Protocol):
    """One timeline, which any number of projectors write."""

    def committer(self, version: int = 1) -> Commit:
        """Make another projector's way to it, or to another version."""
        ...

    async def revisions(self) -> list[Committable]:
        """All that was committed to version 1."""
        ...

    async def served(self) -> int | None:
        """Tell which version readers get."""
        ...

    async def lose_first(self) -> None:
        """Take the first revision away, as nobody should."""
        ...

    async def forge(self, revision: Committable) -> None:
        """Write a revision past the checkpoint, as nobody should."""
        ...


class TimelineInRedis:
    """What services use."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._key = timeline_key(CONFLICT, "pairings", 1)

    def committer(self, version: int = 1) -> Commit:
        """Make another one on the same keys."""
        return Committer(self._redis, CONFLICT, "pairings", version)

    async def revisions(self) -> list[Committable]:
        """All that was committed."""
        return [Committable(*one) for one in await timeline_of(self._redis, "pairings")]

    async def served(self) -> int | None:
        """Tell which version readers get."""
        version = await self._redis.hget(serving_key(CONFLICT), "pairings")
        return None if version is None else int(version)

    async def lose_first(self) -> None:
        """Delete the first revision."""
        first, *_ = await self.revisions()
        await self._redis.xdel(self._key, first.entry_id)

    async def forge(self, revision: Committable) -> None:
        """Add a revision by hand."""
        fields: dict[str, str | bytes] = {"r": revision.raw, "d": revision.digest}
        # redis-py wants a dict of everything that may be encoded, and dicts are invariant.
        await self._redis.xadd(self._key, fields, id=revision.entry_id)  # type: ignore[arg-type]


class TimelineInMemory:
    """What the simulation uses: all projectors of a timeline share its one committer."""

    def __init__(self) -> None:
        self._serving: dict[str, int] = {}
        self._versions: dict[int, MemoryCommitter] = {}

    def committer(self, version: int = 1) -> MemoryCommitter:
        """Give the one that all share."""
        if version not in self._versions:
            self._versions[version] = MemoryCommitter("pairings", version, serving=self._serving)
        return self._versions[version]

    async def revisions(self) -> list[Committable]:
        """All that was committed."""
        return self.committer().revisions

    async def served(self) -> int | None:
        """Tell which version readers get."""
        return self._serving.get("pairings")

    async def lose_first(self) -> None:
        """Delete the first revision."""
        del self.committer().revisions[0]

    async def forge(self, revision: Committable) -> None:
        """Add a revision by hand."""
        self.committer().revisions.append(revision)
