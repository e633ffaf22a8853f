"""The tables: one flat, documented schema for each projection that ships."""

from collections.abc import Iterator
from typing import Any, Final

from conflict_timeline.queries.exports.chronology import CHRONOLOGY
from conflict_timeline.queries.exports.columns import Table
from conflict_timeline.queries.exports.coverage import COVERAGE
from conflict_timeline.queries.exports.figures import FIGURES
from conflict_timeline.queries.exports.incidents import INCIDENTS
from conflict_timeline.queries.exports.pairings import PAIRINGS
from conflict_timeline.queries.exports.reversals import REVERSALS
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.exports.spreadsheet import csv_lines

TABLES: Final[dict[str, Table[Any]]] = {
    "chronology": CHRONOLOGY,
    "incidents": INCIDENTS,
    "pairings": PAIRINGS,
    "reversals": REVERSALS,
    "figures": FIGURES,
    "coverage": COVERAGE,
}
"""By projection. One of a plug-in has none: what its bodies hold is not known."""

LINE_END: Final = "\r\n"
"""How lines end, as RFC 4180 has it; inside a cell they end as they were written, with LF."""

DIALECT: Final[dict[str, Any]] = {
    "header": True,
    "delimiter": ",",
    "lineTerminator": LINE_END,
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
}
"""How the CSV is written, as Frictionless Table Dialect says it."""


def csv_of(selection: Selection) -> Iterator[bytes]:
    """The selection as CSV, UTF-8 without a byte order mark, a line at a time.

    Raises:
        KeyError: the projection has no table.
    """
    table = TABLES[selection.projection]
    names = [column.name for column in table.columns]
    cells = (table.cells(row) for row in table.rows(selection))
    for line in csv_lines(names, cells, line_end=LINE_END):
        yield line.encode()
