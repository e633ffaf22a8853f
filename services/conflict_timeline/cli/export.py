"""`export`: entries as files for other programs, with what says where they come from."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK, usage
from conflict_timeline.cli.filtering import Filtering
from conflict_timeline.cli.options import AsOf, Common, Format, Output, ProjectionName

if TYPE_CHECKING:
    from conflict_timeline.cli.session import Session
    from conflict_timeline.queries.exports.datapackage import FileFormat
    from conflict_timeline.queries.filters import Filters


def export(
    projection: ProjectionName,
    /,
    *,
    conflict: Annotated[str, Parameter(help="Whose timeline.")],
    file_format: Annotated[
        Literal["csv", "geojson", "ndjson"],
        Parameter(
            name="--format", help="geojson: incidents and pairings; ndjson: also of a plug-in."
        ),
    ],
    as_of: AsOf = None,
    into: Annotated[
        Path | None, Parameter(help="The folder [CONFLICT-PROJECTION-POSITION, here].")
    ] = None,
    filtering: Filtering | None = None,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Write entries to a file, and beside it datapackage.json, which says what they are.

    The same position gives the same bytes; a file that holds something else is left alone. A row
    for each file goes to standard output.
    """
    from conflict_timeline.cli.filtering import filters_of
    from conflict_timeline.cli.session import run

    wanted = _Wanted(projection, conflict, file_format, as_of, into, output)

    async def work(session: "Session") -> int:
        filters = filters_of(filtering)
        await _check(session, wanted)
        await _export(session, wanted, filters)
        return OK

    return run(common, work)


@dataclass(frozen=True)
class _Wanted:
    """What to export, as of when, where to, and how to print the rows."""

    projection: str
    conflict: str
    file_format: "FileFormat"
    as_of: str | None
    into: Path | None
    output: Format | None


async def _check(session: "Session", wanted: _Wanted) -> None:
    """Refuse a format that the projection cannot be exported in.

    Raises:
        UsageError: it cannot; or what `known` raises, where there is no such projection.
    """
    from conflict_timeline.cli.selecting import known
    from conflict_timeline.queries.exports.files import formats_of
    from conflict_timeline.queries.exports.tables import TABLES

    formats = formats_of(wanted.projection)
    if wanted.file_format in formats:
        return
    if wanted.projection not in TABLES:
        await known(session.redis, wanted.conflict, [wanted.projection], wanted.as_of)
    usage(
        f"{wanted.projection} cannot be exported as {wanted.file_format};"
        f" it can as {' or '.join(formats)}"
    )


async def _export(session: "Session", wanted: _Wanted, filters: "Filters") -> None:
    import msgspec

    from conflict_timeline.cli.exported import Exported
    from conflict_timeline.cli.output import Columns, write_rows
    from conflict_timeline.cli.placing import placing
    from conflict_timeline.cli.selecting import select
    from conflict_timeline.queries.exports.datapackage import DataFile, datapackage
    from conflict_timeline.queries.exports.files import file_of

    projection, conflict = wanted.projection, wanted.conflict
    selection, provenance = await select(session.redis, conflict, projection, filters, wanted.as_of)
    folder = wanted.into or Path(f"{conflict}-{projection}-{selection.position}")
    str(folder).encode()  # One that is not UTF-8 could not be told of: refused before it is made.
    with placing(folder) as files:
        data = await files.stage(
            f"{projection}.{wanted.file_format}", file_of(selection, wanted.file_format)
        )
        file = DataFile(data.path.name, wanted.file_format, data.bytes, data.sha256)
        package = await files.stage(
            "datapackage.json", [datapackage(selection, filters, provenance, file)]
        )
        # Last the one that describes the other: where it is, all is.
        files.place((data, package))
    count = len(selection.entries)
    rows = [
        Exported(path=str(one.path), entries=entries, bytes=one.bytes, sha256=one.sha256)
        for one, entries in ((data, count), (package, None))
    ]
    write_rows(rows, Columns(Exported.__struct_fields__, msgspec.structs.astuple), wanted.output)
    sys.stderr.write(
        f"{conflict} {projection}/{selection.version} as of position {selection.position}:"
        f" {count} entries in {data.path}\n"
    )
