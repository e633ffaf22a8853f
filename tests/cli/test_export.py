"""Exports: files that other programs open, that say where they come from, whole or not at all."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from conflict_timeline.broker import connect
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.timelines.commit import START, Checkpoint, Committable, Committer
from tests.cli.console import PROGRAM, Console, Done, wait_for
from tests.cli.opening import (
    csv_in_pandas,
    faults_of,
    features_in_geopandas,
    ndjson_in_pandas,
    package_of,
    rows_by_schema,
)
from tests.oracle.times import Json
from tests.queries.exporting import CYRILLIC, FORMULA, FULL, RIGHT_TO_LEFT, daily

PACKAGE: Final = "datapackage.json"
MAPPED: Final = ("incidents", "pairings")
NO_HEAVY: Final = ("asyncio", "redis", "structlog", "msgspec", "conflict_events", "defusedcsv")

FILTERED: Final = [
    ("pairings", "csv", "--order after --party RUS --within 72h"),
    ("pairings", "geojson", "--act deny --topic energy"),
    ("pairings", "ndjson", "--q энергоснабжения"),
    ("pairings", "ndjson", "--statement 048ea9526e16c10e95c9d8ceb9533041"),
    ("incidents", "csv", "--region UA --from 2025-02-18 --to 2025-02-19"),
    ("incidents", "geojson", "--topic energy_heat --no-disputed"),
    ("incidents", "ndjson", "--no-disputed --party RUS"),
    ("chronology", "csv", "--speaker lavrov"),
    ("chronology", "ndjson", "--q odesa --from 2025-02"),
    ("reversals", "csv", "--act promise"),
    ("figures", "csv", "--region UA"),
    ("coverage", "ndjson", "--q kremlin.ru"),
]


@pytest.fixture(scope="module")
def full(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Console]:
    """Give a console that serves a log with whatever may be hard to export. Only to be read."""
    console = Console(tmp_path_factory.mktemp("full"), environment)
    console.start("up").says("intake.started", "projector.started")
    assert console.publish(*daily(45), *FULL).code == 0
    wait_for(
        lambda: (
            {one["state"] for one in console("status").one["conflicts"][0]["projections"]}
            == {"idle"}
        )
    )
    yield console
    console.clear()


def exported(console: Console, projection: str, file_format: str, into: Path, *more: str) -> Done:
    """Export from the conflict, well."""
    command = ("export", projection, "--conflict", "ukraine", "--format", file_format)
    done = console(*command, "--into", into, *more)
    assert done.code == 0, done.err
    return done


def bytes_in(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def ids(console: Console, projection: str, *more: str) -> list[str]:
    """The entries that `timeline` prints, in its order."""
    done = console.asked("timeline", projection, "--conflict", "ukraine", *more)
    assert done.code == 0, done.err
    return [row["entry"] for row in done.rows]


def read_ids(folder: Path, projection: str, file_format: str) -> list[str]:
    """The entries of an export, as the library for its format reads them."""
    path = folder / f"{projection}.{file_format}"
    match file_format:
        case "csv":
            rows = csv_in_pandas(path)
        case "geojson":
            rows = features_in_geopandas(path)
        case _:
            rows = ndjson_in_pandas(path)
    return list(dict.fromkeys(row["entry"] for row in rows))


# Files that open


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_csv_opens_in_pandas_and_is_valid_by_its_schema(
    full: Console, projection: str, tmp_path: Path
) -> None:
    done = exported(full, projection, "csv", tmp_path)

    assert faults_of(tmp_path) == []
    printed = ids(full, projection)
    assert read_ids(tmp_path, projection, "csv") == printed
    assert done.rows[0]["entries"] == package_of(tmp_path)["entries"] == len(printed) > 0
    typed = rows_by_schema(tmp_path)
    assert len(typed) == len(csv_in_pandas(tmp_path / f"{projection}.csv"))
    assert {row["as_of"] for row in typed} == {45 + len(FULL)}


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_ndjson_has_the_lines_that_timeline_prints(
    full: Console, projection: str, tmp_path: Path
) -> None:
    exported(full, projection, "ndjson", tmp_path)

    assert faults_of(tmp_path) == []
    printed = full.asked("timeline", projection, "--conflict", "ukraine")
    lines = (tmp_path / f"{projection}.ndjson").read_text("utf-8")
    if projection == "pairings":
        rows = [json.loads(line) for line in lines.splitlines()]
        assert all("base_rate" in row for row in rows)
        assert [
            {name: value for name, value in row.items() if name != "base_rate"} for row in rows
        ] == printed.rows
    else:
        assert lines == printed.out
    assert read_ids(tmp_path, projection, "ndjson") == ids(full, projection)


@pytest.mark.parametrize("projection", MAPPED)
def test_geojson_opens_in_geopandas_with_its_points(
    full: Console, projection: str, tmp_path: Path
) -> None:
    exported(full, projection, "geojson", tmp_path)

    assert faults_of(tmp_path) == []
    assert read_ids(tmp_path, projection, "geojson") == ids(full, projection)
    points = [row["geometry"] for row in features_in_geopandas(tmp_path / f"{projection}.geojson")]
    assert (30.73, 46.48) in points
    if projection == "incidents":
        assert (18.4, -33.9) in points
        assert None in points


@pytest.mark.parametrize(("projection", "file_format", "filters"), FILTERED)
def test_an_export_holds_what_timeline_prints_with_the_same_filters(
    sample: Console, projection: str, file_format: str, filters: str, tmp_path: Path
) -> None:
    exported(sample, projection, file_format, tmp_path, *filters.split())

    chosen = ids(sample, projection, *filters.split())
    assert read_ids(tmp_path, projection, file_format) == chosen
    assert len(chosen) < len(ids(sample, projection))
    assert package_of(tmp_path)["entries"] == len(chosen)
    assert package_of(tmp_path)["filters"] != {}
    assert faults_of(tmp_path) == []


def test_words_of_quotes_are_found_in_reversals_too(full: Console, tmp_path: Path) -> None:
    exported(full, "reversals", "csv", tmp_path, "--q", "напали")

    assert read_ids(tmp_path, "reversals", "csv") == ids(full, "reversals", "--q", "напали")
    assert package_of(tmp_path)["versions"] == {"chronology": 1, "reversals": 1}


# What may be hard


def test_texts_come_through_and_formulas_are_escaped(full: Console, tmp_path: Path) -> None:
    exported(full, "chronology", "csv", tmp_path)

    rows = csv_in_pandas(tmp_path / "chronology.csv")
    assert {f"'{FORMULA}"} == {row["title"] for row in rows if row["kind"] == "article"}
    assert CYRILLIC in {row["quote"] for row in rows}
    assert RIGHT_TO_LEFT in {row["speaker_name"] for row in rows}
    assert "'+News" in {row["outlet_name"] for row in rows}
    raw = (tmp_path / "chronology.csv").read_bytes()
    assert raw.startswith(b"entry,")


def test_numbers_stay_numbers(full: Console, tmp_path: Path) -> None:
    exported(full, "incidents", "csv", tmp_path)

    assert -33.9 in {row["place_lat"] for row in csv_in_pandas(tmp_path / "incidents.csv")}


def test_each_pair_has_the_base_rate_that_baserate_prints(full: Console, tmp_path: Path) -> None:
    exported(full, "pairings", "csv", tmp_path / "csv")
    exported(full, "pairings", "ndjson", tmp_path / "ndjson")

    lines = (tmp_path / "ndjson" / "pairings.ndjson").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    statements = {row["body"]["statement"] for row in told}
    rates = {key: full("baserate", key, "--conflict", "ukraine").one for key in statements}
    assert len(rates) > 1
    for row in told:
        rate = rates[row["body"]["statement"]]
        # Which timelines the answer rests on: here pairings too.
        assert {**row["base_rate"], "versions": rate["versions"]} == rate
    for flat in csv_in_pandas(tmp_path / "csv" / "pairings.csv"):
        window = rates[flat["statement"]]["windows"]["72h"]
        assert flat["expected_72h_share_low"] == window["share_low"]
        assert flat["observed_72h_possible"] == window["observed_possible"]
        assert flat["days_recorded"] == rates[flat["statement"]]["days_recorded"]


# Where it comes from


def test_a_package_has_the_digest_and_the_time_of_its_position(
    full: Console, tmp_path: Path
) -> None:
    exported(full, "incidents", "csv", tmp_path, "--as-of", "20")

    package = package_of(tmp_path)
    command = ("replay", "incidents", "--conflict", "ukraine", "--until", "20", "--digest")
    assert package["digest"] == full(*command).one["digest"]
    status = full("status").one["conflicts"][0]
    assert package["recorded_at"] <= status["recorded_at"]
    assert package["position"] == 20
    assert package["resources"][0]["path"] == "incidents.csv"


def test_the_samples_are_given_freely_and_others_have_to_be_asked(
    sample: Console, full: Console, tmp_path: Path
) -> None:
    exported(sample, "incidents", "csv", tmp_path / "sample")
    exported(full, "incidents", "csv", tmp_path / "full")

    (source,) = package_of(tmp_path / "sample")["sources"]
    assert source["license"] == "CC0-1.0"
    assert source["path"] == "https://conflict-timeline.example/samples/episodes"
    (source,) = package_of(tmp_path / "full")["sources"]
    assert source["license"] is None
    assert "licenses" not in package_of(tmp_path / "full")
    assert "no licence is known" in package_of(tmp_path / "full")["licence_note"]


# As of a position


def test_the_same_position_gives_the_same_bytes(full: Console, tmp_path: Path) -> None:
    for name in ("one", "two"):
        exported(full, "pairings", "ndjson", tmp_path / name)
    head = str(45 + len(FULL))
    exported(full, "pairings", "ndjson", tmp_path / "position", "--as-of", head)
    late = full("status").one["conflicts"][0]["recorded_at"]
    exported(full, "pairings", "ndjson", tmp_path / "time", "--as-of", late)

    made = [bytes_in(tmp_path / name) for name in ("one", "two", "position", "time")]
    assert made == [made[0]] * 4
    assert sorted(made[0]) == [PACKAGE, "pairings.ndjson"]


@pytest.mark.parametrize("file_format", ["csv", "geojson", "ndjson"])
def test_an_earlier_position_gives_what_was_known_then(
    full: Console, file_format: str, tmp_path: Path
) -> None:
    exported(full, "incidents", file_format, tmp_path, "--as-of", "20")

    assert read_ids(tmp_path, "incidents", file_format) == ids(full, "incidents", "--as-of", "20")
    assert faults_of(tmp_path) == []


@pytest.mark.parametrize("file_format", ["csv", "geojson", "ndjson"])
def test_before_the_first_event_there_is_an_export_of_nothing(
    full: Console, file_format: str, tmp_path: Path
) -> None:
    exported(full, "pairings", file_format, tmp_path, "--as-of", "0")

    package = package_of(tmp_path)
    assert (package["position"], package["recorded_at"], package["entries"]) == (0, None, 0)
    assert package["digest"] == "0" * 64
    assert package["sources"] == []
    if file_format == "ndjson":
        # Which frictionless cannot read (a StopIteration of its own).
        assert (tmp_path / "pairings.ndjson").read_bytes() == b""
    else:
        assert faults_of(tmp_path) == []


# Into a folder


def test_without_a_folder_one_is_made_that_names_the_position(full: Console) -> None:
    done = full("export", "coverage", "--conflict", "ukraine", "--format", "csv", "--as-of", "46")

    folder = full.folder / "ukraine-coverage-46"
    assert sorted(bytes_in(folder)) == ["coverage.csv", PACKAGE]
    assert done.rows[0]["path"] == "ukraine-coverage-46/coverage.csv"
    assert done.complaints == [
        "ukraine coverage/1 as of position 46: 1 entries in ukraine-coverage-46/coverage.csv"
    ]


def test_a_row_for_each_file_has_its_length_and_hash(full: Console, tmp_path: Path) -> None:
    done = exported(full, "figures", "csv", tmp_path)

    for row in done.rows:
        raw = Path(row["path"]).read_bytes()
        assert (row["bytes"], row["sha256"]) == (len(raw), sha256(raw).hexdigest())
    assert [Path(row["path"]).name for row in done.rows] == ["figures.csv", PACKAGE]
    assert [row["entries"] for row in done.rows] == [2, None]
    printed = exported(full, "figures", "csv", tmp_path, "--output", "csv")
    assert printed.out.splitlines()[0] == "path,entries,bytes,sha256"


def test_an_export_onto_the_same_bytes_is_well(full: Console, tmp_path: Path) -> None:
    exported(full, "coverage", "csv", tmp_path)
    before = bytes_in(tmp_path)

    exported(full, "coverage", "csv", tmp_path)

    assert bytes_in(tmp_path) == before


@pytest.mark.parametrize("name", ["incidents.csv", PACKAGE])
def test_what_holds_something_else_is_left_alone(full: Console, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"mine")

    done = full(
        "export", "incidents", "--conflict", "ukraine", "--format", "csv", "--into", tmp_path
    )

    done.refuses(1, str(tmp_path / name), "--into names another folder")
    assert bytes_in(tmp_path) == {name: b"mine"}


def test_a_folder_that_is_a_file_is_refused(full: Console, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"mine")
    command = ("export", "incidents", "--conflict", "ukraine", "--format", "csv", "--into")

    full(*command, file).refuses(1, str(file), "no folder")
    full(*command, file / "in").refuses(1, "Not a directory")
    assert file.read_bytes() == b"mine"


def test_a_folder_that_cannot_be_made_is_refused(full: Console) -> None:
    command = ("export", "incidents", "--conflict", "ukraine", "--format", "csv", "--into")

    full(*command, "/proc/nowhere").refuses(1, "/proc/nowhere")


def test_a_folder_that_is_no_text_is_refused(full: Console) -> None:
    full(
        "export", "figures", "--conflict", "ukraine", "--format", "csv", "--into", b"x\xff"
    ).refuses(2, "UTF-8")

    assert not (full.folder / os.fsdecode(b"x\xff")).exists()


def test_a_disk_that_fails_leaves_nothing_behind(full: Console, tmp_path: Path) -> None:
    into = tmp_path / "new"

    done = full(
        *("export", "chronology", "--conflict", "ukraine", "--format", "csv", "--into", into),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )

    done.refuses(1, str(into / "chronology.csv"), "File too large")
    assert not into.exists()


# What cannot be exported


@pytest.mark.parametrize("projection", sorted(set(PROJECTIONS) - set(MAPPED)))
def test_what_does_not_lie_at_one_place_has_no_geojson(full: Console, projection: str) -> None:
    done = full("export", projection, "--conflict", "ukraine", "--format", "geojson")

    done.refuses(2, projection, "it can as csv or ndjson")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ("nope --conflict ukraine --format csv", 3, ["'nope'", "incidents, pairings"]),
        ("nope --conflict ukraine --format ndjson", 3, ["'nope'"]),
        ("pairings --conflict sudan --format csv", 3, ["sudan"]),
        ("pairings --conflict ukraine --format csv --as-of 99999", 3, ["99999"]),
        ("pairings --conflict ukraine --format parquet", 2, ["csv"]),
        ("pairings --conflict ukraine", 2, ["--format"]),
        ("coverage --conflict ukraine --format csv --party RUS", 2, ["coverage", "party"]),
        ("pairings --conflict ukraine --format csv --topic nope", 2, ["nope"]),
    ],
)
def test_what_cannot_be_exported_is_said_and_makes_no_folder(
    full: Console, arguments: str, code: int, words: list[str], tmp_path: Path
) -> None:
    into = tmp_path / "none"

    full("export", *arguments.split(), "--into", into).refuses(code, *words)

    assert not into.exists()


async def test_a_projection_of_a_plugin_is_exported_as_ndjson_only(
    console: Console, tmp_path: Path
) -> None:
    running = console.start("run", "intake")  # It keeps the broker running.
    running.says("intake.started")
    assert console.publish(FULL[0]).code == 0
    body: Json = {"count": 1}
    revision = {"entry": "a", "revision": 1, "position": 1, "status": "asserted"}
    raw = json.dumps({**revision, "because": ["k"], "body": body}).encode()
    redis = connect(f"unix://{console.data}/broker/valkey.sock")
    committer = Committer(redis, "ukraine", "mine", 1)
    reached = Checkpoint(1, "ab" * 32, 1)
    await committer.commit(START, reached, [Committable("1-0", raw, reached.digest)])
    await committer.serve_if_first()
    await redis.aclose()
    command = ("export", "mine", "--conflict", "ukraine", "--into", tmp_path / "out", "--format")

    console(*command, "csv").refuses(2, "mine", "it can as ndjson")
    assert console(*command, "ndjson").code == 0

    assert ndjson_in_pandas(tmp_path / "out" / "mine.ndjson")[0]["body"] == body
    package = package_of(tmp_path / "out")
    assert (package["rules"], package["digest"]) == (None, "ab" * 32)
    assert [source["events"] for source in package["sources"]] == [1]
    assert faults_of(tmp_path / "out") == []
    assert running.send(signal.SIGTERM).code == 0


def test_the_help_imports_nothing_heavy(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", PROGRAM, "export", "--help"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )

    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()
    }
    assert imported & set(NO_HEAVY) == set()
    assert "--format" in done.stdout
