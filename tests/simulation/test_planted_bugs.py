"""Bugs that are planted are found: by the simulation, within so many histories."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conflict_timeline.testing.memory import MemoryCommitter
from tests.simulation.planted import BUGS, first_failure

ROOT = Path(__file__).parents[2]

WITHIN: dict[str, tuple[int, set[str]]] = {
    "an unordered tie": (1_000, {"I7", "oracle"}),
    "a retraction lost when early": (100, {"I7", "oracle"}),
    "a lost retraction": (500, {"oracle"}),
    "a doubled commit": (10, {"R3", "R4"}),
    "a commit doubled by a lost answer": (50, {"R3", "R4"}),
    "a set iteration": (100, {"oracle"}),
}
"""How many histories it may take, and which promises it breaks."""

SUBTLE = 24
"""Histories that are folded by several processes: the oracle looks at none of them."""


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found(name: str) -> None:
    """Seeds from 1 on: always the same."""
    histories, promises = WITHIN[name]
    with BUGS[name]() as committer:
        error = first_failure(range(1, histories + 1), committer)

    assert error is not None, f"{name} was not found in {histories} histories"
    print(f"{name} took {error.seed} histories: {error}")
    assert error.promise in promises
    assert f"again: just simulate {error.seed}" in str(error)


def test_without_a_planted_bug_the_same_histories_keep_every_promise() -> None:
    """What was found is the bug, not the history."""
    assert first_failure(range(1, 1_001), MemoryCommitter) is None


def told(hash_seed: str, *planted: str) -> list[str]:
    """The digests that a process of its own makes, with sets in an order of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.simulation.planted", str(SUBTLE), *planted],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()


def test_another_order_of_sets_makes_the_same_bytes() -> None:
    """Of whole simulations: logs and timelines."""
    ordered, *others = (told(hash_seed) for hash_seed in ("0", "1", "random"))

    assert len(ordered) == SUBTLE
    assert others == [ordered, ordered]


def test_a_fold_that_iterates_over_a_set_makes_other_bytes_in_another_process() -> None:
    """Which no check inside one process needs to see: its sets have one order."""
    ordered, *others = (told(hash_seed, "set-iteration") for hash_seed in ("0", "1", "2"))

    assert len(ordered) == SUBTLE
    for other in others:
        differ = [
            at for at, (one, two) in enumerate(zip(ordered, other, strict=True), 1) if one != two
        ]
        print(f"seed {differ[0]} was the first to differ")
        assert differ
