# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (JSON is Any: what isinstance() finds in it, pyright calls unknown.)
"""The sample of one newspaper article: its events hold, and its `SOURCE.md` tells the truth."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, Final, NamedTuple

import pytest

from conflict_events.codec import Policy, examine
from conflict_events.identity import event_key
from conflict_events.recorded import RecordedEvent
from conflict_events.window import Window
from tests.projections.folding import Json, held, recorded

SAMPLES: Final = files("conflict_timeline.samples")
ODESA: Final = "odesa-af"
"""The account of the strike on Odesa that the other set recorded first."""


def lines_of(name: str) -> list[bytes]:
    """The lines of a sample set."""
    return (SAMPLES / name / "events.ndjson").read_bytes().splitlines()


def events_of(name: str) -> list[Json]:
    """The events of a sample set, as JSON."""
    return [json.loads(line) for line in lines_of(name)]


LINES: Final = lines_of("seed-article")
EVENTS: Final = events_of("seed-article")
EPISODES: Final = events_of("episodes")
IDS: Final = frozenset(event["id"] for event in EVENTS)
EPISODE_IDS: Final = frozenset(event["id"] for event in EPISODES)
SOURCE: Final = (SAMPLES / "seed-article" / "SOURCE.md").read_text("utf-8")

INVENTORY: Final = [
    f"{letter}{number:02}"
    for letter, last in (("S", 34), ("E", 6), ("F", 12), ("C", 23))
    for number in range(1, last + 1)
]
"""The entries of the inventory: statements, strikes, figures, and conflicts and slips."""


class Row(NamedTuple):
    """A row of the table of what became of each entry."""

    entry: str
    here: frozenset[str]
    episodes: frozenset[str]
    became: str
    why: str


def rows() -> Iterator[Row]:
    """The table of what became of each entry of the inventory."""
    for line in SOURCE.splitlines():
        if found := re.fullmatch(r"\| ([SEFC]\d\d) \| (.+) \| (.+) \| (.*)\|", line):
            entry, _, became, why = found.groups()
            named = re.findall(r"`([^`]+)`( \(episodes\))?", became)
            yield Row(
                entry,
                frozenset(name for name, elsewhere in named if not elsewhere),
                frozenset(name for name, elsewhere in named if elsewhere),
                became,
                why,
            )


TABLE: Final = tuple(rows())


def bodies() -> Iterator[Json]:
    """What each event says, or what it puts in the place of another."""
    for event in EVENTS:
        yield event["data"].get("replacement", event["data"])


def windows(value: Any) -> Iterator[Json]:
    """Every window in JSON."""
    if isinstance(value, dict):
        if "earliest" in value and "latest" in value:
            yield value
        for inner in value.values():
            yield from windows(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from windows(inner)


def addresses() -> set[str]:
    """Every address that an event cites."""
    return {address for body in bodies() for address in body.get("articles", ())}


def log(*sets: list[Json]) -> list[RecordedEvent]:
    """A log of these sets, one after the other."""
    return recorded([event for one in sets for event in one])


def odesa_in(events: list[RecordedEvent]) -> Json:
    """The incident that holds the Air Force's account of Odesa."""
    key = event_key(EPISODES[0]["source"], ODESA)
    (found,) = [body for body in held("incidents", events).values() if key in body["members"]]
    return found


# The events


@pytest.mark.parametrize("line", LINES, ids=lambda line: json.loads(line)["id"])
def test_a_line_is_accepted_and_has_no_unknown_field(line: bytes) -> None:
    assert examine(line, Policy()).unknown_fields == ()


def test_ids_are_unique_and_times_are_a_second_apart() -> None:
    first = datetime(2026, 11, 22, 13, tzinfo=UTC)

    assert len(IDS) == len(EVENTS)
    assert {(event["source"], event["conflict"]) for event in EVENTS} == {
        ("https://conflict-timeline.example/samples/seed-article", "ukraine")
    }
    assert [datetime.fromisoformat(event["time"]) for event in EVENTS] == [
        first + timedelta(seconds=line) for line in range(len(EVENTS))
    ]


def test_a_window_with_an_edtf_text_is_what_that_text_says() -> None:
    checked = 0
    for window in windows(EVENTS):
        if (text := window.get("edtf")) is not None:
            parsed = Window.parse(text, zone=window["zone"])
            assert (parsed.earliest, parsed.latest) == (
                datetime.fromisoformat(window["earliest"]),
                datetime.fromisoformat(window["latest"]),
            )
            checked += 1
    assert checked > 40


def test_quotations_are_short_cut_and_attributed() -> None:
    quotes = [quote for body in bodies() for quote in body.get("quotes", ())]

    assert len(quotes) > 10
    for quote in quotes:
        assert len(quote["text"]) <= 300
        assert (quote["lang"], quote["complete"]) == ("en", False)
        assert quote["source"]


def test_nothing_of_the_other_set_is_told_twice() -> None:
    assert IDS.isdisjoint(EPISODE_IDS)
    words = {body["proposition"] for body in bodies() if "proposition" in body}
    assert words.isdisjoint(event["data"].get("proposition") for event in EPISODES)


def test_a_scale_of_the_blackout_keeps_its_unit_and_its_claimant() -> None:
    """As they were reported: a correction takes the governor's away later."""
    scales = {
        (
            figure["unit"],
            figure.get("low"),
            figure.get("best"),
            figure.get("high"),
            figure["claimant"]["name"],
        )
        for event in [*EPISODES, *EVENTS]
        if event["data"].get("incident") == "seed:odesa-2025-02-18"
        for figure in event["data"].get("figures", ())
        if figure["measure"] == "without_power"
    }
    assert scales == {
        ("people", 2000, None, 9999, "British newspaper of the article"),
        ("homes", 200, None, 999, "British newspaper of the article"),
        ("homes", 501, None, None, "Oleh Kiper"),
        (
            "homes",
            20000,
            None,
            99999,
            "Separate reports (unnamed), as cited by the article",
        ),
        ("buildings", None, 500, None, "Hennadii Trukhanov"),
        ("people", 160000, None, None, "Volodymyr Zelensky"),
    }


# SOURCE.md


def test_the_table_names_every_entry_of_the_inventory_once() -> None:
    assert [row.entry for row in TABLE] == INVENTORY


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.entry)
def test_an_event_that_the_table_names_is_in_the_set_it_says(row: Row) -> None:
    assert row.here <= IDS
    assert row.episodes <= EPISODE_IDS


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.entry)
def test_what_became_no_event_has_a_reason(row: Row) -> None:
    if not row.here and not row.episodes:
        assert row.became == "none"
        assert row.why.strip()


def test_every_event_is_in_the_table() -> None:
    named = frozenset[str]().union(*(row.here for row in TABLE))

    assert named == {name for name in IDS if "/correction-" not in name}


def test_every_correction_is_described() -> None:
    corrected = {event["data"]["corrects"]["id"] for event in EVENTS if "corrects" in event["data"]}
    section = SOURCE.partition("## Corrections")[2].partition("\n## ")[0]

    assert corrected
    assert set(re.findall(r"^\| `([^`]+)` \|", section, flags=re.MULTILINE)) == corrected


def test_the_counts_are_true() -> None:
    counted = Counter(event["type"] for event in EVENTS)
    told = re.findall(r"^\| `(conflict\.[a-z.0-9]+)` \| (\d+) \|$", SOURCE, flags=re.MULTILINE)

    assert {name: int(count) for name, count in told} == counted
    assert f"`events.ndjson`: {len(EVENTS)} events" in SOURCE


def test_every_address_is_listed() -> None:
    listed = re.findall(r"^\| (https?://\S+) \|", SOURCE, flags=re.MULTILINE)

    assert set(listed) == addresses()


# The timelines


def test_no_aggregate_is_in_an_incident() -> None:
    """And none is the incident of a pair: pairs are made of incidents only."""
    aggregates = {
        event_key(event["source"], event["id"])
        for event in EVENTS
        if event["data"].get("scope") == "aggregate"
    }
    members = {
        member
        for body in held("incidents", log(EPISODES, EVENTS)).values()
        for member in body["members"]
    }
    assert len(aggregates) == 5
    assert aggregates.isdisjoint(members)


@pytest.mark.parametrize("sets", [(EPISODES, EVENTS), (EVENTS, EPISODES)], ids=["after", "before"])
def test_the_core_of_odesa_stays_what_it_was(sets: tuple[list[Json], list[Json]]) -> None:
    """Whichever set is published first."""
    before = odesa_in(log(EPISODES))
    after = odesa_in(log(*sets))

    assert before["core"] == {"earliest": "2025-02-18T18:00:00Z", "latest": "2025-02-19T07:00:00Z"}
    assert after["core"] == before["core"]
    assert (after["windows_disagree"], after["imprecise"]) == (False, False)
    assert after["place"] == before["place"]
    assert after["targets"] == before["targets"]
    assert len(before["members"]) == 4
    assert len(after["members"]) == 8


def test_incidents_are_as_many_as_without_this_set() -> None:
    """All of its accounts speak of the one strike on Odesa."""
    assert len(held("incidents", log(EPISODES, EVENTS))) == len(held("incidents", log(EPISODES)))


def test_only_one_more_denial_is_paired() -> None:
    """The other acts are never paired, or speak of what no strike of the two sets hit."""
    alone = held("pairings", log(EPISODES))
    both = held("pairings", log(EPISODES, EVENTS))

    assert alone.keys() < both.keys()
    assert {both[entry]["proposition"] for entry in both.keys() - alone.keys()} == {
        "Russia does not attack civilian facilities."
    }
    for entry, body in alone.items():
        assert both[entry]["windows"] == body["windows"]
