"""Pages: the entries that are asked for, in order, from whatever index has the fewest to offer."""

import heapq
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec

from conflict_events.timelines import Entry
from conflict_timeline.queries.filters import Chosen, chooser, words_of
from conflict_timeline.web.readmodel.answers import Asked, Page, Place
from conflict_timeline.web.readmodel.stands import Quotes, Stands, stands
from conflict_timeline.web.readmodel.times import FAR_US, NO_TIME_US
from conflict_timeline.web.readmodel.values import ALL, cells_upto, order_of
from conflict_timeline.web.readmodel.wanted import FEW_VALUES, VALUES_MAX, Wanted, wanted
from conflict_timeline.web.readmodel.words import Words

QUOTING: Final = ("pairings", "reversals")
"""Projections whose entries are searched in the quotes of their statements too."""

_ROWS_MAX: Final = 20_000
"""So many rows are read and sorted at once; more are read in order, until a page is full."""

_VALUES_MAX: Final = 8
"""So many values are read in order side by side."""

_OFFERED: Final = (
    " AND (posting.event_us, posting.ord) >= (:from, :ord) AND posting.event_us <= :to"
    " AND posting.seq <= :seq{marks}"
)
_STANDS: Final = "revision.until > :position AND revision.end_us >= :low"
_OF_ONE: Final = (
    "SELECT posting.event_us, posting.ord, posting.seq, revision.entry, revision.texts FROM posting"  # noqa: S608 - constants
    " CROSS JOIN revision ON revision.id = :base | posting.seq"
    " WHERE posting.timeline = :timeline AND posting.value = :value AND posting.cell = :cell"
    f"{_OFFERED} AND {_STANDS} ORDER BY posting.event_us, posting.ord, posting.seq"
)
# Sorted before they are joined: most are never read. With a limit, the order is kept.
_OF_MANY: Final = (
    "SELECT offered.*, revision.entry, revision.texts FROM"  # noqa: S608 - constants
    " (SELECT posting.event_us, posting.ord, posting.seq FROM json_each(:values) AS wanted"
    " CROSS JOIN posting ON posting.timeline = :timeline AND posting.value = wanted.value"
    f" AND posting.cell < :cells WHERE true{_OFFERED}"
    " ORDER BY posting.event_us, posting.ord, posting.seq LIMIT -1) AS offered"
    f" CROSS JOIN revision ON revision.id = :base | offered.seq AND {_STANDS}"
)
_COUNT_ONE: Final = (
    "SELECT count(*) FROM (SELECT 1 FROM posting WHERE timeline = :timeline AND value = :value"
    " AND cell = :cell AND (event_us, ord) >= (:from, :ord) AND event_us <= :to LIMIT :most)"
)
_COUNT_MANY: Final = (
    "SELECT count(*) FROM (SELECT 1 FROM json_each(:values) AS wanted CROSS JOIN posting"
    " ON posting.timeline = :timeline AND posting.value = wanted.value AND posting.cell < :cells"
    " LIMIT :most)"
)

_Row = tuple[int, bytes, int, str, bytes]
"""Event time (us), what the id begins with, number of the revision, id, its texts."""


class _Path(NamedTuple):
    """A way to the entries: how many rows lie on it at most, and by which values it goes."""

    rows: int
    values: tuple[int, ...]


def page(connection: sqlite3.Connection, asked: Asked) -> Page:
    """The entries that are asked for; the connection is in a transaction.

    Raises:
        FilterError: as `chooser` does.
        UnservedError, BehindError: as `stands` does.
    """
    entries = asserted(connection, asked)
    found: list[Entry] = []
    after: Place | None = None
    with closing(entries):
        for at, entry in entries:
            if len(found) == asked.limit:
                return Page(found, after)
            found.append(entry)
            after = at
    return Page(found, None)


def asserted(connection: sqlite3.Connection, asked: Asked) -> Generator[tuple[Place, Entry]]:
    """The same one by one, whatever the limit, each with its place."""
    at = stands(connection, asked.conflict, asked.projection, asked.position)
    said = None
    if asked.filters.q is not None and asked.projection in QUOTING:
        said = stands(connection, asked.conflict, "chronology", asked.position)
    filters = asked.filters
    texts = None if said is None else Quotes(connection, said)
    chosen = chooser(asked.projection, filters, texts=texts)
    asked_words = words_of(filters)
    words = Words(connection, at, said, asked_words) if asked_words else None
    walk = _Walk(connection, at, chosen, words)
    want = wanted(connection, at, filters, said, asked_words, FEW_VALUES)
    left = yield from walk.entries(want, asked.after)
    if left is not None and words is not None:
        want = wanted(connection, at, filters, said, (words.rarest,), VALUES_MAX)
        yield from walk.entries(want, left)


class _Walk(NamedTuple):
    """Entries in order, of those that an index offers the ones that are asked for."""

    connection: sqlite3.Connection
    at: Stands
    chosen: Chosen
    words: Words | None

    def entries(
        self, want: Wanted, after: Place | None
    ) -> Generator[tuple[Place, Entry], None, Place | None]:
        """Those beyond a place; where it came to when words proved to be worth looking up."""
        words, row = self.words, None
        last = None if after is None else (after.event_us, after.entry.encode())
        with closing(_Reading(self.connection, self.at, want, after)) as reading:
            for _, tied in groupby(reading.rows(), key=itemgetter(0, 1)):
                if words is not None and want.may_know_more and words.are_rare():
                    return after if row is None else Place(row[0], row[3])
                for row in _by_id(list(tied)):
                    if last is not None and (row[0], row[3].encode()) <= last:
                        continue
                    last = None  # All that follow lie beyond it too.
                    if words is not None and not words.may_be_in(row[3], row[4]):
                        continue
                    entry = self.at.entry_of(self.connection, row[2])
                    if self.chosen(entry):
                        yield Place(row[0], row[3]), entry
        return None


def _by_id(tied: list[_Row]) -> list[_Row]:
    """Rows of one time; of several values that one revision has, each offers it."""
    if len(tied) == 1:
        return tied
    return sorted(set(tied), key=lambda row: row[3].encode())


class _Reading:
    """One way through the index, and the cursors that are open on it."""

    def __init__(
        self, connection: sqlite3.Connection, at: Stands, want: Wanted, after: Place | None
    ) -> None:
        self._connection = connection
        self._at = at
        self._want = want
        self._cursors: list[sqlite3.Cursor] = []
        self._after = NO_TIME_US if after is None else after.event_us
        self._ord = b"" if after is None else order_of(at.projection, after.entry)
        self._given: dict[str, Any] = {
            "timeline": at.timeline,
            "base": at.base,
            "seq": at.seq,
            "cells": at.cells,
            "position": at.position,
            "low": want.low_us,
            "to": want.high_us,
            "most": _ROWS_MAX + 1,
            **self._from(None),
        }
        marks = ""
        for number, bits in enumerate(want.marks):
            self._given[f"mark_{number}"] = bits
            marks += f" AND posting.signature & :mark_{number}"
        self._marks = marks

    def close(self) -> None:
        """Leave what was not read."""
        for cursor in self._cursors:
            cursor.close()

    def rows(self) -> Iterator[_Row]:
        """Rows of revisions that stand, in order, among them all that are wanted."""
        ways = [self._path(values) for values in self._want.groups]
        if (self._want.low_us, self._want.high_us) != (-FAR_US, FAR_US):
            ways.append(self._path((ALL,)))
        usable = [way for way in ways if len(way.values) <= _VALUES_MAX or way.rows <= _ROWS_MAX]
        best = min(usable, default=_Path(_ROWS_MAX + 1, (ALL,)))
        if len(best.values) <= _VALUES_MAX:
            return self._side_by_side(best.values)
        return self._at_once(best.values)

    def _side_by_side(self, values: tuple[int, ...]) -> Iterator[_Row]:
        sql = _OF_ONE.format(marks=self._marks)
        streams = [
            self._read(sql, {"value": value, "cell": cell, **self._from(longest)})
            for value in dict.fromkeys(values)
            for cell, longest in cells_upto(self._at.seq)
        ]
        return heapq.merge(*streams)

    def _at_once(self, values: tuple[int, ...]) -> Iterator[_Row]:
        return self._read(_OF_MANY.format(marks=self._marks), {"values": _json(values)})

    def _path(self, values: tuple[int, ...]) -> _Path:
        if len(values) > _VALUES_MAX:
            given = {**self._given, "values": _json(values)}
            (rows,) = self._connection.execute(_COUNT_MANY, given).fetchone()
            return _Path(rows, values)
        rows = 0
        for value in values:
            for cell, longest in cells_upto(self._at.seq):
                given = {**self._given, "value": value, "cell": cell, **self._from(longest)}
                rows += self._connection.execute(_COUNT_ONE, given).fetchone()[0]
                if rows > _ROWS_MAX:
                    return _Path(rows, values)
        return _Path(rows, values)

    def _from(self, longest_us: int | None) -> dict[str, Any]:
        """Where to begin: after a place, and where what lasts so long may still go on."""
        if longest_us is not None and self._want.low_us - longest_us > self._after:
            return {"from": self._want.low_us - longest_us, "ord": b""}
        return {"from": self._after, "ord": self._ord}

    def _read(self, sql: str, given: dict[str, Any]) -> Iterator[_Row]:
        cursor = self._connection.execute(sql, {**self._given, **given})
        self._cursors.append(cursor)
        return cursor


def _json(values: tuple[int, ...]) -> str:
    return msgspec.json.encode(values).decode()
