"""Read: revisions in order, and the entries of a timeline as of a position."""

from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from redis.asyncio import Redis

from conflict_events.event_time import by_event_time
from conflict_events.timelines import Entry, Revision, Withdrawn
from conflict_timeline.broker.streams import entries_of
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.timelines.commit import Checkpoint, Committer
from conflict_timeline.timelines.errors import BrokenTimelineError, DroppedError, UnservedError
from conflict_timeline.timelines.keys import timeline_key
from conflict_timeline.timelines.versions import built, served

_PAGE_REVISIONS_MAX: Final = 500
_REVISION: Final = msgspec.json.Decoder(Revision)
_WITHDRAWN: Final = msgspec.json.Decoder(Withdrawn)


class Timeline:
    """One version of one projection's timeline for one conflict, as readers see it."""

    def __init__(self, redis: Redis, conflict: str, projection: str, version: int) -> None:
        self._redis = redis
        self.conflict = conflict
        self.projection = projection
        self.version = version

    @classmethod
    async def served(cls, redis: Redis, conflict: str, projection: str) -> "Timeline":
        """The version that is served.

        Raises:
            UnservedError: none is, yet.
        """
        version = await served(redis, conflict, projection)
        if version is None:
            raise UnservedError(projection, conflict)
        return cls(redis, conflict, projection, version)

    async def checkpoint(self) -> Checkpoint:
        """How far it has come."""
        committer = Committer(self._redis, self.conflict, self.projection, self.version)
        return await committer.checkpoint()

    async def revisions(self, *, upto: int | None = None) -> AsyncIterator[Entry]:
        """Every revision made up to a position (default: all), in order.

        Raises:
            DroppedError: at the end, when the version was removed meanwhile.
        """
        key = timeline_key(self.conflict, self.projection, self.version)
        start, end = "-", "+" if upto is None else f"{upto}"
        while True:
            entries = await entries_of(self._redis, key, start, end, _PAGE_REVISIONS_MAX)
            heed_cancellation()
            for entry_id, fields in entries:
                yield self.entry(self._revision(entry_id, fields))
                start = f"({entry_id.decode()}"
            if len(entries) < _PAGE_REVISIONS_MAX:
                break
        if self.version not in await built(self._redis, self.conflict, self.projection):
            now = await served(self._redis, self.conflict, self.projection)
            if now is not None and now != self.version:
                raise DroppedError(self.projection, self.conflict, self.version)

    def _revision(self, entry_id: bytes, fields: dict[bytes, Any]) -> Revision:
        try:
            return _REVISION.decode(fields[b"r"])
        except (KeyError, msgspec.DecodeError) as error:
            key = timeline_key(self.conflict, self.projection, self.version)
            raise BrokenTimelineError(
                f"{key} holds no revision at {entry_id.decode()}: {error}; verify finds what else"
                " is wrong, and rebuild makes another version"
            ) from error

    async def entries(self, *, upto: int | None = None) -> list[Entry]:
        """The entries asserted as of a position (default: now), by event time, then id."""
        current: dict[str, Entry] = {}
        async for entry in self.revisions(upto=upto):
            current[entry.entry] = entry
        return by_event_time(entry for entry in current.values() if entry.status == "asserted")

    async def resolve(self, entry_id: str, *, upto: int | None = None) -> Entry | None:
        """What an id leads to as of a position: the entry, or what it was merged into.

        A withdrawn entry that was merged into another one leads to that, which may have been merged
        in its turn; one that was not leads to its own last revision. None: there never was one.

        Cost: a pass over the revisions.
        """
        latest: dict[str, Entry] = {}
        async for entry in self.revisions(upto=upto):
            latest[entry.entry] = entry
        found = latest.get(entry_id)
        seen: set[str] = set()
        while found is not None and found.status == "withdrawn" and found.entry not in seen:
            seen.add(found.entry)
            merged = _WITHDRAWN.decode(found.body).merged_into
            if merged is msgspec.UNSET or merged not in latest:
                break
            found = latest[merged]
        return found

    def entry(self, revision: Revision) -> Entry:
        """A revision with the timeline that it stands on."""
        return Entry.of(
            revision,
            projection=self.projection,
            version=self.version,
            conflict=self.conflict,
        )
