"""`readmodel.*`: a timeline into the file that the web process answers from, and what a page takes.

The page figures are of one reader, by filters that choose much, little and nothing, as of early,
middle and last positions, at the beginning and deep in the walk.
"""

import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.case import Arm, Case, Figures, Given
from benchmarks.figures import ArmResult
from benchmarks.workloads import MIXED_A_DAY, SEED, START, mixed
from conflict_events.instants import DAY_US, to_us
from conflict_timeline.broker.streams import StreamEntry
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import projection
from conflict_timeline.queries.filters import Filters
from conflict_timeline.web.readmodel.answers import Asked, Place
from conflict_timeline.web.readmodel.pages import page
from conflict_timeline.web.readmodel.schema import reader, throw_away
from conflict_timeline.web.readmodel.store import Store

BATCH_REVISIONS: Final = 4_000
PAGES: Final = 20
LIMIT: Final = 100

ASKED: Final = (
    Filters(),
    Filters(party=("RUS",)),
    Filters(party=("UKR",), topic=("health",), region=("UA-51",)),
    Filters(party=("SYR",)),
    Filters(topic=("energy",)),
    Filters(region=("UA",)),
    Filters(from_="1990-02-01", to="1990-03-01"),
    Filters(to="1991", party=("RUS",)),
    Filters(q="administration"),
    Filters(q="nowhere"),
)


async def _revisions(given: Given, name: str) -> list[StreamEntry]:
    """What a projection makes of the log, as its stream holds it."""
    fold = Fold(projection(name))
    return [
        (f"{made.position}-{made.k}".encode(), {b"r": made.raw, b"d": made.digest.hex().encode()})
        async for events in follow(given.redis, given.workload.conflict)
        for recorded in events
        for made in fold.apply(recorded)
    ]


def _kept(name: str) -> Callable[[Given], Awaitable[Figures]]:
    """The least: the same revisions into a table without an index."""

    async def run(given: Given) -> Figures:
        made = await _revisions(given, name)
        connection = sqlite3.connect(_file(given, "bare"), isolation_level=None)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE body (id INTEGER PRIMARY KEY, raw BLOB NOT NULL)")
        async with given.measured():
            for start in range(0, len(made), BATCH_REVISIONS):
                batch = made[start : start + BATCH_REVISIONS]
                connection.execute("BEGIN")
                connection.executemany(
                    "INSERT INTO body (raw) VALUES (?)", ((fields[b"r"],) for _, fields in batch)
                )
                connection.execute("COMMIT")
        connection.close()
        return {"revisions": len(made)}

    return run


def _fed(name: str) -> Callable[[Given], Awaitable[Figures]]:
    async def run(given: Given) -> Figures:
        made = await _revisions(given, name)
        path = _file(given, "fed")
        store = Store(path)
        fed = store.begin("c", name, 1)
        async with given.measured():
            for start in range(0, len(made), BATCH_REVISIONS):
                fed = store.feed(fed, made[start : start + BATCH_REVISIONS], None)
        fed = store.feed(fed, [], given.workload.events)
        took = _pages(path, name, fed.position)
        store.close()
        if given.timed is None:
            raise AssertionError("nothing was measured")
        return {
            "revisions": len(made),
            "revisions_per_s": len(made) / given.timed.wall_s,
            "file_mb": path.stat().st_size / 1e6,
            "page_p50_ms": took[len(took) // 2],
            "page_p99_ms": took[len(took) * 99 // 100],
        }

    return run


def _pages(path: Path, name: str, last: int) -> list[float]:
    """How long pages take (ms), ascending."""
    rng = Random(SEED)  # noqa: S311 - the same questions each time, no secret
    connection = reader(path)
    took: list[float] = []
    for filters in ASKED:
        for number in range(PAGES):
            position = (last // 20, last // 2, last, last)[number % 4]
            day = rng.random() * position / MIXED_A_DAY
            deep = Place(to_us(START) + int(day * DAY_US), "")
            asked = Asked("c", name, position, filters, LIMIT, deep if number % 2 else None)
            began = time.perf_counter()
            connection.execute("BEGIN")
            page(connection, asked)
            connection.execute("ROLLBACK")
            took.append((time.perf_counter() - began) * 1_000)
    connection.close()
    return sorted(took)


def _file(given: Given, use: str) -> Path:
    path = given.folder / f"readmodel-{use}.sqlite"
    throw_away(path)
    return path


def _notes(arms: Mapping[str, ArmResult]) -> list[str]:
    figures = arms["feed"].figures
    fed = (
        f"{figures['revisions'].median:,.0f} revisions, fed at"
        f" {figures['revisions_per_s'].median:,.0f} a second into"
        f" {figures['file_mb'].median:,.0f} MB; wanted: 20,000 a second"
    )
    pages = (
        f"a page of {LIMIT}: p50 {figures['page_p50_ms'].median:.1f} ms, p99"
        f" {figures['page_p99_ms'].median:.1f} ms; wanted with 1,000,000 revisions: 20 and 100"
    )
    return [fed, pages]


def _case(name: str) -> Case:
    return Case(
        name=f"readmodel.{name}",
        what=f"the revisions of {name} into the file of a web process, and pages of them",
        arms=(
            Arm("keep", "the same bytes into a table without an index", _kept(name), mixed, "log"),
            Arm("feed", "indexed for every filter", _fed(name), mixed, "log"),
        ),
        quick=(5_000,),
        full=(100_000,),
        notes=_notes,
    )


CASES: Final = (_case("chronology"), _case("incidents"))
