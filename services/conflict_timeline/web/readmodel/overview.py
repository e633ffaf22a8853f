"""Overview: all statements and incidents as of a position; where they are too many, how many."""

import sqlite3
from collections import Counter
from typing import Any, Final, NamedTuple, get_args

import msgspec

from conflict_events.events import Act
from conflict_events.instants import SECOND_US
from conflict_timeline.web.readmodel.stands import Stands, stands
from conflict_timeline.web.readmodel.times import FAR_US
from conflict_timeline.web.readmodel.values import value_of

BINS_MAX: Final = 400

_IN_RANGE: Final = (
    # As `overlaps` has it.
    "(revision.event_us = :low OR (revision.event_us < :high AND revision.end_us > :low))"
)
_INCIDENTS: Final = (
    "FROM revision{body} WHERE revision.id > :base AND revision.id <= :base | :seq"
    " AND revision.until > :position AND revision.asserted"
)
# Statements are what has an act: reports and articles of the same timeline are not looked at.
_STATEMENTS: Final = (
    "FROM json_each(:acts) AS act"
    " CROSS JOIN posting ON posting.timeline = :timeline AND posting.value = act.value"
    " AND posting.cell < :cells"
    " CROSS JOIN revision ON revision.id = :base | posting.seq{body}"
    " WHERE posting.seq <= :seq AND revision.until > :position"
)
_WITH_BODY: Final = " CROSS JOIN body ON body.id = revision.id"
_ACTS: Final = msgspec.json.encode([value_of("act", act) for act in get_args(Act)]).decode()

Row = tuple[str, int, int, bytes]
"""Entry, when it begins and when it ends (us), the revision as it is stored."""


class Survey(NamedTuple):
    """What is looked at: the times asked for (us; None where open), and how many marks at most."""

    conflict: str
    position: int
    low_us: int | None
    high_us: int | None
    marks_max: int


class Extent(NamedTuple):
    """From when to when something is asserted, in us."""

    low_us: int
    high_us: int


class Bins(NamedTuple):
    """Of what length (s) and since when (Unix seconds) things are counted."""

    from_s: int
    step_s: int
    steps: int


class Found(NamedTuple):
    """Things of one kind in the times asked for: how many, by bin, and each unless too many."""

    version: int
    total: int
    counts: list[int]
    rows: list[Row] | None


class Surveyed(NamedTuple):
    """What there is; without an extent and bins where nothing is asserted at all."""

    extent: Extent | None
    bins: Bins | None
    statements: Found
    incidents: Found


class _Spread(NamedTuple):
    """How many are in the times asked for, and from when to when there are any."""

    total: int
    low_us: int | None
    high_us: int | None


def survey(connection: sqlite3.Connection, asked: Survey) -> Surveyed:
    """Look at all that is asserted; the connection is in a transaction.

    Cost: two passes over the incidents' revisions and the statements, one more where they are few.

    Raises:
        UnservedError, BehindError: as `stands` does.
    """
    looks = [_Look(connection, asked, *one) for one in _KINDS]
    spreads = [look.spread() for look in looks]
    lows = [one.low_us for one in spreads if one.low_us is not None]
    highs = [one.high_us for one in spreads if one.high_us is not None]
    extent = Extent(min(lows), max(highs)) if lows and highs else None
    bins = None if extent is None else _bins(asked, extent)
    statements, incidents = (
        look.found(spread.total, bins) for look, spread in zip(looks, spreads, strict=True)
    )
    return Surveyed(extent, bins, statements, incidents)


_KINDS: Final = (("chronology", _STATEMENTS), ("incidents", _INCIDENTS))


class _Look:
    """A look at things of one kind."""

    def __init__(
        self, connection: sqlite3.Connection, asked: Survey, projection: str, which: str
    ) -> None:
        self._connection = connection
        self._which = which
        self._marks_max = asked.marks_max
        self._at: Stands = stands(connection, asked.conflict, projection, asked.position)
        self._given: dict[str, Any] = {
            "acts": _ACTS,
            "timeline": self._at.timeline,
            "base": self._at.base,
            "cells": self._at.cells,
            "seq": self._at.seq,
            "position": asked.position,
            "low": -FAR_US if asked.low_us is None else asked.low_us,
            "high": FAR_US if asked.high_us is None else asked.high_us,
        }

    def spread(self) -> _Spread:
        """How many there are, from when to when."""
        sql = (
            f"SELECT count(*) FILTER (WHERE {_IN_RANGE}),"
            f" min(revision.event_us), max(revision.end_us) {self._which.format(body='')}"
        )
        return _Spread(*self._connection.execute(sql, self._given).fetchone())

    def found(self, total: int, bins: Bins | None) -> Found:
        """What there is."""
        counts = [] if bins is None else self._counts(bins)
        rows = self._rows() if total <= self._marks_max else None
        return Found(self._at.version, total, counts, rows)

    def _counts(self, bins: Bins) -> list[int]:
        """How many begin in each bin; what began before is in the first one."""
        given = {
            **self._given,
            "from": bins.from_s * SECOND_US,
            "step": bins.step_s * SECOND_US,
            "last": bins.steps - 1,
        }
        sql = (
            "SELECT min(max(revision.event_us - :from, 0) / :step, :last)"
            f" {self._which.format(body='')} AND {_IN_RANGE}"
        )
        # Counted here: SQL would sort a million rows to group them.
        counted = Counter(self._connection.execute(sql, given))
        return [counted[number,] for number in range(bins.steps)]

    def _rows(self) -> list[Row]:
        """Each, by whole seconds, then id."""
        sql = (
            "SELECT revision.entry, revision.event_us, revision.end_us, body.raw"
            f" {self._which.format(body=_WITH_BODY)} AND {_IN_RANGE}"
        )
        rows: list[Row] = self._connection.execute(sql, self._given).fetchall()
        rows.sort(key=lambda row: (row[1] // SECOND_US, row[0]))
        return rows


def _bins(asked: Survey, extent: Extent) -> Bins:
    """Of whole seconds, at most `BINS_MAX`, over the times asked for or else the extent."""
    low_us = extent.low_us if asked.low_us is None else asked.low_us
    high_us = extent.high_us if asked.high_us is None else asked.high_us
    from_s = low_us // SECOND_US
    length_s = max(1, -(-high_us // SECOND_US) - from_s)
    step_s = -(-length_s // BINS_MAX)
    return Bins(from_s, step_s, -(-length_s // step_s))
