"""The model: a file that is fed, and what it answers."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

import structlog
from redis.asyncio import Redis

from conflict_events.timelines import Entry
from conflict_timeline.queries.view import View
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.patience import AWAY, patiently
from conflict_timeline.timelines.errors import UnservedError
from conflict_timeline.web.readmodel.answers import Asked, BehindError, Page, Served
from conflict_timeline.web.readmodel.feeding import Feeder
from conflict_timeline.web.readmodel.overview import Survey, Surveyed, survey
from conflict_timeline.web.readmodel.pages import page
from conflict_timeline.web.readmodel.readers import Readers
from conflict_timeline.web.readmodel.stands import stands
from conflict_timeline.web.readmodel.store import Store
from conflict_timeline.web.readmodel.views import Views

log = structlog.get_logger()

LAGGARD_S: Final = 2.0
"""How long an answer waits for a position that was not fed yet: timelines move on side by side."""

ResultT = TypeVar("ResultT")


class ReadModel:
    """The timelines that are served, in a file of this process."""

    def __init__(self, redis: Redis, path: Path) -> None:
        """Open the file; one that is damaged, or was made by other code, is thrown away.

        Raises:
            OSError, sqlite3.Error: no file can be kept there.
        """
        self._store = Store(path)
        self._readers = Readers(path)
        self._woken = asyncio.Event()
        self._feeder = Feeder(redis, self._store, self._wake)
        self._views = Views(redis, self._readers)

    async def run(self) -> None:
        """Feed until cancelled. While the broker is away, what was fed is answered.

        Raises:
            BrokenTimelineError: what says which timelines there are is not what it should be.
            sqlite3.Error: the file cannot be written.
        """
        await self._feeder.start()
        log.info("readmodel.started")
        while True:
            heed_cancellation()
            try:
                await patiently(self._feeder.look)
            except AWAY as error:
                log.warning("readmodel.broker_away", error=str(error))

    @property
    def broken(self) -> dict[str, str]:
        """What is wrong with timelines that cannot be read on; the others go on."""
        return self._feeder.broken

    async def conflicts(self) -> list[str]:
        """The conflicts of which something is read here, by name."""
        return self._feeder.conflicts()

    async def served(self, conflict: str, projection: str) -> Served:
        """The version that readers get here, and how far it was fed.

        Raises:
            UnservedError: nothing was fed.
        """
        fed = self._feeder.read(conflict, projection)
        if fed is None:
            raise UnservedError(projection, conflict)
        return Served(fed.version, fed.position)

    async def page(self, asked: Asked) -> Page:
        """Entries as of a position, by event time, then id.

        Raises:
            FilterError: a filter cannot be read, or the projection does not have it.
            UnservedError: nothing was fed.
            BehindError: it was not fed that far, and did not come to be in `LAGGARD_S`.
            TookTooLongError: it was not found in time.
        """
        return await self._soon(lambda connection: page(connection, asked))

    async def revisions(
        self, conflict: str, projection: str, entry: str, *, upto: int
    ) -> list[Entry]:
        """Every revision of an entry up to a position, in order.

        Raises:
            UnservedError, BehindError, TookTooLongError: as `page` does.
        """
        return await self._soon(
            lambda connection: stands(connection, conflict, projection, upto).revisions(
                connection, entry
            )
        )

    async def view(self, conflict: str, position: int) -> View:
        """The view of a conflict as of a position; the last few are kept.

        Raises:
            UnservedError, BehindError: as `page` does.
            redis.exceptions.RedisError: the broker, which knows when it was recorded, is away.
        """
        await self._soon(
            lambda connection: [
                stands(connection, conflict, name, position) for name in ("chronology", "incidents")
            ]
        )
        return await self._views.view(conflict, position)

    async def survey(self, asked: Survey) -> Surveyed:
        """Every statement and incident as of a position, with their times.

        Raises:
            UnservedError, BehindError: as `page` does.
        """
        return await self._soon(lambda connection: survey(connection, asked), make=True)

    async def changed(self) -> None:
        """Wait until something was fed."""
        await self._woken.wait()

    def close(self) -> None:
        """Close the file."""
        self._readers.close()
        self._store.close()

    async def _soon(
        self, what: Callable[[sqlite3.Connection], ResultT], *, make: bool = False
    ) -> ResultT:
        """Read or make; again for a while when something was not fed that far."""
        read = self._readers.make if make else self._readers.read
        give_up = time.monotonic() + LAGGARD_S
        while True:
            heed_cancellation()
            woken = self._woken
            try:
                return await read(what)
            except BehindError:
                left = give_up - time.monotonic()
                if left <= 0:
                    raise
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), left)

    def _wake(self) -> None:
        woken, self._woken = self._woken, asyncio.Event()
        woken.set()
