"""Projections of others: how their entries look, and what is said of one that cannot be used."""

from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from conflict_events.timelines import Entry
from conflict_timeline.cli.entries import columns_of
from conflict_timeline.cli.output import Cell
from conflict_timeline.projections.registry import GROUP
from tests.cli.console import Console
from tests.oracle.builders import strike


def entry(name: str, body: Any, status: str = "asserted") -> Entry:
    """An entry of a projection that we know nothing of."""
    place = {"projection": "mine", "version": 1, "conflict": "ukraine", "entry": name}
    said = {"status": status, "because": ["k"], "body": body}
    row = {"revision": 1, "position": 7, **place, **said}
    return msgspec.json.decode(msgspec.json.encode(row), type=Entry)


DAY: Final = {"earliest": "2025-02-18T00:00:00Z", "latest": "2025-02-19T00:00:00Z"}


def shown(*rows: Entry, citable: bool = False) -> tuple[list[str], list[list[Cell]]]:
    """The names of the columns, and the cells of each row."""
    columns = columns_of("mine", citable=citable, rows=rows)
    return list(columns.names), [list(columns.cells(row)) for row in rows]


def test_a_field_with_one_value_has_a_column() -> None:
    body = {"place": "Odesa", "reports": 2, "share": 0.5, "sure": True, "grade": None}

    assert shown(entry("a", body)) == (
        ["entry", "place", "reports", "share", "sure", "grade"],
        [["a", "Odesa", "2", "0.5", "true", None]],
    )


def test_a_window_is_one_value() -> None:
    instant = {"earliest": DAY["earliest"], "latest": DAY["earliest"]}

    assert shown(entry("a", {"core": DAY}), entry("b", {"core": instant})) == (
        ["entry", "core"],
        [["a", f"{DAY['earliest']} / {DAY['latest']}"], ["b", DAY["earliest"]]],
    )


def test_what_is_nested_in_any_row_is_left_to_json() -> None:
    rows = (
        entry("a", {"n": 1, "core": DAY, "words": ["x"], "of": {"x": 1}}),
        entry("b", {"n": 2, "core": {"earliest": "long ago", "latest": "now"}}),
    )

    assert shown(*rows) == (["entry", "n"], [["a", "1"], ["b", "2"]])


def test_a_field_that_a_row_lacks_is_empty_there() -> None:
    rows = (entry("a", {"n": 1}), entry("b", {"m": "x"}))

    assert shown(*rows) == (["entry", "n", "m"], [["a", "1", None], ["b", None, "x"]])


def test_a_withdrawn_entry_adds_no_column_and_has_no_cells() -> None:
    rows = (entry("a", {"n": 1}), entry("b", {"merged_into": "a"}, "withdrawn"))

    assert shown(*rows, citable=True) == (
        ["position", "entry", "revision", "status", "n"],
        [[7, "a", 1, "asserted", "1"], [7, "b", 1, "withdrawn", ""]],
    )


def test_no_entries_are_a_table_of_ids() -> None:
    assert shown() == (["entry"], [])


@pytest.mark.parametrize(
    "command", [("run", "projector", "--projection"), ("replay", "--conflict", "ukraine")]
)
def test_a_broken_one_is_exit_1_where_it_is_named_and_disturbs_nothing_else(
    console: Console, tmp_path: Path, command: tuple[str, ...]
) -> None:
    info = tmp_path / "bad_dist-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-dist\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nbad = nothing_of_this_name:Bad\n")
    console.publish(strike("a", 0, 1))
    env = {"PYTHONPATH": str(tmp_path)}

    console(*command, "bad", env=env).refuses(1, "'bad' of bad-dist 1.2 cannot be used", "named")
    assert console("replay", "incidents", "--conflict", "ukraine", env=env).code == 0
    assert console("status", env=env).code == 0
