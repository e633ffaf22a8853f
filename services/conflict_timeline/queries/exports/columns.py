"""Columns: what stands in an exported table, told to people and to programs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from msgspec import UNSET, UnsetType

from conflict_events.timelines import Entry
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.exports.spreadsheet import Cell

FieldType = Literal["string", "integer", "number", "boolean", "datetime"]
"""A type of Frictionless Table Schema."""

BodyT = TypeVar("BodyT")
MoreT = TypeVar("MoreT")
RowT = TypeVar("RowT")
ValueT = TypeVar("ValueT")


class Row(NamedTuple, Generic[BodyT, MoreT]):
    """A row before it is flat: an entry, its body, and what else its table shows beside it."""

    entry: Entry
    as_of: int
    body: BodyT
    more: MoreT


@dataclass(frozen=True)
class Column(Generic[RowT]):
    """One column: its name, its type, a sentence on what it holds, and how a cell is made.

    A `required` one is never empty; `values` are all that it may hold, where these are few.
    """

    name: str
    type: FieldType
    description: str
    cell: Callable[[RowT], Cell]
    required: bool = False
    values: tuple[str, ...] = ()

    @property
    def field(self) -> dict[str, Any]:
        """The column as a field of Table Schema."""
        constraints: dict[str, Any] = {"required": True} if self.required else {}
        if self.values:
            constraints["enum"] = list(self.values)
        field: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "description": self.description,
        }
        return field | {"constraints": constraints} if constraints else field


@dataclass(frozen=True)
class Table(Generic[RowT]):
    """The flat table of one projection: what it is about, its columns, and its rows.

    `row` says what a row is for, and `key` names the columns that tell rows apart.
    """

    about: str
    row: str
    columns: Sequence[Column[RowT]]
    rows: Callable[[Selection], Iterable[RowT]]
    key: tuple[str, ...] = ("entry",)

    @property
    def schema(self) -> dict[str, Any]:
        """The table as Table Schema."""
        return {
            "fields": [column.field for column in self.columns],
            "primaryKey": list(self.key),
            "missingValues": [""],
        }

    def cells(self, row: RowT) -> list[Cell]:
        """The flat row."""
        return [column.cell(row) for column in self.columns]


def given(value: ValueT | UnsetType) -> ValueT | None:
    """A field of a body that may not be there."""
    return None if value is UNSET else value


def joined(items: Iterable[str]) -> str | None:
    """A list as one cell; an empty one is an empty cell."""
    return "; ".join(items) or None


JOINED = "joined by `; `"
"""How the description of a column says that it holds a list."""
