"""Given, when, then: what a reader is told, and how a failure reads."""

import threading

import pytest

from conflict_timeline.projections.pairings import Pairings
from conflict_timeline.testing import (
    InvalidEventError,
    NotBegunError,
    asserted,
    correction_of,
    denial,
    given,
    key_of,
    retraction_of,
    strike,
    then,
    when,
    withdrawn,
)
from tests.testing.planted import Clock, Fine, Twice

ENERGY = strike("2025-02-18T18:00Z/2025-02-19T07:00Z")
RAIL = strike("2025-02-18T18:00Z/2025-02-19T07:00Z", targets=["rail", "energy"])


def test_a_strike_reported_before_the_denial_is_not_paired() -> None:
    given(denial("2025-02-18T14:00Z"))

    when(strike("2025-02-18T10:00Z/2025-02-18T11:00Z"))

    then(Pairings).holds_nothing()


def test_a_strike_reported_after_the_denial_is_paired() -> None:
    words = denial("2025-02-18T14:00Z")
    given(words)

    when(ENERGY)

    then(Pairings).holds_entry(
        f"{key_of(words)}:i-{key_of(ENERGY)}", order="after", topics=["energy"]
    )


def test_the_current_entries_are_those_after_all_events() -> None:
    given(ENERGY)
    when(RAIL)
    when(retraction_of(ENERGY))

    then(Fine).holds({"energy": {"reports": 1}, "rail": {"reports": 1}}).holds_entry("rail")


def test_only_what_came_after_the_given_was_made() -> None:
    given(ENERGY)
    when(RAIL, correction_of(RAIL, targets=["energy"]))

    then(Fine).made(
        asserted("energy", reports=2), asserted("rail", reports=1), withdrawn("rail")
    ).waits_for(0)


def test_an_event_that_comes_again_makes_nothing() -> None:
    given(ENERGY)
    when(ENERGY)

    then(Fine).made_nothing().holds({"energy": {}})


def test_a_tuple_is_expected_like_a_list() -> None:
    given(ENERGY)

    then(Fine).holds_entry("energy", words=())


@pytest.mark.parametrize(
    ("expected", "lines"),
    [
        ({"energy": {"reports": 2}}, ['expected {"reports":2}', 'but is   {"reports":1}']),
        ({"energy": {}, "port": {"reports": 1}}, ['missing: port {"reports":1}']),
        ({}, ['not expected: energy {"reports":1,"words":[]}']),
        ({"energy": {"places": 1}}, ['expected {"places":1}', "but is   {}"]),
    ],
)
def test_a_failure_shows_what_differs_and_the_log(
    expected: dict[str, dict[str, int]], lines: list[str]
) -> None:
    given(ENERGY)

    with pytest.raises(AssertionError) as raised:
        then(Fine).holds(expected)

    for line in lines:
        assert line in str(raised.value)
    assert f"1. conflict.strike.reported.v1 {ENERGY['id']}" in str(raised.value)


def test_a_failure_shows_the_revisions_that_were_made() -> None:
    given()
    when(ENERGY)

    with pytest.raises(AssertionError) as raised:
        then(Fine).made(withdrawn("energy", into="rail"))

    assert "expected withdrawn energy {'merged_into': 'rail'}" in str(raised.value)
    assert "but made asserted energy {'reports': 1, 'words': []}" in str(raised.value)


def test_other_fields_than_expected_fail() -> None:
    given()
    when(ENERGY)

    with pytest.raises(AssertionError, match="made other revisions"):
        then(Fine).made(asserted("energy", reports=2))


def test_an_entry_that_is_not_there_fails() -> None:
    given(ENERGY)

    with pytest.raises(AssertionError, match="missing: rail"):
        then(Fine).holds_entry("rail")


def test_another_number_of_waiting_events_fails() -> None:
    given(retraction_of(ENERGY))

    then(Fine).waits_for(1)
    with pytest.raises(AssertionError, match="waits for 1, not for 0"):
        then(Fine).waits_for(0)


def test_every_story_finds_what_is_not_pure_or_yielded_twice() -> None:
    given(ENERGY)

    with pytest.raises(AssertionError, match="a second fold of the same log"):
        then(Clock)
    with pytest.raises(AssertionError, match="all is yielded twice"):
        then(Twice)


@pytest.mark.parametrize("other", ["first", "second"])
def test_a_story_does_not_go_on_in_another_test(other: str) -> None:
    """Whichever comes second would see what the first one has given."""
    with pytest.raises(NotBegunError, match=r"begin the test with given\(\)"):
        when(ENERGY)
    given(denial("2025-02-18T14:00Z", id=other))


def test_a_story_is_of_its_thread() -> None:
    given(ENERGY)
    other = threading.Thread(target=given)
    other.start()
    other.join()

    then(Fine).holds({"energy": {}})


def test_two_events_of_one_name_that_say_different_things_are_no_log() -> None:
    given(strike("2025-02-18", id="1"), strike("2025-02-19", id="1"))

    with pytest.raises(InvalidEventError, match="two events are named '1'"):
        then(Fine)


def test_events_of_two_conflicts_are_no_log() -> None:
    given(ENERGY, strike("2025-02-18", conflict="sudan"))

    with pytest.raises(InvalidEventError, match="of one conflict, not of ukraine and others"):
        then(Fine)
