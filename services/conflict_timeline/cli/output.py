"""Output: data on standard output, as a table for people or as JSON, NDJSON or CSV for programs."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec

from conflict_timeline.cli.options import Format
from conflict_timeline.cli.text import escaped, visible

Cell = str | int | None

_WIDE: Final = 100_000


@dataclass(frozen=True)
class Columns:
    """How rows look as a table or as CSV: names, and the cells of a row."""

    names: Sequence[str]
    cells: Callable[[Any], Sequence[Cell]]


def chosen(output: Format | None) -> Format:
    """The format asked for, else the one that suits where the output goes."""
    return output or ("table" if sys.stdout.isatty() else "ndjson")


def write_rows(rows: Sequence[Any], columns: Columns, output: Format | None) -> None:
    """Print rows in the format asked for."""
    match chosen(output):
        case "json":
            _write(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
        case "ndjson":
            for row in rows:
                _write(msgspec.json.encode(row) + b"\n")
        case "csv":
            _write_csv(columns.names, [columns.cells(row) for row in rows])
        case "table":
            _write_table(columns.names, [columns.cells(row) for row in rows])
    sys.stdout.flush()


def write_one(value: Any, output: Format | None) -> None:
    """Print one object: a line for each field in a table, one row in CSV."""
    raw = msgspec.json.encode(value)
    cells = {
        name: _cell(bytes(field))
        for name, field in msgspec.json.decode(raw, type=dict[str, msgspec.Raw]).items()
    }
    match chosen(output):
        case "json":
            _write(msgspec.json.format(raw, indent=2) + b"\n")
        case "ndjson":
            _write(raw + b"\n")
        case "csv":
            _write_csv(list(cells), [list(cells.values())])
        case "table":
            _write_table(("", ""), list(cells.items()))
    sys.stdout.flush()


def _cell(field: bytes) -> Cell:
    """A text as it is, null as nothing, all else as JSON."""
    value = msgspec.json.decode(field) if field.startswith((b'"', b"null")) else field.decode()
    return cast("str | None", value)


def _write(raw: bytes) -> None:
    """Write bytes; on a terminal without what would act on it.

    JSON stays JSON: what is written out here stands inside its strings only.
    """
    if sys.stdout.isatty():
        text = raw.decode()
        shown = (c if c == "\n" or c.isprintable() else _in_json(c) for c in text)
        raw = text.encode() if text.isprintable() else "".join(shown).encode()
    left = memoryview(raw)
    while left:  # Unbuffered (python -u) it may take only a part.
        left = left[sys.stdout.buffer.write(left) :]


def _in_json(char: str) -> str:
    # JSON writes what lies beyond 16 bits as two surrogates.
    pair = char.encode("utf-16-be")
    return "".join(escaped(chr(int.from_bytes(pair[at : at + 2]))) for at in range(0, len(pair), 2))


def _write_csv(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    from conflict_timeline.queries.exports.spreadsheet import csv_lines

    _write("".join(csv_lines(names, rows, line_end="\n")).encode())


def _write_table(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=any(names))
    for name in names:
        # Text, not markup: what events say must not be read as instructions to the terminal.
        table.add_column(Text(visible(name)), overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else visible(str(cell))) for cell in row))
    # Lines are folded where there is a screen to fit; a file or a pager has none.
    console = Console(width=None if sys.stdout.isatty() else _WIDE)
    # Not printed by rich: it would end the program when nobody reads any more.
    with console.capture() as shown:
        console.print(table)
    sys.stdout.write(shown.get())


def say(line: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{visible(line)}\n")
    sys.stdout.flush()
