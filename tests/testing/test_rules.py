"""The rules: a projection that keeps them passes, and each fault that was planted is found."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

import pytest

from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.incidents import Incidents
from conflict_timeline.projections.pairings import Pairings
from conflict_timeline.projections.projection import Change
from conflict_timeline.testing import (
    Json,
    Make,
    any_batches,
    any_order,
    applied_twice,
    bodies_alone,
    history,
    keeps_the_rules,
    pure,
    statement,
    strike,
    survives_a_restart,
    well_formed,
)
from tests.testing.planted import (
    ChangesItsBody,
    Clock,
    Fine,
    Forgetful,
    LocalTime,
    NoChange,
    NoObject,
    OnlyHere,
    OrderOfArrival,
    OrderOfASet,
    Simple,
    StateOfTheClass,
    Twice,
    Unpicklable,
    WaitingDisturbs,
    WaitsByOrder,
)

Check = Callable[[Make, list[Json]], None]

EVENTS = [
    strike("2025-02-18T18:00Z/2025-02-19T07:00Z", targets=["energy", "rail"]),
    strike("2025-02-19T18:00Z/2025-02-20T07:00Z", targets=["port"]),
    statement("2025-02-18T14:00Z"),
    strike("2025-02-20T18:00Z/2025-02-21T07:00Z", targets=["water"]),
]


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    yield
    StateOfTheClass.counted.clear()


@pytest.mark.parametrize("seed", range(3))
def test_what_has_no_fault_keeps_the_rules(seed: int) -> None:
    keeps_the_rules(Fine, history(seed))


@pytest.mark.parametrize("make", [Fine, Incidents, Pairings])
def test_the_rules_are_kept_on_no_events_and_on_one(make: Make) -> None:
    keeps_the_rules(make, [])
    keeps_the_rules(make, EVENTS[:1])


@pytest.mark.parametrize("seed", range(3))
def test_the_projections_that_ship_keep_the_rules(seed: int) -> None:
    events = history(seed, events=40)

    keeps_the_rules(Incidents, events, seen_as=bodies_alone)
    keeps_the_rules(Pairings, events, seen_as=_pairs)


def _pairs(entries: Mapping[str, Json]) -> list[str]:
    """The pairs without their incidents' ids, which only the order of arrival decides."""
    return bodies_alone({entry: {**body, "incident": ""} for entry, body in entries.items()})


@pytest.mark.parametrize(
    ("check", "make", "words"),
    [
        (pure, OrderOfASet, "PYTHONHASHSEED=.*same log makes other bytes"),
        (pure, Clock, "a second time the same log makes other bytes"),
        (pure, LocalTime, "in another process"),
        (pure, StateOfTheClass, "a second time"),
        (pure, OnlyHere, "in another process the fold failed:.*it broke apart"),
        (any_order, OrderOfArrival, "not expected: strike-"),
        (any_order, WaitsByOrder, "waiting: 3 and"),
        (any_batches, WaitingDisturbs, "in pages of 1 the same log makes other bytes"),
        (applied_twice, StateOfTheClass, "with all events offered again"),
        (survives_a_restart, Unpicklable, "at position 0 .*cannot be pickled: .*lambda"),
        (survives_a_restart, Forgetful, "after a restart at position 1 "),
        (survives_a_restart, OnlyHere, "in another process the fold failed"),
        (well_formed, ChangesItsBody, "body of all was changed after position 1"),
        (well_formed, Twice, "at position 1 all is yielded twice"),
        (well_formed, NoObject, r"the body of all is no JSON object: \[1\]"),
        (well_formed, NoChange, "at position 1 it yields .*, which is no Change"),
    ],
)
def test_a_fault_is_found(check: Check, make: Make, words: str) -> None:
    with pytest.raises(AssertionError) as raised:
        check(make, EVENTS)

    assert re.search(words, str(raised.value), re.DOTALL), raised.value


@pytest.mark.parametrize(
    "make", [OrderOfASet, OrderOfArrival, WaitingDisturbs, Forgetful, ChangesItsBody]
)
def test_all_rules_together_find_it_too(make: Make) -> None:
    with pytest.raises(AssertionError):
        keeps_the_rules(make, EVENTS)


def test_a_failure_names_its_seed_and_the_seed_fails_again_the_same_way() -> None:
    events = history(3, events=20)
    with pytest.raises(AssertionError, match=r"\(seed \d+\)") as first:
        any_order(OrderOfArrival, events)
    found = re.search(r"\(seed (\d+)\)", str(first.value))
    assert found is not None

    with pytest.raises(AssertionError) as again:
        any_order(OrderOfArrival, events, seed=int(found[1]))

    assert str(again.value) == str(first.value)


def test_what_is_ordered_by_arrival_passes_where_that_is_left_out() -> None:
    any_order(OrderOfArrival, EVENTS, seen_as=bodies_alone)


def test_a_class_without_a_name_of_its_own_is_told_apart() -> None:
    class Local(Simple):
        name: ClassVar[str] = "local"

        def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
            yield from super().changes(recorded)

    with pytest.raises(AssertionError, match="cannot be found by name"):
        pure(Local, EVENTS)
