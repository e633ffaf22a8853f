"""Rebuild: the next version of a timeline, built beside the one served, then put in its place."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

import structlog
from msgspec import Struct
from redis.asyncio import Redis

from conflict_timeline.log.follow import PAGE_EVENTS_MAX, follow
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.projection import Projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.projector.errors import RebuildError
from conflict_timeline.projector.snapshots import Snapshots
from conflict_timeline.runtime import faults
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.patience import AWAY, patiently
from conflict_timeline.timelines.keys import rebuilding_key
from conflict_timeline.timelines.versions import announce, built, drop, served, switch

log = structlog.get_logger()

CLAIM_S: Final = 15
"""How long a claim lasts that is not renewed: so long a killed rebuild keeps others waiting."""

_RENEW_S: Final = 3
_LOOK_S: Final = 0.02
_RENEW: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
"""
_RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
"""


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What a rebuild did: the version served now, the one served before, and how far it is."""

    conflict: str
    projection: str
    version: int
    before: int | None
    position: int
    revisions: int
    digest: str


class Rebuild:
    """A rebuild of one timeline of one conflict. Only one may run at a time.

    Killed at any point it leaves a version that nobody is served: run again, it goes on with that.
    """

    def __init__(
        self,
        redis: Redis,
        conflict: str,
        make: Callable[[], Projection],
        *,
        snapshots: Snapshots | None = None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._redis = redis
        self._conflict = conflict
        self._make = make
        self._snapshots = snapshots
        self._progress = progress
        self._name = make().name

    async def run(self, *, version: int | None = None) -> Rebuilt:
        """Build a version from position 1 to the head, have readers get it, and keep the old one.

        Without `version`: the one that a killed rebuild left behind, else the next number.

        Raises:
            RebuildError: another one runs, or that version is served already or made by other code.
            DivergedError: other bytes are committed under that version.
            FoldError: the fold raised; nothing was switched.
        """
        async with _claimed(self._redis, self._conflict, self._name):
            before = await served(self._redis, self._conflict, self._name)
            target = await self._target(version, before)
            advancer = await self._opened(target)
            await self._catch_up(advancer)
            if self._snapshots is not None:
                # Whoever projects it next goes on from here instead of folding it all again.
                self._snapshots.save_aside(self._conflict, target, advancer.fold)
                while self._snapshots.is_busy:  # noqa: ASYNC110 - a process, with no event of ours
                    await asyncio.sleep(_LOOK_S)
            await self._catch_up(advancer)
            faults.reach("rebuild.before_switch")
            if not await switch(
                self._redis, self._conflict, self._name, expected=before, version=target
            ):
                now = await served(self._redis, self._conflict, self._name)
                raise RebuildError(
                    f"{self._name}/{now} of {self._conflict!r} is served now instead of"
                    f" {self._name}/{before}: somebody else switched. {self._name}/{target} is kept"
                )
            faults.reach("rebuild.after_switch")
            # What came in between, for whoever reads before the projector has gone over.
            await self._catch_up(advancer)
            return Rebuilt(
                conflict=self._conflict,
                projection=self._name,
                version=target,
                before=before,
                position=advancer.fold.position,
                revisions=advancer.fold.revisions,
                digest=advancer.fold.digest.hex(),
            )

    async def _target(self, version: int | None, before: int | None) -> int:
        code = self._make().version
        versions = await built(self._redis, self._conflict, self._name)
        newest = max([*versions, before or 0], default=0)
        if version is None:
            unserved = [
                number
                for number, made_by in versions.items()
                if number > (before or 0) and made_by == code
            ]
            # Ours, if it was never built: its number says which code makes it.
            fresh = code if code > newest else newest + 1
            version = max(unserved, default=fresh)
        if version == before:
            raise RebuildError(
                f"{self._name}/{version} of {self._conflict!r} is served: a rebuild needs another"
                " version"
            )
        if versions.get(version, code) != code:
            raise RebuildError(
                f"{self._name}/{version} of {self._conflict!r} is made by version"
                f" {versions[version]} of the projection, and this is {code}"
            )
        return version

    async def _opened(self, version: int) -> Advancer:
        code = self._make().version
        await announce(self._redis, self._conflict, self._name, version, code)
        fold = None
        if self._snapshots is not None:
            fold = self._snapshots.load(self._conflict, self._make(), version)
        for start in (fold, Fold(self._make())):
            if start is None:
                continue
            advancer = Advancer.over(
                self._redis, self._conflict, start.projection, version=version, fold=start
            )
            if await patiently(partial(advancer.open, serve=False)):
                return advancer
        raise RebuildError(
            f"{self._name}/{version} of {self._conflict!r} cannot be gone on with: rebuild another"
            " --version"
        )

    async def _catch_up(self, advancer: Advancer) -> None:
        """Fold and commit until a pass over the log was short: at its head, but for a moment."""
        while True:
            folded = 0
            pages = follow(self._redis, self._conflict, after=advancer.fold.position)
            async for page in pages:
                await advancer.advance(page)
                folded += len(page)
                faults.reach("rebuild.page")
                self._progress(advancer.fold.position)
                heed_cancellation()
                await asyncio.sleep(0)
            if folded < PAGE_EVENTS_MAX:
                return


@asynccontextmanager
async def _claimed(redis: Redis, conflict: str, projection: str) -> AsyncGenerator[None]:
    """Be the only one who builds or removes versions of a timeline.

    Raises:
        RebuildError: somebody else is.
    """
    key, token = rebuilding_key(conflict, projection), os.urandom(16).hex()
    if not await redis.set(key, token, nx=True, px=CLAIM_S * 1000):
        raise RebuildError(
            f"another rebuild of {projection} of {conflict!r} is running; if it was"
            f" killed, its claim ends within {CLAIM_S} s"
        )
    renewing = asyncio.create_task(_renew(redis, key, token))
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        with suppress(*AWAY):
            await redis.register_script(_RELEASE)(keys=[key], args=[token])


async def _renew(redis: Redis, key: str, token: str) -> None:
    renew = redis.register_script(_RENEW)
    while True:
        await asyncio.sleep(_RENEW_S)
        heed_cancellation()
        with suppress(*AWAY):
            if await renew(keys=[key], args=[token, CLAIM_S * 1000]):
                continue
            # It expired while we were held up. Two that build are harmless: both make the
            # same bytes, and only one switches.
            log.warning("rebuild.claim_lost", key=key)
            return


async def drop_old(redis: Redis, conflict: str, projection: str) -> list[int]:
    """Remove the versions of a timeline that are not served; answer which.

    Raises:
        RebuildError: one of them is being built.
    """
    async with _claimed(redis, conflict, projection):
        now = await served(redis, conflict, projection)
        if now is None:
            return []
        old = [version for version in await built(redis, conflict, projection) if version != now]
        for version in old:
            await drop(redis, conflict, projection, version)
        return old


async def is_rebuilding(redis: Redis, conflict: str, projection: str) -> bool:
    """Whether a rebuild of a timeline holds its claim."""
    return bool(await redis.exists(rebuilding_key(conflict, projection)))
