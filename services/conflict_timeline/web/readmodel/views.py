"""Views: a conflict as of a position, made once for the last few that were asked for."""

import asyncio
import sqlite3
from collections import OrderedDict
from functools import partial
from typing import Final

from redis.asyncio import Redis

from conflict_timeline.log.follow import recorded_at_position
from conflict_timeline.queries.filters import Filters
from conflict_timeline.queries.view import AsOf, View
from conflict_timeline.web.readmodel.answers import Asked
from conflict_timeline.web.readmodel.pages import asserted
from conflict_timeline.web.readmodel.readers import Readers
from conflict_timeline.web.readmodel.stands import stands

VIEWED: Final = ("chronology", "incidents")
"""What a view is made of."""

_KEPT_MAX: Final = 4

_Key = tuple[str, int, tuple[int, ...]]


class Views:
    """The views that were asked for last. Each is made by whoever asks first; the others wait."""

    def __init__(self, redis: Redis, readers: Readers) -> None:
        self._redis = redis
        self._readers = readers
        self._kept: OrderedDict[_Key, View] = OrderedDict()
        self._making = asyncio.Lock()

    async def view(self, conflict: str, position: int) -> View:
        """The view of a conflict as of a position.

        Raises:
            UnservedError, BehindError: as `stands` does.
        """
        async with self._making:
            versions = await self._readers.read(
                lambda connection: tuple(
                    (one.timeline, one.version)
                    for one in (stands(connection, conflict, name, position) for name in VIEWED)
                )
            )
            key = conflict, position, tuple(timeline for timeline, _ in versions)
            kept = self._kept.get(key)
            if kept is None:
                recorded = await recorded_at_position(self._redis, conflict, position)
                at_us = 0 if recorded is None else recorded.recorded_at_ms * 1_000
                kept = await self._readers.make(
                    partial(_made, conflict=conflict, position=position, at_us=at_us)
                )
                self._kept[key] = kept
                while len(self._kept) > _KEPT_MAX:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return kept


def _made(connection: sqlite3.Connection, *, conflict: str, position: int, at_us: int) -> View:
    versions = {name: stands(connection, conflict, name, position).version for name in VIEWED}
    chronology, incidents = (
        [entry for _, entry in asserted(connection, Asked(conflict, name, position, Filters(), 0))]
        for name in VIEWED
    )
    as_of = AsOf(conflict=conflict, position=position, versions=versions)
    return View(as_of, at_us, chronology, incidents)
