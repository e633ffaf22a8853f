"""The index of intervals finds what a search through all of them finds."""

from random import Random
from typing import NamedTuple

import pytest

from conflict_timeline.projections.intervals import LEVEL_MAX, IntervalIndex, level_of

from .seeds import seeds

HOUR_US = 3_600_000_000
LENGTHS_US = (0, 1, HOUR_US, 2**33 - 1, 2**33, 2**33 + 1, 13 * HOUR_US, 2**36, 2**50)


class _Drawn(NamedTuple):
    number: int
    earliest: int
    latest: int

    def __hash__(self) -> int:
        return self.number


def _drawn(rng: Random, number: int) -> _Drawn:
    earliest = rng.randrange(-200, 200) * HOUR_US + rng.choice((-1, 0, 0, 1))
    return _Drawn(number, earliest, earliest + rng.choice(LENGTHS_US))


@seeds(200)
def test_it_finds_exactly_those_that_share_a_point_on_the_levels_asked_for(seeds: range) -> None:
    for seed in seeds:
        rng = Random(seed)
        index: IntervalIndex[_Drawn] = IntervalIndex()
        held: set[_Drawn] = set()
        for number in range(rng.randint(1, 80)):
            index.add(interval := _drawn(rng, number))
            held.add(interval)
            if rng.random() < 0.3:
                index.remove(gone := rng.choice(sorted(held)))
                held.remove(gone)
            sought = _drawn(rng, -1)
            above, below = rng.choice(((0, LEVEL_MAX), (0, 3), (2, LEVEL_MAX)))
            found = list(index.touching(sought.earliest, sought.latest, above=above, below=below))
            assert len(found) == len(set(found)), f"seed {seed}"
            assert set(found) == {
                one
                for one in held
                if one.earliest <= sought.latest
                and one.latest >= sought.earliest
                and above <= level_of(one.latest - one.earliest) <= below
            }, f"seed {seed}"


def test_what_is_not_there_cannot_be_taken_out() -> None:
    index: IntervalIndex[_Drawn] = IntervalIndex()
    index.add(_Drawn(1, 0, 5))

    with pytest.raises(KeyError):
        index.remove(_Drawn(2, 0, 5))


def test_the_longest_window_of_the_contract_has_a_level() -> None:
    four_centuries_us = 400 * 366 * 24 * HOUR_US

    assert level_of(four_centuries_us) <= LEVEL_MAX
