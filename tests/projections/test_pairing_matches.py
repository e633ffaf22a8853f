"""Whose strikes, on what and where, are paired with words (semantics, pairings)."""

import pytest

from conflict_timeline.projections.pairings import Pairings

from .kit import (
    asserted,
    by,
    correction,
    denial,
    given,
    held,
    pair,
    pair_id,
    statement,
    strike,
    then,
    when,
    window,
)

ALL_POSSIBLE = dict.fromkeys(("24h", "72h", "7d", "30d"), "possible")


# Parties


def test_words_about_nobody_in_particular_are_about_the_speakers_party() -> None:
    words = denial("18T12:00", about=[])
    russian = strike("18T22:00/18T23:00")
    ukrainian = strike("18T22:00/19T01:00", attribution=by("UKR"))
    given(words, russian, ukrainian)

    then(Pairings()).holds(pair(words, russian))


def test_words_about_another_party_are_not_paired_with_the_speakers() -> None:
    words = denial("18T12:00", about=["UKR"])
    russian = strike("18T22:00/18T23:00")
    ukrainian = strike("18T22:00/19T01:00", attribution=by("UKR"))
    given(words, russian, ukrainian)

    then(Pairings()).holds(pair(words, ukrainian, parties=held("UKR")))


def test_all_parties_that_both_name_are_shown_once_each() -> None:
    words = denial("18T12:00", about=["wagner-group", "RUS", "RUS"])
    hit = strike("18T22:00/18T23:00", attribution=by("wagner-group", "UKR", "RUS"))
    given(words, hit)

    then(Pairings()).holds(pair(words, hit, parties=held("RUS") + held("wagner-group")))


def test_a_speaker_of_no_party_speaks_of_nobody() -> None:
    given(denial("18T12:00", speaker={"name": "An observer"}), strike("18T22:00/18T23:00"))

    then(Pairings()).holds_nothing()


def test_a_party_that_only_an_outlet_inferred_is_not_held_to_its_words() -> None:
    inferred = strike("18T22:00/18T23:00", attribution=by("RUS", basis="inferred_by_outlet"))
    given(denial("18T12:00"), inferred)

    then(Pairings()).holds_nothing()


def test_a_second_report_that_alleges_it_makes_the_pair() -> None:
    words = denial("18T12:00")
    inferred = strike("18T22:00/18T23:00", attribution=by("RUS", basis="inferred_by_outlet"))
    given(words, inferred)

    when(strike("18T20:00/19T01:00", attribution=by("RUS", disputed_by=["RUS"])))

    then(Pairings()).made(
        asserted(
            pair_id(words, inferred),
            number=1,
            body={
                "parties": held(
                    "RUS", "alleged_by_target", "inferred_by_outlet", disputed_by=["RUS"]
                )
            },
        )
    )


def test_an_attack_that_nobody_is_blamed_for_is_not_paired() -> None:
    given(denial("18T12:00"), strike("18T22:00/18T23:00", attribution=[]))

    then(Pairings()).holds_nothing()


# Topics


@pytest.mark.parametrize("target", ["energy", "energy_grid", "energy_heat", "oil_gas"])
def test_a_topic_covers_itself_and_what_belongs_to_it(target: str) -> None:
    words, hit = denial("18T12:00"), strike("18T22:00/18T23:00", targets=[target])
    given(words, hit)

    then(Pairings()).holds(pair(words, hit, topics=["energy"], targets=[target]))


@pytest.mark.parametrize("target", ["energy", "oil_gas", "rail", "unknown"])
def test_a_topic_covers_neither_what_it_belongs_to_nor_what_is_beside_it(target: str) -> None:
    given(denial("18T12:00", topics=["energy_grid"]), strike("18T22:00/18T23:00", targets=[target]))

    then(Pairings()).holds_nothing()


def test_words_without_a_topic_are_not_paired() -> None:
    given(denial("18T12:00", topics=[]), strike("18T22:00/18T23:00"))

    then(Pairings()).holds_nothing()


def test_a_strike_without_a_target_is_not_paired() -> None:
    given(denial("18T12:00"), strike("18T22:00/18T23:00", targets=[]))

    then(Pairings()).holds_nothing()


def test_only_topics_that_cover_a_target_are_shown_once_each() -> None:
    words = denial("18T12:00", topics=["rail", "energy", "port", "energy"])
    hit = strike("18T22:00/18T23:00", targets=["rail", "energy_grid"])
    given(words, hit)

    then(Pairings()).holds(pair(words, hit, topics=["energy", "rail"]))


# Regions


@pytest.mark.parametrize(
    ("regions", "place"),
    [
        ([], {"geonames": 1, "country": "RU"}),
        ([], {"geonames": 1}),
        (["UA"], {"country": "UA"}),
        (["UA"], {"admin1": "UA-12"}),
        (["UA-12"], {"admin1": "UA-12"}),
        (["RU", "UA-12"], {"admin1": "UA-12", "country": "UA"}),
    ],
)
def test_words_of_a_region_are_paired_with_strikes_there(
    regions: list[str], place: dict[str, str]
) -> None:
    words, hit = denial("18T12:00", regions=regions), strike("18T22:00/18T23:00", place=place)
    given(words, hit)

    then(Pairings()).holds(pair(words, hit))


@pytest.mark.parametrize(
    ("regions", "place"),
    [
        (["UA-12"], {"country": "UA"}),
        (["UA-1"], {"admin1": "UA-12"}),
        (["UA-12"], {"admin1": "UA-1"}),
        (["RU"], {"admin1": "UA-12", "country": "UA"}),
        (["UA"], {"geonames": 1}),
    ],
)
def test_words_of_a_region_are_not_paired_with_strikes_elsewhere(
    regions: list[str], place: dict[str, str]
) -> None:
    given(denial("18T12:00", regions=regions), strike("18T22:00/18T23:00", place=place))

    then(Pairings()).holds_nothing()


def test_a_region_that_any_report_of_the_incident_names_is_enough() -> None:
    words = denial("18T12:00", regions=["UA-23"])
    one = strike("18T22:00/18T23:00", place={"geonames": 1, "admin1": "UA-12"})
    other = strike("18T20:00/19T01:00", place={"geonames": 1, "admin1": "UA-23"})
    given(words, one, other)

    then(Pairings()).holds(pair(words, one))


# Incidents


def test_waves_and_aggregates_are_never_paired() -> None:
    given(
        denial("18T12:00"),
        strike("18T22:00/18T23:00", scope="wave"),
        strike("18T22:00/18T23:00", scope="aggregate"),
    )

    then(Pairings()).holds_nothing()


def test_an_imprecise_incident_is_paired_like_any_other() -> None:
    words, week = denial("18T12:00"), strike("17T00:00/24T00:00")
    given(words, week)

    then(Pairings()).holds(pair(words, week, order="unknown", windows=ALL_POSSIBLE))


def test_an_incident_is_paired_as_a_whole_by_what_all_its_reports_say() -> None:
    words = denial("18T12:00")
    grid = strike("18T22:00/18T23:00", attribution=[], targets=["energy_grid"])
    given(words, grid)

    homes = strike("18T20:00/19T01:00", targets=["residential"])
    when(homes)

    then(Pairings()).holds(
        pair(
            words,
            grid,
            core=window("18T22:00/18T23:00"),
            targets=["energy_grid", "residential"],
            parties=held("RUS"),
        )
    )


def test_every_statement_is_paired_with_every_incident_that_fits() -> None:
    one, two = denial("18T12:00", id="one"), statement("reject", "18T13:00")
    here, there = strike("18T22:00/18T23:00"), strike("19T22:00", place={"geonames": 706483})
    given(one, here, two, there)

    then(Pairings()).holds(pair(one, here), pair(one, there), pair(two, here), pair(two, there))


def test_a_disputed_attribution_stays_in_sight() -> None:
    words = denial("18T12:00")
    hit = strike("18T22:00/18T23:00", attribution=by("RUS", disputed_by=["RUS", "BLR"]))
    given(words, hit)

    then(Pairings()).holds(pair(words, hit, parties=held("RUS", disputed_by=["BLR", "RUS"])))


def test_a_statement_that_is_said_to_be_later_now_loses_what_came_before_it() -> None:
    words, hit = denial("18T12:00"), strike("18T22:00/18T23:00")
    given(words, hit)

    when(correction(words, said=window("19T12:00")))

    then(Pairings()).holds_nothing()
