"""The page of the seed article: each entry has a row and a test, and each test that it names is."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.seed import ENTRIES

HERE: Final = Path(__file__).parent
PAGE: Final = (HERE.parents[1] / "docs" / "seed-article.md").read_text("utf-8")
ROWS: Final = [
    tuple(cell.strip() for cell in found)
    for found in re.findall(r"^\| ([SEFC]\d\d) \|([^|]+)\|([^|]+)\|([^|]+)\|$", PAGE, re.MULTILINE)
]
NAMED: Final = {entry: set(re.findall(r"`(test_\w+)`", tests)) for entry, _, _, tests in ROWS}
MODULES: Final = {
    "S": "test_seed_statements",
    "E": "test_seed_strikes",
    "F": "test_seed_figures",
    "C": "test_seed_conflicts",
}


def of_module(letter: str) -> set[str]:
    """The tests of the module for the entries that begin with a letter."""
    module = ast.parse((HERE / f"{MODULES[letter]}.py").read_text("utf-8"))
    return {
        node.name
        for node in module.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_entry_of_the_inventory_has_one_row_in_its_order() -> None:
    assert len(ENTRIES) == 34 + 6 + 12 + 23
    assert [entry for entry, *_ in ROWS] == list(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_has_a_test_and_its_row_names_every_one(entry: str) -> None:
    own = {name for name in of_module(entry[0]) if name.startswith(f"test_{entry.lower()}_")}

    assert own
    assert own <= NAMED[entry]


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_row_names_only_tests_that_there_are(entry: str) -> None:
    assert NAMED[entry] <= of_module(entry[0])


@pytest.mark.parametrize("letter", MODULES)
def test_every_test_is_named_in_a_row(letter: str) -> None:
    assert of_module(letter) <= set[str]().union(*NAMED.values())


def test_every_file_that_the_page_links_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (HERE.parents[1] / "docs" / target).exists(), target
