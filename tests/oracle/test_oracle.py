"""The oracle's effective bodies and incidents, pinned to cases worked out by hand from the text."""

import pytest

from .builders import (
    EDITOR,
    PRODUCER,
    at,
    by,
    corrected,
    entry_of,
    members,
    names_by_key,
    retracted,
    sets,
    statement,
    strike,
    window,
)
from .reports import geohash, key_of, place_key
from .semantics import effective, incidents
from .times import Json, microseconds, text_of


def grouped(*events: Json) -> set[frozenset[str]]:
    """Which of the events speak of one attack."""
    return members(incidents(events), list(events))


def only(*events: Json) -> Json:
    """The one incident's body."""
    (body,) = incidents(events).values()
    return body


# Effective bodies


def test_the_last_amendment_by_time_holds_whatever_order_it_arrived_in() -> None:
    """Times are compared as instants: 11:30+02:00 is before 10:00Z."""
    told = strike("a", 0, 1)
    late = corrected("z", told, time="2025-03-01T10:00:00Z", targets=["rail"])
    early = corrected("y", told, time="2025-03-01T11:30:00+02:00", targets=["port"])
    for log in ([late, told, early], [told, early, late], [told, late, early]):
        assert effective(log)[key_of(told)].body["targets"] == ["rail"]


def test_equal_times_fall_back_to_source_then_id_by_bytes() -> None:
    """`Desk` is before `a` by bytes, so the producer's holds; then `b` is after `a` and `Z`."""
    told = strike("e", 0, 1)
    editors = corrected("z", told, source=EDITOR, targets=["rail"])
    capital = corrected("Z", told, targets=["media"])
    first, second = corrected("a", told, targets=["port"]), corrected("b", told, targets=["dam"])
    assert effective([told, editors, first])[key_of(told)].body["targets"] == ["port"]
    log = [second, first, capital, editors, told]
    assert effective(log)[key_of(told)].body["targets"] == ["dam"]


def test_a_correction_after_a_retraction_makes_the_event_effective_again() -> None:
    """Retracted alone it counts nowhere; a later correction holds, an earlier one does not."""
    told = strike("a", 0, 1)
    gone = retracted("r", told, time=at(10))
    assert effective([told, gone]) == {}
    assert effective([told, gone, corrected("c", told, time=at(9))]) == {}
    assert key_of(told) in effective([told, gone, corrected("c", told, time=at(11))])


def test_amendments_of_another_kind_or_of_amendments_or_of_nothing_have_no_effect() -> None:
    """Only an amendment of the event's own kind, that names the event itself, counts."""
    told = strike("a", 0, 1)
    words = statement("a2", 0, 0, "deny")
    fix = corrected("c", told, targets=["rail"])
    of_another_kind = {**retracted("k", told), "type": "conflict.statement.retracted.v1"}
    of_an_amendment = retracted("d", fix, time=at(200))
    of_nothing = retracted("n", strike("never", 0, 1), time=at(200))
    found = effective([told, words, fix, of_another_kind, of_an_amendment, of_nothing])
    assert found.keys() == {key_of(told), key_of(words)}
    assert found[key_of(told)].body["targets"] == ["rail"]
    assert found[key_of(told)].position == 1


def test_times_are_read_with_offsets_and_fractions_and_written_with_six_digits_or_none() -> None:
    """The text of a body's time."""
    assert text_of(microseconds("2025-02-10T01:30:00.5+02:00")) == "2025-02-09T23:30:00.500000Z"
    assert text_of(microseconds("2025-02-10T01:30:00.000Z")) == "2025-02-10T01:30:00Z"


# Rules 2 and 3


def test_overlapping_reports_of_one_place_are_one_incident_with_the_intersection_as_core() -> None:
    """[0, 8) and [5, 12) share [5, 8); the id is the first event's, the place the shorter one's."""
    first = strike("a", 0, 8)
    longest = strike("b", -2, 12, place={"geonames": 709930})
    shortest = strike("c", 5, 10, place={"geonames": 709930, "name": "Shortest"})
    held = incidents([longest, first, shortest])
    assert list(held) == [entry_of(longest)]
    assert held[entry_of(longest)]["core"] == window(5, 8)
    assert held[entry_of(longest)]["place"] == {"geonames": 709930, "name": "Shortest"}


def test_touching_windows_share_nothing() -> None:
    """[0, 6) and [6, 12) have no positive length in common."""
    assert grouped(strike("a", 0, 6), strike("b", 6, 12)) == sets("a", "b")


def test_an_instant_lies_inside_at_the_start_and_not_at_the_end() -> None:
    """6 is in [6, 12) and not in [0, 6); the core becomes the instant."""
    instant, before, after = strike("t", 6, 6), strike("a", 0, 6), strike("b", 6, 12)
    assert grouped(instant, before, after) == sets("t b", "a")
    assert only(instant, after)["core"] == window(6, 6)


def test_two_equal_instants_meet_and_two_others_do_not() -> None:
    """Equal instants only."""
    assert grouped(strike("a", 6, 6), strike("b", 6, 6), strike("c", 7, 7)) == sets("a b", "c")


def test_a_core_inside_the_window_goes_before_one_that_overlaps_it_for_longer() -> None:
    """[0, 10) holds [1, 3) and shares six hours with [4, 11): it joins the first."""
    assert grouped(strike("w", 0, 10), strike("a", 1, 3), strike("b", 4, 11)) == sets("w a", "b")


def test_a_core_that_is_inside_up_to_both_bounds_is_inside() -> None:
    """[0, 10) holds [8, 10), although it shares an hour more with [-6, 3), which is not inside."""
    assert grouped(strike("w", 0, 10), strike("a", 8, 10), strike("b", -6, 3)) == sets("w a", "b")


def test_among_cores_inside_the_earlier_start_wins_over_the_longer_one() -> None:
    """[0, 10) holds [1, 2) and [4, 8)."""
    assert grouped(strike("w", 0, 10), strike("a", 1, 2), strike("b", 4, 8)) == sets("w a", "b")


def test_among_cores_that_only_overlap_the_longest_overlap_wins_then_the_earlier_start() -> None:
    """[4, 13) shares two hours with [0, 6) and four with [9, 15); [3, 12) three with each."""
    left, right = strike("l", 0, 6), strike("r", 9, 15)
    assert grouped(left, right, strike("w", 4, 13)) == sets("l", "r w")
    assert grouped(left, right, strike("w", 3, 12)) == sets("l w", "r")


def test_the_smaller_founders_key_breaks_the_last_tie() -> None:
    """Two parties, one window each, the same; a report that names none joins the smaller key."""
    small, large = names_by_key("one", "two")
    rival, other = (
        strike(large, 1, 3, attribution=by("RUS")),
        strike(small, 1, 3, attribution=by("UKR")),
    )
    assert grouped(rival, other, strike("w", 0, 9)) == sets(f"{small} w", large)
    assert grouped(rival, other, strike("w", 2, 9)) == sets(f"{small} w", large)


def test_equal_windows_are_taken_by_event_key() -> None:
    """No party, RUS and UKR at one time: who comes first decides with whom the first stays."""
    one, two, three = names_by_key("p", "q", "r")
    none = strike(one, 0, 6)
    russian = strike(two, 0, 6, attribution=by("RUS"))
    ukrainian = strike(three, 0, 6, attribution=by("UKR"))
    assert grouped(ukrainian, russian, none) == sets(f"{one} {two}", three)


def test_parties_of_every_basis_decide_who_joins_and_are_passed_on() -> None:
    """The inferred party alone keeps the other out, but is no party of the incident."""
    guessed = strike("a", 0, 1, attribution=by("RUS", basis="inferred_by_outlet"))
    silent, other = strike("b", 0, 2), strike("c", 0, 3, attribution=by("UKR"))
    assert grouped(guessed, silent, other) == sets("a b", "c")
    assert only(guessed, silent)["parties"] == []
    assert grouped(silent, strike("d", 0, 3, attribution=by("UKR", "RUS")), guessed) == sets(
        "a b d"
    )


def test_a_joined_report_narrows_the_core_for_those_after_it() -> None:
    """[0, 6) and [4, 11) leave [4, 6); [-4, 4) overlapped the founder and no longer the core."""
    assert grouped(strike("a", 0, 6), strike("b", 4, 11), strike("c", -4, 4)) == sets("a b", "c")


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ({"geonames": 5, "name": "X", "admin1": "UA-12"}, "geonames:5"),
        ({"name": " KRYVYI   Rih ", "admin1": "UA-12", "country": "UA"}, "UA-12/kryvyi rih"),
        ({"name": "Stra\u00dfe", "country": "DE", "lat": 1.0, "lon": 1.0}, "DE/strasse"),
        ({"name": "\u0418\u0306", "admin1": "UA-30"}, "UA-30/\u0439"),
        ({"name": "X", "lat": 57.64911, "lon": 10.40744, "admin1": None}, "u4pru"),
        ({"lat": 42.6, "lon": -5.6, "admin1": "ES-LE"}, "ezs42"),
        ({"admin1": "UA-12", "country": "UA"}, "UA-12"),
        ({"name": "X"}, None),
        ({"country": "UA", "as_written": "X"}, None),
    ],
)
def test_the_place_key_is_the_first_that_the_place_gives(place: Json, key: str | None) -> None:
    """In the order of rule 2."""
    assert place_key(place) == key


def test_geohashes_have_the_published_digits() -> None:
    """The two examples of the format's description."""
    assert (geohash(57.64911, 10.40744), geohash(42.605, -5.603)) == ("u4pru", "ezs42")


def test_reports_without_a_place_key_stay_alone() -> None:
    """Not even with each other, though they say the same."""
    vague: Json = {"country": "UA"}
    assert grouped(strike("a", 0, 6, place=vague), strike("b", 0, 6, place=vague)) == sets("a", "b")


def test_waves_and_aggregates_are_no_incidents() -> None:
    """Not alone, nor by an incident id."""
    wave = strike("a", 0, 6, scope="wave", incident="x:1")
    assert grouped(wave, strike("b", 0, 6, scope="aggregate"), strike("c", 0, 6)) == sets("c")


# Rule 4


def test_exactly_36_hours_narrow_and_a_second_more_does_not() -> None:
    """The limit itself belongs to rule 3."""
    inner = strike("a", 6, 40)
    assert only(inner, strike("b", 0, 36))["core"] == window(6, 36)
    assert only(inner, strike("b", -1, 36))["core"] == window(6, 40)


def test_a_broad_window_that_joins_nothing_is_imprecise_and_nothing_joins_it() -> None:
    """Two equal broad windows stay apart."""
    one, two = strike("a", 0, 48), strike("b", 0, 48)
    assert grouped(one, two) == sets("a", "b")
    assert [body["imprecise"] for body in incidents([one, two]).values()] == [True, True]


def test_a_broad_window_adds_its_parties() -> None:
    """After the Russian one the Ukrainian one no longer fits, and stands alone."""
    log = (
        strike("a", 0, 1),
        strike("b", 0, 48, attribution=by("RUS")),
        strike("c", 0, 49, attribution=by("UKR")),
    )
    assert grouped(*log) == sets("a b", "c")
    assert incidents(log)[entry_of(log[0])]["parties"][0]["party"] == "RUS"
    assert not incidents(log)[entry_of(log[0])]["imprecise"]


# Rule 1


def test_an_incident_id_unites_whatever_else_is_said() -> None:
    """Places, parties and broad windows make no difference; the founder is the shortest."""
    far: Json = {"geonames": 1}
    near = strike("a", 0, 48, incident="x:1", attribution=by("RUS"))
    other = strike("b", 40, 50, incident="x:1", place=far, attribution=by("UKR"))
    body = only(near, other)
    assert body["core"] == window(40, 48)
    assert (body["windows_disagree"], body["imprecise"], body["place"]) == (False, False, far)


def test_windows_of_one_incident_id_that_touch_or_part_disagree() -> None:
    """[0, 6) and [6, 12), or the instant 6: their hull stands."""
    early = strike("a", 0, 6, incident="x:1")
    for late in (strike("b", 6, 12, incident="x:1"), strike("b", 6, 6, incident="x:1")):
        body = only(early, late)
        assert body["windows_disagree"]
        assert body["core"] == {**window(0, 6), "latest": late["data"]["occurred"]["latest"]}


def test_an_instant_inside_every_window_of_an_incident_id_is_the_core() -> None:
    """0 lies inside [0, 6) and [-6, 1)."""
    body = only(
        strike("a", 0, 6, incident="x:1"),
        strike("b", 0, 0, incident="x:1"),
        strike("c", -6, 1, incident="x:1"),
    )
    assert (body["core"], body["windows_disagree"]) == (window(0, 0), False)


def test_reports_with_an_incident_id_take_no_part_in_the_blocks() -> None:
    """Not even a single one."""
    assert grouped(strike("a", 0, 6, incident="x:1"), strike("b", 0, 6)) == sets("a", "b")


# Bodies


def test_a_body_is_the_sorted_union_over_its_members() -> None:
    """Bases and disputes of one party come together; unknown fields do not."""
    one = strike(
        "a",
        0,
        1,
        place={"geonames": 1, "admin1": "UA-30", "x_hint": "left bank"},
        attribution=[
            {"party": "RUS", "basis": "inferred_by_outlet", "disputed_by": ["un"]},
            {"party": "BLR", "basis": "inferred_by_outlet"},
        ],
        targets=["rail", "rail", "energy"],
        weapons=[{"family": "missile", "model": "Kh-101"}, {"family": "missile"}],
        claimant={"name": "OVA"},
    )
    two = strike(
        "b",
        0,
        2,
        source=EDITOR,
        place={"geonames": 1, "country": "UA", "admin1": "UA-12"},
        attribution=[{"party": "RUS", "basis": "assessed", "disputed_by": ["RUS", "un"]}],
        claimant={"name": "ISW"},
    )
    assert only(one, two) == {
        "members": sorted([key_of(one), key_of(two)]),
        "core": window(0, 1),
        "windows_disagree": False,
        "imprecise": False,
        "place": {"geonames": 1, "admin1": "UA-30"},
        "parties": [
            {
                "party": "RUS",
                "bases": ["assessed", "inferred_by_outlet"],
                "disputed_by": ["RUS", "un"],
            }
        ],
        "targets": ["energy", "energy_grid", "rail"],
        "weapons": ["missile"],
        "admin1s": ["UA-12", "UA-30"],
        "countries": ["UA"],
        "claimants": ["ISW", "OVA"],
        "producers": [EDITOR, PRODUCER],
    }


def test_at_most_256_members_are_shown() -> None:
    """Then the total is given too."""
    log = [strike(f"e{at_}", 0, 1) for at_ in range(257)]
    assert "members_total" not in only(*log[:256])
    body = only(*log)
    assert (len(body["members"]), body["members_total"]) == (256, 257)
