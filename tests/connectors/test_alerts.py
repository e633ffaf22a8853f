"""Air-raid alerts: tables are checked, and the days of VIINA narrowed by them."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest
from redis.asyncio import Redis

from conflict_events.codec import Policy
from conflict_events.events import StrikeCorrected, StrikeReported
from conflict_events.instants import format_us
from conflict_events.window import Window
from conflict_timeline.cli.importing import Importer
from conflict_timeline.connectors.connector import Options, RefusedRow, Row
from conflict_timeline.connectors.errors import NotThisSetError
from conflict_timeline.connectors.registry import connector
from tests.connectors.importing import DATA, imported, outcomes
from tests.connectors.reading import incidents, made, recorded, refused, rows_of

FEBRUARY: Final = DATA / "alerts" / "alerts_oblast_2025-02-03_2025-02-08.csv"
VIINA_HEADER: Final = (
    "event_id_1pd,date,source_urls,target_classes,geonameid,asciiname,ADM1_NAME,longitude,latitude,"
    "location_method,a_ukr_init,a_rus_init"
)
BOUNDS: Final = (
    "Lvivska oblast,2022-01-01T00:00:00Z,2022-01-01T01:00:00Z",
    "Lvivska oblast,2029-01-01T00:00:00Z,2029-01-01T01:00:00Z",
)
"""Alerts far away, so that a table tells of all the years between."""


def alerts(folder: Path, *rows: str, bounds: Iterable[str] = BOUNDS) -> Path:
    """A table of alerts."""
    file = folder / "alerts.csv"
    lines = ["region,started_at,finished_at", *rows, *bounds]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def strike(folder: Path, date: str, region: str = "Kiev City") -> Path:
    """A VIINA file of one strike."""
    file = folder / "viina.csv"
    row = f"7,{date},,ENERGY_GRID_SUPPORT,703448,Kyiv,{region},30.5,50.4,COORDINATE_RU_STRICT,0,1"
    file.write_text(f"{VIINA_HEADER}\n{row}\n", "utf-8")
    return file


def narrowed(viina: Path, table: Path) -> Window | None:
    """The window that alerts make of a strike's day, None where they leave it as it is."""
    (row,) = rows_of("viina", viina, Options(alerts=table))
    assert isinstance(row, Row), row
    recorded([row])
    own, *besides = row.events
    assert isinstance(own.data, StrikeReported)
    assert own.data.occurred.edtf is not None
    if not besides:
        return None
    (correction,) = besides
    assert isinstance(correction.data, StrikeCorrected)
    return correction.data.replacement.occurred


def span(window: Window | None) -> str:
    """A window's ends."""
    assert window is not None
    return f"{format_us(window.earliest_us)}/{format_us(window.latest_us)}"


def test_every_alert_of_the_real_table_is_read() -> None:
    rows = rows_of("alerts", FEBRUARY)

    assert len(rows) == 203
    assert refused(rows) == []
    assert all(row.events == () for row in made(rows))


def test_a_gzipped_table_of_the_official_kind_is_read(tmp_path: Path) -> None:
    file = tmp_path / "official.csv.gz"
    file.write_bytes(
        gzip.compress(
            b"oblast,raion,hromada,level,started_at,finished_at,source\n"
            b"Kyiv City,,,oblast,2025-02-05 01:00:00+00:00,2025-02-05 02:00:00+00:00,official\n"
        )
    )

    assert len(made(rows_of("alerts", file))) == 1


@pytest.mark.parametrize(
    ("row", "path", "word"),
    [
        ("Atlantis,2025-02-05T01:00:00Z,2025-02-05T02:00:00Z", "$.region", "Atlantis"),
        (",2025-02-05T01:00:00Z,2025-02-05T02:00:00Z", "$.region", "empty"),
        ("Kyiv City,2025-02-05T01:00:00,2025-02-05T02:00:00Z", "$.started_at", "no zone"),
        ("Kyiv City,2025-02-05T02:00:00Z,2025-02-05T01:00:00Z", "$.finished_at", "after it starts"),
        ("Kyiv City,2025-02-05T02:00:00Z,2025-02-05T02:00:00Z", "$.finished_at", "after it starts"),
        ("Kyiv City,2025-02-05T02:00:00Z,", "$.finished_at", "empty"),
        ("Kyiv City,yesterday,2025-02-05T02:00:00Z", "$.started_at", "yesterday"),
        ("Kyiv City,2025-02-30T02:00:00Z,2025-03-05T02:00:00Z", "$.started_at", "day is out"),
        ("Kyiv City,2025-02-05T02:00:00Z", "$", "2 cells"),
    ],
)
def test_a_bad_row_is_refused_with_its_column_and_reason(
    tmp_path: Path, row: str, path: str, word: str
) -> None:
    (first, *others) = rows_of("alerts", alerts(tmp_path, row))

    assert isinstance(first, RefusedRow)
    assert (first.line, first.path) == (2, path)
    assert word in first.message
    assert all(isinstance(other, Row) for other in others)


def test_an_end_that_volunteers_guessed_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "volunteers.csv"
    file.write_text(
        "region,started_at,finished_at,naive\n"
        "Kyiv City,2022-03-05 01:00:00+00:00,2022-03-05 01:30:00+00:00,True\n"
        "Kyiv City,2022-03-05 02:00:00+00:00,2022-03-05 02:40:00+00:00,False\n"
    )

    guessed, known = rows_of("alerts", file)

    assert isinstance(guessed, RefusedRow)
    assert guessed.path == "$.naive"
    assert isinstance(known, Row)


async def test_the_totals_say_that_alerts_make_no_events(redis: Redis) -> None:
    importer = Importer(redis, Policy(), connector("alerts"), dry_run=False)
    reading = connector("alerts").read(str(FEBRUARY), Options())

    receipts = [one async for batch in importer.receipts(reading) for one in batch]

    assert receipts == []
    assert importer.refused == 0
    assert importer.sentence() == (
        "203 rows of alerts: 203 read as evidence, 0 refused; alerts make no events of their own:"
        " import viina PATH --alerts TABLE uses them"
    )


def test_a_day_is_narrowed_from_its_first_alert_to_its_last(tmp_path: Path) -> None:
    window = narrowed(strike(tmp_path, "20250206"), FEBRUARY)

    # From the first alert of Kyiv that overlaps 6 February there to the end of the day: the last
    # goes on past midnight.
    assert span(window) == "2025-02-05T23:23:30Z/2025-02-06T22:00:00Z"
    assert window is not None
    assert (window.as_written, window.edtf) == ("20250206", None)
    assert (window.zone, window.zone_basis) == ("Europe/Kyiv", "assumed")
    basis = window.basis or ""
    assert "air-raid alerts, Vadym Klymenko (MIT)" in basis
    assert "assumes that the strike fell within an alert" in basis
    assert "2025-02-06T08:31:47Z/2025-02-06T09:02:37Z" in basis


def test_an_alert_that_began_the_day_before_is_cut_at_midnight(tmp_path: Path) -> None:
    window = narrowed(strike(tmp_path, "20250205"), FEBRUARY)

    assert span(window) == "2025-02-04T22:00:00Z/2025-02-05T03:22:28Z"


def test_a_long_alert_is_found_behind_many_short_ones(tmp_path: Path) -> None:
    table = alerts(
        tmp_path,
        "Kyiv City,2025-02-01T00:00:00Z,2025-02-05T12:00:00Z",
        *(f"Kyiv City,2025-02-0{day}T01:00:00Z,2025-02-0{day}T02:00:00Z" for day in range(1, 6)),
    )

    window = narrowed(strike(tmp_path, "20250205"), table)

    assert span(window) == "2025-02-04T22:00:00Z/2025-02-05T12:00:00Z"


def test_many_alerts_are_listed_as_far_as_there_is_room(tmp_path: Path) -> None:
    table = alerts(
        tmp_path,
        *(f"Kyiv City,2025-02-05T{h:02}:00:00Z,2025-02-05T{h:02}:30:00Z" for h in range(22)),
    )

    window = narrowed(strike(tmp_path, "20250205"), table)

    assert window is not None
    assert "and 16 more, the last until 2025-02-05T21:30:00Z" in (window.basis or "")


@pytest.mark.parametrize(
    ("date", "day", "window"),
    [
        # The day has 23 hours: from 22:00 UTC to 21:00 UTC.
        (
            "20250330",
            "2025-03-29T21:30:00Z,2025-03-30T20:59:59Z",
            "2025-03-29T22:00:00Z/2025-03-30T20:59:59Z",
        ),
        # The day has 25 hours: from 21:00 UTC to 22:00 UTC.
        (
            "20251026",
            "2025-10-25T21:00:01Z,2025-10-26T22:30:00Z",
            "2025-10-25T21:00:01Z/2025-10-26T22:00:00Z",
        ),
    ],
)
def test_days_on_which_clocks_change_have_their_own_length(
    tmp_path: Path, date: str, day: str, window: str
) -> None:
    table = alerts(tmp_path, f"Kyiv City,{day}")

    assert span(narrowed(strike(tmp_path, date), table)) == window


@pytest.mark.parametrize(
    ("date", "region", "why"),
    [
        ("20250205", "L'viv", "no alert on that day"),
        ("20250205", "Crimea", "not in the table"),
        ("20250205", "", "not in Ukraine"),
        ("20250207", "Kiev City", "an alert from before the day until after it"),
        ("20250209", "Kiev City", "from the first minute to the last, with hours between"),
        ("20300101", "Kiev City", "after the table ends"),
        ("20211231", "Kiev City", "before the table begins"),
    ],
)
def test_a_day_is_left_as_it_is(tmp_path: Path, date: str, region: str, why: str) -> None:
    table = alerts(
        tmp_path,
        "Kyiv City,2025-02-06T01:00:00Z,2025-02-08T02:00:00Z",
        "Kyiv City,2025-02-08T21:00:00Z,2025-02-08T22:01:00Z",
        "Kyiv City,2025-02-09T21:59:00Z,2025-02-09T22:30:00Z",
    )

    assert narrowed(strike(tmp_path, date, region), table) is None, why


def test_a_day_that_the_table_holds_in_part_is_left_as_it_is(tmp_path: Path) -> None:
    """What began before the table did is not in it."""
    table = alerts(
        tmp_path,
        "Kyiv City,2025-02-05T04:00:00Z,2025-02-05T05:00:00Z",
        "Kyiv City,2025-02-09T04:00:00Z,2025-02-09T05:00:00Z",
        bounds=(),
    )

    assert narrowed(strike(tmp_path, "20250205"), table) is None
    assert narrowed(strike(tmp_path, "20250209"), table) is None


def test_a_table_with_a_bad_row_is_not_used_at_all(tmp_path: Path) -> None:
    table = alerts(tmp_path, "Kyiv City,2025-02-05T02:00:00Z,soon")

    with pytest.raises(NotThisSetError, match=r"alerts\.csv, line 2, column finished_at: 'soon'"):
        connector("viina").read(str(strike(tmp_path, "20250205")), Options(alerts=table))


def test_what_is_no_table_of_alerts_is_not_used(tmp_path: Path) -> None:
    viina = strike(tmp_path, "20250205")

    with pytest.raises(NotThisSetError, match="it has no column region"):
        connector("viina").read(str(viina), Options(alerts=viina))


async def test_alerts_add_corrections_to_what_was_recorded_without_them(
    redis: Redis, tmp_path: Path
) -> None:
    viina = strike(tmp_path, "20250205")
    with_alerts = Options(alerts=FEBRUARY)

    first = await imported(redis, "viina", viina)
    later = await imported(redis, "viina", viina, with_alerts)
    again = await imported(redis, "viina", viina, with_alerts)

    assert outcomes(first) == {"recorded": 1}
    assert [(one.id, one.outcome) for one in later] == [
        ("2025/7", "repeat"),
        ("2025/7/alerts", "recorded"),
    ]
    assert outcomes(again) == {"repeat": 2}


def test_a_reader_of_before_the_correction_sees_the_day(tmp_path: Path) -> None:
    events = recorded(
        rows_of("viina", strike(tmp_path, "20250205"), Options(alerts=FEBRUARY)),
    )

    (before,) = incidents(events[:1]).values()
    (after,) = incidents(events).values()

    assert (before.core.earliest, before.core.latest) == (
        "2025-02-04T22:00:00Z",
        "2025-02-05T22:00:00Z",
    )
    assert (after.core.earliest, after.core.latest) == (
        "2025-02-04T22:00:00Z",
        "2025-02-05T03:22:28Z",
    )
    assert after.members == before.members
