"""Corrections and retractions: which body of an event holds, as a reader of timelines sees it."""

from conflict_timeline.projections.effective import EffectiveBodies
from conflict_timeline.projections.incidents import Incidents
from conflict_timeline.projections.pairings import Pairings

from .folding import recorded
from .kit import (
    article,
    asserted,
    correction,
    denial,
    given,
    incident,
    incident_id,
    pair,
    pair_id,
    retraction,
    strike,
    then,
    when,
    window,
    withdrawn,
)

EARLY, LATE, LATER = (f"2025-03-0{day}T12:00:00Z" for day in (1, 2, 3))
HIT = strike("18T22:00/18T23:00")
WORDS = denial("18T12:00")


def test_the_correction_made_last_holds_whichever_was_recorded_last() -> None:
    rail = correction(HIT, targets=["rail"], time=LATE)
    given(HIT, rail)

    when(correction(HIT, targets=["port"], time=EARLY))

    then(Incidents()).made_nothing()
    then(Incidents()).holds(incident(HIT, targets=["rail"]))


def test_of_two_corrections_made_at_once_the_larger_id_holds() -> None:
    given(HIT, correction(HIT, targets=["rail"], id="b"), correction(HIT, targets=["port"], id="a"))

    then(Incidents()).holds(incident(HIT, targets=["rail"]))


def test_times_are_compared_as_instants() -> None:
    in_kyiv = correction(HIT, targets=["port"], time="2025-03-01T13:30:00+02:00")
    given(HIT, correction(HIT, targets=["rail"], time="2025-03-01T12:00:00Z"), in_kyiv)

    then(Incidents()).holds(incident(HIT, targets=["rail"]))


def test_a_correction_replaces_the_whole_body() -> None:
    full = strike("18T22:00/18T23:00", weapons=[{"family": "missile"}])
    given(full, correction(full, drop=["weapons"], targets=["rail"]))

    then(Incidents()).holds(incident(full, weapons=[], targets=["rail"]))


def test_a_correction_later_than_the_retraction_brings_the_report_back() -> None:
    given(HIT, retraction(HIT, time=LATE))

    when(correction(HIT, time=LATER))

    then(Incidents()).holds(incident(HIT))


def test_a_correction_earlier_than_the_retraction_does_not() -> None:
    given(HIT, retraction(HIT, time=LATE))

    when(correction(HIT, time=EARLY))

    then(Incidents()).holds_nothing()


def test_an_amendment_that_comes_before_its_event_waits_for_it() -> None:
    given(correction(HIT, targets=["rail"]))
    then(Incidents()).holds_nothing()

    when(HIT)
    then(Incidents()).made(asserted(incident_id(HIT), number=1, body={"targets": ["rail"]}))


def test_events_that_are_amended_and_not_recorded_yet_are_counted() -> None:
    bodies, waiting = EffectiveBodies(), list[int]()
    fix, again = correction(HIT, time=EARLY), correction(HIT, time=LATE)
    for event in recorded([fix, again, retraction(WORDS), HIT, WORDS]):
        bodies.apply(event)
        waiting.append(bodies.waiting)

    assert waiting == [1, 1, 2, 1, 0]


def test_a_retraction_that_comes_before_its_event_keeps_it_out() -> None:
    given(retraction(HIT))

    when(HIT)

    then(Incidents()).made_nothing()


def test_an_amendment_of_another_kind_has_no_effect_before_or_after_the_event() -> None:
    of_words = {**retraction(HIT), "type": "conflict.statement.retracted.v1"}
    of_article = {**retraction(HIT), "type": "conflict.article.retracted.v1", "id": "other"}
    given(of_words, HIT, of_article)

    then(Incidents()).holds(incident(HIT))


def test_a_correction_cannot_make_words_of_a_strike() -> None:
    fix = correction(HIT)
    fix["type"] = "conflict.statement.corrected.v1"
    fix["data"]["replacement"] = WORDS["data"]
    given(HIT, fix, strike("19T22:00/19T23:00"))

    then(Pairings()).holds_nothing()


def test_an_amendment_of_an_amendment_has_no_effect() -> None:
    fix = correction(HIT, targets=["rail"], time=EARLY)
    given(HIT, fix, {**retraction(fix, time=LATE), "type": "conflict.strike.retracted.v1"})

    then(Incidents()).holds(incident(HIT, targets=["rail"]))


def test_articles_make_no_revision() -> None:
    paper = article("18T12:00")
    given(WORDS, HIT)

    when(paper, correction(paper), retraction(paper))

    then(Incidents()).made_nothing()
    then(Pairings()).made_nothing()


# Pairs


def test_a_corrected_statement_is_paired_by_what_it_says_now() -> None:
    given(WORDS, HIT)

    when(correction(WORDS, topics=["rail"]))

    then(Pairings()).made(withdrawn(pair_id(WORDS, HIT), number=2))


def test_a_corrected_statement_keeps_its_pair_and_shows_the_new_words() -> None:
    given(WORDS, HIT)

    when(correction(WORDS, proposition="Nothing was struck."))

    then(Pairings()).made(
        asserted(pair_id(WORDS, HIT), number=2, body={"proposition": "Nothing was struck."})
    )


def test_a_statement_corrected_to_an_unpaired_act_loses_its_pairs() -> None:
    given(WORDS, HIT)

    when(correction(WORDS, act="condemn"))

    then(Pairings()).holds_nothing()


def test_a_retracted_statement_loses_its_pairs_and_gets_them_back_with_a_correction() -> None:
    given(WORDS, HIT, retraction(WORDS, time=LATE))
    then(Pairings()).holds_nothing()

    when(correction(WORDS, time=LATER))
    then(Pairings()).made(asserted(pair_id(WORDS, HIT), number=3))


def test_a_correction_of_what_no_pair_shows_makes_no_revision() -> None:
    given(WORDS, HIT)

    when(correction(WORDS, articles=["https://news.example/1"]))

    then(Pairings()).made_nothing()


def test_a_corrected_strike_is_paired_by_what_it_says_now() -> None:
    given(WORDS, HIT)

    when(correction(HIT, occurred=window("18T10:00/18T11:00")))

    then(Pairings()).made(withdrawn(pair_id(WORDS, HIT), number=2))


def test_a_retracted_strike_leaves_no_pair() -> None:
    given(WORDS, HIT)

    when(retraction(HIT))

    then(Pairings()).made(withdrawn(pair_id(WORDS, HIT), number=2))


def test_a_pair_follows_its_incident_to_a_new_id() -> None:
    night = strike("18T18:00/19T07:00")
    given(WORDS, HIT, night)

    when(retraction(HIT))

    then(Pairings()).made(
        withdrawn(pair_id(WORDS, HIT), number=2),
        asserted(pair_id(WORDS, night), number=1, body=pair(WORDS, night, order="after")),
    )


def test_a_report_that_narrows_the_core_revises_the_pair() -> None:
    night = strike("18T18:00/19T07:00")
    given(WORDS, night)

    when(HIT)

    then(Pairings()).made(
        asserted(
            pair_id(WORDS, night), number=2, body={"lag_min_s": 10 * 3600, "lag_max_s": 11 * 3600}
        )
    )


def test_one_more_report_that_changes_nothing_shown_makes_no_revision_of_the_pair() -> None:
    given(WORDS, HIT)

    when(strike("18T18:00/19T07:00"))

    then(Pairings()).made_nothing()
