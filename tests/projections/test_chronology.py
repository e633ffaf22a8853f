"""The chronology: a line for every article, statement and report that counts (semantics)."""

import pytest

from conflict_timeline.projections.chronology import Chronology
from conflict_timeline.testing import (
    Json,
    asserted,
    event,
    events,
    given,
    keeps_the_rules,
    key_of,
    then,
    when,
    withdrawn,
)
from tests.oracle.wide_histories import wide_history

from .kit import (
    DNIPRO,
    article,
    by,
    correction,
    denial,
    retraction,
    statement,
    strike,
    window,
)

EARLY, LATE, LATER = (f"2025-03-0{day}T12:00:00Z" for day in (1, 2, 3))
PAPER = article("19T06:00/19T08:00", title="Grid hit")
WORDS = denial("18T12:00")
HIT = strike("18T22:00/18T23:00")
OF_EVERY_KIND = pytest.mark.parametrize("told", [PAPER, WORDS, HIT], ids=lambda one: one["type"])


# Lines


def test_an_article_is_a_line_with_its_title_outlet_and_address() -> None:
    outlet = {"name": "News", "group": "Holding", "country": "UA"}
    told = article("19T06:00/19T08:00", title="Grid hit", outlet=outlet, lang="uk")
    given(told)

    assert then(Chronology).entries == {
        key_of(told): {
            "kind": "article",
            "window": window("19T06:00/19T08:00"),
            "title": "Grid hit",
            "parties": [],
            "topics": [],
            "regions": [],
            "articles": ["https://news.example/1"],
            "outlet": outlet,
        }
    }


def test_an_article_without_a_title_is_called_by_its_address() -> None:
    told = article("19T06:00", url="https://news.example/a?b=c")
    given(told)

    then(Chronology).holds({key_of(told): {"title": "https://news.example/a?b=c"}})


def test_a_statement_is_a_line_with_all_that_was_said_of_it() -> None:
    told = statement(
        "promise",
        "18T12:00/18T13:00",
        speaker={"name": "A speaker", "id": "Q1", "role": "spokesman", "party": "RUS"},
        proposition="No strikes on energy.",
        about=["UKR", "BLR"],
        validity=window("19T00:00/20T00:00"),
        topics=["rail", "energy"],
        regions=["UA-12", "UA"],
        quotes=[{"lang": "ru", "text": "Нет."}],
        articles=["https://news.example/2", "https://news.example/1"],
    )
    given(told)

    assert then(Chronology).entries == {
        key_of(told): {
            "kind": "statement",
            "window": window("18T12:00/18T13:00"),
            "title": "No strikes on energy.",
            "parties": ["BLR", "RUS", "UKR"],
            "topics": ["energy", "rail"],
            "regions": ["UA", "UA-12"],
            "articles": ["https://news.example/1", "https://news.example/2"],
            "speaker": {"name": "A speaker", "id": "Q1", "role": "spokesman", "party": "RUS"},
            "act": "promise",
            "about": ["BLR", "UKR"],
            "validity": window("19T00:00/20T00:00"),
            "quotes": [{"lang": "ru", "text": "Нет."}],
        }
    }


def test_a_statement_that_gives_no_more_than_it_must_has_empty_lists_and_no_validity() -> None:
    told = statement("other", "18T12:00", speaker={"name": "An observer"}, topics=[])
    given(told)

    assert then(Chronology).entries == {
        key_of(told): {
            "kind": "statement",
            "window": window("18T12:00"),
            "title": "Russia does not strike energy.",
            "parties": [],
            "topics": [],
            "regions": [],
            "articles": [],
            "speaker": {"name": "An observer"},
            "act": "other",
            "about": [],
            "quotes": [],
        }
    }


def test_a_validity_is_shown_whatever_the_act() -> None:
    told = denial("18T12:00", validity=window("19T00:00/20T00:00"))
    given(told)

    then(Chronology).holds({key_of(told): {"validity": window("19T00:00/20T00:00")}})


def test_a_strike_is_a_line_with_its_place_scope_and_claimant() -> None:
    told = strike(
        "18T22:00/18T23:00",
        targets=["rail", "energy_grid"],
        claimant={"name": "OVA", "role": "governor", "party": "UKR"},
        weapons=[{"family": "one_way_drone", "model": "Geran-2"}],
        grade="fair",
        articles=["https://news.example/1"],
        figures=[{"measure": "killed", "unit": "people", "claimant": "OVA", "best": 1}],
    )
    given(told)

    assert then(Chronology).entries == {
        key_of(told): {
            "kind": "strike",
            "window": window("18T22:00/18T23:00"),
            "title": "Dnipro: energy_grid, rail",
            "parties": ["RUS"],
            "topics": ["energy_grid", "rail"],
            "regions": ["UA", "UA-12"],
            "articles": ["https://news.example/1"],
            "place": DNIPRO,
            "scope": "incident",
            "claimant": {"name": "OVA", "role": "governor", "party": "UKR"},
            "attribution": by("RUS"),
            "weapons": [{"family": "one_way_drone", "model": "Geran-2", "status": "reported"}],
            "grade": "fair",
        }
    }


def test_a_strike_that_gives_no_more_than_it_must_has_empty_lists() -> None:
    told = strike("18T22:00/18T23:00", place={"name": "Somewhere"}, targets=[], attribution=[])
    given(told)

    assert then(Chronology).entries == {
        key_of(told): {
            "kind": "strike",
            "window": window("18T22:00/18T23:00"),
            "title": "Somewhere",
            "parties": [],
            "topics": [],
            "regions": [],
            "articles": [],
            "place": {"name": "Somewhere"},
            "scope": "incident",
            "attribution": [],
            "weapons": [],
        }
    }


def test_a_line_has_the_sources_words_for_the_time_where_there_are_some() -> None:
    written = {**window("18T22:00/18T23:00"), "as_written": "ночью", "edtf": "2025-02-18~"}
    paper, words, hit = events.article(written), events.denial(written), events.strike(written)
    given(paper, words, hit, HIT)

    shown = {"window": window("18T22:00/18T23:00"), "as_written": "ночью", "edtf": "2025-02-18~"}
    reader = then(Chronology)
    for told in (paper, words, hit):
        reader.holds_entry(key_of(told), **shown)
    assert not {"as_written", "edtf"} & reader.entries[key_of(HIT)].keys()


def test_the_words_for_the_time_of_a_validity_are_not_those_of_the_line() -> None:
    written = {**window("19T00:00/20T00:00"), "as_written": "завтра"}
    told = denial("18T12:00", validity=written)
    given(told)

    body = then(Chronology).entries[key_of(told)]
    assert body["validity"] == window("19T00:00/20T00:00")
    assert "as_written" not in body


def test_attributions_and_weapons_stand_as_reported() -> None:
    attribution: list[Json] = [
        {"party": "UKR", "basis": "assessed", "by": "ISW", "disputed_by": ["un", "RUS", "un"]},
        {"party": "RUS", "basis": "inferred_by_outlet", "by": None, "disputed_by": []},
    ]
    weapons: list[Json] = [
        {"family": "missile", "status": "contested"},
        {"family": "cruise_missile", "model": "Kh-101", "status": "reported"},
        {"family": "missile", "model": None},
    ]
    told = strike("18T22:00", attribution=attribution, weapons=weapons)
    given(told)

    then(Chronology).holds(
        {
            key_of(told): {
                "attribution": [
                    attribution[0],
                    {"party": "RUS", "basis": "inferred_by_outlet"},
                ],
                "weapons": [
                    weapons[0],
                    {"family": "cruise_missile", "model": "Kh-101", "status": "reported"},
                    {"family": "missile", "status": "reported"},
                ],
            }
        }
    )


@pytest.mark.parametrize("scope", ["wave", "aggregate"])
def test_waves_and_aggregates_are_lines_too(scope: str) -> None:
    told = strike("18T22:00/18T23:00", scope=scope)
    given(told)

    then(Chronology).holds({key_of(told): {"kind": "strike", "scope": scope}})


def test_reports_of_one_incident_stay_lines_of_their_own() -> None:
    other = strike("18T22:00/18T23:30")
    given(HIT, other)

    then(Chronology).holds({key_of(HIT): {}, key_of(other): {}})


def test_windows_are_shown_in_utc_with_six_digits_of_a_fraction_or_none() -> None:
    told = event(
        "conflict.article.published.v1",
        {
            "url": "https://news.example/1",
            "outlet": {"name": "News"},
            "published": {
                "earliest": "2025-02-19T01:30:00.5+02:00",
                "latest": "2025-02-19T01:30:01.000+02:00",
            },
        },
    )
    given(told)

    shown = {"earliest": "2025-02-18T23:30:00.500000Z", "latest": "2025-02-18T23:30:01Z"}
    then(Chronology).holds({key_of(told): {"window": shown}})


def test_fields_that_the_contract_does_not_know_are_not_shown() -> None:
    told = {**HIT, "data": {**HIT["data"], "place": {**DNIPRO, "x_hint": "left bank"}, "x_mood": 1}}
    given(told)

    body = then(Chronology).entries[key_of(told)]
    assert body["place"] == DNIPRO
    assert "x_mood" not in body


def test_what_an_event_gives_as_null_is_not_shown() -> None:
    told = denial("18T12:00", validity=None, speaker={"name": "A speaker", "id": None})
    given(told)

    body = then(Chronology).entries[key_of(told)]
    assert body["speaker"] == {"name": "A speaker"}
    assert "validity" not in body


# Titles


@pytest.mark.parametrize(
    ("place", "called"),
    [
        ({**DNIPRO, "as_written": "под Днепром"}, "Dnipro"),
        ({"as_written": "под Днепром", "admin1": "UA-12", "country": "UA"}, "под Днепром"),
        ({"admin1": "UA-12", "country": "UA", "geonames": 709930}, "UA-12"),
        ({"country": "UA", "geonames": 709930}, "UA"),
        ({"geonames": 709930, "lat": 48.45, "lon": 35.05}, "geonames:709930"),
        ({"lat": 48.45, "lon": -35.05}, "48.45, -35.05"),
        ({"lat": 0, "lon": 48}, "0.0, 48.0"),
        ({"lat": 0.00001, "lon": 35.123456789}, "1e-05, 35.123456789"),
        ({"where_prec": 6, "radius_m": 500}, "unnamed place"),
    ],
)
def test_a_strike_is_called_by_the_first_name_that_its_place_gives(
    place: Json, called: str
) -> None:
    told = strike("18T22:00", place=place, targets=["rail"])
    given(told)

    then(Chronology).holds({key_of(told): {"title": f"{called}: rail", "place": place}})


def test_the_targets_of_a_title_are_sorted_and_named_once() -> None:
    told = strike("18T22:00", targets=["rail", "energy", "rail", "dam"])
    given(told)

    then(Chronology).holds(
        {key_of(told): {"title": "Dnipro: dam, energy, rail", "topics": ["dam", "energy", "rail"]}}
    )


def test_a_strike_on_nothing_known_is_called_by_its_place_alone() -> None:
    told = strike("18T22:00", targets=[])
    given(told)

    then(Chronology).holds({key_of(told): {"title": "Dnipro", "topics": []}})


def test_an_article_with_a_blank_title_is_called_by_its_address() -> None:
    told = article("19T06:00", title=" \n ", url="https://news.example/blank")
    given(told)

    then(Chronology).holds({key_of(told): {"title": "https://news.example/blank"}})


def test_white_space_of_a_title_is_one_blank_between_words() -> None:
    paper = article("19T06:00", title="  Grid\t\n hit\u00a0 again ")
    words = denial("18T12:00", proposition="Russia \n does not.\n")
    place = {"name": " Kryvyi   Rih "}
    hit = strike("18T22:00", place=place, targets=["rail"])
    given(paper, words, hit)

    then(Chronology).holds(
        {
            key_of(paper): {"title": "Grid hit again"},
            key_of(words): {"title": "Russia does not."},
            key_of(hit): {"title": "Kryvyi Rih: rail", "place": place},
        }
    )


# Parties, regions and quotes


@pytest.mark.parametrize(
    ("attribution", "parties"),
    [
        ([], []),
        (by("RUS", basis="inferred_by_outlet"), []),
        ([*by("RUS", basis="inferred_by_outlet"), *by("RUS", basis="assessed")], ["RUS"]),
        (by("UKR", "RUS", "RUS", basis="coded_by_dataset"), ["RUS", "UKR"]),
        ([*by("UKR"), *by("BLR", basis="inferred_by_outlet")], ["UKR"]),
    ],
)
def test_the_parties_of_a_strike_are_those_that_more_than_an_outlet_names(
    attribution: list[Json], parties: list[str]
) -> None:
    told = strike("18T22:00", attribution=attribution)
    given(told)

    then(Chronology).holds({key_of(told): {"parties": parties}})


@pytest.mark.parametrize(
    ("fields", "parties"),
    [
        ({"speaker": {"name": "A"}}, []),
        ({"speaker": {"name": "A", "party": "UKR"}}, ["UKR"]),
        ({"speaker": {"name": "A"}, "about": ["UKR", "RUS", "UKR"]}, ["RUS", "UKR"]),
        ({"speaker": {"name": "A", "party": "RUS"}, "about": ["RUS"]}, ["RUS"]),
        ({"speaker": {"name": "A", "party": "RUS"}, "about": ["UKR"]}, ["RUS", "UKR"]),
    ],
)
def test_the_parties_of_a_statement_are_those_it_is_about_and_the_speakers(
    fields: Json, parties: list[str]
) -> None:
    told = denial("18T12:00", **fields)
    given(told)

    about = sorted(set(fields.get("about", [])))
    then(Chronology).holds({key_of(told): {"parties": parties, "about": about}})


@pytest.mark.parametrize(
    ("place", "regions"),
    [
        ({"name": "A", "country": "UA", "admin1": "UA-12"}, ["UA", "UA-12"]),
        ({"name": "A", "country": "UA", "admin1": "RU-BEL"}, ["RU-BEL", "UA"]),
        ({"name": "A", "admin1": "UA-12"}, ["UA-12"]),
        ({"name": "A", "country": "UA"}, ["UA"]),
        ({"name": "A"}, []),
    ],
)
def test_the_regions_of_a_strike_are_its_country_and_admin1(
    place: Json, regions: list[str]
) -> None:
    told = strike("18T22:00", place=place)
    given(told)

    then(Chronology).holds({key_of(told): {"regions": regions}})


def test_lists_are_sorted_and_name_a_thing_once() -> None:
    urls = ["https://news.example/2", "https://news.example/1", "https://news.example/2"]
    words = denial(
        "18T12:00",
        topics=["rail", "dam", "rail"],
        regions=["UA-30", "UA", "UA-30"],
        articles=urls,
    )
    hit = strike("18T22:00", articles=urls)
    given(words, hit)

    then(Chronology).holds(
        {
            key_of(words): {
                "topics": ["dam", "rail"],
                "regions": ["UA", "UA-30"],
                "articles": urls[1:],
            },
            key_of(hit): {"articles": urls[1:]},
        }
    )


def test_quotes_stand_as_given_and_only_a_complete_one_says_so() -> None:
    quotes: list[Json] = [
        {"lang": "ru", "text": "Нет,  нет.", "complete": False, "source": None},
        {"lang": "en", "text": "No.", "complete": True, "translator": "A desk"},
        {"lang": "ru", "text": "Да.", "source": "https://news.example/1"},
    ]
    told = denial("18T12:00", quotes=quotes)
    given(told)

    shown = [{"lang": "ru", "text": "Нет,  нет."}, *quotes[1:]]
    then(Chronology).holds({key_of(told): {"quotes": shown}})


# Amendments


def test_a_line_is_asserted_where_its_event_is_recorded() -> None:
    given(WORDS)

    when(HIT)

    then(Chronology).made(asserted(key_of(HIT), title="Dnipro: energy_grid"))


def test_a_correction_replaces_the_whole_line() -> None:
    told = strike("18T22:00", claimant={"name": "OVA"}, articles=["https://news.example/1"])
    given(told)

    fix = correction(told, drop=["claimant", "articles"], targets=["rail"])
    when(fix)

    reader = then(Chronology).made(asserted(key_of(told), title="Dnipro: rail", articles=[]))
    assert "claimant" not in reader.entries[key_of(told)]
    assert reader.revisions[-1]["revision"] == 2
    assert reader.revisions[-1]["because"] == [key_of(fix), key_of(told)]


@pytest.mark.parametrize(
    ("told", "unseen"),
    [
        (PAPER, {"authors": ["A. Writer"], "lang": "uk", "retrieved_at": "2025-02-20T00:00:00Z"}),
        (HIT, {"graded_by": "A desk", "rating": {"credibility": 2}, "incident": "attack:1"}),
    ],
    ids=["article", "strike"],
)
def test_a_correction_of_what_a_line_does_not_show_makes_no_revision(
    told: Json, unseen: Json
) -> None:
    given(told)

    when(correction(told, **unseen))

    then(Chronology).made_nothing()


def test_the_correction_made_last_holds_whichever_was_recorded_last() -> None:
    given(PAPER, correction(PAPER, title="Late", time=LATE))

    when(correction(PAPER, title="Early", time=EARLY))

    then(Chronology).made_nothing().holds_entry(key_of(PAPER), title="Late")


@OF_EVERY_KIND
def test_a_retracted_event_is_no_line(told: Json) -> None:
    given(told)

    when(retraction(told))

    then(Chronology).made(withdrawn(key_of(told))).holds_nothing()


@OF_EVERY_KIND
def test_a_correction_later_than_a_retraction_brings_the_line_back(told: Json) -> None:
    given(told, retraction(told, time=LATE))

    when(correction(told, time=LATER))

    reader = then(Chronology).made(asserted(key_of(told), kind=told["type"].split(".")[1]))
    assert [one["revision"] for one in reader.revisions] == [1, 2, 3]


@OF_EVERY_KIND
def test_a_correction_earlier_than_a_retraction_does_not(told: Json) -> None:
    given(told, retraction(told, time=LATE))

    when(correction(told, time=EARLY))

    then(Chronology).made_nothing().holds_nothing()


@OF_EVERY_KIND
def test_a_retraction_earlier_than_a_correction_changes_nothing(told: Json) -> None:
    given(told, correction(told, time=LATE))

    when(retraction(told, time=EARLY))

    then(Chronology).made_nothing().holds_entry(key_of(told))


def test_a_correction_that_comes_before_its_event_waits_for_it() -> None:
    given(correction(PAPER, title="Corrected"))
    then(Chronology).holds_nothing().waits_for(1)

    when(PAPER)

    reader = then(Chronology).made(asserted(key_of(PAPER), title="Corrected")).waits_for(0)
    assert reader.revisions[-1]["because"] == [key_of(PAPER)]


@OF_EVERY_KIND
def test_an_event_that_was_retracted_before_it_came_is_never_a_line(told: Json) -> None:
    given(retraction(told))

    when(told)

    then(Chronology).made_nothing().waits_for(0)


def test_an_amendment_of_another_kind_changes_nothing() -> None:
    of_paper = {**retraction(HIT, id="r"), "type": "conflict.article.retracted.v1"}
    given(HIT)

    when(of_paper)

    then(Chronology).made_nothing().holds_entry(key_of(HIT))


def test_an_amendment_of_an_amendment_changes_nothing() -> None:
    fix = correction(HIT, targets=["rail"])
    given(HIT, fix)

    when(retraction(fix, time=LATER))

    then(Chronology).made_nothing().holds_entry(key_of(HIT), title="Dnipro: rail")


@pytest.mark.parametrize("seed", range(2))
def test_the_chronology_keeps_the_rules(seed: int) -> None:
    keeps_the_rules(Chronology, wide_history(seed, events=40), seed=seed)
