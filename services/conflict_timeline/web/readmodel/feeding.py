"""Feeding: what is served is read from its checkpoint here, page by page, into the store."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_timeline.broker.streams import StreamEntry, entries_of
from conflict_timeline.log.follow import head_of
from conflict_timeline.runtime import faults
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.keys import timeline_key
from conflict_timeline.timelines.versions import served
from conflict_timeline.web.readmodel.serving import Standing, checkpoints_of, standing
from conflict_timeline.web.readmodel.store import Fed, Store

log = structlog.get_logger()

LOOK_S: Final = 0.03
"""Checkpoints are looked at this often, or as often as a tenth of the time allows."""

AGAIN_S: Final = 5.0
"""After so long a timeline that is broken is looked at again: somebody may have mended it."""

_PAGE_REVISIONS_MAX: Final = 500
_BATCH_REVISIONS_MAX: Final = 4_000
"""In one transaction: fewer touch the same pages of the file again and again."""

_LOOKS_A_PART: Final = 10

_Key = tuple[str, str, int]


class Feeder:
    """Keeps a store up to date. Blocking work is done in threads."""

    def __init__(self, redis: Redis, store: Store, changed: Callable[[], None]) -> None:
        self._redis = redis
        self._store = store
        self._changed = changed
        self._fed: dict[_Key, Fed] = {}
        self._read: dict[tuple[str, str], Fed] = {}
        self._broken: dict[_Key, tuple[str, float]] = {}
        self._know(store.timelines())

    async def start(self) -> None:
        """Go on from what the store holds: a page may have come in while we were cancelled."""
        self._know(await asyncio.to_thread(self._store.timelines))

    def read(self, conflict: str, projection: str) -> Fed | None:
        """The timeline that readers get."""
        return self._read.get((conflict, projection))

    def conflicts(self) -> list[str]:
        """The conflicts of which something is read, by name."""
        return sorted({conflict for conflict, _ in self._read})

    @property
    def broken(self) -> dict[str, str]:
        """What is wrong with timelines that cannot be read on, by name."""
        return {"/".join(map(str, key)): why for key, (why, _) in sorted(self._broken.items())}

    async def look(self) -> None:
        """Feed a page of each timeline that has moved; pause when none has.

        One that is broken is left where it is, and looked at again later; the others go on.

        Raises:
            BrokenTimelineError: what says which timelines there are is not what it should be.
            redis.exceptions.RedisError: the server is away; look again.
        """
        began = time.monotonic()
        found = await standing(self._redis)
        took = time.monotonic() - began
        has_moved = False
        for one in found:
            heed_cancellation()
            has_moved |= await self._advance_unless_broken(one)
        await self._forget({(one.conflict, one.projection, one.version) for one in found})
        if has_moved:
            self._changed()
        elif not await asyncio.to_thread(self._store.drop_some):
            await asyncio.sleep(max(LOOK_S, _LOOKS_A_PART * took))

    async def _advance_unless_broken(self, one: Standing) -> bool:
        key = (one.conflict, one.projection, one.version)
        before = self._broken.get(key)
        if before is not None and time.monotonic() < before[1]:
            return False
        try:
            has_moved = await self._advance(one)
        except BrokenTimelineError as error:
            if before is None:
                log.warning("readmodel.broken", timeline="/".join(map(str, key)), error=str(error))
            self._broken[key] = (str(error), time.monotonic() + AGAIN_S)
            return False
        self._broken.pop(key, None)
        return has_moved

    async def _advance(self, one: Standing) -> bool:
        key = (one.conflict, one.projection, one.version)
        fed = self._fed.get(key)
        if fed is not None and _is_other(fed, one):
            await self._restart(fed, "the timeline is not the one that was read")
            fed = None
        if fed is None:
            fed = await asyncio.to_thread(self._store.begin, *key)
            self._keep(fed)
        elif fed.position == one.checkpoint.position:
            return fed.state == "beside" and await self._take_over(fed)
        after = await self._feed(fed, one)
        if after is not None and (after.state, after.position) == (
            "beside",
            one.checkpoint.position,
        ):
            await self._take_over(after)
        return True

    async def _feed(self, fed: Fed, one: Standing) -> Fed | None:
        """Take in a page; None when the timeline went away meanwhile."""
        reached = one.checkpoint
        key = timeline_key(fed.conflict, fed.projection, fed.version)
        entries, is_last = await self._next(key, fed.last, reached.position)
        faults.reach("readmodel.read")
        if is_last:
            revisions = fed.revisions + len(entries)
            digest = entries[-1][1].get(b"d", b"").decode() if entries else fed.digest
            if (revisions, digest) != (reached.revisions, reached.digest):
                await self._differs(fed, one)
                return None
        upto = reached.position if is_last else None
        after = await asyncio.to_thread(self._store.feed, fed, entries, upto)
        faults.reach("readmodel.fed")
        self._keep(after)
        return after

    async def _next(self, key: str, last: str, upto: int) -> tuple[list[StreamEntry], bool]:
        """What follows up to a position, and whether that is all of it."""
        entries: list[StreamEntry] = []
        while len(entries) < _BATCH_REVISIONS_MAX:
            start = f"({entries[-1][0].decode() if entries else last}"
            try:
                page = await entries_of(self._redis, key, start, f"{upto}", _PAGE_REVISIONS_MAX)
            except ResponseError as error:
                raise BrokenTimelineError(f"{key} cannot be read: {error}") from error
            entries += page
            if len(page) < _PAGE_REVISIONS_MAX:
                return entries, True
        return entries, False

    async def _differs(self, fed: Fed, one: Standing) -> None:
        """Find out why a timeline is not what its checkpoint says.

        Raises:
            BrokenTimelineError: it is broken.
        """
        timeline = _key(fed)
        now = await served(self._redis, fed.conflict, fed.projection)
        (checkpoint,) = await checkpoints_of(self._redis, [timeline])
        if now != fed.version or checkpoint.position < one.checkpoint.position:
            return  # It was dropped, or the server lost it: seen at the next look.
        if fed.revisions:
            await self._restart(fed, "its revisions are not those that were read")
            return
        raise BrokenTimelineError(
            f"{timeline_key(*timeline)} does not hold what its checkpoint at"
            f" {one.checkpoint.position} says: verify finds what is wrong, and rebuild makes"
            " another version"
        )

    async def _take_over(self, fed: Fed) -> bool:
        """Have readers get a version once it has come to where the one before was."""
        before = self.read(fed.conflict, fed.projection)
        if before is not None and before.position > fed.position:
            head = (await head_of(self._redis, fed.conflict)).position
            if before.position <= head:
                return False
            # The server lost what was read: it will not come to there.
        after = await asyncio.to_thread(self._store.read, fed)
        if before is not None:
            del self._fed[_key(before)]
        self._keep(after)
        log.info("readmodel.switched", timeline=_name(after), position=after.position)
        return True

    def _know(self, timelines: Iterable[Fed]) -> None:
        self._fed.clear()
        self._read.clear()
        for one in timelines:
            self._keep(one)

    def _keep(self, fed: Fed) -> None:
        self._fed[_key(fed)] = fed
        if fed.state == "read":
            self._read[fed.conflict, fed.projection] = fed

    async def _restart(self, fed: Fed, reason: str) -> None:
        log.warning("readmodel.restarted", timeline=_name(fed), reason=reason)
        await asyncio.to_thread(self._store.leave, fed)
        del self._fed[_key(fed)]
        if fed.state == "read":
            del self._read[fed.conflict, fed.projection]
        self._changed()

    async def _forget(self, found: set[_Key]) -> None:
        """Leave what is not served any more, unless it is still read in place of another one."""
        names = {(conflict, projection) for conflict, projection, _ in found}
        for key, fed in list(self._fed.items()):
            is_served = (fed.conflict, fed.projection) in names
            if key not in found and (fed.state == "beside" or not is_served):
                await self._restart(fed, "it is not served any more")


def _is_other(fed: Fed, one: Standing) -> bool:
    """Whether the server has less than was read, or something else."""
    reached = one.checkpoint
    if fed.position != reached.position:
        return fed.position > reached.position or fed.revisions > reached.revisions
    return (fed.revisions, fed.digest) != (reached.revisions, reached.digest)


def _key(fed: Fed) -> _Key:
    return fed.conflict, fed.projection, fed.version


def _name(fed: Fed) -> str:
    return f"{fed.conflict}/{fed.projection}/{fed.version}"
