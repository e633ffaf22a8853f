"""Reversals: one speaker, one topic, opposite acts (semantics)."""

from itertools import combinations_with_replacement
from typing import Any, get_args

import pytest

from conflict_events.events import Act
from conflict_timeline.projections.reversals import Reversals
from conflict_timeline.testing import (
    Json,
    asserted,
    given,
    keeps_the_rules,
    key_of,
    then,
    when,
    withdrawn,
)
from tests.oracle.wide_histories import wide_history

from .kit import (
    article,
    correction,
    denial,
    in_order_of_keys,
    retraction,
    statement,
    strike,
    window,
)

EARLY, LATE, LATER = (f"2025-03-0{day}T12:00:00Z" for day in (1, 2, 3))
HOUR_S = 3600

OPPOSITES = [
    ("deny", "admit"),
    ("deny", "justify"),
    ("promise", "threaten"),
    ("promise", "reject"),
    ("agree", "threaten"),
    ("agree", "reject"),
]


def admission(said: str, **fields: Any) -> Json:
    """A Russian admission about energy, unless fields say otherwise."""
    return statement("admit", said, **fields)


def entry(earlier: Json, later: Json) -> str:
    """The entry id of the reversal of two statements."""
    return f"{key_of(earlier)}:{key_of(later)}"


DENIED = denial("18T12:00/18T13:00")
ADMITTED = admission("18T15:00/18T16:00")


def test_an_admission_after_a_denial_is_a_reversal_with_all_that_a_reader_needs() -> None:
    denied = denial("18T12:00/18T13:00", topics=["rail", "energy"], proposition="We did not.")
    admitted = admission(
        "18T15:00/18T16:00",
        speaker={"name": "A SPEAKER", "role": "spokesman", "party": "RUS"},
        topics=["energy_grid", "energy_grid", "dam"],
        about=["UKR", "RUS"],
        proposition="We did.",
    )
    given(denied)

    when(admitted)

    assert then(Reversals).entries == {
        entry(denied, admitted): {
            "earlier": key_of(denied),
            "later": key_of(admitted),
            "order": "after",
            "gap_min_s": 2 * HOUR_S,
            "gap_max_s": 4 * HOUR_S,
            "rules": "reversals/1",
            "speaker": {"name": "A SPEAKER", "role": "spokesman", "party": "RUS"},
            "parties": ["RUS"],
            "topics": ["energy", "energy_grid"],
            "earlier_words": {
                "act": "deny",
                "said": window("18T12:00/18T13:00"),
                "proposition": "We did not.",
            },
            "later_words": {
                "act": "admit",
                "said": window("18T15:00/18T16:00"),
                "proposition": "We did.",
            },
        }
    }


# Acts


@pytest.mark.parametrize("acts", [*OPPOSITES, *(acts[::-1] for acts in OPPOSITES)], ids="-".join)
def test_opposite_acts_make_a_reversal_whichever_comes_first(acts: tuple[str, str]) -> None:
    first, second = statement(acts[0], "18T12:00"), statement(acts[1], "18T13:00")
    given(first, second)

    reader = then(Reversals).holds({entry(first, second): {}})
    body = reader.entries[entry(first, second)]
    assert (body["earlier_words"]["act"], body["later_words"]["act"]) == acts


def test_no_other_acts_are_opposite() -> None:
    acts: tuple[str, ...] = get_args(Act)
    opposite = {frozenset(pair) for pair in OPPOSITES}
    others = [
        pair for pair in combinations_with_replacement(acts, 2) if frozenset(pair) not in opposite
    ]

    assert len(others) == 105 - 6
    for one, other in others:
        first, second = statement(one, "18T12:00"), statement(other, "18T13:00")
        given(first, second)
        then(Reversals).holds_nothing()
        given(second, first)
        then(Reversals).holds_nothing()


def test_a_speaker_who_turns_twice_is_reversed_twice() -> None:
    again = denial("18T18:00")
    given(DENIED, ADMITTED, again)

    then(Reversals).holds({entry(DENIED, ADMITTED): {}, entry(ADMITTED, again): {}})


def test_nothing_but_statements_is_looked_at() -> None:
    given(DENIED)

    when(strike("18T15:00"), article("18T15:00"))

    then(Reversals).made_nothing()


# Which is the earlier, and how far apart


def test_the_earlier_is_the_one_that_was_said_first_whichever_was_recorded_first() -> None:
    given(ADMITTED)

    when(DENIED)

    then(Reversals).made(asserted(entry(DENIED, ADMITTED), gap_min_s=2 * HOUR_S))


@pytest.mark.parametrize("names", [("one", "other"), ("other", "one")], ids="-".join)
def test_of_two_that_began_at_once_the_one_that_was_over_first_is_the_earlier(
    names: tuple[str, str],
) -> None:
    long = denial("18T12:00/18T15:00", id=names[0])
    short = admission("18T12:00/18T13:00", id=names[1])
    given(long, short)

    then(Reversals).holds(
        {entry(short, long): {"order": "unknown", "gap_min_s": 0, "gap_max_s": 3 * HOUR_S}}
    )


@pytest.mark.parametrize(
    ("said", "order"), [("18T12:00", "after"), ("18T12:00/18T13:00", "unknown")]
)
def test_of_two_of_one_window_the_smaller_key_is_the_earlier(said: str, order: str) -> None:
    one, other = in_order_of_keys(denial(said), admission(said))
    given(other, one)

    then(Reversals).holds({entry(one, other): {"order": order, "gap_min_s": 0}})


def test_words_that_began_as_the_others_were_out_came_after_them() -> None:
    later = admission("18T13:00/18T14:00")
    given(DENIED, later)

    then(Reversals).holds(
        {entry(DENIED, later): {"order": "after", "gap_min_s": 0, "gap_max_s": 2 * HOUR_S}}
    )


def test_words_that_began_a_microsecond_before_are_of_unknown_order() -> None:
    denied = denial("18T12:00/18T13:00:00.000001")
    later = admission("18T13:00/18T14:00")
    given(denied, later)

    then(Reversals).holds(
        {entry(denied, later): {"order": "unknown", "gap_min_s": 0, "gap_max_s": 2 * HOUR_S}}
    )


def test_gaps_are_whole_seconds_rounded_down() -> None:
    denied, later = denial("18T12:00"), admission("18T12:00:01.999999/18T12:00:02.500000")
    given(denied, later)

    then(Reversals).holds({entry(denied, later): {"gap_min_s": 1, "gap_max_s": 2}})


# Speakers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "A speaker", "id": "Q1"}, {"name": "Another name", "id": "Q1"}),
        ({"name": "A speaker"}, {"name": "A SPEAKER", "role": "spokesman"}),
        ({"name": "Außenminister"}, {"name": "AUSSENMINISTER"}),
        ({"name": "A speaker", "id": None}, {"name": "a speaker"}),
    ],
    ids=["one-id", "one-name", "letters-that-fold", "an-id-that-is-null"],
)
def test_a_speaker_is_known_by_an_id_else_by_the_name_in_any_case(one: Json, other: Json) -> None:
    denied = denial("18T12:00", speaker={**one, "party": "RUS"})
    admitted = admission("18T13:00", speaker={**other, "party": "RUS"})
    given(denied, admitted)

    then(Reversals).holds({entry(denied, admitted): {}})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "A speaker", "id": "Q1"}, {"name": "A speaker", "id": "Q2"}),
        ({"name": "A speaker", "id": "Q1"}, {"name": "A speaker", "id": "q1"}),
        ({"name": "A speaker", "id": "Q1"}, {"name": "A speaker"}),
        ({"name": "A speaker", "id": "q1"}, {"name": "q1"}),
        ({"name": "A speaker"}, {"name": "A  speaker"}),
        ({"name": "A speaker"}, {"name": "Another speaker"}),
    ],
    ids=[
        "two-ids",
        "ids-in-another-case",
        "an-id-and-none",
        "a-name-like-an-id",
        "blanks",
        "names",
    ],
)
def test_two_speakers_do_not_reverse_each_other(one: Json, other: Json) -> None:
    given(
        denial("18T12:00", speaker={**one, "party": "RUS"}),
        admission("18T13:00", speaker={**other, "party": "RUS"}),
    )

    then(Reversals).holds_nothing()


def test_the_speaker_is_shown_as_the_later_statement_has_it() -> None:
    first = admission("18T12:00", speaker={"name": "As minister", "id": "Q1", "party": "RUS"})
    second = denial("18T13:00", speaker={"name": "As president", "id": "Q1", "party": "RUS"})
    given(second, first)

    then(Reversals).holds({entry(first, second): {"speaker": second["data"]["speaker"]}})


# Topics


@pytest.mark.parametrize(
    ("one", "other", "topics"),
    [
        (["energy"], ["energy"], ["energy"]),
        (["energy"], ["energy_grid"], ["energy", "energy_grid"]),
        (["oil_gas"], ["energy"], ["energy", "oil_gas"]),
        (
            ["rail", "dam", "energy"],
            ["port", "energy_grid", "dam"],
            ["dam", "energy", "energy_grid"],
        ),
        (["energy", "oil_gas"], ["energy"], ["energy", "oil_gas"]),
    ],
)
def test_topics_meet_where_one_covers_the_other(
    one: list[str], other: list[str], topics: list[str]
) -> None:
    denied, admitted = denial("18T12:00", topics=one), admission("18T13:00", topics=other)
    given(denied, admitted)

    then(Reversals).holds({entry(denied, admitted): {"topics": topics}})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["energy_grid"], ["oil_gas"]),
        (["energy"], ["civilian"]),
        (["energy"], []),
        ([], []),
        (["unknown"], ["other"]),
    ],
)
def test_words_on_other_topics_or_on_none_are_no_reversal(one: list[str], other: list[str]) -> None:
    given(denial("18T12:00", topics=one), admission("18T13:00", topics=other))

    then(Reversals).holds_nothing()


# Whom the words are about


@pytest.mark.parametrize(
    ("one", "other", "parties"),
    [
        ({"about": ["UKR", "BLR", "RUS"]}, {"about": ["RUS", "UKR", "UKR"]}, ["RUS", "UKR"]),
        ({}, {"about": ["UKR", "RUS"]}, ["RUS"]),
        ({"about": ["RUS"]}, {"about": []}, ["RUS"]),
        ({"about": ["UKR"]}, {"about": ["UKR"]}, ["UKR"]),
        ({"speaker": {"name": "A speaker"}, "about": ["RUS"]}, {}, ["RUS"]),
    ],
)
def test_both_statements_are_about_a_party_their_speakers_unless_they_say(
    one: Json, other: Json, parties: list[str]
) -> None:
    denied, admitted = denial("18T12:00", **one), admission("18T13:00", **other)
    given(denied, admitted)

    then(Reversals).holds({entry(denied, admitted): {"parties": parties}})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"about": ["UKR"]}, {"about": ["RUS"]}),
        ({"about": ["UKR"]}, {}),
        ({"speaker": {"name": "A speaker"}}, {"speaker": {"name": "A speaker"}}),
        ({"speaker": {"name": "A speaker"}}, {}),
    ],
    ids=["others", "not-the-speakers", "nobodys", "nobodys-and-the-speakers"],
)
def test_words_about_nobody_in_common_are_no_reversal(one: Json, other: Json) -> None:
    given(denial("18T12:00", **one), admission("18T13:00", **other))

    then(Reversals).holds_nothing()


def test_regions_make_no_difference() -> None:
    denied = denial("18T12:00", regions=["UA-12"])
    admitted = admission("18T13:00", regions=["RU"])
    given(denied, admitted)

    then(Reversals).holds({entry(denied, admitted): {}})


# Amendments


def test_a_statement_corrected_to_another_act_is_no_reversal_any_more() -> None:
    given(DENIED, ADMITTED)

    when(correction(DENIED, act="condemn"))

    then(Reversals).made(withdrawn(entry(DENIED, ADMITTED))).holds_nothing()


@pytest.mark.parametrize(
    "fields",
    [
        {"topics": ["rail"]},
        {"about": ["UKR"]},
        {"speaker": {"name": "Another", "party": "RUS"}},
    ],
    ids=["topics", "about", "speaker"],
)
def test_a_correction_that_takes_away_what_they_share_withdraws_the_reversal(fields: Json) -> None:
    given(DENIED, ADMITTED)

    when(correction(ADMITTED, **fields))

    then(Reversals).made(withdrawn(entry(DENIED, ADMITTED)))


def test_a_statement_that_a_correction_makes_opposite_is_a_reversal() -> None:
    words = statement("report", "18T15:00")
    given(DENIED, words)

    fix = correction(words, act="justify")
    when(fix)

    reader = then(Reversals).made(asserted(entry(DENIED, words)))
    assert reader.revisions[-1]["because"] == [key_of(fix), key_of(words)]


def test_a_correction_that_makes_the_later_the_earlier_is_another_reversal() -> None:
    given(DENIED, ADMITTED)

    when(correction(ADMITTED, said=window("18T10:00")))

    then(Reversals).made(
        withdrawn(entry(DENIED, ADMITTED)),
        asserted(entry(ADMITTED, DENIED), gap_min_s=2 * HOUR_S, order="after"),
    )


def test_a_correction_of_the_words_revises_the_reversal() -> None:
    given(DENIED, ADMITTED)

    when(correction(DENIED, proposition="It was not us."))

    reader = then(Reversals).made(asserted(entry(DENIED, ADMITTED)))
    assert reader.revisions[-1]["body"]["earlier_words"]["proposition"] == "It was not us."
    assert reader.revisions[-1]["revision"] == 2


def test_a_correction_of_what_no_reversal_shows_makes_no_revision() -> None:
    given(DENIED, ADMITTED)

    when(
        correction(
            ADMITTED,
            articles=["https://news.example/1"],
            quotes=[{"lang": "ru", "text": "Да."}],
            regions=["UA"],
            about=["RUS", "UKR"],
        )
    )

    then(Reversals).made_nothing()


@pytest.mark.parametrize("gone", [DENIED, ADMITTED], ids=["earlier", "later"])
def test_a_retracted_statement_is_no_part_of_a_reversal_until_a_correction_revives_it(
    gone: Json,
) -> None:
    given(DENIED, ADMITTED, retraction(gone, time=LATE))
    then(Reversals).holds_nothing()

    when(correction(gone, time=LATER))

    reader = then(Reversals).made(asserted(entry(DENIED, ADMITTED)))
    assert [one["revision"] for one in reader.revisions] == [1, 2, 3]


def test_a_correction_earlier_than_the_retraction_does_not_revive_it() -> None:
    given(DENIED, ADMITTED, retraction(DENIED, time=LATE))

    when(correction(DENIED, time=EARLY))

    then(Reversals).made_nothing().holds_nothing()


def test_a_retraction_withdraws_all_reversals_of_a_statement_and_no_others() -> None:
    justified, again = statement("justify", "18T17:00"), denial("18T18:00")
    given(DENIED, ADMITTED, justified, again)

    when(retraction(DENIED))

    gone = sorted([entry(DENIED, ADMITTED), entry(DENIED, justified)])
    then(Reversals).made(*(withdrawn(one) for one in gone)).holds(
        {entry(ADMITTED, again): {}, entry(justified, again): {}}
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "condemn"},
        {"about": ["UKR"]},
        {"topics": ["rail"]},
        {"speaker": {"name": "Another", "party": "RUS"}},
    ],
    ids=["act", "about", "topics", "speaker"],
)
def test_what_a_statement_said_before_its_correction_is_reversed_by_nothing(fields: Json) -> None:
    given(DENIED, correction(DENIED, **fields))

    when(ADMITTED)

    then(Reversals).made_nothing().holds_nothing()


def test_a_retracted_statement_is_reversed_by_nothing_that_comes_after() -> None:
    given(DENIED, retraction(DENIED))

    when(ADMITTED)

    then(Reversals).made_nothing().holds_nothing()


def test_a_correction_that_comes_before_its_statement_holds_from_the_start() -> None:
    given(DENIED, correction(ADMITTED, act="justify"))
    then(Reversals).holds_nothing().waits_for(1)

    when(ADMITTED)

    reader = then(Reversals).waits_for(0).made(asserted(entry(DENIED, ADMITTED)))
    assert reader.revisions[-1]["body"]["later_words"]["act"] == "justify"


def test_a_statement_that_was_retracted_before_it_came_reverses_nothing() -> None:
    given(DENIED, retraction(ADMITTED))

    when(ADMITTED)

    then(Reversals).made_nothing().waits_for(0)


def test_an_amendment_of_another_kind_or_of_an_amendment_changes_nothing() -> None:
    fix = correction(ADMITTED, act="justify")
    given(DENIED, ADMITTED, fix)

    when(
        retraction(fix, time=LATER),
        {**retraction(DENIED, id="r"), "type": "conflict.strike.retracted.v1"},
    )

    then(Reversals).made_nothing().holds_entry(entry(DENIED, ADMITTED))


@pytest.mark.parametrize("seed", [8, 22])
def test_reversals_keep_the_rules(seed: int) -> None:
    events = wide_history(seed, events=40)
    given(*events)
    assert len(then(Reversals).revisions) > 10

    keeps_the_rules(Reversals, events, seed=seed)
