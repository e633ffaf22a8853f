"""The data package (Frictionless): what a reader needs to judge, cite and check an exported file.

Nothing in it depends on when or where it is made: the same position gives the same bytes.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

import msgspec

from conflict_timeline.queries.exports.licences import licences_of
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.exports.tables import DIALECT, TABLES
from conflict_timeline.queries.filters import Filters

FileFormat = Literal["csv", "geojson", "ndjson"]

MEDIA_TYPES: Final[dict[FileFormat, str]] = {
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "ndjson": "application/x-ndjson",
}
"""The formats, each with its media type."""

PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"


class DataFile(NamedTuple):
    """The file beside the package: its name, its length in bytes, and its SHA-256 in hex."""

    name: str
    format: FileFormat
    bytes: int
    sha256: str


class Provenance(NamedTuple):
    """Where a selection comes from.

    `digest` is that of its timeline at the position, `recorded_at` when that was recorded (None at
    position 0), `producers` how many events of each stand behind the entries, and `licences` the
    names of those that are known, by producer.
    """

    digest: str
    recorded_at: str | None
    producers: Mapping[str, int]
    licences: Mapping[str, str]


def datapackage(
    selection: Selection, filters: Filters, provenance: Provenance, file: DataFile
) -> bytes:
    """The bytes of `datapackage.json`."""
    licences, note = licences_of(provenance.producers, provenance.licences)
    named = f"{selection.projection} of {selection.conflict} as of position {selection.position}"
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": f"{selection.conflict}-{selection.projection}-{selection.position}",
        "title": named[0].upper() + named[1:],
        "description": _description(selection, file.format),
        # The standard wants a text here; `versions` has numbers.
        **selection.citation(),
        "version": str(selection.version),
        "recorded_at": provenance.recorded_at,
        "digest": provenance.digest,
        "filters": filters.given(),
        "entries": len(selection.entries),
        "sources": [_source(one, provenance) for one in sorted(provenance.producers)],
        "licence_note": note,
    }
    if licences:  # The standard has no empty list of them.
        package["licenses"] = licences
    package["resources"] = [_resource(selection, file)]
    return msgspec.json.format(msgspec.json.encode(package), indent=2) + b"\n"


def _description(selection: Selection, file_format: FileFormat) -> str:
    table = TABLES.get(selection.projection)
    about = "Entries of a projection that does not ship." if table is None else table.about
    if file_format == "csv" and table is not None:
        about += f" A row for each {table.row}."
    if selection.projection == "pairings":
        about += (
            " What the same rule makes of the other parties' strikes:"
            f" conflict-timeline mirror STATEMENT --conflict {selection.conflict}"
            f" --as-of {selection.position}"
        )
    return about


def _source(producer: str, provenance: Provenance) -> dict[str, Any]:
    source: dict[str, Any] = {"title": producer}
    if producer.startswith(("https://", "http://")):
        source["path"] = producer
    return source | {
        "events": provenance.producers[producer],
        "license": provenance.licences.get(producer),
    }


def _resource(selection: Selection, file: DataFile) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "name": selection.projection,
        "path": file.name,
        "format": file.format,
        "mediatype": MEDIA_TYPES[file.format],
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    if file.format == "csv":
        schema = TABLES[selection.projection].schema
        resource |= {"type": "table", "dialect": DIALECT, "schema": schema}
    return resource
