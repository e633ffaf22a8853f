"""Tables: CSV files read row by row, each row making events or refused with its reason."""

import csv
import gzip
import io
import os
import re
import zlib
from collections.abc import Callable, Collection, Iterator
from math import isinf
from pathlib import Path
from typing import IO, Final, Protocol

from conflict_events.envelope import Event
from conflict_events.events import Body
from conflict_timeline.connectors.connector import Reading, RefusedRow, Row
from conflict_timeline.connectors.errors import NotThisSetError, RowError

_BROKEN: Final = (EOFError, gzip.BadGzipFile, zlib.error)
"""What reading a damaged gzip file raises. Its checksum comes last: rows before were read."""

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


class Cells:
    """The cells of one row by column name, blanks stripped; an empty cell is None."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def text(self, column: str) -> str | None:
        """The cell's text."""
        return self._values.get(column, "").strip() or None

    def required(self, column: str) -> str:
        """The cell's text.

        Raises:
            RowError: it is empty.
        """
        text = self.text(column)
        if text is None:
            raise RowError(column, "empty")
        return text

    def number(self, column: str) -> float | None:
        """The cell as a finite number.

        Raises:
            RowError: it is none.
        """
        text = self.text(column)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text) or isinf(number := float(text)):
            raise RowError(column, f"{text[:40]!r} is no number")
        return number

    def integer(self, column: str) -> int | None:
        """The cell as a whole number; spreadsheets may have written it as `3.0`.

        Raises:
            RowError: it is none.
        """
        number = self.number(column)
        if number is None:
            return None
        if not number.is_integer():
            raise RowError(column, f"{self.text(column)!r} is no whole number")
        return int(number)

    def flag(self, column: str) -> bool:
        """Whether the cell is `1` or `1.0`; empty is no.

        Raises:
            RowError: it is neither that nor 0.
        """
        value = self.integer(column) or 0
        if value not in (0, 1):
            raise RowError(column, f"{self.text(column)!r} is neither 0 nor 1")
        return value == 1


Make = Callable[[Cells], tuple[Event[Body], ...]]
"""Makes a row's events; raises RowError, or ValueError where a value fits no event."""

Identify = Callable[[Cells], str | None]
"""The id of a row's event, as far as it can be told of a bad row too."""


_FIELD_CHARS_MAX: Final = 131_072
"""A longer cell is refused with its row: an open quotation mark swallows what follows."""


class _Table(Protocol):
    """What `csv.reader` answers; its type has no public name."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


def read_table(path: str, *, columns: Collection[str], make: Make, identify: Identify) -> Reading:
    """Read a CSV file with a header, UTF-8, possibly gzipped (`.gz`).

    Raises:
        NotThisSetError: the header lacks a column of the set, or there is none.
        OSError: the file cannot be read.
    """
    if "://" in path:
        raise NotThisSetError(f"{path} is an address; this set is read from a file")
    raw = Path(path).open("rb")  # noqa: SIM115 - read as long as the rows are
    try:
        size = os.fstat(raw.fileno()).st_size
        text = _text(raw, path)
        # Of the whole process; other libraries lift it.
        csv.field_size_limit(_FIELD_CHARS_MAX)
        table = csv.reader(text)
        header = _header(table, columns, path)
    except BaseException:
        raw.close()
        raise
    rows = _rows(raw, table, header, make, identify)
    return Reading(rows, lambda: 1.0 if raw.closed else raw.tell() / max(size, 1))


def _text(raw: IO[bytes], path: str) -> io.TextIOWrapper:
    # What is not UTF-8 comes through as surrogates, so that it costs its own row only.
    # A GzipFile reads as any file does, but is no IO by its type.
    plain: IO[bytes] = gzip.GzipFile(fileobj=raw) if path.endswith(".gz") else raw  # type: ignore[assignment]
    return io.TextIOWrapper(plain, "utf-8-sig", errors="surrogateescape", newline="")


def _header(table: _Table, columns: Collection[str], path: str) -> list[str]:
    try:
        header = next(iter(table), list[str]())
    except (csv.Error, *_BROKEN) as error:
        raise NotThisSetError(f"{path} is no CSV file: {error}") from error
    if not header:
        raise NotThisSetError(f"{path} is empty")
    if any(not column.isprintable() for column in header):
        raise NotThisSetError(f"{path} is no CSV file in UTF-8")
    missing = [column for column in columns if column not in header]
    if missing:
        raise NotThisSetError(f"{path} is not of this set: it has no column {', '.join(missing)}")
    return header


def _rows(
    raw: IO[bytes],
    table: _Table,
    header: list[str],
    make: Make,
    identify: Identify,
) -> Iterator[Row | RefusedRow]:
    with raw:
        while True:
            line = table.line_num + 1
            try:
                values = next(table)
            except StopIteration:
                return
            except csv.Error as error:
                yield RefusedRow(line, None, "$", f"no row of a CSV file: {error}")
                continue
            except _BROKEN as error:
                yield RefusedRow(line, None, "$", f"the file breaks off here: {error}")
                return
            if any(values):
                yield _row(line, values, header, make, identify)


def _row(
    line: int, values: list[str], header: list[str], make: Make, identify: Identify
) -> Row | RefusedRow:
    cells = Cells(dict(zip(header, values, strict=False)))
    try:
        _readable(header, values)
        return Row(line, make(cells))
    except RowError as error:
        path = "$" if error.column == "$" else f"$.{error.column}"
        return RefusedRow(line, _identity(cells, identify), path, error.message)
    except (ValueError, OverflowError) as error:
        # Of a struct or a window of the contract: the value fits no event.
        return RefusedRow(line, _identity(cells, identify), "$", str(error))


def _readable(header: list[str], values: list[str]) -> None:
    if len(values) != len(header):
        hint = ""
        if any("\n" in value for value in values):
            hint = "; a quotation mark that is not closed takes in the lines behind it"
        raise RowError("$", f"{len(values)} cells under a header of {len(header)}{hint}")
    for column, value in zip(header, values, strict=True):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise RowError(column, f"not UTF-8 at character {error.start}") from None


def _identity(cells: Cells, identify: Identify) -> str | None:
    try:
        return identify(cells)
    except ValueError:
        return None
