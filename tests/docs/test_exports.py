"""Every column of an export and every field of its package is documented, and nothing else is."""

import ast
import json
import re
from pathlib import Path
from typing import Final

import pytest

from conflict_timeline.cli.exported import Exported
from conflict_timeline.queries.exports.columns import Column
from conflict_timeline.queries.exports.datapackage import (
    MEDIA_TYPES,
    DataFile,
    FileFormat,
    Provenance,
    datapackage,
)
from conflict_timeline.queries.exports.tables import TABLES
from conflict_timeline.queries.filters import Filters
from tests.docs.test_reference import section
from tests.queries.exporting import FULL, selection

PAGE: Final = (Path(__file__).parents[2] / "docs" / "reference" / "exports.md").read_text("utf-8")
_WINDOW: Final = re.compile(r"(?<=_)(24h|72h|7d|30d)(?=_|$)")


def part(heading: str) -> str:
    """The part of the page under a heading."""
    pattern = rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)"
    found = re.search(pattern, PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, f"exports.md has no section {heading!r}"
    return found[1]


def row_of(column: Column[object]) -> str:
    """The row that documents a column; W stands for each of the four windows."""
    window = _WINDOW.search(column.name)
    row = f"| `{column.name}` | {column.type} | {column.description} |"
    return row if window is None else row.replace(window[0], "W")


@pytest.mark.parametrize("projection", TABLES)
def test_a_column_is_documented_with_its_type_and_its_sentence(projection: str) -> None:
    rows = (part("Columns of every table") + part(f"Columns of `{projection}`")).splitlines()

    wanted = [row_of(column) for column in TABLES[projection].columns]
    assert [row for row in wanted if row not in rows] == []


def test_no_column_is_documented_that_is_not_there() -> None:
    rows = {row_of(column) for table in TABLES.values() for column in table.columns}

    assert [
        line
        for line in PAGE[PAGE.index("## Columns of every table") :].splitlines()
        if line.startswith("| `") and line not in rows
    ] == []


@pytest.mark.parametrize("file_format", MEDIA_TYPES)
def test_a_field_of_the_package_is_documented(file_format: FileFormat) -> None:
    provenance = Provenance("0" * 64, None, {"urn:a": 1, "urn:b": 1}, {"urn:a": "CC0-1.0"})
    file = DataFile(f"pairings.{file_format}", file_format, 1, "0" * 64)
    made = json.loads(datapackage(selection("pairings", *FULL), Filters(), provenance, file))
    parts = [made, *made["sources"], *made["licenses"], *made["resources"]]

    told = part("`datapackage.json`")
    assert {name for one in parts for name in one if f"`{name}`" not in told} == set()


@pytest.mark.parametrize("file_format", MEDIA_TYPES)
def test_a_format_is_documented(file_format: FileFormat) -> None:
    assert f"| `{file_format}` |" in PAGE


@pytest.mark.parametrize("field", Exported.__struct_fields__)
def test_a_field_of_a_row_that_export_prints_is_documented(field: str) -> None:
    assert f"`{field}`" in section("export")


def test_the_example_is_python() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

    assert len(ast.parse(example).body) > 3
