"""What is computed on read: before, mirror, and the base rate of any statement."""

import msgspec
import pytest

from conflict_events.events import StatementMade
from conflict_events.timelines import Pairing
from conflict_timeline.queries.view import UnknownStatementError, statement_of
from conflict_timeline.testing import (
    Json,
    correction_of,
    denial,
    history,
    key_of,
    record,
    retraction_of,
    statement,
    strike,
)
from tests.queries.views import entries, view_of
from tests.support import seeded

WORDS = denial("2025-02-18T10:00:00Z/2025-02-18T12:00:00Z", id="words")
KEY = key_of(WORDS)
BY_UKRAINE = [{"party": "UKR", "basis": "claimed_by_attacker"}]


def incident(of: Json) -> str:
    """The incident of one report."""
    return f"i-{key_of(of)}"


# Before


def test_before_a_denial_are_the_matching_incidents_that_were_over_by_then() -> None:
    over = strike("2025-02-18T08:00:00Z/2025-02-18T10:00:00Z", id="over")
    running = strike("2025-02-18T09:00:00Z/2025-02-18T10:00:01Z", place="Kyiv", id="running")
    other = strike("2025-02-17T08:00:00Z", attribution=BY_UKRAINE, id="other")
    rail = strike("2025-02-16T08:00:00Z", targets=["rail"], id="rail")

    found = view_of(WORDS, over, running, other, rail).before(KEY)

    assert found.incidents == (incident(over),)


def test_before_a_denial_reaches_back_365_days() -> None:
    edge = strike("2024-02-18T09:00:00Z/2024-02-18T10:00:00Z", id="edge")  # 2024 is a leap year.
    within = strike("2024-02-19T09:00:00Z/2024-02-19T10:00:01Z", id="within")
    without = strike("2024-02-19T09:00:00Z/2024-02-19T10:00:00Z", place="Kyiv", id="without")

    assert view_of(WORDS, edge, within, without).before(KEY).incidents == (incident(within),)


def test_before_comes_in_the_order_of_cores() -> None:
    reports = [
        strike(
            f"2025-02-{day}T08:00:00Z/2025-02-{day}T09:00:00Z", id=f"day {day}".replace(" ", "-")
        )
        for day in (16, 12, 14)
    ]

    found = view_of(*reports, WORDS).before(KEY).incidents

    assert found == tuple(incident(reports[at]) for at in (1, 2, 0))


# Mirror


def test_the_mirror_pairs_the_same_words_with_the_strikes_of_all_other_parties() -> None:
    theirs = strike("2025-02-19T08:00:00Z", id="theirs")
    ours = strike("2025-02-19T09:00:00Z", attribution=BY_UKRAINE, place="Kursk", id="ours")
    others = strike(
        "2025-02-19T10:00:01Z",
        attribution=[{"party": "somebody", "basis": "assessed"}],
        place="Elsewhere",
        id="others",
    )

    mirror = view_of(WORDS, theirs, ours, others).mirror(KEY)

    assert mirror.about == ("UKR", "somebody")
    assert [pair.incident for pair in mirror.pairs] == [incident(ours), incident(others)]
    assert {pair.statement for pair in mirror.pairs} == {KEY}
    assert mirror.windows["24h"].observed_definite == 1
    assert mirror.windows["24h"].observed_possible == 1  # A second more than a day after 10:00.
    assert mirror.windows["72h"].observed_definite == 2


def test_the_mirror_of_the_mirror_is_the_rule_itself() -> None:
    theirs = strike("2025-02-19T08:00:00Z", id="theirs")
    ours = strike("2025-02-19T09:00:00Z", attribution=BY_UKRAINE, place="Kursk", id="ours")
    turned = denial("2025-02-18T10:00:00Z/2025-02-18T12:00:00Z", about=["UKR"], id="turned")

    view = view_of(WORDS, turned, theirs, ours)

    def told(pairs: tuple[Pairing, ...]) -> list[tuple[str, int, int]]:
        return [(pair.incident, pair.lag_min_s, pair.lag_max_s) for pair in pairs]

    paired = [
        msgspec.json.decode(entry.body, type=Pairing)
        for entry in entries("pairings", [WORDS, turned, theirs, ours])
        if entry.entry.startswith(KEY)
    ]
    assert told(view.mirror(key_of(turned)).pairs) == told(tuple(paired))


def test_the_mirror_tells_what_the_regions_of_the_words_leave_out() -> None:
    words = denial("2025-02-18T10:00:00Z", regions=["UA"], id="of-ukraine")
    there = strike("2025-02-19T09:00:00Z", attribution=BY_UKRAINE, id="there")
    kursk = {"name": "Kursk", "country": "RU"}
    elsewhere = strike("2025-02-19T09:00:00Z", attribution=BY_UKRAINE, place=kursk, id="elsewhere")

    mirror = view_of(words, there, elsewhere).mirror(key_of(words))

    assert [pair.incident for pair in mirror.pairs] == [incident(there)]
    assert mirror.beyond_regions == 1


def test_without_another_party_there_is_no_mirror() -> None:
    view = view_of(WORDS, strike("2025-02-19T08:00:00Z"))

    assert (view.mirror(KEY).about, view.mirror(KEY).pairs) == ((), ())


def test_words_about_nobody_have_no_mirror() -> None:
    words = statement("2025-02-18T10:00:00Z", act="demand", id="demand")
    view = view_of(words, strike("2025-02-19T08:00:00Z"))

    assert (view.mirror(key_of(words)).about, view.mirror(key_of(words)).pairs) == ((), ())


# Any statement


@pytest.mark.parametrize("act", ["accuse", "report", "demand"])
def test_words_that_are_never_paired_have_nothing_observed(act: str) -> None:
    words = statement("2025-02-18T10:00:00Z", act=act, id="words")
    rate = view_of(words, strike("2025-02-18T11:00:00Z")).base_rate(key_of(words))

    assert {one.observed_possible for one in rate.windows.values()} == {0}
    assert {one.observed_definite for one in rate.windows.values()} == {0}
    assert rate.denominator.statements == 1


def test_what_is_no_statement_or_counts_no_more_is_not_found() -> None:
    report = strike("2025-02-18T11:00:00Z", id="report")
    view = view_of(WORDS, report, retraction_of(WORDS))

    for key in (KEY, key_of(report), "f" * 32):
        with pytest.raises(UnknownStatementError, match="as of position 3"):
            view.base_rate(key)


def test_a_correction_moves_the_words_and_all_that_is_asked_of_them() -> None:
    after = strike("2025-02-18T13:00:00Z", id="after")
    moved = correction_of(WORDS, said="2025-02-18T14:00:00Z/2025-02-18T15:00:00Z")

    assert view_of(WORDS, after).base_rate(KEY).windows["24h"].observed_definite == 1
    assert view_of(WORDS, after, moved).base_rate(KEY).windows["24h"].observed_definite == 0
    assert view_of(WORDS, after, moved).before(KEY).incidents == (incident(after),)


@pytest.mark.parametrize("seed", range(30))
def test_what_is_observed_is_what_the_timeline_pairs(seed: int) -> None:
    """The rates are computed from incidents; pairings are folded from events."""
    print(f"seed {seed}")
    events = history(seed, events=60)
    view = view_of(*events)
    pairs = [msgspec.json.decode(entry.body, type=Pairing) for entry in entries("pairings", events)]

    for key in view.statements:
        rate = view.base_rate(key)
        own = [pair for pair in pairs if pair.statement == key]
        for name, window in rate.windows.items():
            fits = [pair.windows.get(name) for pair in own]
            assert window.observed_definite == fits.count("definite"), (key, name)
            assert window.observed_possible == fits.count("possible"), (key, name)
            among = rate.denominator.windows[name]
            assert among.over + among.not_yet_over == rate.denominator.statements


@pytest.mark.parametrize("seed", range(10))
def test_the_chronology_says_of_a_statement_all_that_the_rules_ask(seed: int) -> None:
    print(f"seed {seed}")
    events = [event for event in history(seed) if event["type"].endswith(".made.v1")]
    made = {one.key: one.event.data for one in record(events)}
    view = view_of(*events)

    assert view.statements.keys() == made.keys()
    for key, happening in view.statements.items():
        original = made[key]
        assert isinstance(original, StatementMade)
        again = statement_of(happening)
        assert again.said.earliest == original.said.earliest
        assert again.said.latest == original.said.latest
        assert (again.speaker, again.act, set(again.topics)) == (
            original.speaker,
            original.act,
            set(original.topics),
        )


def test_quotes_are_searched_by_the_key_of_their_statement() -> None:
    quoted = denial(
        "2025-02-18T10:00:00Z",
        quotes=[{"lang": "ru", "text": "никогда"}, {"lang": "en", "text": "never"}],
        id="quoted",
    )

    assert view_of(quoted, WORDS).texts == {key_of(quoted): ("никогда", "never"), KEY: ()}


def test_a_base_rate_is_the_same_whatever_order_the_events_came_in() -> None:
    rng = seeded()
    events = history(rng.getrandbits(32), events=50)
    shuffled = rng.sample(events, len(events))

    one, other = view_of(*events), view_of(*shuffled)

    assert one.statements.keys() == other.statements.keys()
    for key in one.statements:
        assert one.base_rate(key) == other.base_rate(key)
