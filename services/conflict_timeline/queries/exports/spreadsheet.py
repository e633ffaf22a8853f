"""Spreadsheet: CSV as RFC 4180 has it, in which no cell is run as a formula."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from defusedcsv import csv

Cell = str | int | float | bool | None
"""A value; None is an empty cell."""

# defusedcsv looks at the first character only. Spreadsheets pass over blanks and marks that cannot
# be seen, and some read the full-width forms of the signs as the signs.
_HIDDEN: Final = re.compile(
    r"[\t\r\n]|[\s\u200b-\u200f\u2060\ufeff]+[=+\-@|%＝＋－＠]|[＝＋－＠]"  # noqa: RUF001 - these
)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """The text, to whoever wrote it."""
        return text


def csv_lines(
    names: Sequence[str], rows: Iterable[Sequence[Cell]], *, line_end: str
) -> Iterator[str]:
    """Lines of CSV, the names first.

    A text that a spreadsheet would run begins with `'`, and if it began with a sign, each `|` in it
    has a backslash before it. Numbers stay numbers, texts such as `-33.9` among them; truth values
    are `true` and `false`, and nothing is an empty cell.
    """
    writer: Any = csv.writer(_Echo(), lineterminator=line_end)
    yield writer.writerow(names)
    for row in rows:
        yield writer.writerow([_as_data(cell) for cell in row])


def _as_data(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str() if _HIDDEN.match(cell):
            return f"'{cell}"
        case _:
            return cell
