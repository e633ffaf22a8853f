"""What ships: every set in its own folder, with its terms, and small enough."""

import gzip
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest

from conflict_timeline.cli.samples import SAMPLES

ROOT: Final = Path(str(files("conflict_timeline.samples")))
SETS: Final = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "_")
SHIPPED_BYTES_MAX: Final = 3_000_000


@pytest.mark.parametrize("name", SETS)
def test_a_set_says_where_it_comes_from_and_on_what_terms(name: str) -> None:
    source = (ROOT / name / "SOURCE.md").read_text("utf-8")

    assert "icence" in source
    assert any(terms in source for terms in ("CC0", "ODbL", "Open Database License"))


def test_all_of_it_is_small_enough_for_a_wheel() -> None:
    packed = sum(
        len(gzip.compress(path.read_bytes())) for path in ROOT.rglob("*") if path.is_file()
    )

    assert packed <= SHIPPED_BYTES_MAX


def test_the_share_alike_rows_lie_in_a_folder_of_their_own() -> None:
    assert sorted(path.name for path in (ROOT / "viina").iterdir()) == [
        "LICENSE.md",
        "SOURCE.md",
        "strikes_2022-2025.csv.gz",
    ]


def test_the_demo_publishes_every_set() -> None:
    assert {sample.name for sample in SAMPLES} == set(SETS)
