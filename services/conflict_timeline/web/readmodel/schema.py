"""The file: its tables, and when it is thrown away."""

import hashlib
import sqlite3
import sys
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger()

# A revision's id is that of its timeline, then its number there (`seq`, from 1): so they lie in
# order, and a position is found by halving. `cell` is made of the revision's block and how long the
# entry lasts: a reader of an early position passes over later blocks, one of a time starts just
# before it. `ord` is what an entry's id begins with. One posting for each value of each entry.
# `texts` are the values of a revision's texts, of eight bytes each.
_TABLES: Final = """
CREATE TABLE made_by (fingerprint TEXT NOT NULL);
CREATE TABLE timeline (
    id INTEGER PRIMARY KEY,
    conflict TEXT NOT NULL,
    projection TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    position INTEGER NOT NULL,
    last TEXT NOT NULL,
    digest TEXT NOT NULL,
    revisions INTEGER NOT NULL
);
CREATE TABLE revision (
    id INTEGER PRIMARY KEY,
    timeline INTEGER NOT NULL,
    entry TEXT NOT NULL,
    position INTEGER NOT NULL,
    until INTEGER NOT NULL,
    event_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    asserted INTEGER NOT NULL,
    texts BLOB NOT NULL
);
CREATE INDEX revision_of ON revision (timeline, entry, id);
CREATE TABLE body (id INTEGER PRIMARY KEY, raw BLOB NOT NULL);
CREATE TABLE posting (
    timeline INTEGER NOT NULL,
    value INTEGER NOT NULL,
    cell INTEGER NOT NULL,
    event_us INTEGER NOT NULL,
    ord BLOB NOT NULL,
    seq INTEGER NOT NULL,
    signature INTEGER NOT NULL,
    PRIMARY KEY (timeline, value, cell, event_us, ord, seq)
) WITHOUT ROWID;
CREATE TABLE text (
    id INTEGER PRIMARY KEY,
    timeline INTEGER NOT NULL,
    facet TEXT NOT NULL,
    value INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (timeline, facet, value)
);
CREATE VIRTUAL TABLE word USING fts5 (
    text, content='', detail=none, tokenize='trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE trigram USING fts5vocab (word, row);
CREATE TRIGGER text_kept AFTER INSERT ON text WHEN new.facet = 'text' BEGIN
    INSERT INTO word (rowid, text) VALUES (new.id, marked(new.timeline, new.text));
END;
CREATE TRIGGER text_removed AFTER DELETE ON text WHEN old.facet = 'text' BEGIN
    INSERT INTO word (word, rowid, text)
    VALUES ('delete', old.id, marked(old.timeline, old.text));
END;
"""

_MARKS_FROM: Final = 0xF0000
_MARKS: Final = 0xFFFE
_END: Final = "\U0010fffd" * 2
_CACHE_KIB: Final = 65_536
_WRITER_CACHE_KIB: Final = 131_072
_MAPPED_BYTES: Final = 2**30


def mark(timeline: int) -> str:
    """Three characters for private use, before every text of a timeline: it finds only its own."""
    high, low = divmod(timeline, _MARKS)
    return chr(_MARKS_FROM) + chr(_MARKS_FROM + 1 + high % _MARKS) + chr(_MARKS_FROM + low)


def _marked(timeline: int, text: str) -> str:
    """A text as it is indexed: with two characters more, every part begins some trigram."""
    return f"{mark(timeline)}{text}{_END}"


def writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes. A file made by anything else than us is made anew."""
    if path.exists():
        try:
            connection = _writing(path)
        except sqlite3.Error as error:
            log.warning("readmodel.thrown_away", file=path.name, reason=str(error))
        else:
            reason = _fault(connection)
            if reason is None:
                return connection
            connection.close()
            log.warning("readmodel.thrown_away", file=path.name, reason=reason)
    throw_away(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _writing(path)
    connection.executescript(_TABLES)
    connection.execute("INSERT INTO made_by VALUES (?)", (fingerprint(),))
    return connection


def reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads."""
    connection = _connected(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def throw_away(path: Path) -> None:
    """Remove a file and what belongs to it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is no good, now or ever."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _writing(path: Path) -> sqlite3.Connection:
    connection = _connected(path)
    try:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        connection.execute(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
    except sqlite3.Error:
        connection.close()
        raise
    connection.create_function("marked", 2, _marked, deterministic=True)
    return connection


def _connected(path: Path) -> sqlite3.Connection:
    # Used by one thread at a time, but not always by the same one.
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    return connection


def _fault(connection: sqlite3.Connection) -> str | None:
    try:
        made_by = connection.execute("SELECT fingerprint FROM made_by").fetchall()
    except sqlite3.Error as error:
        return str(error)
    return None if made_by == [(fingerprint(),)] else "it was made by another version"


@cache
def fingerprint() -> str:
    """What the contents depend on: the code that makes them, and what that stands on.

    Also on when this machine was started: nothing was forced to the disk before that.
    """
    made = hashlib.sha256()
    for package in (
        "conflict_timeline.web.readmodel",
        "conflict_timeline.queries",
        "conflict_timeline.projections",
        "conflict_events",
    ):
        sources = [one for one in files(package).iterdir() if one.name.endswith(".py")]
        for source in sorted(sources, key=lambda one: one.name):
            made.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    made.update(f"{sys.version} {sqlite3.sqlite_version} {unicodedata.unidata_version}".encode())
    started = Path("/proc/sys/kernel/random/boot_id")
    if started.exists():
        made.update(started.read_bytes())
    return made.hexdigest()
