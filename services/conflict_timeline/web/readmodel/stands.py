"""Stands: a timeline in the file as of a position."""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from conflict_events.timelines import Entry, Happening, Revision
from conflict_timeline.timelines.errors import UnservedError
from conflict_timeline.web.readmodel.answers import BehindError
from conflict_timeline.web.readmodel.schema import mark
from conflict_timeline.web.readmodel.store import SEQ_BITS
from conflict_timeline.web.readmodel.values import cells_upto

_REVISION: Final = msgspec.json.Decoder(Revision)
_HAPPENING: Final = msgspec.json.Decoder(Happening)

_READ: Final = (
    "SELECT id, version, position, revisions FROM timeline"
    " WHERE conflict = ? AND projection = ? AND state = 'read'"
)
_KNOWN: Final = (
    "SELECT body.raw FROM revision JOIN body USING (id)"
    " WHERE timeline = ? AND entry = ? AND id <= ? ORDER BY id DESC LIMIT 1"
)
_ALL_OF: Final = (
    "SELECT body.raw FROM revision JOIN body USING (id)"
    " WHERE timeline = ? AND entry = ? AND id <= ? ORDER BY id"
)


class Stands(NamedTuple):
    """A timeline that is read, and its last revision (`seq`) as of a position."""

    conflict: str
    projection: str
    version: int
    timeline: int
    position: int
    seq: int

    @property
    def base(self) -> int:
        """What a revision's number is joined to for its id."""
        return self.timeline << SEQ_BITS

    @property
    def mark(self) -> str:
        """What the index of words has before every text of this timeline."""
        return mark(self.timeline)

    @property
    def cells(self) -> int:
        """The number above those of all cells with revisions up to this one."""
        return max(cell for cell, _ in cells_upto(self.seq)) + 1

    def entry(self, raw: bytes) -> Entry:
        """A revision with the timeline that it stands on."""
        revision = _REVISION.decode(raw)
        return Entry.of(
            revision, projection=self.projection, version=self.version, conflict=self.conflict
        )

    def entry_of(self, connection: sqlite3.Connection, seq: int) -> Entry:
        """The revision of a number."""
        row = connection.execute("SELECT raw FROM body WHERE id = ?", (self.base | seq,)).fetchone()
        return self.entry(row[0])

    def revisions(self, connection: sqlite3.Connection, entry: str) -> list[Entry]:
        """Every revision of an entry."""
        given = (self.timeline, entry, self.base | self.seq)
        return [self.entry(raw) for (raw,) in connection.execute(_ALL_OF, given)]

    def known(self, connection: sqlite3.Connection, entry: str) -> Entry | None:
        """The last revision of an entry."""
        given = (self.timeline, entry, self.base | self.seq)
        row = connection.execute(_KNOWN, given).fetchone()
        return None if row is None else self.entry(row[0])


def stands(connection: sqlite3.Connection, conflict: str, projection: str, position: int) -> Stands:
    """The timeline that is read as of a position.

    Raises:
        UnservedError: nothing was fed.
        BehindError: it was not fed that far.
    """
    row = connection.execute(_READ, (conflict, projection)).fetchone()
    if row is None:
        raise UnservedError(projection, conflict)
    timeline, version, fed, revisions = row
    if position > fed:
        raise BehindError(projection, conflict, position, fed)
    base, low, high = timeline << SEQ_BITS, 0, revisions
    while low < high:
        middle = (low + high + 1) // 2
        sql = "SELECT position FROM revision WHERE id = ?"
        if connection.execute(sql, (base | middle,)).fetchone()[0] <= position:
            low = middle
        else:
            high = middle - 1
    return Stands(conflict, projection, version, timeline, position, low)


class Quotes(Mapping[str, tuple[str, ...]]):
    """The quotes of each statement, by event key; looked up when they are asked for."""

    def __init__(self, connection: sqlite3.Connection, said: Stands) -> None:
        self._connection = connection
        self._said = said
        self._found: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, key: str) -> tuple[str, ...]:
        quotes = self._found.get(key)
        if quotes is None:
            quotes = self._found[key] = self._quotes(key)
        return quotes

    def _quotes(self, key: str) -> tuple[str, ...]:
        entry = self._said.known(self._connection, key)
        if entry is None or entry.status == "withdrawn":
            return ()
        quotes = _HAPPENING.decode(entry.body).quotes
        return () if quotes is UNSET else tuple(quote.text for quote in quotes)

    def __bool__(self) -> bool:
        return True  # Filters take an empty mapping for none.

    def __iter__(self) -> Iterator[str]:
        raise TypeError("quotes are looked up, not listed")

    def __len__(self) -> int:
        raise TypeError("quotes are looked up, not counted")
