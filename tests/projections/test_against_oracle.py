"""Random histories: the folds say what the oracle reads out of the semantics, and nothing else."""

import pytest

from tests.oracle.histories import history, shuffled
from tests.oracle.semantics import Projection, incidents, pairings, revisions

from .folding import Json, folded, held, read, recorded
from .seeds import seeds


def log_of(seed: int, *, least: int, most: int) -> list[Json]:
    """A random history of some events, in an order that is as random."""
    return shuffled(history(seed, events=least + seed % (most - least + 1)), seed)


@seeds(2000)
def test_current_entries_are_those_of_the_oracle(seeds: range) -> None:
    for seed in seeds:
        events = log_of(seed, least=10, most=60)
        log = recorded(events)
        assert held("incidents", log) == incidents(events), f"seed {seed}"
        assert held("pairings", log) == pairings(events), f"seed {seed}"


@pytest.mark.parametrize("projection", ["incidents", "pairings"])
@seeds(300, by=50)
def test_revisions_are_those_of_the_oracle(projection: Projection, seeds: range) -> None:
    for seed in seeds:
        events = log_of(seed, least=8, most=24)
        made = list(read(folded(projection, recorded(events))))
        assert made == revisions(events, projection), f"seed {seed}"


@pytest.mark.parametrize("projection", ["incidents", "pairings"])
@seeds(6, by=6)
def test_revisions_of_longer_histories_are_those_of_the_oracle(
    projection: Projection, seeds: range
) -> None:
    for seed in seeds:
        events = log_of(seed, least=60, most=60)
        made = list(read(folded(projection, recorded(events))))
        assert made == revisions(events, projection), f"seed {seed}"
