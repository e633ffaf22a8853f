"""UCDP GED: how precise days and places are, who is said to have attacked, how many were killed."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from redis.asyncio import Redis

from conflict_events.codec import Policy, encode, examine
from conflict_events.events import StrikeReported
from conflict_events.zones import open_zone
from conflict_timeline.connectors.connector import Options, Row
from conflict_timeline.connectors.ucdp_names import STATES, UKRAINIAN_REGIONS
from tests.connectors.importing import DATA, imported, outcomes, table
from tests.connectors.reading import made, recorded, refused, rows_of

SAMPLE: Final = DATA / "ucdp-ged" / "ucdp_ged_sample_1000.csv.gz"
DESTROYED: Final = DATA / "ucdp-ged" / "GEDEvent_v26_0_4_40.csv"

GOOD: Final = {
    "id": "300380.0",
    "type_of_violence": "1.0",
    "conflict_new_id": "299.0",
    "side_a": "Government of Syria",
    "gwnoa": "652.0",
    "where_prec": "1.0",
    "where_coordinates": "Rami village",
    "adm_1": "Idlib governorate",
    "latitude": "35.763369",
    "longitude": "36.558974",
    "country_id": "652.0",
    "date_prec": "1.0",
    "date_start": "2013-01-03",
    "date_end": "2013-01-03",
    "deaths_civilians": "0.0",
    "best": "2.0",
    "high": "2.0",
    "low": "2.0",
}
HEADER: Final = ",".join(GOOD)


def row(**cells: str) -> str:
    """A good row with some other cells."""
    return ",".join(f'"{cell}"' for cell in (GOOD | cells).values())


def report_of(made_row: Row) -> StrikeReported:
    """The report that a row made."""
    (event,) = made_row.events
    assert isinstance(event.data, StrikeReported)
    return event.data


def read_one(tmp_path: Path, cells: dict[str, str], options: Options | None = None) -> Row:
    """What one row makes; intake accepts it."""
    file = tmp_path / "ged.csv"
    file.write_bytes(table(HEADER, row(**cells)))
    (only,) = rows_of("ucdp-ged", file, options)
    assert isinstance(only, Row), only
    examine(encode(only.events[0]), Policy())
    return only


def report(tmp_path: Path, **cells: str) -> StrikeReported:
    """The report made of one row."""
    return report_of(read_one(tmp_path, cells))


def test_every_row_of_the_sample_makes_an_event_or_is_refused_for_its_figures() -> None:
    rows = rows_of("ucdp-ged", SAMPLE)

    assert len(rows) == 1000
    assert len(recorded(rows)) == 987
    assert Counter(fault.path for fault in refused(rows)) == {"$.best": 13}


def test_every_row_whose_dates_a_spreadsheet_destroyed_is_refused_on_its_date() -> None:
    rows = rows_of("ucdp-ged", DESTROYED)

    faults = refused(rows)
    assert len(rows) == len(faults) == 40
    assert {fault.path for fault in faults} == {"$.date_start"}
    assert faults[0].message == "'00:00.0' is no day written as YYYY-MM-DD"
    assert faults[0].id == "625373"


async def test_importing_twice_records_nothing_new(redis: Redis) -> None:
    first = await imported(redis, "ucdp-ged", SAMPLE)
    second = await imported(redis, "ucdp-ged", SAMPLE)

    assert outcomes(first) == {"recorded": 987, "refused": 13}
    assert outcomes(second) == {"repeat": 987, "refused": 13}
    assert len(first) == 1000
    assert [one.position for one in first] == [one.position for one in second]


async def test_destroyed_dates_record_nothing_and_each_row_has_its_receipt(redis: Redis) -> None:
    receipts = await imported(redis, "ucdp-ged", DESTROYED)

    assert outcomes(receipts) == {"refused": 40}
    assert {(one.reason, one.path) for one in receipts} == {("invalid", "$.date_start")}


def test_a_day_is_one_of_the_country_s_clock(tmp_path: Path) -> None:
    window = report(tmp_path).occurred

    assert window.earliest.isoformat() == "2013-01-02T22:00:00+00:00"
    assert window.latest.isoformat() == "2013-01-03T22:00:00+00:00"
    assert (window.zone, window.zone_basis) == ("Asia/Damascus", "assumed")


@pytest.mark.parametrize(
    "cells",
    [
        {"country_id": "365", "date_start": "2023-05-01", "date_end": "2023-05-01"},
        {"country_id": "9999"},
        {"where_prec": "7"},
    ],
    ids=["several zones", "unknown state", "at sea"],
)
def test_where_the_zone_is_unsure_the_window_holds_the_day_of_every_zone(
    tmp_path: Path, cells: dict[str, str]
) -> None:
    window = report(tmp_path, **cells).occurred

    assert window.length == timedelta(hours=50)
    assert (window.earliest.hour, window.latest.hour) == (10, 12)
    assert (window.zone, window.zone_basis) == (None, "assumed")
    assert window.basis is not None
    assert "14 h before" in window.basis


def test_a_range_is_a_window_from_its_first_day_to_the_end_of_its_last(tmp_path: Path) -> None:
    window = report(
        tmp_path, date_prec="4", date_start="2013-01-01 00:00:00.000", date_end="2013-01-31"
    ).occurred

    assert window.length == timedelta(days=31)
    assert (window.edtf, window.as_written) == ("2013-01-01/2013-01-31",) * 2


@pytest.mark.parametrize(
    ("where_prec", "date_prec", "end", "scope"),
    [
        ("1", "1", "2013-01-03", "incident"),
        ("3", "2", "2013-01-08", "incident"),
        ("4", "1", "2013-01-03", "aggregate"),
        ("6", "1", "2013-01-03", "aggregate"),
        ("7", "1", "2013-01-03", "aggregate"),
        ("1", "3", "2013-01-09", "aggregate"),
        ("1", "5", "2013-06-09", "aggregate"),
    ],
)
def test_only_some_days_in_one_district_are_an_incident(
    tmp_path: Path, where_prec: str, date_prec: str, end: str, scope: str
) -> None:
    made_of = report(tmp_path, where_prec=where_prec, date_prec=date_prec, date_end=end)

    assert made_of.scope == scope
    assert made_of.place.where_prec == int(where_prec)


def test_a_place_in_ukraine_has_its_region_and_a_radius_when_it_is_only_near(
    tmp_path: Path,
) -> None:
    cells = {"country_id": "369", "where_prec": "2", "adm_1": "Zaporizhzhya oblast"}
    near = report(tmp_path, **cells).place
    along = report(tmp_path, **(cells | {"where_prec": "5"})).place

    assert (near.country, near.admin1, near.radius_m) == ("UA", "UA-23", 25_000)
    assert (along.country, along.admin1, along.radius_m) == ("UA", None, None)


@pytest.mark.parametrize(
    ("cells", "country"),
    [
        ({"country_id": "666", "adm_1": "Gaza Strip"}, "PS"),
        ({"country_id": "666", "adm_1": "Northern district"}, "IL"),
        ({"country_id": "666", "adm_1": ""}, None),
        ({"country_id": "365", "date_start": "1990-01-03", "date_end": "1990-01-03"}, None),
        ({"country_id": "345", "date_start": "1998-03-05", "date_end": "1998-03-05"}, None),
        ({"country_id": "625"}, "SD"),
        ({"country_id": "9999"}, None),
    ],
)
def test_a_country_is_named_only_where_it_is_sure(
    tmp_path: Path, cells: dict[str, str], country: str | None
) -> None:
    assert report(tmp_path, **cells).place.country == country


@pytest.mark.parametrize(
    ("cells", "party"),
    [
        ({"type_of_violence": "1"}, None),
        ({"type_of_violence": "2", "side_a": "IS", "gwnoa": ""}, None),
        ({"type_of_violence": "3"}, "SYR"),
        ({"type_of_violence": "3", "side_a": "CPI-Maoist", "gwnoa": ""}, "cpi-maoist"),
        ({"type_of_violence": "3", "side_a": "XXX475", "gwnoa": ""}, None),
        ({"type_of_violence": "3", "side_a": "MPC, UPC", "gwnoa": ""}, None),
        ({"type_of_violence": "3", "side_a": "400 Mawozo", "gwnoa": ""}, None),
        ({"type_of_violence": "3", "side_a": "Government of X, Government of Y"}, None),
        ({"type_of_violence": "3", "gwnoa": "9999"}, None),
    ],
)
def test_only_one_sided_violence_names_an_attacker(
    tmp_path: Path, cells: dict[str, str], party: str | None
) -> None:
    found = report(tmp_path, **cells).attribution

    assert [(one.party, one.basis) for one in found] == (
        [] if party is None else [(party, "coded_by_dataset")]
    )


def test_every_state_has_codes_of_its_own_and_a_zone_that_is_there() -> None:
    zones = [state.zone for state in STATES.values() if state.zone is not None]

    assert len({state.country for state in STATES.values()}) == len(STATES)
    assert len({state.party for state in STATES.values()}) == len(STATES)
    assert len(set(zones)) == len([open_zone(zone) for zone in zones])


def test_every_region_of_ukraine_in_the_candidate_file_has_its_code() -> None:
    """The regions of GEDEvent_v26_0_4.csv, counted 2026-11-22."""
    regions = (
        "Cherkasy Chernihiv Dnipropetrovsk Donetsk Kharkiv Kherson Kyiv Luhansk Mykolayiv Odessa"
        " Poltava Sumy Zaporizhzhya Zhytomyr"
    )
    names = [f"{region} oblast".casefold() for region in regions.split()]

    assert [name for name in names if name not in UKRAINIAN_REGIONS] == []
    assert UKRAINIAN_REGIONS["kyiv special republican city"] == "UA-30"
    assert UKRAINIAN_REGIONS["autonomous republic of crimea"] == "UA-43"


def test_deaths_are_figures_of_ucdp(tmp_path: Path) -> None:
    killed, civilians = report(tmp_path, low="1", best="2", high="5", deaths_civilians="2").figures

    assert (killed.measure, killed.unit, killed.claimant) == ("killed", "people", "UCDP GED")
    assert (killed.low, killed.best, killed.high) == (1, 2, 5)
    assert (civilians.measure, civilians.best) == ("killed_civilians", 2)


@pytest.mark.parametrize(
    ("number", "asked", "conflict"),
    [
        ("13243.0", None, "ukraine"),
        ("426", None, "lebanon"),
        ("299.0", None, "ucdp-299"),
        ("299.0", "syria", "syria"),
    ],
)
def test_the_conflict_is_that_of_ucdp_unless_another_is_asked_for(
    tmp_path: Path, number: str, asked: str | None, conflict: str
) -> None:
    (event,) = read_one(tmp_path, {"conflict_new_id": number}, Options(conflict=asked)).events

    assert (event.id, event.conflict) == ("300380", conflict)


HOSTILE: Final = [
    (row(id=""), "$.id", "empty"),
    (row(id="x"), "$.id", "no number"),
    (row(id="-1"), "$.id", "not within"),
    (row(date_start=""), "$.date_start", "empty"),
    (row(date_start="2025-02-30"), "$.date_start", "day"),
    (row(date_start="20130103"), "$.date_start", "YYYY-MM-DD"),
    (row(date_start="\u0662\u0660\u0661\u0663-01-03"), "$.date_start", "YYYY-MM-DD"),
    (row(date_start="2013-01-04"), "$.date_end", "before"),
    (row(date_end="2013-01-04"), "$.date_prec", "1 stands for 1 days, not for 2"),
    (row(date_prec="4"), "$.date_prec", "8 to 31"),
    (row(date_prec="6"), "$.date_prec", "none of"),
    (row(where_prec="8"), "$.where_prec", "none of"),
    (row(where_prec="1.5"), "$.where_prec", "whole"),
    (row(type_of_violence="4"), "$.type_of_violence", "none of"),
    (row(type_of_violence="3", gwnoa="x"), "$.gwnoa", "no number"),
    (row(latitude="NaN"), "$.latitude", "no number"),
    (row(longitude="inf"), "$.longitude", "no number"),
    (row(latitude=""), "$", "lat and lon"),
    (row(where_coordinates=""), "$.where_coordinates", "empty"),
    (row(low="3", best="2", high="3"), "$.best", "not in this order"),
    (row(best="1e300"), "$.best", "not within"),
    (row(best="-2"), "$.best", "not within"),
    (row() + ",extra", "$", "19 cells"),
    (row().encode().replace(b"Rami", b"R\xffmi"), "$.where_coordinates", "UTF-8"),
    (row(where_coordinates="x" * 200_000), "$", "field"),
    ("7", "$", "1 cells"),
]


@pytest.mark.parametrize(("bad", "path", "words"), HOSTILE, ids=[str(n) for n in range(26)])
def test_a_bad_row_is_refused_with_its_line_and_reason(
    tmp_path: Path, bad: str | bytes, path: str, words: str
) -> None:
    file = tmp_path / "ged.csv"
    file.write_bytes(table(HEADER, row(), bad, row()))

    rows = rows_of("ucdp-ged", file)

    (fault,) = refused(rows)
    assert (fault.line, fault.path) == (3, path)
    assert words in fault.message
    assert len(made(rows)) == 2


@pytest.mark.parametrize(
    ("cells", "path"),
    [
        ({"latitude": "99"}, "$.data.place.lat"),
        ({"where_coordinates": "Ra\0mi"}, "$.data.place.name"),
        ({"where_coordinates": "x" * 201}, "$.data.place.name"),
    ],
)
async def test_what_the_contract_does_not_allow_is_refused_by_it(
    redis: Redis, tmp_path: Path, cells: dict[str, str], path: str
) -> None:
    file = tmp_path / "ged.csv"
    file.write_bytes(table(HEADER, row(**cells)))

    (receipt,) = await imported(redis, "ucdp-ged", file)

    assert (receipt.outcome, receipt.reason, receipt.path) == ("refused", "invalid", path)
