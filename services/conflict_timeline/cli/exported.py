"""Exported: a selection as the bytes of a file, in each format."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

import msgspec
from msgspec import Struct

from conflict_events.timelines import Pairing
from conflict_timeline.cli.asof import EntryAsOf, as_of_position
from conflict_timeline.queries.exports.datapackage import FileFormat
from conflict_timeline.queries.exports.geojson import MAPPED, feature_collection
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.exports.tables import TABLES, csv_of
from conflict_timeline.queries.view import View

_PAIRING: Final = msgspec.json.Decoder(Pairing)


class Exported(Struct, frozen=True, kw_only=True):
    """A file that was written; `entries` counts them, and is null for the package beside them."""

    path: str
    entries: int | None
    bytes: int
    sha256: str


class PairAsOf(EntryAsOf, frozen=True, kw_only=True):
    """A pair as it is exported: no pair is shown without the base rate of its statement."""

    base_rate: msgspec.Raw


def formats_of(projection: str) -> tuple[FileFormat, ...]:
    """The formats that a projection can be exported in; the bodies of plug-ins are not known."""
    if projection not in TABLES:
        return ("ndjson",)
    return ("csv", "geojson", "ndjson") if projection in MAPPED else ("csv", "ndjson")


def file_of(selection: Selection, file_format: FileFormat) -> Iterable[bytes]:
    """The bytes of the file, a piece at a time."""
    match file_format:
        case "csv":
            return csv_of(selection)
        case "geojson":
            return feature_collection(selection)
        case "ndjson":
            return _lines(selection)


def _lines(selection: Selection) -> Iterator[bytes]:
    """An entry a line, as `timeline` prints it."""
    entries = as_of_position(selection.entries, selection.position)
    for row in entries if selection.view is None else _pairs(entries, selection.view):
        yield msgspec.json.encode(row) + b"\n"


def _pairs(entries: Iterable[EntryAsOf], view: View) -> Iterator[PairAsOf]:
    @cache
    def rate(statement: str) -> msgspec.Raw:
        return msgspec.Raw(msgspec.json.encode(view.base_rate(statement)))

    for entry in entries:
        fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
        yield PairAsOf(**fields, base_rate=rate(_PAIRING.decode(entry.body).statement))
