"""A connector: how one public data set or feed becomes events."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from conflict_events.envelope import ConflictId, Event
from conflict_events.events import TYPES, Body


class Row(Struct, frozen=True):
    """The events that one row made: first its own, then what is known besides; evidence makes none.

    `line` is where the row begins, counted from 1.
    """

    line: int
    events: tuple[Event[Body], ...]


class RefusedRow(Struct, frozen=True):
    """A row that makes no event, and why. `id` is the one its event would have had."""

    line: int
    id: str | None
    path: str
    message: str


class Reading(Struct, frozen=True):
    """One pass over a file or feed.

    `rows` reads as it is iterated. `fraction` tells how much has been read, 0 to 1. `finish` is
    called once everything is recorded, so that what it keeps never runs ahead of the log. `note`
    is for people, beside the totals.
    """

    rows: Iterator[Row | RefusedRow]
    fraction: Callable[[], float] = lambda: 0.0
    finish: Callable[[], None] = lambda: None
    note: str | None = None


class Options(Struct, frozen=True, kw_only=True):
    """What an import may be told.

    `conflict`: record everything there. `alerts`: a table of air-raid alerts that narrows windows.
    `state`: a folder for what a feed has to remember.
    """

    conflict: str | None = None
    alerts: Path | None = None
    state: Path | None = None


class Read(Protocol):
    """Opens a file or an address.

    Raises:
        NotThisSetError: it is not of this set.
        OSError: it cannot be read.
    """

    def __call__(self, path: str, options: Options) -> Reading:
        """Begin a pass; nothing is read beyond what tells whether it is of this set."""
        ...


class Connector(Struct, frozen=True, kw_only=True):
    """One set: its name for `import`, what it holds, and on what terms.

    `source` is the producer of its events, None where each feed is one of its own; `takes` are the
    options besides `conflict` that it heeds. Rows that are evidence and make no events of their own
    are of use to the command `evidence_for`.
    """

    name: str
    about: str
    licence: str
    source: str | None
    takes: frozenset[str] = frozenset()
    evidence_for: str | None = None
    read: Read


def is_conflict_id(text: str) -> bool:
    """Whether a text can name a conflict."""
    try:
        msgspec.convert(text, ConflictId)
    except msgspec.ValidationError:
        return False
    return True


def event_of(
    body: Body, *, source: str, event_id: str, time: datetime, conflict: str
) -> Event[Body]:
    """An event around a body. `time` must be the same whenever the row is read."""
    return Event(
        specversion="1.0",
        id=event_id,
        source=source,
        type=TYPES[type(body)],
        time=time,
        conflict=conflict,
        data=body,
        datacontenttype="application/json",
    )
