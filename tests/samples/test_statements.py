"""The statements coded by reading: what the set promises of itself holds."""

import re
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Final

from conflict_events.codec import Accepted, Policy, accept
from conflict_events.events import StatementMade

FOLDER: Final = Path(str(files("conflict_timeline.samples"))) / "statements"
SOURCE: Final = (FOLDER / "SOURCE.md").read_text("utf-8")
GUIDE: Final = (Path(__file__).parents[2] / "docs/how-to/code-a-statement.md").read_text("utf-8")


def statements() -> dict[str, StatementMade]:
    """Every statement by its id."""
    found: dict[str, StatementMade] = {}
    for line in (FOLDER / "events.ndjson").read_bytes().splitlines():
        one = accept(line, Policy())
        assert isinstance(one, Accepted), one
        assert not one.unknown_fields, one
        assert isinstance(one.event.data, StatementMade)
        found[one.event.id] = one.event.data
    return found


def test_there_are_a_hundred_and_more_of_three_parties_in_2022_to_2025() -> None:
    coded = statements()

    parties = Counter(one.speaker.party for one in coded.values())
    assert len(coded) >= 100
    assert set(parties) == {"RUS", "UKR", "USA"}
    assert min(parties.values()) >= 30
    assert {one.said.earliest.year for one in coded.values()} == {2022, 2023, 2024, 2025}


def test_each_has_an_act_a_topic_a_neutral_proposition_an_address_and_a_zone() -> None:
    for event_id, one in statements().items():
        assert one.topics, event_id
        assert "unknown" not in one.topics, event_id
        assert one.articles, event_id
        assert one.said.zone is not None, event_id
        assert one.said.zone_basis is not None, event_id
        assert not re.search(r"[“”«»\"]", one.proposition), event_id


def test_each_is_quoted_in_the_language_of_the_page_first() -> None:
    languages = Counter(one.quotes[0].lang[:2] for one in statements().values() if one.quotes)

    assert sum(languages.values()) == len(statements())
    assert set(languages) == {"en", "ru", "uk"}
    assert languages["uk"] >= 40
    assert languages["ru"] >= 20


def test_kremlin_times_were_read_as_moscow_time() -> None:
    kremlin = [
        one for one in statements().values() if any("kremlin.ru" in url for url in one.articles)
    ]

    assert kremlin
    assert {one.said.zone for one in kremlin} == {"Europe/Moscow"}


def test_a_commitment_for_a_time_says_for_which() -> None:
    limited = {event_id for event_id, one in statements().items() if one.validity is not None}

    assert limited
    assert all(statements()[event_id].act in ("promise", "agree") for event_id in limited)


def test_the_counts_of_its_source_file_are_true() -> None:
    coded = list(statements().values())

    assert f"# {len(coded)} statements" in SOURCE
    for party, count in Counter(one.speaker.party for one in coded).items():
        assert f"| {party} | {count} |" in SOURCE
    for act, count in Counter(one.act for one in coded).items():
        assert re.search(rf"\b{act} {count}\b", SOURCE), (act, count)


def test_what_the_second_reading_settled_is_what_stands_in_the_set() -> None:
    rows = re.findall(r"^\| `([^`]+)` \(.*\|\s*([^|]+)\|$", GUIDE, re.MULTILINE)
    coded = statements()

    assert len(rows) == 8
    for event_id, settled in rows:
        word = re.match(r"\W*(\w+)", settled)
        assert word is not None
        one = coded[event_id]
        assert word[1] in (one.act, *one.topics, "both"), (event_id, settled)
