"""Output: data on standard output, as a table for people or as JSON, NDJSON or CSV for programs."""

import io
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import Parameter

Format = Literal["table", "json", "ndjson", "csv"]

Output = Annotated[
    Format | None,
    Parameter(name="--output", help="How to print [table on a terminal, else ndjson]."),
]

Cell = str | int | None


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
            _write_csv(rows, columns)
        case "table":
            _write_table(rows, columns)
    sys.stdout.flush()


def write_one(value: Any, output: Format | None) -> None:
    """Print one object: indented on a terminal, else on one line."""
    raw = msgspec.json.encode(value)
    if chosen(output) in ("table", "json"):
        raw = msgspec.json.format(raw, indent=2)
    _write(raw + b"\n")
    sys.stdout.flush()


def _write(raw: bytes) -> None:
    sys.stdout.buffer.write(raw)


def _write_csv(rows: Sequence[Any], columns: Columns) -> None:
    # Cells that a spreadsheet would run as a formula are escaped.
    from defusedcsv import csv

    text = io.StringIO()
    writer: Any = csv.writer(text, lineterminator="\n")
    writer.writerow(columns.names)
    for row in rows:
        writer.writerow(["" if cell is None else cell for cell in columns.cells(row)])
    _write(text.getvalue().encode())


def _write_table(rows: Sequence[Any], columns: Columns) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for name in columns.names:
        table.add_column(name, overflow="fold")
    for row in rows:
        # Text, not markup: what events say must not be read as instructions to the terminal.
        table.add_row(*(Text(visible(cell)) for cell in columns.cells(row)))
    Console().print(table)


def say(line: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def visible(cell: Cell) -> str:
    """A cell's text with control characters made visible."""
    text = "" if cell is None else str(cell)
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def field(row: Mapping[str, Any], *path: str) -> Any:
    """A field deep in a JSON object, or None."""
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
