"""`readmodel.*`: a timeline into the file that the web process answers from, and what a page takes.

Pairings are searched in the quotes of statements too, so the chronology is in their file as well.
"""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from benchmarks import pages
from benchmarks.case import Arm, Case, Figures, Given
from benchmarks.figures import ArmResult
from benchmarks.workloads import worded
from conflict_timeline.broker.streams import StreamEntry
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import projection
from conflict_timeline.web.readmodel.schema import throw_away
from conflict_timeline.web.readmodel.store import Store

BATCH_REVISIONS: Final = 4_000


async def _batches(given: Given, name: str) -> AsyncIterator[list[StreamEntry]]:
    """What a projection makes of the log, as its stream holds it."""
    fold = Fold(projection(name))
    batch: list[StreamEntry] = []
    async for events in follow(given.redis, given.workload.conflict):
        for recorded in events:
            batch += (
                (
                    f"{made.position}-{made.k}".encode(),
                    {b"r": made.raw, b"d": made.digest.hex().encode()},
                )
                for made in fold.apply(recorded)
            )
        if len(batch) >= BATCH_REVISIONS:
            yield batch
            batch = []
    yield batch


def _kept(name: str) -> Callable[[Given], Awaitable[Figures]]:
    """The least: the same revisions into a table without an index."""

    async def run(given: Given) -> Figures:
        batches = [batch async for batch in _batches(given, name)]
        connection = sqlite3.connect(_file(given, "bare"), isolation_level=None)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE body (id INTEGER PRIMARY KEY, raw BLOB NOT NULL)")
        async with given.measured():
            for batch in batches:
                connection.execute("BEGIN")
                connection.executemany(
                    "INSERT INTO body (raw) VALUES (?)", ((fields[b"r"],) for _, fields in batch)
                )
                connection.execute("COMMIT")
        connection.close()
        return {"revisions": sum(map(len, batches))}

    return run


def _fed(name: str, beside: tuple[str, ...]) -> Callable[[Given], Awaitable[Figures]]:
    async def run(given: Given) -> Figures:
        last = given.workload.events
        path = _file(given, "fed")
        store = Store(path)
        for other in beside:
            fed = store.begin("c", other, 1)
            async for batch in _batches(given, other):
                fed = store.feed(fed, batch, None)
            store.feed(fed, [], last)
        before = path.stat().st_size
        batches = [batch async for batch in _batches(given, name)]
        fed = store.begin("c", name, 1)
        async with given.measured():
            for batch in batches:
                fed = store.feed(fed, batch, None)
        store.feed(fed, [], last)
        took = pages.pages(path, name, last)
        store.close()
        if given.timed is None:
            raise AssertionError("nothing was measured")
        revisions = sum(map(len, batches))
        return {
            "revisions": revisions,
            "revisions_per_s": revisions / given.timed.wall_s,
            "revisions_per_cpu_s": revisions / given.timed.cpu_s,
            "file_mb": (path.stat().st_size - before) / 1e6,
            **pages.figures(took),
        }

    return run


def _file(given: Given, use: str) -> Path:
    path = given.folder / f"readmodel-{use}.sqlite"
    throw_away(path)
    return path


def _notes(arms: Mapping[str, ArmResult]) -> list[str]:
    figures = {name: spread.median for name, spread in arms["feed"].figures.items()}
    by_filters = {
        name.removesuffix("_cpu_p50_ms"): took
        for name, took in figures.items()
        if name.endswith("_cpu_p50_ms") and not name.startswith("page_")
    }
    slowest = sorted(by_filters, key=lambda name: -by_filters[name])[:3]
    fed = (
        f"{figures['revisions']:,.0f} revisions, fed at {figures['revisions_per_s']:,.0f} a second"
        f" ({figures['revisions_per_cpu_s']:,.0f} in one of CPU time) into"
        f" {figures['file_mb']:,.0f} MB; wanted: 20,000 a second"
    )
    page = (
        f"a page of {pages.LIMIT}: p50 {figures['page_p50_ms']:.1f} ms, p99"
        f" {figures['page_p99_ms']:.1f} ms; in CPU time {figures['page_cpu_p50_ms']:.1f} and"
        f" {figures['page_cpu_p99_ms']:.1f}; wanted with 1,000,000 revisions: 20 and 100"
    )
    worst = ", ".join(f"{name} {by_filters[name]:.1f} ms" for name in slowest)
    return [fed, page, f"slowest, p50 in CPU time: {worst}"]


def _case(name: str, *beside: str) -> Case:
    feed = _fed(name, beside)
    return Case(
        name=f"readmodel.{name}",
        what=f"the revisions of {name} into the file of a web process, and pages of them",
        arms=(
            Arm("keep", "the same bytes into a table without an index", _kept(name), worded, "log"),
            Arm("feed", "indexed for every filter", feed, worded, "log"),
        ),
        quick=(5_000,),
        full=(100_000,),
        million=True,
        notes=_notes,
    )


CASES: Final = (_case("chronology"), _case("incidents"), _case("pairings", "chronology"))
