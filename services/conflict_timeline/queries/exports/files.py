"""Files: a selection as the bytes of a file, in each format that its projection can be had in."""

from collections.abc import Iterator

from conflict_timeline.queries.exports.datapackage import FileFormat
from conflict_timeline.queries.exports.geojson import MAPPED, feature_collection
from conflict_timeline.queries.exports.ndjson import ndjson_of
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.exports.tables import TABLES, csv_of


def formats_of(projection: str) -> tuple[FileFormat, ...]:
    """The formats that a projection can be exported in; the bodies of plug-ins are not known."""
    if projection not in TABLES:
        return ("ndjson",)
    return ("csv", "geojson", "ndjson") if projection in MAPPED else ("csv", "ndjson")


def file_of(selection: Selection, file_format: FileFormat) -> Iterator[bytes]:
    """The bytes of the file, a piece at a time."""
    match file_format:
        case "csv":
            return csv_of(selection)
        case "geojson":
            return feature_collection(selection)
        case "ndjson":
            return ndjson_of(selection)
