"""Readers: connections that only read, one a thread at a time.

Threads are of three kinds, so that nobody waits for what takes long but those who ask for that. A
question begins with the quick ones. What needs more than `QUICK_CPU_S` of a processor is left and
begun again by one of the few patient ones, until `QUERY_S` after it was asked. What many wait for,
and is then kept, is made by others, however long that takes.
"""

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from conflict_timeline.web.readmodel.answers import TookTooLongError
from conflict_timeline.web.readmodel.schema import is_damage, reader, throw_away

QUERY_S: Final = 10.0
"""How long a question may take, waiting included."""

QUICK_CPU_S: Final = 0.05
"""How much of a processor a question may use before it has to wait for others like it.

Most need a tenth of that; of those that need more, so much is done in vain."""

QUICK_MAX: Final = 4
PATIENT_MAX: Final = 2
MAKING_MAX: Final = 2

_LOOKS: Final = 20_000
"""After so many steps of SQLite, a millisecond or less, it is asked whether to go on."""

ResultT = TypeVar("ResultT")


class _LeftError(Exception):
    """It was not read to its end."""


class Readers:
    """A few connections; whoever comes when all are in use waits."""

    def __init__(self, path: Path, *, query_s: float = QUERY_S) -> None:
        self._path = path
        self._query_s = query_s
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._quick = ThreadPoolExecutor(QUICK_MAX, "quick-reader")
        self._patient = ThreadPoolExecutor(PATIENT_MAX, "patient-reader")
        self._making = ThreadPoolExecutor(MAKING_MAX, "making-reader")

    async def read(self, what: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        """Read in a thread, all of it as of one moment; perhaps twice. It ends when cancelled.

        Raises:
            TookTooLongError: it is not done in time.
        """
        try:
            async with asyncio.timeout(self._query_s):
                try:
                    return await self._run(self._quick, what, QUICK_CPU_S)
                except _LeftError:
                    return await self._run(self._patient, what, None)
        except TimeoutError as error:
            raise TookTooLongError(self._query_s) from error

    async def make(self, what: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        """Read what is made once for many, however long it takes."""
        return await self._run(self._making, what, None)

    def close(self) -> None:
        """Close those that nobody uses, and take no more questions."""
        for threads in (self._quick, self._patient, self._making):
            threads.shutdown(wait=False, cancel_futures=True)
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    async def _run(
        self,
        threads: ThreadPoolExecutor,
        what: Callable[[sqlite3.Connection], ResultT],
        cpu_s: float | None,
    ) -> ResultT:
        is_over = threading.Event()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(threads, self._read, what, is_over, cpu_s)
        finally:
            is_over.set()  # Nobody waits any more.

    def _read(
        self,
        what: Callable[[sqlite3.Connection], ResultT],
        is_over: threading.Event,
        cpu_s: float | None,
    ) -> ResultT:
        if is_over.is_set():
            raise _LeftError
        began_s = time.thread_time()

        def is_enough() -> bool:
            return is_over.is_set() or (cpu_s is not None and time.thread_time() > began_s + cpu_s)

        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = reader(self._path)
        try:
            return _read_whole(connection, what, is_enough)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
                raise _LeftError from error
            if is_damage(error):
                throw_away(self._path)  # Whoever opens it next makes it anew.
            raise
        finally:
            self._idle.put(connection)


def _read_whole(
    connection: sqlite3.Connection,
    what: Callable[[sqlite3.Connection], ResultT],
    is_enough: Callable[[], bool],
) -> ResultT:
    """Read within one transaction, unless that is enough before its end."""
    connection.execute("BEGIN")
    try:
        connection.set_progress_handler(is_enough, _LOOKS)
        return what(connection)
    finally:
        connection.set_progress_handler(None, 0)
        connection.execute("ROLLBACK")
