"""Readers: what takes long holds up only what takes long, and is given up in the end."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from conflict_timeline.web.readmodel import TookTooLongError, readers
from conflict_timeline.web.readmodel.readers import Readers
from conflict_timeline.web.readmodel.schema import writer
from tests.support import until

QUERY_S: Final = 1.0
COUNT: Final = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?)"
    " SELECT count(*) FROM n"
)
"""Counts as far as it is told."""


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Readers]:
    """Give readers of an empty file, with a second for each question."""
    path = tmp_path / "read.sqlite"
    written = writer(path)
    given = Readers(path, query_s=QUERY_S)
    yield given
    given.close()
    written.close()


def counting(upto: int) -> Callable[[sqlite3.Connection], int]:
    """A question to SQLite alone."""

    def what(connection: sqlite3.Connection) -> int:
        found: int = connection.execute(COUNT, (upto,)).fetchone()[0]
        return found

    return what


def looking(connection: sqlite3.Connection) -> int:
    """A question of many short ones, that goes on for ever."""
    number = 0
    while True:
        (number,) = connection.execute("SELECT ? + 1", (number,)).fetchone()


ENDLESS: Final = counting(10**15)


class Reading:
    """A question, and how often it was begun and ended."""

    def __init__(self, what: Callable[[sqlite3.Connection], int]) -> None:
        self._what = what
        self.begun = self.ended = 0

    def __call__(self, connection: sqlite3.Connection) -> int:
        """Ask it."""
        self.begun += 1
        try:
            return self._what(connection)
        finally:
            self.ended += 1

    @property
    def is_over(self) -> bool:
        """Whether no thread is at it any more."""
        return self.ended == self.begun > 0


@pytest.mark.parametrize("what", [ENDLESS, looking], ids=["one question", "many short ones"])
async def test_a_question_without_end_is_given_up(
    read: Readers, what: Callable[[sqlite3.Connection], int]
) -> None:
    reading = Reading(what)
    began = time.monotonic()
    with pytest.raises(TookTooLongError, match="more than 1 s"):
        await read.read(reading)

    assert QUERY_S <= time.monotonic() - began < QUERY_S + 1
    await until(lambda: reading.is_over)
    assert await read.read(counting(10)) == 10


async def test_a_question_that_nobody_waits_for_is_given_up(read: Readers) -> None:
    reading = Reading(ENDLESS)
    asking = asyncio.create_task(read.read(reading))
    await until(lambda: reading.begun > 0)
    asking.cancel()

    await until(lambda: reading.is_over)


async def test_what_is_not_quick_is_answered_too(
    read: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another thread, which begins it again."""
    monkeypatch.setattr(readers, "QUICK_CPU_S", 0.01)
    by: list[str] = []

    def what(connection: sqlite3.Connection) -> int:
        by.append(threading.current_thread().name.rpartition("_")[0])
        return counting(500_000)(connection)

    assert await read.read(what) == 500_000
    assert by == ["quick-reader", "patient-reader"]


async def test_six_questions_without_end_hold_up_nobody_else(tmp_path: Path) -> None:
    written = writer(tmp_path / "read.sqlite")
    read = Readers(tmp_path / "read.sqlite", query_s=4.0)
    endless = [asyncio.create_task(read.read(ENDLESS)) for _ in range(6)]
    await asyncio.sleep(0.01)

    began = time.monotonic()
    for _ in range(5):
        assert await read.read(counting(10)) == 10
    took_s = time.monotonic() - began

    assert not any(one.done() for one in endless)
    assert took_s < 2.0
    found = await asyncio.gather(*endless, return_exceptions=True)
    assert {type(one) for one in found} == {TookTooLongError}
    read.close()
    written.close()


async def test_what_is_made_for_many_may_take_longer(tmp_path: Path) -> None:
    written = writer(tmp_path / "read.sqlite")
    read = Readers(tmp_path / "read.sqlite", query_s=0.05)
    try:
        assert await read.make(counting(3_000_000)) == 3_000_000
        with pytest.raises(TookTooLongError):
            await read.read(counting(3_000_000))
    finally:
        read.close()
        written.close()
