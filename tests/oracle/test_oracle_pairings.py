"""The oracle's pairings and revisions, pinned to cases worked out by hand from the text."""

from fractions import Fraction
from typing import Any

import pytest

from .builders import DNIPRO, by, corrected, entry_of, retracted, statement, strike, window
from .reports import key_of
from .semantics import pairings, revisions
from .times import Json

DAYS = 24
SECOND = Fraction(1, 3600)
MICROSECOND = SECOND / 1_000_000
RUSSIAN = by("RUS")


def struck(start: int | Fraction, end: int | Fraction, **fields: Any) -> Json:
    """A Russian strike on the grid of Dnipro."""
    fields.setdefault("attribution", RUSSIAN)
    return strike("strike", start, end, **fields)


def paired(words: Json, hit: Json) -> bool:
    """Whether the two make a pair."""
    return bool(pairings([words, hit]))


def pair(words: Json, hit: Json) -> Json:
    """The pair of the two."""
    held = pairings([words, hit])
    return held[f"{key_of(words)}:{entry_of(hit)}"]


def denial(start: int | Fraction, end: int | Fraction, **fields: Any) -> Json:
    """A Russian denial about energy."""
    return statement("words", start, end, "deny", **fields)


def test_a_pair_shows_what_a_reader_needs() -> None:
    """Said in [0, 1), struck in [20, 24): 19 to 24 hours later, within every window."""
    words = denial(0, 1, topics=["energy_grid", "energy", "rail"])
    hit = struck(20, 24, attribution=[{"party": "RUS", "basis": "assessed", "disputed_by": ["un"]}])
    assert pair(words, hit) == {
        "statement": key_of(words),
        "incident": entry_of(hit),
        "parties": [{"party": "RUS", "bases": ["assessed"], "disputed_by": ["un"]}],
        "topics": ["energy", "energy_grid"],
        "order": "after",
        "lag_min_s": 19 * 3600,
        "lag_max_s": 24 * 3600,
        "windows": dict.fromkeys(("24h", "72h", "7d", "30d"), "definite"),
        "rules": "pairings/1",
        "speaker": {"name": "Speaker", "party": "RUS"},
        "act": "deny",
        "proposition": "Neutral words.",
        "said": window(0, 1),
        "place": DNIPRO,
        "core": window(20, 24),
        "targets": ["energy_grid"],
    }


def test_definite_needs_the_whole_core_within_the_window_and_possible_its_start() -> None:
    """Up to 25 hours: 24 h is only possible. From exactly 72 hours on: 72 h is possible still."""
    assert pair(denial(0, 1), struck(20, 25))["windows"] == {
        "24h": "possible",
        "72h": "definite",
        "7d": "definite",
        "30d": "definite",
    }
    assert pair(denial(0, 1), struck(73, 74))["windows"] == {
        "72h": "possible",
        "7d": "definite",
        "30d": "definite",
    }
    assert pair(denial(0, 1), struck(73 + MICROSECOND, 74))["windows"] == {
        "7d": "definite",
        "30d": "definite",
    }


def test_a_core_that_begins_before_the_words_end_has_an_unknown_order() -> None:
    """Never definite, however short; begun at the very end of the words it is after."""
    body = pair(denial(0, 6), struck(5, 7))
    assert (body["order"], body["lag_min_s"], body["lag_max_s"]) == ("unknown", 0, 7 * 3600)
    assert set(body["windows"].values()) == {"possible"}
    assert pair(denial(0, 6), struck(6, 7))["order"] == "after"
    assert pair(denial(6, 6), struck(6, 7))["order"] == "after"


def test_a_strike_that_is_over_when_the_words_begin_makes_no_pair() -> None:
    """i1 = s0 is over; one microsecond more is not. An instant at the words' instant is over."""
    assert not paired(denial(6, 7), struck(5, 6))
    assert paired(denial(6, 7), struck(5, 6 + MICROSECOND))
    assert not paired(denial(6, 6), struck(6, 6))
    assert paired(denial(6, 6), struck(6 + MICROSECOND, 6 + MICROSECOND))


@pytest.mark.parametrize(
    ("act", "days"),
    [("deny", 30), ("threaten", 30), ("promise", 30), ("agree", 30), ("reject", 7)],
)
def test_each_act_looks_so_many_days_ahead(act: str, days: int) -> None:
    """The limit counts from the end of the words to the start of the core, and is included."""
    words = statement("words", 0, 1, act)
    last = 1 + days * DAYS
    assert paired(words, struck(last, last + 50))
    assert not paired(words, struck(last + MICROSECOND, last + 50))


@pytest.mark.parametrize("act", ["request", "demand"])
def test_requests_and_demands_need_an_about(act: str) -> None:
    """With one they look seven days ahead; the speaker's party does not stand in for it."""
    hit = struck(1 + 7 * DAYS, 2 + 7 * DAYS)
    assert not paired(statement("words", 0, 1, act), hit)
    assert not paired(statement("words", 0, 1, act, about=[]), hit)
    assert paired(statement("words", 0, 1, act, about=["RUS"]), hit)


@pytest.mark.parametrize(
    "act", ["accuse", "admit", "justify", "report", "announce", "condemn", "other"]
)
def test_every_other_act_is_never_paired(act: str) -> None:
    """Whatever it is about."""
    assert not paired(statement("words", 0, 1, act, about=["RUS"]), struck(2, 3))


def test_a_validity_takes_the_place_of_the_thirty_days() -> None:
    """It may begin later and end sooner; touching it is not enough."""
    words = statement("words", 0, 1, "promise", validity=window(50 * DAYS, 60 * DAYS))
    far = pair(words, struck(60 * DAYS - 1, 60 * DAYS + 1))
    assert far["windows"] == {}
    assert not paired(words, struck(2, 3))
    assert not paired(words, struck(60 * DAYS, 60 * DAYS + 1))
    assert not paired(words, struck(50 * DAYS - 1, 50 * DAYS))
    assert paired(words, struck(50 * DAYS, 50 * DAYS))


def test_a_validity_before_the_words_pairs_nothing_that_was_over() -> None:
    """Only what was not over when the words began."""
    words = statement("words", 10, 11, "agree", validity=window(0, 12))
    assert not paired(words, struck(8, 10))
    assert paired(words, struck(8, 11))


def test_an_instant_of_validity_lies_in_a_core_as_in_rule_3() -> None:
    """At its start, not at its end."""
    words = statement("words", 0, 1, "promise", validity=window(6, 6))
    assert paired(words, struck(6, 7))
    assert not paired(words, struck(5, 6))


def test_a_denial_has_no_use_for_a_validity() -> None:
    """Only commitments have one."""
    assert paired(denial(0, 1, validity=window(500, 501)), struck(2, 3))


def test_about_replaces_the_speakers_party_and_several_may_match() -> None:
    """Each party that matches is shown, by code point; no party at all pairs nothing."""
    assert not paired(denial(0, 1, about=["UKR"]), struck(2, 3))
    assert not paired(denial(0, 1, speaker={"name": "Somebody"}), struck(2, 3))
    body = pair(denial(0, 1, about=["un", "UKR", "RUS"]), struck(2, 3, attribution=by("un", "RUS")))
    assert [one["party"] for one in body["parties"]] == ["RUS", "un"]


def test_a_party_that_an_outlet_inferred_is_not_held_to_its_words() -> None:
    """It is no party of the incident; with another basis beside it, it is."""
    inferred = by("RUS", basis="inferred_by_outlet")
    assert not paired(denial(0, 1), struck(2, 3, attribution=inferred))
    body = pair(denial(0, 1), struck(2, 3, attribution=[*inferred, *RUSSIAN]))
    assert body["parties"][0]["bases"] == ["assessed", "inferred_by_outlet"]


def test_a_topic_covers_itself_and_its_descendants_only() -> None:
    """Energy covers the grid, the grid does not cover energy; no topics, no pairs."""
    assert paired(denial(0, 1, topics=["energy"]), struck(2, 3, targets=["oil_gas"]))
    assert not paired(denial(0, 1, topics=["energy_grid"]), struck(2, 3, targets=["energy"]))
    assert not paired(denial(0, 1, topics=["energy_grid"]), struck(2, 3, targets=["oil_gas"]))
    assert not paired(denial(0, 1, topics=[]), struck(2, 3))


@pytest.mark.parametrize(
    ("regions", "place", "expected"),
    [
        ([], {"country": "RU"}, True),
        (["UA"], {"admin1": "UA-12"}, True),
        (["UA"], {"country": "UA"}, True),
        (["UA-12"], {"admin1": "UA-12"}, True),
        (["UA-12"], {"country": "UA"}, False),
        (["UA-1"], {"admin1": "UA-12"}, False),
        (["RU", "UA-30"], {"admin1": "UA-12", "country": "UA"}, False),
    ],
)
def test_a_country_stands_for_its_admin1s_and_not_the_reverse(
    regions: list[str], place: Json, expected: bool
) -> None:
    """No regions means anywhere."""
    assert paired(denial(0, 1, regions=regions), struck(2, 3, place=place)) is expected


def test_lags_are_whole_seconds_rounded_down() -> None:
    """One and a half seconds later is one second, up to a microsecond less than three is two."""
    body = pair(denial(0, 0), struck(SECOND * 3 / 2, SECOND * 3 - MICROSECOND))
    assert (body["lag_min_s"], body["lag_max_s"]) == (1, 2)


def test_imprecise_incidents_are_paired_and_waves_are_not() -> None:
    """A week is a window like any other."""
    assert pair(denial(0, 1), struck(2, 170))["windows"]["7d"] == "possible"
    assert not paired(denial(0, 1), struck(2, 3, scope="wave"))


# Revisions


def short(made: list[Json]) -> list[tuple[int, str, int, str]]:
    """Position, entry, number and status."""
    return [(one["position"], one["entry"], one["number"], one["status"]) for one in made]


def test_an_incident_that_joins_another_is_withdrawn_with_its_new_holder() -> None:
    """The correction drops the party that kept them apart: B goes into A, withdrawn first."""
    one, two = strike("a", 0, 8, attribution=RUSSIAN), strike("b", 4, 14, attribution=by("UKR"))
    fix = corrected("c", one, attribution=[])
    made = revisions([one, two, fix])
    assert short(made) == [
        (1, entry_of(one), 1, "asserted"),
        (2, entry_of(two), 1, "asserted"),
        (3, entry_of(two), 2, "withdrawn"),
        (3, entry_of(one), 2, "asserted"),
    ]
    assert made[2]["body"] == {"merged_into": entry_of(one)}
    assert [revision["because"] for revision in made[1:3]] == [
        [key_of(two)],
        [key_of(fix), key_of(one)],
    ]


def test_a_retracted_first_member_leaves_an_empty_body_and_a_new_id() -> None:
    """The rest is now called after the second; numbers go on when the first comes back."""
    one, two = strike("a", 0, 8), strike("b", 4, 14)
    gone, back = retracted("c", one), corrected("d", one)
    made = revisions([one, two, gone, back])
    assert short(made) == [
        (1, entry_of(one), 1, "asserted"),
        (2, entry_of(one), 2, "asserted"),
        (3, entry_of(one), 3, "withdrawn"),
        (3, entry_of(two), 1, "asserted"),
        (4, entry_of(two), 2, "withdrawn"),
        (4, entry_of(one), 4, "asserted"),
    ]
    assert made[2]["body"] == {}
    assert made[4]["body"] == {"merged_into": entry_of(one)}


def test_a_first_member_that_moves_takes_its_id_along() -> None:
    """Nothing is withdrawn: A is another attack now, B stands for itself."""
    one, two = strike("a", 0, 8), strike("b", 4, 14)
    made = revisions([one, two, corrected("c", one, occurred=window(50, 51))])
    last = [(revision["entry"], revision["status"]) for revision in made[2:]]
    assert last == [(entry, "asserted") for entry in sorted([entry_of(one), entry_of(two)])]


def test_a_first_member_that_is_no_incident_any_more_names_no_holder() -> None:
    """It became a wave."""
    one = strike("a", 0, 8)
    made = revisions([one, corrected("c", one, scope="wave")])
    assert (made[1]["status"], made[1]["body"]) == ("withdrawn", {})


def test_an_amendment_before_its_event_waits_and_no_change_makes_no_revision() -> None:
    """The event's own position makes the revision; figures and articles change nothing."""
    one = strike("a", 0, 8)
    early = corrected("c", one, targets=["rail"])
    later = corrected("d", one, targets=["rail"], articles=["https://news.example/1"])
    made = revisions([early, one, later])
    assert short(made) == [(2, entry_of(one), 1, "asserted")]
    assert (made[0]["because"], made[0]["body"]["targets"]) == ([key_of(one)], ["rail"])


def test_pairs_follow_the_ids_of_their_incidents() -> None:
    """A retracted first member withdraws its pair, with an empty body, and asserts the other."""
    words, one, two = denial(0, 1), struck(5, 9), strike("b", 4, 14, attribution=RUSSIAN)
    made = revisions([words, one, two, retracted("c", one)], "pairings")
    first, second = (f"{key_of(words)}:{entry_of(event)}" for event in (one, two))
    assert short(made) == [
        (2, first, 1, "asserted"),
        (4, first, 2, "withdrawn"),
        (4, second, 1, "asserted"),
    ]
    assert made[1]["body"] == {}
