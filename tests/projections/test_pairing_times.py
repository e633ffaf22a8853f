"""When a strike is paired with the words before it (semantics, pairings: act, time, windows)."""

import pytest

from conflict_timeline.projections.pairings import Pairings

from .kit import (
    DNIPRO,
    asserted,
    by,
    denial,
    given,
    held,
    incident_id,
    pair,
    pair_id,
    statement,
    strike,
    then,
    when,
    window,
)

ALL_DEFINITE = dict.fromkeys(("24h", "72h", "7d", "30d"), "definite")
ALL_POSSIBLE = dict.fromkeys(("24h", "72h", "7d", "30d"), "possible")
HOUR_S = 3600


def test_a_strike_reported_after_the_denial_is_paired_with_all_that_a_reader_needs() -> None:
    words = denial(
        "18T12:00/18T13:00",
        speaker={"name": "A speaker", "role": "spokesman", "party": "RUS"},
        topics=["rail", "energy_grid", "energy"],
    )
    given(words)

    hit = strike("18T22:00/18T23:00", targets=["rail", "energy_grid", "oil_gas"])
    when(hit)

    then(Pairings()).holds(
        {
            "statement": pair_id(words, hit).partition(":")[0],
            "incident": incident_id(hit),
            "parties": held("RUS"),
            "topics": ["energy", "energy_grid", "rail"],
            "order": "after",
            "lag_min_s": 9 * HOUR_S,
            "lag_max_s": 11 * HOUR_S,
            "windows": ALL_DEFINITE,
            "rules": "pairings/1",
            "speaker": {"name": "A speaker", "role": "spokesman", "party": "RUS"},
            "act": "deny",
            "proposition": "Russia does not strike energy.",
            "said": window("18T12:00/18T13:00"),
            "place": DNIPRO,
            "core": window("18T22:00/18T23:00"),
            "targets": ["energy_grid", "oil_gas", "rail"],
        }
    )


def test_the_same_pair_comes_of_a_statement_that_was_recorded_last() -> None:
    words, hit = denial("18T12:00"), strike("18T22:00/18T23:00")
    given(hit)

    when(words)

    then(Pairings()).made(asserted(pair_id(words, hit), number=1, body={"order": "after"}))


# Order and windows


def test_a_strike_reported_before_the_denial_is_not_paired() -> None:
    given(denial("18T14:00"))

    when(strike("18T10:00/18T11:00"))

    then(Pairings()).holds_nothing()


def test_a_strike_that_ended_as_the_words_began_is_not_paired() -> None:
    given(denial("18T14:00/18T15:00"), strike("18T10:00/18T14:00"))

    then(Pairings()).holds_nothing()


def test_an_instant_at_the_instant_of_the_words_is_not_paired() -> None:
    given(denial("18T14:00"), strike("18T14:00"))

    then(Pairings()).holds_nothing()


def test_a_strike_that_ended_a_microsecond_after_the_words_began_is_of_unknown_order() -> None:
    words, hit = denial("18T14:00/18T15:00"), strike("18T10:00/18T14:00:00.000001")
    given(words, hit)

    then(Pairings()).holds(
        pair(words, hit, order="unknown", lag_min_s=0, lag_max_s=0, windows=ALL_POSSIBLE)
    )


def test_a_strike_that_may_have_begun_before_the_words_were_out_is_never_definite() -> None:
    words, hit = denial("18T12:00/18T18:00"), strike("18T17:00/18T19:00")
    given(words, hit)

    then(Pairings()).holds(
        pair(words, hit, order="unknown", lag_min_s=0, lag_max_s=7 * HOUR_S, windows=ALL_POSSIBLE)
    )


def test_a_strike_that_began_as_the_words_were_out_came_after() -> None:
    words, hit = denial("18T12:00/18T18:00"), strike("18T18:00/18T19:00")
    given(words, hit)

    then(Pairings()).holds(
        pair(words, hit, order="after", lag_min_s=0, lag_max_s=7 * HOUR_S, windows=ALL_DEFINITE)
    )


def test_a_night_that_reaches_over_the_24_hours_is_possible_there_and_definite_beyond() -> None:
    words, hit = denial("18T12:00"), strike("19T06:00/19T12:00:00.000001")
    given(words, hit)

    then(Pairings()).holds(
        pair(
            words,
            hit,
            windows={"24h": "possible", "72h": "definite", "7d": "definite", "30d": "definite"},
        )
    )


def test_a_night_that_ends_with_the_24_hours_is_definite() -> None:
    words, hit = denial("18T12:00"), strike("19T06:00/19T12:00")
    given(words, hit)

    then(Pairings()).holds(pair(words, hit, lag_max_s=24 * HOUR_S, windows=ALL_DEFINITE))


def test_a_window_that_the_strike_surely_missed_is_absent() -> None:
    words = denial("18T12:00")
    last_possible = strike("21T12:00/21T13:00")
    missed = strike("21T12:00:00.000001/21T13:00", place={"geonames": 706483})
    given(words, last_possible, missed)

    then(Pairings()).holds(
        pair(
            words,
            last_possible,
            windows={"72h": "possible", "7d": "definite", "30d": "definite"},
        ),
        pair(words, missed, windows={"7d": "definite", "30d": "definite"}),
    )


def test_lags_are_whole_seconds_rounded_down() -> None:
    words, hit = denial("18T12:00"), strike("18T12:00:01.500000/18T12:00:02.999999")
    given(words, hit)

    then(Pairings()).holds(pair(words, hit, lag_min_s=1, lag_max_s=2))


# Acts


@pytest.mark.parametrize(
    ("act", "last"),
    [
        ("deny", "03-20T12:00"),
        ("threaten", "03-20T12:00"),
        ("promise", "03-20T12:00"),
        ("agree", "03-20T12:00"),
        ("reject", "25T12:00"),
    ],
)
def test_an_act_is_paired_with_strikes_up_to_its_own_number_of_days_after(
    act: str, last: str
) -> None:
    words = statement(act, "18T10:00/18T12:00")
    in_time = strike(f"{last}/{last}:01")
    late = strike(f"{last}:00.000001/{last}:01", place={"geonames": 706483})
    given(words, in_time, late)

    then(Pairings()).holds(pair(words, in_time, act=act))


@pytest.mark.parametrize("act", ["request", "demand"])
def test_what_others_are_asked_is_paired_for_seven_days_with_strikes_of_those_named(
    act: str,
) -> None:
    words = statement(act, "18T12:00", about=["UKR"])
    in_time = strike("25T12:00/25T13:00", attribution=by("UKR"))
    late = strike("25T12:30/25T13:00", attribution=by("UKR"), place={"geonames": 706483})
    own = strike("20T12:00/20T13:00", attribution=by("RUS"))
    given(words, in_time, late, own)

    then(Pairings()).holds(pair(words, in_time, act=act, parties=held("UKR")))


@pytest.mark.parametrize("act", ["request", "demand"])
def test_what_is_asked_of_nobody_is_never_paired(act: str) -> None:
    given(statement(act, "18T12:00"), strike("18T22:00/18T23:00"))

    then(Pairings()).holds_nothing()


@pytest.mark.parametrize(
    "act", ["accuse", "admit", "justify", "report", "announce", "condemn", "other"]
)
def test_every_other_act_is_never_paired(act: str) -> None:
    given(statement(act, "18T12:00", about=["RUS"]), strike("18T22:00/18T23:00"))

    then(Pairings()).holds_nothing()


# Validity


@pytest.mark.parametrize("act", ["promise", "agree"])
def test_a_commitment_is_paired_with_strikes_within_the_time_that_it_covers(act: str) -> None:
    words = statement(act, "18T12:00", validity=window("20T00:00/03-31T00:00"))
    before = strike("19T22:00/20T00:00")
    within = strike("03-30T22:00/03-31T03:00")
    after = strike("03-31T00:00/03-31T02:00", place={"geonames": 706483})
    given(words, before, within, after)

    then(Pairings()).holds(pair(words, within, order="after", windows={}))


def test_a_commitment_that_began_before_the_words_is_paired_from_the_words_on() -> None:
    words = statement("promise", "18T12:00", validity=window("10T00:00/20T00:00"))
    before, after = strike("18T10:00/18T12:00"), strike("18T22:00/18T23:00")
    given(words, before, after)

    then(Pairings()).holds(pair(words, after))


@pytest.mark.parametrize(
    ("occurred", "is_paired"),
    [("20T00:00/20T01:00", True), ("19T23:00/20T00:00", False), ("20T00:00", True)],
)
def test_an_instant_of_validity_lies_within_a_core_as_instants_do(
    occurred: str, is_paired: bool
) -> None:
    words = statement("promise", "18T12:00", validity=window("20T00:00"))
    hit = strike(occurred)
    given(words, hit)

    then(Pairings()).holds(*([pair(words, hit)] if is_paired else []))


def test_a_denial_has_no_use_for_a_validity() -> None:
    words = denial("18T12:00", validity=window("10T00:00/11T00:00"))
    hit = strike("18T22:00/18T23:00")
    given(words, hit)

    then(Pairings()).holds(pair(words, hit))
