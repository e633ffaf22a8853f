"""VIINA: reports of strikes, from the set that ships with the project and from rows made bad."""

import csv
import gzip
from collections import Counter
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest

from conflict_events.events import StrikeReported
from conflict_events.identity import event_key
from conflict_events.place import Place
from conflict_timeline.connectors.connector import Row
from conflict_timeline.connectors.errors import NotThisSetError
from conflict_timeline.connectors.viina import SOURCE
from tests.connectors.reading import incidents, made, recorded, refused, rows_of

SET: Final = Path(str(files("conflict_timeline.samples"))) / "viina" / "strikes_2022-2025.csv.gz"
HEADER: Final = (
    "event_id_1pd,date,source_urls,target_classes,geonameid,asciiname,ADM1_NAME,longitude,latitude,"
    "location_method,a_ukr_init,a_rus_init"
)
GOOD: Final = (
    "7,20250118,https://n.example/1,ENERGY_GRID_SUPPORT,698740,Odesa,Odessa,30.7,46.5,X,0,1"
)


def report_of(row: Row) -> StrikeReported:
    """The report that a row made."""
    (event,) = row.events
    assert isinstance(event.data, StrikeReported)
    return event.data


def one(tmp_path: Path, row: str) -> StrikeReported:
    """The report made of one row."""
    file = tmp_path / "viina.csv"
    file.write_text(f"{HEADER}\n{row}\n", "utf-8")
    (only,) = rows_of("viina", file)
    assert isinstance(only, Row), only
    return report_of(only)


def place_of(place: Place) -> object:
    """What VIINA tells places apart by."""
    return place.geonames or (place.lat, place.lon)


def test_every_row_of_the_shipped_set_makes_one_event_that_intake_accepts() -> None:
    rows = rows_of("viina", SET)

    assert len(rows) == 3578
    assert refused(rows) == []
    assert len({event.key for event in recorded(rows)}) == 3578


def test_the_incidents_agree_with_the_days_and_places_of_the_one_per_day_events() -> None:
    """VIINA merges reports of one place, day and set of labels; incidents merge by place and time.

    An id agrees when the incident that holds its report is at its place, and its core is that day.
    Several ids share an incident where VIINA keeps them apart by labels alone.
    """
    events = recorded(rows_of("viina", SET))
    holders = {
        member: incident for incident in incidents(events).values() for member in incident.members
    }

    agree = 0
    for event in events:
        data = event.event.data
        assert isinstance(data, StrikeReported)
        holder = holders[event.key]
        same_place = place_of(holder.place) == place_of(data.place)
        day = data.occurred.earliest.strftime("%Y-%m-%dT%H:%M:%SZ")
        agree += same_place and holder.core.earliest == day

    assert agree / len(events) >= 0.95
    # No incident holds what VIINA places elsewhere or dates to another day.
    assert agree == len(events)


def test_reports_of_one_place_and_day_that_name_other_initiators_stay_apart() -> None:
    """The only ids of one place and day that are not one incident are those of two attackers."""
    events = recorded(rows_of("viina", SET))
    holders = {
        member: entry
        for entry, incident in incidents(events).items()
        for member in incident.members
    }
    places: dict[tuple[object, ...], set[str]] = {}
    parties: dict[tuple[object, ...], Counter[str]] = {}
    for event in events:
        data = event.event.data
        assert isinstance(data, StrikeReported)
        at = (place_of(data.place), data.occurred.earliest)
        places.setdefault(at, set()).add(holders[event.key])
        parties.setdefault(at, Counter()).update(a.party for a in data.attribution)

    several = [at for at, entries in places.items() if len(entries) > 1]

    assert several
    assert all(set(parties[at]) == {"RUS", "UKR"} for at in several)


def test_an_initiator_is_coded_by_the_data_set_and_a_side_mentioned_is_none(tmp_path: Path) -> None:
    (attribution,) = one(tmp_path, GOOD).attribution
    nobody = one(tmp_path, GOOD.removesuffix("0,1") + ",")

    assert (attribution.party, attribution.basis) == ("RUS", "coded_by_dataset")
    assert nobody.attribution == ()


def test_half_of_the_ids_of_2025_and_hardly_any_before_name_an_initiator() -> None:
    named = Counter(
        row.events[0].id[:4] for row in made(rows_of("viina", SET)) if report_of(row).attribution
    )

    assert named == {"2022": 2, "2025": 158}


def test_a_day_is_a_day_of_kyiv_and_in_russia_one_of_moscow(tmp_path: Path) -> None:
    kyiv = one(tmp_path, GOOD).occurred
    moscow = one(tmp_path, "7,20250118,,DEFENSE_INDUSTRY,,,,37.6,55.7,COORDINATE_RU_STRICT,1,0")

    assert kyiv.earliest.isoformat() == "2025-01-17T22:00:00+00:00"
    assert (kyiv.zone, kyiv.zone_basis, kyiv.edtf) == ("Europe/Kyiv", "assumed", "2025-01-18")
    assert moscow.occurred.earliest.isoformat() == "2025-01-17T21:00:00+00:00"
    assert moscow.place.country == "RU"


def test_the_id_is_that_of_its_year() -> None:
    ids = [row.events[0].id for row in made(rows_of("viina", SET))]

    with gzip.open(SET, "rt", encoding="utf-8") as file:
        expected = [f"{row['date'][:4]}/{row['event_id_1pd']}" for row in csv.DictReader(file)]
    assert ids == expected


@pytest.mark.parametrize(
    ("row", "path", "words"),
    [
        (GOOD.replace("20250118", "2025011"), "$.date", "YYYYMMDD"),
        (GOOD.replace("20250118", "20250230"), "$.date", "day"),
        (GOOD.replace("20250118", "٢٠٢٥٠١١٨"), "$.date", "YYYYMMDD"),
        (GOOD.replace("20250118", ""), "$.date", "empty"),
        (GOOD.replace("ENERGY_GRID_SUPPORT", "BAKERY"), "$.target_classes", "BAKERY"),
        (GOOD.replace("ENERGY_GRID_SUPPORT", ""), "$.target_classes", "empty"),
        (GOOD.replace("Odessa", "Atlantis"), "$.ADM1_NAME", "Atlantis"),
        (GOOD.replace("698740", "x"), "$.geonameid", "no number"),
        (GOOD.replace("698740", "1.5"), "$.geonameid", "whole"),
        (GOOD.replace("46.5", "nan"), "$.latitude", "no number"),
        (GOOD.replace("46.5", "4_6"), "$.latitude", "no number"),
        (GOOD.replace("46.5", "٤٦"), "$.latitude", "no number"),
        (GOOD.replace("46.5", "1e999"), "$.latitude", "no number"),
        (GOOD.replace("46.5", ""), "$", "lat and lon"),
        (GOOD.replace(",0,1", ",0,2"), "$.a_rus_init", "neither 0 nor 1"),
        (GOOD + ",extra", "$", "13 cells"),
        ("7", "$", "1 cells"),
        (GOOD.replace("7,", ",", 1), "$.event_id_1pd", "empty"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_reason(
    tmp_path: Path, row: str, path: str, words: str
) -> None:
    file = tmp_path / "viina.csv"
    file.write_text(f"{HEADER}\n{GOOD}\n{row}\n{GOOD}\n", "utf-8")

    rows = rows_of("viina", file)

    (fault,) = refused(rows)
    assert (fault.line, fault.path) == (3, path)
    assert words in fault.message
    assert len(made(rows)) == 2


def test_a_row_that_is_no_utf8_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    file = tmp_path / "viina.csv"
    bad = GOOD.encode().replace(b"Odesa", b"Od\xffsa")
    file.write_bytes(b"\n".join([HEADER.encode(), bad, GOOD.encode(), b""]))

    rows = rows_of("viina", file)

    assert [(fault.path, fault.line) for fault in refused(rows)] == [("$.asciiname", 2)]
    assert [row.events[0].key for row in made(rows)] == [event_key(SOURCE, "2025/7")]


def test_a_file_that_breaks_off_is_refused_there(tmp_path: Path) -> None:
    file = tmp_path / "viina.csv.gz"
    whole = gzip.compress("\n".join([HEADER, *[GOOD] * 5000]).encode())
    file.write_bytes(whole[: len(whole) // 2])

    rows = rows_of("viina", file)

    (fault,) = refused(rows)
    assert "breaks off" in fault.message


def test_a_damaged_file_is_refused_where_it_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "viina.csv.gz"
    whole = bytearray(gzip.compress("\n".join([HEADER, *[GOOD] * 300]).encode()))
    for at in range(40, len(whole) - 8, 7):
        damaged = bytearray(whole)
        damaged[at] ^= 0x55
        file.write_bytes(damaged)
        with suppress(NotThisSetError):
            assert refused(rows_of("viina", file)), at


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x1f\x8b broken", b"\x00" * 100])
def test_a_file_of_another_kind_is_not_read_at_all(tmp_path: Path, content: bytes) -> None:
    for name in ("other.csv", "other.csv.gz"):
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(NotThisSetError, match="other"):
            rows_of("viina", file)
