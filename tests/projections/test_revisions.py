"""Revisions: numbered, ordered, caused and chained as the semantics say."""

from hashlib import sha256

import pytest

from conflict_timeline.projections.fold import DIGEST_OF_NOTHING, Fold, OutOfOrderError
from conflict_timeline.projections.registry import (
    PROJECTIONS,
    UnknownProjectionError,
    projection,
)
from tests.oracle.histories import history
from tests.oracle.reports import amended_by, key_of

from .folding import folded, read, recorded
from .kit import article, denial, strike

SEEDS = range(40)


@pytest.mark.parametrize("name", PROJECTIONS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_digest_chains_over_the_bytes_of_all_revisions(name: str, seed: int) -> None:
    fold = Fold(projection(name))
    digest, revisions = bytes(32), 0
    for event in recorded(history(seed, events=40)):
        for made in fold.apply(event):
            digest, revisions = sha256(digest + made.raw).digest(), revisions + 1
            assert made.digest == digest
        assert (fold.digest, fold.revisions) == (digest, revisions)
        assert fold.position == event.position


@pytest.mark.parametrize("name", PROJECTIONS)
@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_count_the_states_of_an_entry_and_no_state_follows_itself(
    name: str, seed: int
) -> None:
    numbers: dict[str, int] = {}
    last: dict[str, tuple[str, str]] = {}
    for revision in read(folded(name, recorded(history(seed, events=40)))):
        entry = revision["entry"]
        numbers[entry] = numbers.get(entry, 0) + 1
        assert revision["number"] == numbers[entry]
        state = (revision["status"], repr(revision["body"]) * (revision["status"] == "asserted"))
        assert last.get(entry, ("withdrawn", "")) != state
        last[entry] = state


@pytest.mark.parametrize("name", PROJECTIONS)
@pytest.mark.parametrize("seed", SEEDS)
def test_within_a_position_withdrawn_comes_first_and_then_the_order_of_ids(
    name: str, seed: int
) -> None:
    events = history(seed, events=40)
    places: dict[int, int] = {}
    order: list[tuple[int, bool, bytes]] = []
    for made, revision in zip(log := folded(name, recorded(events)), read(log), strict=True):
        assert made.k == places.get(made.position, 0)
        places[made.position] = made.k + 1
        order.append((made.position, revision["status"] == "asserted", made.entry.encode()))
    assert order == sorted(set(order))


@pytest.mark.parametrize("name", PROJECTIONS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_revision_names_the_event_that_made_it_and_the_one_that_this_amends(
    name: str, seed: int
) -> None:
    events = history(seed, events=40)
    for revision in read(folded(name, recorded(events))):
        event = events[int(revision["position"]) - 1]
        amended = amended_by(event)
        assert revision["because"] == [key_of(event), *([amended] if amended else [])]


def test_an_empty_timeline_has_a_digest_of_zero_bytes() -> None:
    fold = Fold(projection("incidents"))

    assert (fold.position, fold.digest, fold.revisions) == (0, DIGEST_OF_NOTHING, 0)
    assert bytes(32) == DIGEST_OF_NOTHING


def test_an_event_without_consequence_moves_the_position_alone() -> None:
    fold = Fold(projection("pairings"))
    [paper] = recorded([article("18T12:00")])

    assert fold.apply(paper) == []
    assert (fold.position, fold.digest, fold.revisions) == (1, DIGEST_OF_NOTHING, 0)


@pytest.mark.parametrize("at", [0, 2])
def test_an_event_that_is_not_the_next_one_is_refused_and_changes_nothing(at: int) -> None:
    log = recorded([strike("18T22:00"), denial("18T12:00"), strike("19T22:00")])
    fold = Fold(projection("incidents"))
    fold.apply(log[0])
    digest = fold.digest

    with pytest.raises(OutOfOrderError, match=f"position {at + 1} was given after position 1"):
        fold.apply(log[at])

    assert (fold.position, fold.digest) == (1, digest)
    assert fold.apply(log[1]) == []


def test_an_unknown_projection_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UnknownProjectionError, match=r"'lies'; there are: .*incidents.*pairings"):
        projection("lies")


@pytest.mark.parametrize("name", PROJECTIONS)
def test_a_projection_goes_by_the_name_that_it_is_registered_under(name: str) -> None:
    made = projection(name)

    assert made.name == name
    assert made.version >= 1
