"""Articles: links, outlets, and times to the second or to the minute."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from redis.asyncio import Redis

from conflict_events.codec import Policy, encode, examine
from conflict_events.events import ArticlePublished
from conflict_timeline.connectors.connector import Options, Row
from conflict_timeline.connectors.errors import MissingOptionError
from tests.cli.console import Console
from tests.connectors.importing import DATA, imported, outcomes, table
from tests.connectors.reading import made, recorded, refused, rows_of

SET: Final = DATA / "articles-csv" / "articles_2025-05.csv"
NEWS: Final = Options(conflict="news")
ENVIRONMENT: Final = {
    name: value for name, value in os.environ.items() if not name.startswith("CONFLICT_TIMELINE")
}

GOOD: Final = {
    "url": "https://news.example/1",
    "outlet": "bbc-top",
    "lang": "en",
    "published": "Wed, 21 May 2025 12:36:25 GMT",
    "title": "A title",
    "collected_in": "dedupe0521.jsonl.gz",
}
HEADER: Final = ",".join(GOOD)


def row(**cells: str) -> str:
    """A good row with some other cells."""
    return ",".join(f'"{cell}"' for cell in (GOOD | cells).values())


def one(tmp_path: Path, **cells: str) -> ArticlePublished:
    """The article made of one row; intake accepts it."""
    file = tmp_path / "articles.csv"
    file.write_bytes(table(HEADER, row(**cells)))
    (only,) = rows_of("articles-csv", file, NEWS)
    assert isinstance(only, Row), only
    (event,) = only.events
    examine(encode(event), Policy())
    assert isinstance(event.data, ArticlePublished)
    return event.data


def test_every_row_makes_one_event_that_intake_accepts() -> None:
    rows = rows_of("articles-csv", SET, NEWS)

    assert len(rows) == len(recorded(rows)) == 60
    assert refused(rows) == []


async def test_importing_twice_records_nothing_new(redis: Redis) -> None:
    first = await imported(redis, "articles-csv", SET, NEWS)
    second = await imported(redis, "articles-csv", SET, NEWS)

    assert outcomes(first) == {"recorded": 60}
    assert outcomes(second) == {"repeat": 60}


async def test_another_title_under_a_known_url_is_refused_and_says_where_the_first_is(
    redis: Redis, tmp_path: Path
) -> None:
    file = tmp_path / "articles.csv"
    file.write_bytes(table(HEADER, row(), row(title="A later title"), row()))

    first, other, again = await imported(redis, "articles-csv", file, NEWS)

    assert (first.outcome, other.outcome, again.outcome) == ("recorded", "refused", "repeat")
    assert (other.line, other.id, other.reason) == (3, first.id, "conflicting_body")
    assert other.message is not None
    assert "1" in other.message


def test_without_a_conflict_nothing_is_read() -> None:
    with pytest.raises(MissingOptionError, match="--conflict"):
        rows_of("articles-csv", SET)


def test_the_command_asks_for_the_conflict_as_for_any_missing_argument(tmp_path: Path) -> None:
    console = Console(tmp_path, ENVIRONMENT)

    console("import", "articles-csv", SET).refuses(2, "articles-csv", "--conflict")
    assert not console.clear()


def test_the_command_records_the_set_in_the_conflict_that_it_is_given(tmp_path: Path) -> None:
    console = Console(tmp_path, ENVIRONMENT)

    done = console("import", "articles-csv", SET, "--conflict", "news")

    assert done.code == 0
    assert {(receipt["outcome"], receipt["conflict"]) for receipt in done.rows} == {
        ("recorded", "news")
    }
    assert done.complaints == ["60 rows of articles-csv: 60 recorded, 0 repeated, 0 refused"]
    assert not console.clear()


def test_the_id_is_made_of_the_url_alone(tmp_path: Path) -> None:
    file = tmp_path / "articles.csv"
    file.write_bytes(table(HEADER, row(), row(title="Another")))

    first, second = (
        made_row.events[0].id for made_row in made(rows_of("articles-csv", file, NEWS))
    )

    assert first == second == "u-f1372b7cd058c104fa2e0beeaf356363"


@pytest.mark.parametrize(
    ("written", "earliest", "length_s"),
    [
        ("Wed, 21 May 2025 12:36:25 GMT", "2025-05-21T12:36:25+00:00", 0),
        ("21 May 2025 12:36 +0330", "2025-05-21T09:06:00+00:00", 60),
        ("Wed, 21 May 2025 12:36:00 EDT", "2025-05-21T16:36:00+00:00", 60),
        ("Wed, 21 May 2025 20:36:01 -0000", "2025-05-21T20:36:01+00:00", 0),
        ("2025-05-21T19:40:00Z", "2025-05-21T19:40:00+00:00", 60),
        ("2025-05-21T23:00:06+09:00", "2025-05-21T14:00:06+00:00", 0),
    ],
)
def test_a_time_is_an_instant_or_a_minute_where_no_seconds_are_told(
    tmp_path: Path, written: str, earliest: str, length_s: int
) -> None:
    window = one(tmp_path, published=written).published

    assert window.earliest.isoformat() == earliest
    assert window.length == timedelta(seconds=length_s)
    assert window.as_written == written
    assert (window.basis is None) == (length_s == 0)


def test_the_feeds_of_one_outlet_are_of_one_group(tmp_path: Path) -> None:
    top, tass = one(tmp_path).outlet, one(tmp_path, outlet="tass").outlet

    assert (top.name, top.group) == ("bbc-top", "bbc")
    assert (tass.name, tass.group) == ("tass", None)


@pytest.mark.parametrize(
    ("bad", "path", "words"),
    [
        (row(url=""), "$.url", "empty"),
        (row(outlet=""), "$.outlet", "empty"),
        (row(published=""), "$.published", "empty"),
        (row(published="Wed, 21 May 2025 12:36:25"), "$.published", "zone"),
        (row(published="Wed, 21 May 2025 12:36:25 CEST"), "$.published", "zone"),
        (row(published="Sun, 30 Feb 2025 12:36:25 GMT"), "$.published", "day"),
        (row(published="2025-02-30T12:36:25Z"), "$.published", "day"),
        (row(published="Wed, 21 May 2025 25:36:25 GMT"), "$.published", "hour"),
        (row(published="Wed, 21 May 2025 12:36:25 +9999"), "$.published", ""),
        (row(published="Wed, 21 May 9999 12:36:25 GMT"), "$.published", "years"),
        (row(published="yesterday"), "$.published", "zone"),
        (row() + ",extra", "$", "7 cells"),
        (row().encode().replace(b"A title", b"A t\xfftle"), "$.title", "UTF-8"),
        (row(title="x" * 200_000), "$", "field"),
        ("7", "$", "1 cells"),
    ],
    ids=[str(number) for number in range(15)],
)
def test_a_bad_row_is_refused_with_its_line_and_reason(
    tmp_path: Path, bad: str | bytes, path: str, words: str
) -> None:
    file = tmp_path / "articles.csv"
    file.write_bytes(table(HEADER, row(), bad, row()))

    rows = rows_of("articles-csv", file, NEWS)

    (fault,) = refused(rows)
    assert (fault.line, fault.path) == (3, path)
    assert words in fault.message
    assert len(made(rows)) == 2


@pytest.mark.parametrize(
    ("cells", "path"),
    [
        ({"url": "ftp://news.example/1"}, "$.data.url"),
        ({"lang": "English (UK)"}, "$.data.lang"),
        ({"title": "A\0title"}, "$.data.title"),
        ({"title": "x" * 501}, "$.data.title"),
        ({"outlet": "x" * 201}, "$.data.outlet.name"),
    ],
)
async def test_what_the_contract_does_not_allow_is_refused_by_it(
    redis: Redis, tmp_path: Path, cells: dict[str, str], path: str
) -> None:
    file = tmp_path / "articles.csv"
    file.write_bytes(table(HEADER, row(**cells)))

    (receipt,) = await imported(redis, "articles-csv", file, NEWS)

    assert (receipt.outcome, receipt.reason, receipt.path) == ("refused", "invalid", path)
