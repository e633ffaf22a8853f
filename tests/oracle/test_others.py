"""The oracle's chronology, reversals, figures and coverage, pinned to cases worked out by hand."""

from fractions import Fraction
from typing import Any

import pytest

from .builders import (
    DNIPRO,
    PRODUCER,
    Hours,
    article,
    at,
    by,
    corrected,
    entry_of,
    names_by_key,
    retracted,
    statement,
    strike,
    window,
)
from .chronology import chronology, place_words
from .coverage import coverage, entry_id
from .figures import figures
from .reports import event_key, key_of
from .reversals import OPPOSITES, reversals
from .semantics import revisions_of
from .times import Json

SECOND = Fraction(1, 3600)
URL = "https://news.example/1"


# Chronology


def test_every_effective_article_statement_and_report_is_a_line() -> None:
    """A retracted one is none, a wave is one."""
    told = [article("a", URL), statement("b", 0, 1, "deny"), strike("c", 0, 1, scope="wave")]
    gone = strike("d", 0, 1)
    assert chronology([*told, gone, retracted("e", gone)]).keys() == {key_of(one) for one in told}


def test_an_article_shows_its_outlet_and_its_own_address() -> None:
    """It has no parties, topics or regions; without a title its address stands for it."""
    untitled = article("a", URL, outlet={"name": "News", "group": None, "country": "UA"})
    titled = article("b", URL, title="  Struck\n again ")
    entries = chronology([untitled, titled])
    assert entries[key_of(untitled)] == {
        "kind": "article",
        "window": window(0, 1),
        "title": URL,
        "parties": [],
        "topics": [],
        "regions": [],
        "articles": [URL],
        "outlet": {"name": "News", "country": "UA"},
    }
    assert entries[key_of(titled)]["title"] == "Struck again"


def test_a_statement_shows_who_said_what_about_whom() -> None:
    """Its parties are those that it is about and the speaker's."""
    words = statement(
        "a",
        0,
        1,
        "promise",
        about=["UKR", "BLR", "UKR"],
        topics=["rail", "energy"],
        regions=["UA-12", "UA"],
        validity=window(1, 2),
        quotes=[{"lang": "ru", "text": "Нет.", "complete": False}, {"lang": "en", "text": "No."}],
    )
    assert chronology([words])[key_of(words)] == {
        "kind": "statement",
        "window": window(0, 1),
        "title": "Neutral words.",
        "parties": ["BLR", "RUS", "UKR"],
        "topics": ["energy", "rail"],
        "regions": ["UA", "UA-12"],
        "articles": [],
        "speaker": {"name": "Speaker", "party": "RUS"},
        "act": "promise",
        "about": ["BLR", "UKR"],
        "validity": window(1, 2),
        "quotes": [{"lang": "ru", "text": "Нет."}, {"lang": "en", "text": "No."}],
    }


def test_a_strike_shows_its_place_and_those_who_are_more_than_inferred() -> None:
    """Its title is its place and what was hit."""
    hit = strike(
        "a",
        0,
        1,
        attribution=[*by("RUS"), *by("RUS", "BLR", basis="inferred_by_outlet")],
        targets=["rail", "energy", "rail"],
        claimant={"name": "OVA", "role": None},
        weapons=[{"family": "missile", "status": "contested"}, {"family": "fpv_drone"}],
        articles=[URL],
        occurred={**window(0, 1), "as_written": "at night", "edtf": None},
        grade="fair",
    )
    assert chronology([hit])[key_of(hit)] == {
        "kind": "strike",
        "window": window(0, 1),
        "title": "Dnipro: energy, rail",
        "parties": ["RUS"],
        "topics": ["energy", "rail"],
        "regions": ["UA", "UA-12"],
        "articles": [URL],
        "place": DNIPRO,
        "scope": "incident",
        "claimant": {"name": "OVA"},
        "as_written": "at night",
        "attribution": [*by("RUS"), *by("RUS", "BLR", basis="inferred_by_outlet")],
        "weapons": [
            {"family": "missile", "status": "contested"},
            {"family": "fpv_drone", "status": "reported"},
        ],
        "grade": "fair",
    }


@pytest.mark.parametrize(
    ("place", "called"),
    [
        ({"name": "N", "as_written": "W", "admin1": "UA-12", "country": "UA"}, "N"),
        ({"as_written": "W", "admin1": "UA-12", "country": "UA"}, "W"),
        ({"admin1": "UA-12", "country": "UA", "geonames": 5}, "UA-12"),
        ({"country": "UA", "geonames": 5}, "UA"),
        ({"geonames": 5, "lat": 1.5, "lon": 2.0}, "geonames:5"),
        ({"lat": 50, "lon": -0.25}, "50.0, -0.25"),
        ({"where_prec": 6}, "unnamed place"),
    ],
)
def test_a_place_is_called_by_the_first_name_that_it_gives(place: Json, called: str) -> None:
    """Name, source's words, admin1, country; else its number, its point, or nothing."""
    assert place_words(place) == called


# Reversals


def reversed_by(one: Json, other: Json) -> Json | None:
    """The body of the reversal that two statements make, if they do."""
    entries = reversals([one, other])
    assert len(entries) <= 1
    return next(iter(entries.values()), None)


def denied(act: str = "deny", **fields: Any) -> Json:
    """A denial in [0, 2)."""
    return statement("denied", 0, 2, act, **fields)


def admitted(act: str = "admit", **fields: Any) -> Json:
    """An admission in [5, 6)."""
    return statement("admitted", 5, 6, act, **fields)


def test_a_reversal_names_both_statements_and_what_they_share() -> None:
    """[0, 2) and [5, 6): at least three hours apart, at most six."""
    one = denied(topics=["energy", "rail", "rail"], about=["UKR", "RUS", "BLR"])
    two = admitted(topics=["energy_grid", "transport", "dam"], about=["RUS", "UKR"])
    entry = f"{key_of(one)}:{key_of(two)}"
    assert reversals([two, one]) == {
        entry: {
            "earlier": key_of(one),
            "later": key_of(two),
            "order": "after",
            "gap_min_s": 3 * 3600,
            "gap_max_s": 6 * 3600,
            "rules": "reversals/1",
            "speaker": {"name": "Speaker", "party": "RUS"},
            "parties": ["RUS", "UKR"],
            "topics": ["energy", "energy_grid", "rail", "transport"],
            "earlier_words": {"act": "deny", "said": window(0, 2), "proposition": "Neutral words."},
            "later_words": {"act": "admit", "said": window(5, 6), "proposition": "Neutral words."},
        }
    }


def test_six_pairs_of_acts_are_opposite() -> None:
    """Whichever is said first."""
    assert {tuple(sorted(acts)) for acts in OPPOSITES} == {
        ("admit", "deny"),
        ("deny", "justify"),
        ("promise", "threaten"),
        ("promise", "reject"),
        ("agree", "threaten"),
        ("agree", "reject"),
    }
    assert reversed_by(denied(act="admit"), admitted(act="deny"))
    assert not reversed_by(denied(act="admit"), admitted(act="justify"))


def test_a_speaker_is_known_by_an_id_else_by_the_casefolded_name() -> None:
    """An id is never a name, and blanks count."""
    by_id: Json = {"name": "A", "id": "Q1", "party": "RUS"}
    for other, is_one in (
        ({"name": "B", "id": "Q1", "party": "RUS"}, True),
        ({"name": "A", "id": "q1", "party": "RUS"}, False),
        ({"name": "A", "party": "RUS"}, False),
        ({"name": "Q1", "party": "RUS"}, False),
    ):
        assert bool(reversed_by(denied(speaker=by_id), admitted(speaker=other))) is is_one
    by_name: Json = {"name": "Stra\u00dfe", "party": "RUS"}
    for name, is_one in (("STRASSE", True), (" STRASSE", False)):
        other = {"name": name, "party": "RUS"}
        assert bool(reversed_by(denied(speaker=by_name), admitted(speaker=other))) is is_one


def test_a_statement_without_about_is_about_its_speakers_party() -> None:
    """And about nobody where that is not known."""
    unknown = {"name": "Speaker"}
    assert reversed_by(denied(), admitted(about=["UKR", "RUS"]))
    assert not reversed_by(denied(), admitted(about=["UKR"]))
    assert not reversed_by(denied(speaker=unknown), admitted(speaker=unknown))


def test_the_earlier_began_first_or_ended_first_or_has_the_smaller_key() -> None:
    """By said.earliest, then latest, then key."""
    small, large = names_by_key("one", "two")
    cases: list[tuple[tuple[Hours, Hours], tuple[Hours, Hours], str, tuple[int, int]]] = [
        ((0, 2), (1, 1), "unknown", (0, 3600)),
        ((0, 1), (0, 2), "unknown", (0, 7200)),
        ((0, 1), (1, 1), "after", (0, 3600)),
        ((3, 3), (3, 3), "after", (0, 0)),
        ((0, 0), (SECOND * 3 / 2, SECOND * 5 / 2), "after", (1, 2)),
    ]
    for first, second, order, gaps in cases:
        one = statement(small, *first, "deny")
        two = statement(large, *second, "admit")
        body = reversed_by(two, one)
        assert body is not None
        assert (body["earlier"], body["later"]) == (key_of(one), key_of(two))
        assert (body["order"], body["gap_min_s"], body["gap_max_s"]) == (order, *gaps)


# Figures


def figure(claimant: str | Json = "ISW", **fields: Any) -> Json:
    """People killed, as a claimant has it."""
    return {"measure": "killed", "unit": "people", "claimant": claimant, **fields}


def claimed(*told: Json) -> Json:
    """The body of the one entry."""
    (body,) = figures(told).values()
    return body


def current(*told: Json) -> list[bool]:
    """Of the claims, in their order, which are current."""
    return [claim["current"] for claim in claimed(*told)["claims"]]


def test_the_claims_of_an_incident_stand_side_by_side_under_its_id() -> None:
    """Its core and place are those of the incident."""
    ova: Json = {"name": "OVA", "role": "governor", "party": "UKR"}
    first = strike("a", 0, 8, figures=[figure(ova, low=2, high=4, as_written="2-4")])
    second = strike("b", 5, 10, figures=[figure(best=3, as_of=at(9))])
    later = corrected("c", second, time="2025-02-14T06:00:00+02:00")
    assert figures([first, second, later]) == {
        f"{entry_of(first)}:killed:people": {
            "of": entry_of(first),
            "measure": "killed",
            "unit": "people",
            "agreement": "consistent",
            "claims": [
                {
                    "claimant": "ISW",
                    "event": key_of(second),
                    "current": True,
                    "reported": at(100),
                    "best": 3,
                    "as_of": at(9),
                },
                {
                    "claimant": "OVA",
                    "event": key_of(first),
                    "current": True,
                    "reported": at(0),
                    "low": 2,
                    "high": 4,
                    "as_written": "2-4",
                    "role": "governor",
                    "party": "UKR",
                },
            ],
            "scope": "incident",
            "core": window(5, 8),
            "place": DNIPRO,
        }
    }


def test_waves_and_aggregates_stand_alone_and_every_unit_by_itself() -> None:
    """One entry for each measure and unit of the event."""
    soldiers = {**figure(best=1), "unit": "soldiers"}
    wave = strike("a", 0, 8, scope="wave", figures=[figure(best=1), soldiers])
    count = strike("b", 0, 8, scope="aggregate", figures=[figure(best=2)])
    assert {(entry, body["scope"]) for entry, body in figures([wave, count]).items()} == {
        (f"{key_of(wave)}:killed:people", "wave"),
        (f"{key_of(wave)}:killed:soldiers", "wave"),
        (f"{key_of(count)}:killed:people", "aggregate"),
    }


def test_of_one_claimant_the_latest_date_is_current() -> None:
    """`as_of`, else the time of what holds; then the larger key, then the later in the list."""
    small, large = names_by_key("one", "two")
    one = strike(small, 0, 1, figures=[figure(best=1), figure(" isw", best=2)])
    assert current(one) == [True, False]
    two = strike(large, 0, 1, figures=[figure(best=3)])
    assert current(one, two) == [False, False, True]
    assert current(one, corrected("c", one), two) == [True, False, False]
    dated = strike(small, 0, 1, figures=[figure(best=1, as_of=at(1)), figure(best=2)])
    assert current(dated, two) == [True, False, False]


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ({"low": 3}, {"best": 1000}, "consistent"),
        ({"high": 3}, {"best": 0}, "consistent"),
        ({"low": 1, "high": 3}, {"low": 3, "high": 5}, "consistent"),
        ({"low": 1, "high": 3}, {"low": 4}, "disputed"),
        ({"low": 1, "best": 3}, {"best": 4}, "disputed"),
        ({"best": 3, "high": 5}, {"best": 2}, "disputed"),
        ({"best": 3}, {"best": 3}, "consistent"),
    ],
)
def test_current_claims_agree_when_all_ranges_share_a_point(
    one: Json, other: Json, agreement: str
) -> None:
    """From low, else best, else 0, up to high, else best, else without a bound."""
    assert claimed(strike("a", 0, 1, figures=[figure("A", **one)]))["agreement"] == "single"
    both = [figure("A", **one), figure("B", **other)]
    assert claimed(strike("a", 0, 1, figures=both))["agreement"] == agreement


def test_figures_that_move_to_another_incident_leave_an_empty_body() -> None:
    """It does not name the incident that they went to."""
    one = strike("a", 0, 8, attribution=by("RUS"), figures=[figure("A", best=1)])
    two = strike("b", 4, 14, attribution=by("UKR"), figures=[figure("B", best=1)])
    made = revisions_of(figures, [one, two, corrected("c", one, attribution=[])])
    assert [(revision["entry"], revision["status"]) for revision in made[2:]] == [
        (f"{entry_of(two)}:killed:people", "withdrawn"),
        (f"{entry_of(one)}:killed:people", "asserted"),
    ]
    assert made[2]["body"] == {}
    assert made[3]["body"]["agreement"] == "consistent"


# Coverage


def test_an_entry_is_called_by_the_digest_of_its_address() -> None:
    """As `printf %s https://news.example/1 | sha256sum` has it."""
    assert entry_id(URL) == "u-f1372b7cd058c104fa2e0beeaf356363"


def test_an_address_that_is_only_cited_shows_who_cites_it() -> None:
    """Statements and reports apart."""
    words = statement("a", 0, 1, "deny", articles=[URL, URL])
    hits = [strike(name, 0, 1, articles=[URL], scope="wave") for name in ("b", "c")]
    assert coverage([words, *hits]) == {
        entry_id(URL): {
            "url": URL,
            "recorded": False,
            "statements": [key_of(words)],
            "reports": sorted(map(key_of, hits)),
        }
    }


def test_the_article_event_with_the_least_time_then_key_is_shown() -> None:
    """Its own time: a correction makes it no later."""
    small, large = names_by_key("one", "two")
    late = article(small, URL, time=at(1))
    first = article(large, URL, title="T", lang="uk", archive_urls=["https://b.example", URL, URL])
    told = [late, first, corrected("c", first, time=at(50))]
    assert coverage(told)[entry_id(URL)] == {
        "url": URL,
        "recorded": True,
        "statements": [],
        "reports": [],
        "article": key_of(first),
        "outlet": {"name": "News"},
        "published": window(0, 1),
        "title": "T",
        "lang": "uk",
        "archive_urls": ["https://b.example", URL],
    }
    tied = article(small, URL)
    assert coverage([first, tied])[entry_id(URL)]["article"] == event_key(PRODUCER, small)
    rest = coverage([late, first, retracted("r", first)])[entry_id(URL)]
    assert (rest["article"], rest["archive_urls"], "title" in rest) == (key_of(late), [], False)


def test_a_body_lists_256_events_and_then_counts_them() -> None:
    """The first of them."""
    log = [strike(f"e{name}", 0, 1, articles=[URL]) for name in range(257)]
    assert "reports_total" not in coverage(log[:256])[entry_id(URL)]
    body = coverage(log)[entry_id(URL)]
    assert (len(body["reports"]), body["reports_total"]) == (256, 257)
    assert body["reports"] == sorted(map(key_of, log))[:256]
