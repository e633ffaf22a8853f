"""Reading: what a connector makes of a file, and what a log and a fold make of that."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from conflict_events.codec import Accepted, Policy, accept, encode
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import Incident, Revision
from conflict_timeline.connectors.connector import Options, RefusedRow, Row
from conflict_timeline.connectors.registry import connector
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import projection


def rows_of(name: str, path: Path, options: Options | None = None) -> list[Row | RefusedRow]:
    """Every row of a file."""
    return list(connector(name).read(str(path), options or Options()).rows)


def made(rows: Iterable[Row | RefusedRow]) -> list[Row]:
    """The rows that made events."""
    return [row for row in rows if isinstance(row, Row)]


def refused(rows: Iterable[Row | RefusedRow]) -> list[RefusedRow]:
    """The rows that did not."""
    return [row for row in rows if isinstance(row, RefusedRow)]


def recorded(rows: Iterable[Row | RefusedRow]) -> list[RecordedEvent]:
    """The events of rows as a log would hold them; each must be one that intake accepts."""
    events: list[RecordedEvent] = []
    for row in made(rows):
        for event in row.events:
            raw = encode(event)
            accepted = accept(raw, Policy())
            assert isinstance(accepted, Accepted), accepted
            assert not accepted.unknown_fields
            events.append(
                RecordedEvent(
                    position=len(events) + 1, recorded_at_ms=0, event=accepted.event, raw=raw
                )
            )
    return events


def incidents(events: Iterable[RecordedEvent]) -> dict[str, Incident]:
    """The incidents of a log."""
    fold = Fold(projection("incidents"))
    current: dict[str, Incident] = {}
    for event in events:
        for revision in (msgspec.json.decode(one.raw, type=Revision) for one in fold.apply(event)):
            current.pop(revision.entry, None)
            if revision.status == "asserted":
                current[revision.entry] = msgspec.json.decode(revision.body, type=Incident)
    return current
