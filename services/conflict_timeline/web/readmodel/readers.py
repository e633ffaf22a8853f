"""Readers: connections that only read, one a thread at a time."""

import asyncio
import queue
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from conflict_timeline.web.readmodel.schema import is_damage, reader, throw_away

READERS_MAX: Final = 4

ResultT = TypeVar("ResultT")


class Readers:
    """A few connections; whoever comes when all are in use waits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._turns = asyncio.Semaphore(READERS_MAX)

    async def read(self, what: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        """Read in a thread, all of it as of one moment."""
        async with self._turns:
            return await asyncio.to_thread(self._read, what)

    def close(self) -> None:
        """Close those that nobody uses."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _read(self, what: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = reader(self._path)
        try:
            connection.execute("BEGIN")
            try:
                return what(connection)
            finally:
                connection.execute("ROLLBACK")
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                throw_away(self._path)  # Whoever opens it next makes it anew.
            raise
        finally:
            self._idle.put(connection)
