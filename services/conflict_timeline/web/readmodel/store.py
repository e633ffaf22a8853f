"""The store: the one writer of the file. It blocks, so it runs in a thread."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from conflict_events.timelines import Revision
from conflict_timeline.broker.streams import StreamEntry
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.keys import timeline_key
from conflict_timeline.web.readmodel.schema import is_damage, throw_away, writer
from conflict_timeline.web.readmodel.times import FAR_US, NO_TIME_US
from conflict_timeline.web.readmodel.values import Text, cell_of, indexed

SEQ_BITS: Final = 40
NO_DIGEST: Final = "0" * 64

_DROPPED_ROWS_MAX: Final = 5_000
_REVISION: Final = msgspec.json.Decoder(Revision)
_COLUMNS: Final = "id, conflict, projection, version, state, position, last, digest, revisions"

ResultT = TypeVar("ResultT")


class Fed(NamedTuple):
    """A timeline in the file, and how far it was fed.

    `state` is `read` while readers get it, `beside` before that, `gone` afterwards. All is known up
    to `position`; `last` is the id of the last revision, `digest` what stands beside it.
    """

    id: int
    conflict: str
    projection: str
    version: int
    state: str
    position: int
    last: str
    digest: str
    revisions: int


class Store:
    """Timelines and their revisions, each page in one transaction with how far it goes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection = writer(path)

    def timelines(self) -> list[Fed]:
        """Every timeline that is not gone."""
        sql = f"SELECT {_COLUMNS} FROM timeline WHERE state != 'gone'"  # noqa: S608 - a constant
        return self._do(lambda connection: [Fed(*row) for row in connection.execute(sql)])

    def begin(self, conflict: str, projection: str, version: int) -> Fed:
        """A timeline of which nothing was fed. It is read at once where no other one is."""

        def do(connection: sqlite3.Connection) -> Fed:
            where = "conflict = ? AND projection = ? AND state = 'read'"
            sql = f"SELECT 1 FROM timeline WHERE {where}"  # noqa: S608 - a constant
            is_first = connection.execute(sql, (conflict, projection)).fetchone() is None
            state = "read" if is_first else "beside"
            # No id of one that is gone is used again while there are rows of it.
            (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM timeline").fetchone()
            fed = Fed(last + 1, conflict, projection, version, state, 0, "0-0", NO_DIGEST, 0)
            marks = ", ".join("?" * len(fed))
            connection.execute(f"INSERT INTO timeline VALUES ({marks})", fed)  # noqa: S608
            return fed

        return self._do(do)

    def feed(self, fed: Fed, entries: Sequence[StreamEntry], upto: int | None) -> Fed:
        """Take in what follows; `upto` is the position that is reached, None in the middle.

        Raises:
            BrokenTimelineError: something is no revision.
        """
        rows = _Rows(fed)
        for entry_id, fields in entries:
            rows.add(entry_id.decode(), fields)
        position = upto
        if position is None:
            # More may have been made by the last position.
            position = max(fed.position, rows.position - 1)
        after = fed._replace(
            position=position,
            last=rows.last,
            digest=rows.digest,
            revisions=rows.seq,
        )

        def do(connection: sqlite3.Connection) -> Fed:
            rows.write(connection)
            connection.execute(
                "UPDATE timeline SET position = ?, last = ?, digest = ?, revisions = ?"
                " WHERE id = ?",
                (after.position, after.last, after.digest, after.revisions, after.id),
            )
            return after

        return self._do(do)

    def read(self, fed: Fed) -> Fed:
        """Have readers get a timeline in place of the one before, in one step."""

        def do(connection: sqlite3.Connection) -> Fed:
            connection.execute(
                "UPDATE timeline SET state = 'gone'"
                " WHERE conflict = ? AND projection = ? AND state = 'read'",
                (fed.conflict, fed.projection),
            )
            connection.execute("UPDATE timeline SET state = 'read' WHERE id = ?", (fed.id,))
            return fed._replace(state="read")

        return self._do(do)

    def leave(self, fed: Fed) -> None:
        """Have nobody get a timeline any more."""
        sql = "UPDATE timeline SET state = 'gone' WHERE id = ?"
        self._do(lambda connection: connection.execute(sql, (fed.id,)))

    def drop_some(self) -> bool:
        """Remove some rows of what is gone; False when nothing is left of it."""

        def do(connection: sqlite3.Connection) -> bool:
            found = connection.execute("SELECT id FROM timeline WHERE state = 'gone'").fetchone()
            if found is None:
                return False
            (timeline,) = found
            rows = {"timeline": timeline, "first": timeline << SEQ_BITS, "most": _DROPPED_ROWS_MAX}
            rows["last"] = (timeline + 1 << SEQ_BITS) - 1
            for sql in _DROPS:
                if connection.execute(sql, rows).rowcount:
                    return True
            connection.execute("DELETE FROM timeline WHERE id = ?", (timeline,))
            return True

        return self._do(do)

    def close(self) -> None:
        """Wait for what is being written, and close the file."""
        with self._lock:
            self._connection.close()

    def _do(self, what: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        with self._lock:
            connection = self._connection
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    done = what(connection)
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                if is_damage(error):
                    throw_away(self._path)  # Whoever opens it next makes it anew.
                raise
            return done


_DROPS: Final = tuple(
    f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {of_it} LIMIT :most)"  # noqa: S608 - ours
    for table, key, of_it in (
        ("posting", "timeline, value, cell, event_us, ord, seq", "timeline = :timeline"),
        ("text", "id", "timeline = :timeline"),
        ("body", "id", "id BETWEEN :first AND :last"),
        ("revision", "id", "id BETWEEN :first AND :last"),
    )
)


class _Rows:
    """The rows that a page of revisions makes."""

    def __init__(self, fed: Fed) -> None:
        self._fed = fed
        self._key = timeline_key(fed.conflict, fed.projection, fed.version)
        self.seq = fed.revisions
        self.last = fed.last
        self.digest = fed.digest
        self.position = 0
        self._revisions: list[tuple[int | str | bytes, ...]] = []
        self._bodies: list[tuple[int, bytes]] = []
        self._closed: list[tuple[int, int, str, int]] = []
        self._postings: list[tuple[int | bytes, ...]] = []
        self._texts: set[Text] = set()

    def add(self, entry_id: str, fields: dict[bytes, bytes]) -> None:
        """One revision."""
        fed = self._fed
        self.seq += 1
        self.last = entry_id
        self.position = int(entry_id.partition("-")[0])
        number = fed.id << SEQ_BITS | self.seq
        try:
            raw, self.digest = fields[b"r"], fields[b"d"].decode()
            revision = _REVISION.decode(raw)
            asserted = revision.status == "asserted"
            found = indexed(fed.projection, revision) if asserted else None
        except (KeyError, ValueError) as error:  # DecodeError and ValidationError among them.
            raise BrokenTimelineError(
                f"{self._key} holds no revision at {entry_id}: {error}; verify finds what else is"
                " wrong, and rebuild makes another version"
            ) from error
        times = (NO_TIME_US, NO_TIME_US) if found is None else (found.event_us, found.end_us)
        texts = b"" if found is None else found.words
        self._bodies.append((number, raw))
        self._revisions.append(
            (number, fed.id, revision.entry, self.position, FAR_US, *times, asserted, texts)
        )
        if revision.revision > 1:
            self._closed.append((self.position, fed.id, revision.entry, number))
        if found is not None:
            cell = cell_of(self.seq, *times)
            place = (cell, found.event_us, found.order, self.seq, found.signature)
            self._postings += [(fed.id, value, *place) for value in found.values]
            self._texts.update(found.texts)

    def write(self, connection: sqlite3.Connection) -> None:
        """Write them all."""
        _insert(connection, "revision", 9, self._revisions)
        _insert(connection, "body", 2, self._bodies)
        _insert(connection, "posting", 7, sorted(self._postings))
        connection.executemany(
            "UPDATE revision SET until = ? WHERE id = ("
            "SELECT max(id) FROM revision WHERE timeline = ? AND entry = ? AND id < ?)",
            self._closed,
        )
        connection.executemany(
            "INSERT OR IGNORE INTO text (timeline, facet, value, text) VALUES (?, ?, ?, ?)",
            ((self._fed.id, *text) for text in sorted(self._texts)),
        )


def _insert(
    connection: sqlite3.Connection, table: str, columns: int, rows: Iterable[tuple[object, ...]]
) -> None:
    marks = ", ".join("?" * columns)
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - ours
