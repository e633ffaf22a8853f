"""One digest for one history: on every Python, in every process, however it is read (I4, I5)."""

import asyncio
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.testing.memory import MemoryCommitter, MemoryLog
from tests.projections.golden import EVENTS, GOLDEN, digests, golden_history
from tests.support import accepted

ROOT = Path(__file__).parents[2]

PYTHONS = sorted({sys.executable, *(str(path) for path in ROOT.glob(".venv*/bin/python"))})
"""Those that have what a fold needs. CI runs this module on each Python that it finds, besides."""


def test_this_python_makes_the_golden_digests() -> None:
    assert dict(digests()) == GOLDEN


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "random", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"},
    ],
    ids=lambda environment: f"hash-seed-{environment['PYTHONHASHSEED']}",
)
def test_any_process_makes_the_golden_digests(python: str, environment: dict[str, str]) -> None:
    """Whatever the order of its sets, its zone and its language."""
    told = subprocess.run(
        [python, "-m", "tests.projections.golden"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert json.loads(told) == GOLDEN


class Reading:
    """A timeline of the golden history, brought up to date again and again."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.log = MemoryLog("ukraine")
        self.committer = MemoryCommitter(name)
        self._events = [accepted(event) for event in golden_history(name)]

    async def record(self, first: int, last: int) -> None:
        """Record some of its events, by position."""
        await self.log.append(self._events[first - 1 : last])

    async def advance(self, fold: Fold | None = None, *, page_events_max: int = 500) -> Fold:
        """Advance a fold, or one from nothing, to the head."""
        fold = fold or Fold(projection(self.name))
        advancer = Advancer(self.committer, fold, name=self.name)
        await advancer.open()
        async for page in self.log.follow(after=fold.position, page_events_max=page_events_max):
            await advancer.advance(page)
        return fold

    def is_golden(self) -> bool:
        """Tell whether all is committed, to the last byte."""
        stands = self.committer.stands
        assert stands.revisions == len(self.committer.revisions) > 100
        return (stands.position, stands.digest) == (EVENTS, GOLDEN[self.name])


@pytest.mark.parametrize("name", PROJECTIONS)
@pytest.mark.parametrize("page_events_max", [1, 7, 500])
def test_where_the_pages_are_cut_makes_no_difference(name: str, page_events_max: int) -> None:
    async def read() -> bool:
        reading = Reading(name)
        await reading.record(1, EVENTS)
        await reading.advance(page_events_max=page_events_max)
        return reading.is_golden()

    assert asyncio.run(read())


@pytest.mark.parametrize("name", PROJECTIONS)
@pytest.mark.parametrize("batch", [1, 7, 100])
def test_live_as_it_is_recorded_makes_no_difference(name: str, batch: int) -> None:
    async def live() -> bool:
        reading = Reading(name)
        fold: Fold | None = None
        for first in range(1, EVENTS + 1, batch):
            await reading.record(first, first + batch - 1)
            fold = await reading.advance(fold)
        return reading.is_golden()

    assert asyncio.run(live())


@pytest.mark.parametrize("name", PROJECTIONS)
@pytest.mark.parametrize("stop", [1, 150, 299])
@pytest.mark.parametrize("snapshot", [False, True], ids=["from-nothing", "from-a-snapshot"])
def test_a_restart_makes_no_difference(name: str, stop: int, *, snapshot: bool) -> None:
    """From nothing, or from the fold as it was kept."""

    async def restarted() -> bool:
        reading = Reading(name)
        await reading.record(1, stop)
        kept = pickle.dumps(await reading.advance())
        await reading.record(stop + 1, EVENTS)
        await reading.advance(pickle.loads(kept) if snapshot else None)  # noqa: S301 - our own
        return reading.is_golden()

    assert asyncio.run(restarted())
