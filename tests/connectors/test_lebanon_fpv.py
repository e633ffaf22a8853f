"""FPV strikes in Lebanon: two files of one set, and one attack stays one incident."""

import gzip
import json
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
from redis.asyncio import Redis

from conflict_events.codec import Policy, encode, examine
from conflict_events.events import StrikeReported
from conflict_timeline.connectors.connector import Options, RefusedRow, Row
from conflict_timeline.connectors.errors import NotThisSetError
from tests.connectors.importing import imported, outcomes, table
from tests.connectors.reading import incidents, made, recorded, refused, rows_of

SAMPLE: Final = Path(str(files("conflict_timeline.samples"))) / "lebanon-fpv"
MAP: Final = SAMPLE / "fpv_drone_map_records.csv"
CATALOGUE: Final = SAMPLE / "catalog.json"

STEM: Final = "2026-06-14_engineering_vehicle_arnoun"
GOOD: Final = {
    "row": "2",
    "date": "2026-06-14",
    "description": "Engineering vehicle arnoun ababil drone",
    "town": "Arnoun",
    "lat": "33.33168333",
    "lon": "35.52566667",
    "video_url": f"https://media.example/videos/{STEM}.mp4",
}
HEADER: Final = ",".join(GOOD)
VIDEO: Final = {
    "id": STEM,
    "date": "2026-06-14",
    "description": "Engineering vehicle, Arnoun (Ababil dive drone)",
    "town": "Arnoun",
}


def row(**cells: str) -> str:
    """A good row of the map with some other cells."""
    return ",".join(f'"{cell}"' for cell in (GOOD | cells).values())


def report_of(made_row: Row) -> StrikeReported:
    """The report that a row made; intake accepts it."""
    (event,) = made_row.events
    examine(encode(event), Policy())
    assert isinstance(event.data, StrikeReported)
    return event.data


def one(tmp_path: Path, **cells: str) -> StrikeReported:
    """The report made of one row of the map."""
    file = tmp_path / "map.csv"
    file.write_bytes(table(HEADER, row(**cells)))
    (only,) = rows_of("lebanon-fpv", file)
    assert isinstance(only, Row), only
    return report_of(only)


def catalogue(tmp_path: Path, *videos: Any) -> list[Row | RefusedRow]:
    """The rows of a catalogue."""
    file = tmp_path / "catalog.json"
    file.write_text(json.dumps({"schema_version": 1, "videos": videos}, indent=1), "utf-8")
    return rows_of("lebanon-fpv", file)


@pytest.mark.parametrize(("path", "count"), [(MAP, 149), (CATALOGUE, 143)], ids=["map", "catalog"])
def test_every_row_makes_one_event_that_intake_accepts(path: Path, count: int) -> None:
    rows = rows_of("lebanon-fpv", path)

    assert len(rows) == len(recorded(rows)) == count
    assert refused(rows) == []


async def test_importing_both_files_twice_records_nothing_new(redis: Redis) -> None:
    first = [*await imported(redis, "lebanon-fpv", MAP)]
    first += await imported(redis, "lebanon-fpv", CATALOGUE)
    second = [*await imported(redis, "lebanon-fpv", MAP)]
    second += await imported(redis, "lebanon-fpv", CATALOGUE)

    assert outcomes(first) == {"recorded": 149 + 143}
    assert outcomes(second) == {"repeat": 149 + 143}
    assert {receipt.conflict for receipt in first} == {"lebanon"}


def test_an_attack_that_both_files_tell_of_is_one_incident() -> None:
    rows = [*rows_of("lebanon-fpv", MAP), *rows_of("lebanon-fpv", CATALOGUE)]

    found = incidents(recorded(rows))

    assert len(found) == 150
    assert sum(len(incident.members) == 2 for incident in found.values()) == 142


def test_the_two_reports_of_one_attack_have_ids_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "map.csv"
    file.write_bytes(table(HEADER, row()))
    (mapped,) = made(rows_of("lebanon-fpv", file))
    (listed,) = made(catalogue(tmp_path, VIDEO))

    assert mapped.events[0].id == f"map/{STEM}"
    assert listed.events[0].id == f"catalogue/{STEM}"
    assert report_of(mapped).incident == report_of(listed).incident == f"itamarwe:{STEM}"


def test_the_attacker_claims_it_and_no_address_of_the_footage_is_copied(tmp_path: Path) -> None:
    report = one(tmp_path)

    (attribution,) = report.attribution
    assert (attribution.party, attribution.basis) == ("hezbollah", "claimed_by_attacker")
    assert report.claimant is not None
    assert report.claimant.party == "hezbollah"
    assert [(weapon.family, weapon.model) for weapon in report.weapons] == [("fpv_drone", "Ababil")]
    assert report.articles == ()
    assert b"media.example" not in encode(
        made(rows_of("lebanon-fpv", tmp_path / "map.csv"))[0].events[0]
    )


def test_a_day_is_a_day_of_beirut(tmp_path: Path) -> None:
    window = one(tmp_path).occurred

    assert window.earliest.isoformat() == "2026-06-13T21:00:00+00:00"
    assert window.length == timedelta(days=1)
    assert (window.zone, window.zone_basis) == ("Asia/Beirut", "assumed")


@pytest.mark.parametrize(
    ("town", "country"),
    [
        ("Khiam", "LB"),
        ("Shlomi", "IL"),
        ("Biranit barracks (Israel), approx", "IL"),
        ("Border Israel opposite Alma al-Shaab", None),
        ("Manara", None),
        ("A town of a later release", None),
    ],
)
def test_a_country_is_named_only_where_the_town_is_known(
    tmp_path: Path, town: str, country: str | None
) -> None:
    assert one(tmp_path, town=town).place.country == country


@pytest.mark.parametrize(
    ("description", "targets"),
    [
        ("Merkava tank in rashaf", ("military",)),
        ("force position kfar tebnit", ("military",)),
        ("command center beaufort castle", ("military",)),
        ("Strike on surveillance camera", ()),
        ("target deir siryan", ()),
        ("Thanksgiving in tanktown", ()),
    ],
)
def test_a_target_is_military_when_the_words_say_so(
    tmp_path: Path, description: str, targets: tuple[str, ...]
) -> None:
    assert one(tmp_path, description=description).targets == targets


@pytest.mark.parametrize(
    ("bad", "path", "words"),
    [
        (row(date=""), "$.date", "empty"),
        (row(date="2026-02-30"), "$.date", "day"),
        (row(date="14.06.2026"), "$.date", "YYYY-MM-DD"),
        (row(description=""), "$.description", "empty"),
        (row(town=""), "$.town", "empty"),
        (row(lat="NaN"), "$.lat", "no number"),
        (row(lat=""), "$.lat", "empty"),
        (row(lon=""), "$.lon", "empty"),
        (row(video_url=""), "$.video_url", "empty"),
        (row(video_url="https://media.example/"), "$.video_url", "names no video"),
        (row(video_url="https://media.example/a b.mp4"), "$.video_url", "names no video"),
        (row(video_url="v/" + "x" * 121 + ".mp4"), "$.video_url", "names no video"),
        (row() + ",extra", "$", "8 cells"),
        (row().encode().replace(b"Arnoun", b"Arn\xffun"), "$.town", "UTF-8"),
        (row(town="x" * 200_000), "$", "field"),
        ("7", "$", "1 cells"),
    ],
    ids=[str(number) for number in range(16)],
)
def test_a_bad_row_is_refused_with_its_line_and_reason(
    tmp_path: Path, bad: str | bytes, path: str, words: str
) -> None:
    file = tmp_path / "map.csv"
    file.write_bytes(table(HEADER, row(), bad, row()))

    rows = rows_of("lebanon-fpv", file)

    (fault,) = refused(rows)
    assert (fault.line, fault.path) == (3, path)
    assert words in fault.message
    assert len(made(rows)) == 2


@pytest.mark.parametrize(
    ("cells", "path"),
    [
        ({"lat": "99"}, "$.data.place.lat"),
        ({"town": "Arn\0un"}, "$.data.place.name"),
        ({"town": "x" * 201}, "$.data.place.name"),
    ],
)
async def test_what_the_contract_does_not_allow_is_refused_by_it(
    redis: Redis, tmp_path: Path, cells: dict[str, str], path: str
) -> None:
    file = tmp_path / "map.csv"
    file.write_bytes(table(HEADER, row(**cells)))

    (receipt,) = await imported(redis, "lebanon-fpv", file)

    assert (receipt.outcome, receipt.reason, receipt.path) == ("refused", "invalid", path)


@pytest.mark.parametrize(
    ("bad", "path", "words"),
    [
        ({**VIDEO, "date": "2026-02-30"}, "$.date", "day"),
        ({**VIDEO, "id": "a b"}, "$.id", "names no video"),
        ({"date": "2026-06-14"}, "$.id", "empty"),
        ({**VIDEO, "town": ""}, "$.town", "empty"),
        ({**VIDEO, "town": 5}, "$", "town"),
        ("a text", "$", "object"),
        (None, "$", "object"),
    ],
    ids=[str(number) for number in range(7)],
)
def test_a_bad_video_of_the_catalogue_is_refused_on_its_line(
    tmp_path: Path, bad: Any, path: str, words: str
) -> None:
    rows = catalogue(tmp_path, VIDEO, bad, VIDEO)

    (fault,) = refused(rows)
    # Three lines precede the first video, and each takes six.
    assert (fault.line, fault.path) == (10, path)
    assert words in fault.message
    assert [made_row.line for made_row in made(rows)][:1] == [4]
    assert len(made(rows)) == 2


def test_a_gzipped_catalogue_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "catalog.json.gz"
    file.write_bytes(gzip.compress(CATALOGUE.read_bytes()))

    assert len(made(rows_of("lebanon-fpv", file))) == 143


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"videos": 5}', b"\xff", b"[" * 100_000])
def test_a_file_of_another_kind_is_not_read_at_all(tmp_path: Path, content: bytes) -> None:
    for name in ("other.json", "other.json.gz", "other.csv"):
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(NotThisSetError, match="other"):
            rows_of("lebanon-fpv", file)


def test_another_conflict_may_be_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "map.csv"
    file.write_bytes(table(HEADER, row()))

    (made_row,) = made(rows_of("lebanon-fpv", file, Options(conflict="elsewhere")))

    assert made_row.events[0].conflict == "elsewhere"
