"""What is computed on read, and filters, at the command line."""

from collections.abc import Callable
from typing import Final

import pytest

from conflict_events.identity import event_key
from conflict_timeline.projections.pairing_rules import WINDOWS_US
from tests.cli.console import Console
from tests.oracle.times import Json

EPISODES: Final = "https://conflict-timeline.example/samples/episodes"
DENIAL: Final = event_key(EPISODES, "lavrov-riyadh-2025-02-18")
STRIKE: Final = event_key(EPISODES, "odesa-af")
RATE: Final = (
    *("share_low", "share_high", "mean_low", "mean_high"),
    *("observed_definite", "observed_possible"),
)


def pairs(console: Console, *filters: str) -> list[Json]:
    """Pairings of the conflict."""
    done = console("timeline", "pairings", "--conflict", "ukraine", *filters)
    assert done.code == 0, done.err
    return done.rows


def test_a_base_rate_has_the_documented_shape(sample: Console) -> None:
    found = sample("baserate", DENIAL).one

    assert {
        *("statement", "position", "reason", "windows"),
        *("days_with_match", "days_recorded", "denominator"),
    } <= found.keys()
    assert list(found["windows"]) == list(WINDOWS_US)
    assert {tuple(window) for window in found["windows"].values()} == {RATE}
    assert (found["statement"], found["conflict"], found["position"]) == (DENIAL, "ukraine", 34)
    assert found["versions"] == {"chronology": 1, "incidents": 1}
    assert found["denominator"].keys() == {"statements", "windows"}


def test_what_was_observed_is_what_the_timeline_pairs(sample: Console) -> None:
    windows = sample("baserate", DENIAL).one["windows"]

    paired = [row["body"] for row in pairs(sample) if row["body"]["statement"] == DENIAL]
    assert paired
    assert paired == [row["body"] for row in pairs(sample, "--statement", DENIAL)]
    for name, window in windows.items():
        fits = [body["windows"].get(name) for body in paired]
        assert window["observed_definite"] == fits.count("definite")
        assert window["observed_possible"] == fits.count("possible")


def test_with_thin_data_there_is_no_rate_and_the_reason_is_told(sample: Console) -> None:
    found = sample("baserate", DENIAL).one

    assert found["reason"] == "too_little_data"
    assert found["days_recorded"] < 30
    assert found["windows"]["24h"]["share_high"] is None


def test_a_question_is_answered_as_of_the_position_that_is_asked_for(sample: Console) -> None:
    before = sample("baserate", DENIAL, "--as-of", "3", "--conflict", "ukraine").one

    assert before["position"] == 3
    assert before["windows"]["30d"]["observed_definite"] == 0
    assert sample("baserate", DENIAL).one["windows"]["30d"]["observed_definite"] > 0


def test_the_mirror_pairs_the_strikes_of_the_other_side(sample: Console) -> None:
    found = sample("mirror", DENIAL).one

    assert found["about"] == ["UKR"]
    assert {party["party"] for pair in found["pairs"] for party in pair["parties"]} <= {"UKR"}
    assert list(found["windows"]) == list(WINDOWS_US)


def test_before_names_incidents_that_are_on_the_timeline(sample: Console) -> None:
    promise = event_key(EPISODES, "kremlin-readout-2025-03-18")
    found = sample("before", promise).one

    incidents = {
        row["entry"]: row["body"]
        for row in sample("timeline", "incidents", "--conflict", "ukraine").rows
    }
    assert found["incidents"]
    for entry in found["incidents"]:
        assert incidents[entry]["core"]["latest"] <= "2025-03-18T14:00:00Z"
        assert "RUS" in {party["party"] for party in incidents[entry]["parties"]}


@pytest.mark.parametrize("command", ["baserate", "before", "mirror"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], ["'nothing' is no event key"]),
        (["f" * 32], ["no conflict has an event"]),
        ([STRIKE], ["no statement", "as of position 34"]),
        (["f" * 32, "--conflict", "ukraine"], ["no statement"]),
        ([DENIAL, "--conflict", "sudan"], ["there is no conflict 'sudan'"]),
        ([DENIAL, "--as-of", "35"], ["beyond the lowest checkpoint of chronology and incidents"]),
        ([DENIAL, "--as-of", "0"], ["no statement", "as of position 0"]),
    ],
)
def test_what_is_not_there_is_exit_3(
    sample: Console, command: str, arguments: list[str], words: list[str]
) -> None:
    sample(command, *arguments).refuses(3, *words)


def test_without_the_timelines_that_it_rests_on_there_is_no_answer(console: Console) -> None:
    console.publish({"specversion": "1.0"})  # Refused: nothing is recorded.
    console("baserate", DENIAL).refuses(3, "no conflict has an event")


# Filters


def test_filters_choose_among_current_entries(sample: Console) -> None:
    every = pairs(sample)

    def chosen(*filters: str) -> list[str]:
        return [row["entry"] for row in pairs(sample, *filters)]

    def those(holds: Callable[[Json], bool]) -> list[str]:
        return [row["entry"] for row in every if holds(row["body"])]

    def is_after(body: Json) -> bool:
        return bool(body["order"] == "after")

    def is_within_a_day(body: Json) -> bool:
        return "24h" in body["windows"]

    def is_lavrov(body: Json) -> bool:
        return "Lavrov" in body["speaker"]["name"]

    def is_of_ukraine(body: Json) -> bool:
        return "UKR" in {held["party"] for held in body["parties"]}

    assert chosen("--order", "after") == those(is_after)
    assert chosen("--within", "24h") == those(is_within_a_day)
    assert chosen("--speaker", "LAVROV") == those(is_lavrov)
    assert chosen("--party", "UKR", "--party", "RUS") == [row["entry"] for row in every]
    assert chosen("--party", "UKR") == those(is_of_ukraine)
    assert 0 < len(chosen("--q", "подвергали")) < len(every)


def test_filters_of_a_history_keep_all_revisions_of_an_entry(sample: Console) -> None:
    done = sample("timeline", "incidents", "--conflict", "ukraine", "--q", "Odesa", "--history")

    numbers: dict[str, list[int]] = {}
    for row in done.rows:
        numbers.setdefault(row["entry"], []).append(row["revision"])
    assert numbers
    for revisions in numbers.values():
        assert revisions == list(range(1, len(revisions) + 1))
    assert max(map(len, numbers.values())) > 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("incidents --order after", ["incidents cannot be filtered by 'order'", "it can by"]),
        ("pairings --party Russia", ["'Russia' is no party", "RUS"]),
        ("pairings --region ukraine", ["'ukraine' is no region"]),
        ("pairings --topic power", ["'power' is no topic", "energy_grid"]),
        ("pairings --act lie", ["'lie' is no act", "deny"]),
        ("pairings --from yesterday", ["'from'"]),
        ("pairings --from 2025-03 --to 2025-02", ["lies before"]),
        ("pairings --within 48h", ["48h"]),
        ("pairings --statement i-1", ["'i-1' is no event key"]),
        ("pairings --statement=", ["--statement is empty"]),
    ],
)
def test_a_filter_that_is_none_is_exit_2(sample: Console, arguments: str, words: list[str]) -> None:
    sample("timeline", *arguments.split(), "--conflict", "ukraine").refuses(2, *words)


# People


def test_people_see_every_pairing_beside_its_base_rate(sample: Console) -> None:
    shown = sample("timeline", "pairings", "--conflict", "ukraine", "--output", "table")

    statements = {row["body"]["statement"] for row in pairs(sample)}
    assert shown.code == 0
    assert shown.out.count("Observed beside expected") == len(statements)
    assert shown.out.count("The same for the other side") == len(statements)
    for name in WINDOWS_US:
        assert shown.out.count(f"  {name}: observed ") == 2 * len(statements)
    assert shown.out.count("    core 2025") == len(pairs(sample))
    assert "reported after" in shown.out.lower()
    for word in ("in response", "despite", "breaking"):
        assert word not in shown.out.lower()


def test_people_see_on_what_an_attribution_rests_and_who_disputes_it(sample: Console) -> None:
    shown = sample("timeline", "pairings", "--conflict", "ukraine", "--output", "table").out

    assert "attributed to RUS (alleged_by_target" in shown
    disputed = [row["body"] for row in pairs(sample, "--disputed")]
    assert ("disputed by" in shown) == bool(disputed)


def test_a_denial_shows_what_was_reported_before_it_and_other_acts_do_not(
    sample: Console,
) -> None:
    shown = sample("timeline", "pairings", "--conflict", "ukraine", "--output", "table").out

    denials = {row["body"]["statement"] for row in pairs(sample, "--act", "deny")}
    assert shown.count("only these bear on a denial") == len(denials) > 0


def test_filters_choose_pairs_and_leave_the_rates_as_they_are(sample: Console) -> None:
    arguments = ("timeline", "pairings", "--conflict", "ukraine", "--output", "table")
    whole = sample(*arguments, "--speaker", "Lavrov").out
    part = sample(*arguments, "--speaker", "Lavrov", "--within", "24h").out

    def rates(text: str) -> set[str]:
        return {line for line in text.splitlines() if ": observed " in line}

    assert "as filtered" in part
    assert rates(part) <= rates(whole)
    assert len(part.splitlines()) < len(whole.splitlines())


def test_incidents_on_a_terminal_tell_how_many_independent_sources_they_have(
    sample: Console,
) -> None:
    shown = sample("timeline", "incidents", "--conflict", "ukraine", "--output", "table").out

    assert "independent sources" in shown.splitlines()[0]
    assert " unknown" in shown
