"""Same log, same bytes: whatever the batches, the process, or what is folded beside it (I5)."""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from conflict_timeline.projections.fold import Fold, RevisionMade
from conflict_timeline.projections.registry import PROJECTIONS, projection
from tests.oracle.histories import history, shuffled

from .dense import dense_history
from .digests import digests
from .folding import Json, folded, knowledge, recorded
from .seeds import seeds

HISTORIES = 10


@seeds(30, by=30)
def test_a_log_that_is_folded_twice_makes_the_same_bytes(seeds: range) -> None:
    for seed in seeds:
        for events in (history(seed, events=50), dense_history(seed)):
            for name in PROJECTIONS:
                first = folded(name, recorded(events))
                assert first == folded(name, recorded(events)), f"{name}, seed {seed}"


@seeds(30, by=30)
def test_folds_that_go_on_by_turns_in_batches_of_any_size_do_not_disturb_each_other(
    seeds: range,
) -> None:
    for seed in seeds:
        rng = Random(seed)
        log = recorded(history(seed, events=50))
        folds = [Fold(projection(name)) for name in PROJECTIONS for _ in range(3)]
        waiting = [iter(log) for _ in folds]
        made: list[list[RevisionMade]] = [[] for _ in folds]
        while any(fold.position < len(log) for fold in folds):
            turn = rng.randrange(len(folds))
            for event in islice(waiting[turn], rng.randint(1, 20)):
                made[turn] += folds[turn].apply(event)
        for fold, revisions in zip(folds, made, strict=True):
            assert revisions == folded(fold.projection.name, log), f"seed {seed}"


@seeds(60, by=30)
def test_the_same_events_in_any_order_give_the_same_knowledge(seeds: range) -> None:
    for seed in seeds:
        events = history(seed, events=50)
        orders = [events[::-1], *(shuffled(events, order) for order in range(4))]
        known = knowledge(recorded(events))
        for order in orders:
            assert knowledge(recorded(order)) == known, f"seed {seed}"


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_another_process_with_another_order_of_sets_makes_the_same_bytes(hash_seed: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.projections.digests", str(HISTORIES)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert told.splitlines() == list(digests(HISTORIES))


def test_a_prefix_of_a_log_makes_a_prefix_of_its_revisions() -> None:
    events: list[Json] = history(7, events=50)
    log = recorded(events)
    for name in PROJECTIONS:
        whole = folded(name, log)
        for length in range(len(log)):
            part = folded(name, log[:length])
            assert part == whole[: len(part)]
            assert not [one for one in whole[len(part) :] if one.position <= length]
