"""Reading timelines: now, as of any moment, every revision, and by replay."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from conflict_timeline.broker import connect
from conflict_timeline.broker.streams import last_of
from tests.cli.console import Console, wait_for
from tests.oracle.builders import corrected, retracted, statement, strike
from tests.oracle.reports import key_of
from tests.oracle.times import Json

ENTRY: Final = [
    "projection",
    "version",
    "conflict",
    "entry",
    "revision",
    "position",
    "status",
    "because",
    "body",
    "as_of",
]
PROJECTIONS: Final = ("incidents", "pairings")

DENIAL: Final = statement("denial", 10, 11, "deny", about=["RUS"])
BY_RUSSIA: Final[Json] = {"attribution": [{"party": "RUS", "basis": "alleged_by_target"}]}
EARLY: Final = strike("early", 20, 21, **BY_RUSSIA)
LATE: Final = strike("late", 40, 41, **BY_RUSSIA)
MOVED: Final = corrected(
    "moved", LATE, occurred={"earliest": "2025-02-10T12:00:00Z", "latest": "2025-02-10T13:00:00Z"}
)
GONE: Final = retracted("gone", EARLY)
HISTORY: Final = (LATE, EARLY, DENIAL, MOVED, GONE)
"""By position, from 1: two strikes, the later one first; words; a correction; a retraction."""


@pytest.fixture(scope="module")
def history(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Console]:
    """Give a console on which `HISTORY` is folded, and one more event is recorded but not yet."""
    console = Console(tmp_path_factory.mktemp("history"), environment)
    console.start("run", "intake").says("intake.started")  # It keeps the broker running.
    projector = console.start("run", "projector")
    for events in (HISTORY[:2], HISTORY[2:3], HISTORY[3:]):  # Some milliseconds apart.
        assert console.publish(*events).code == 0
    wait_for(lambda: lags(console) == {0})
    projector.end()
    console.publish(strike("unseen", 50, 51))
    yield console
    console.clear()


async def stored(console: Console, key: str, entry: str, field: str) -> bytes:
    """What is stored in a stream's last entry up to an id."""
    redis = connect(f"unix://{console.data}/broker/valkey.sock")
    found = await last_of(redis, key, entry)
    await redis.aclose()
    assert found is not None
    return found[1][field.encode()]


def lags(console: Console) -> set[int]:
    """How far the timelines are behind."""
    return {
        one["lag_events"]
        for conflict in console("status").one["conflicts"]
        for one in conflict["projections"]
    }


def read(console: Console, *arguments: str) -> list[Json]:
    """Rows of the conflict."""
    done = console.asked(*arguments, "--conflict", "ukraine")
    assert done.code == 0, done.err
    return done.rows


def event_time(row: Json) -> str:
    """When an entry's event was, as the order wants it."""
    body = row["body"]
    return str((body.get("core") or body["said"])["earliest"])


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_entries_have_the_documented_keys_and_come_by_event_time_then_id(
    sample: Console, projection: str
) -> None:
    rows = read(sample, "timeline", projection)

    assert [list(row) for row in rows] == [ENTRY] * len(rows)
    assert rows == sorted(rows, key=lambda row: (event_time(row), row["entry"]))
    assert {row["status"] for row in rows} == {"asserted"}
    assert len({row["entry"] for row in rows}) == len(rows) > 3


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_a_replay_prints_the_same_entries_in_the_same_order(
    sample: Console, projection: str
) -> None:
    assert read(sample, "replay", projection) == read(sample, "timeline", projection)


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_a_replay_has_the_committed_digest_and_revisions(sample: Console, projection: str) -> None:
    (conflict,) = sample.asked("status").one["conflicts"]
    (committed,) = [one for one in conflict["projections"] if one["projection"] == projection]

    (row,) = read(sample, "replay", projection, "--digest")

    assert list(row) == ["projection", "version", "conflict", "position", "revisions", "digest"]
    assert row == {
        "projection": projection,
        "version": 1,
        "conflict": "ukraine",
        "position": conflict["head"],
        "revisions": committed["revisions"],
        "digest": committed["digest"],
    }


def test_what_is_recorded_and_not_yet_folded_is_counted_as_lag(
    history: Console,
) -> None:
    assert lags(history) == {1}


def test_a_timeline_before_a_correction_shows_the_old_state(history: Console) -> None:
    before = read(history, "timeline", "incidents", "--as-of", "3")
    after = read(history, "timeline", "incidents", "--as-of", "4")

    late = f"i-{key_of(LATE)}"
    assert [row["body"]["core"]["earliest"] for row in before if row["entry"] == late] == [
        "2025-02-11T16:00:00Z"
    ]
    assert [row["body"]["core"]["earliest"] for row in after if row["entry"] == late] == [
        "2025-02-10T12:00:00Z"
    ]
    # The correction also turns the order of the two around.
    assert [row["entry"] for row in before] == [row["entry"] for row in reversed(after)]


def test_a_timeline_before_a_retraction_shows_what_was_retracted(history: Console) -> None:
    early = f"{key_of(DENIAL)}:i-{key_of(EARLY)}"

    assert early in [row["entry"] for row in read(history, "timeline", "pairings", "--as-of", "4")]
    assert early not in [row["entry"] for row in read(history, "timeline", "pairings")]


def test_history_shows_every_revision_withdrawals_included(history: Console) -> None:
    rows = read(history, "timeline", "incidents", "--history")

    late, early = f"i-{key_of(LATE)}", f"i-{key_of(EARLY)}"
    assert [(row["position"], row["entry"], row["revision"], row["status"]) for row in rows] == [
        (1, late, 1, "asserted"),
        (2, early, 1, "asserted"),
        (4, late, 2, "asserted"),
        (5, early, 2, "withdrawn"),
    ]
    assert [list(row) for row in rows] == [ENTRY] * 4
    assert rows[3]["body"] == {}
    assert rows[3]["because"] == [key_of(GONE), key_of(EARLY)]


def test_history_as_of_a_position_ends_there(history: Console) -> None:
    rows = read(history, "timeline", "incidents", "--history", "--as-of", "3")

    assert [row["position"] for row in rows] == [1, 2]


async def test_a_time_means_the_last_position_recorded_by_then(history: Console) -> None:
    recorded_ms = int(await stored(history, "{ukraine}:log", "3", "t"))

    for at_ms, meant in ((recorded_ms, 3), (recorded_ms - 1, 2)):
        moment = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
        done = history("timeline", "incidents", "--conflict", "ukraine", "--as-of", moment)
        assert f"as of position {meant}: " in done.err


def test_a_time_may_have_any_zone(history: Console) -> None:
    before_all = "2020-01-01T00:00:00+14:00"

    done = history("timeline", "pairings", "--conflict", "ukraine", "--as-of", before_all)

    assert (done.code, done.out) == (0, "")
    assert done.complaints == ["ukraine pairings/1 as of position 0: 0 entries"]


@pytest.mark.parametrize("options", [[], ["--history"], ["--as-of", "4"]])
def test_every_row_tells_the_position_that_the_answer_is_as_of(
    history: Console, options: list[str]
) -> None:
    position = 4 if "--as-of" in options else 5
    rows = read(history, "timeline", "incidents", *options)
    command = ["timeline", "incidents", *options, "--conflict", "ukraine", "--output", "csv"]

    assert {row["as_of"] for row in rows} == {position}
    printed = list(csv.DictReader(io.StringIO(history(*command).out)))
    assert {row["as_of"] for row in printed} == {str(position)}
    assert list(printed[0])[-1] == "as_of"


def test_the_position_is_told_beside_the_entries(history: Console) -> None:
    done = history.asked("timeline", "incidents", "--conflict", "ukraine")

    assert done.complaints == ["ukraine incidents/1 as of position 5: 1 entries"]


@pytest.mark.parametrize("projection", PROJECTIONS)
@pytest.mark.parametrize("position", [2, 4])
async def test_a_replay_until_a_position_has_the_digest_that_was_committed_there(
    history: Console, projection: str, position: int
) -> None:
    (row,) = read(history, "replay", projection, "--digest", "--until", str(position))

    timeline = f"{{ukraine}}:timeline:{projection}:1"
    if row["revisions"]:
        committed = await stored(history, timeline, str(position), "d")
        assert row["digest"] == committed.decode()
    else:
        assert row["digest"] == "0" * 64
    assert row["position"] == position


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_a_replay_until_a_position_prints_the_timeline_as_of_it(
    history: Console, projection: str
) -> None:
    assert read(history, "replay", projection, "--until", "4") == read(
        history, "timeline", projection, "--as-of", "4"
    )


def test_a_replay_goes_beyond_the_checkpoint_up_to_the_head(history: Console) -> None:
    assert len(read(history, "replay", "incidents")) == 2
    assert len(read(history, "timeline", "incidents")) == 1


def test_a_replay_writes_nothing(history: Console) -> None:
    before = history("status").one
    history("replay", "pairings", "--conflict", "ukraine")

    assert (
        history("status").one["conflicts"][0]["projections"]
        == (before["conflicts"][0]["projections"])
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("timeline pairings --as-of 6", ["position 6", "checkpoint of pairings", "5"]),
        ("replay pairings --until 7", ["position 7", "head of the log", "6"]),
        ("timeline pairings --as-of 2199-01-01T00:00:00Z", ["future"]),
        ("timeline nope", ["'nope'", "incidents, pairings"]),
    ],
)
def test_what_is_not_there_is_exit_3(history: Console, arguments: str, words: list[str]) -> None:
    history(*arguments.split(), "--conflict", "ukraine").refuses(3, *words)


def test_a_time_after_which_something_was_recorded_that_is_not_folded_is_exit_3(
    history: Console,
) -> None:
    now = datetime.now(UTC).isoformat()

    history("timeline", "pairings", "--conflict", "ukraine", "--as-of", now).refuses(
        3, "position 6", "beyond the checkpoint"
    )


def test_a_moment_from_now_is_the_future(history: Console) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=70)).isoformat()

    history("replay", "pairings", "--conflict", "ukraine", "--until", soon).refuses(3, "future")


@pytest.mark.parametrize(
    ("command", "conflict"),
    [
        ("timeline pairings", "sudan"),
        ("replay pairings", "}:log"),
    ],
)
def test_an_unknown_conflict_is_exit_3(sample: Console, command: str, conflict: str) -> None:
    sample(*command.split(), "--conflict", conflict).refuses(3, "there is no conflict", conflict)


@pytest.mark.parametrize("text", ["", "-1", "2025-02-18T12:00:00"])
def test_what_is_neither_a_position_nor_a_time_is_exit_2(sample: Console, text: str) -> None:
    done = sample("timeline", "pairings", "--conflict", "ukraine", f"--as-of={text}")

    done.refuses(2, "time")


def test_a_timeline_that_no_projector_has_begun_is_exit_3(console: Console) -> None:
    console.publish(strike("a", 0, 1))

    console("timeline", "pairings", "--conflict", "ukraine").refuses(3, "no projector")
    assert len(read(console, "replay", "incidents")) == 1


def counted(output: str, text: str) -> list[Any]:
    """The rows of an output, whatever its format."""
    match output:
        case "json":
            return list(json.loads(text))
        case "csv":
            return list(csv.DictReader(io.StringIO(text)))
        case _:
            return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    "command",
    ["timeline pairings", "timeline incidents --history"],
)
def test_every_format_has_the_same_rows_in_the_same_order(sample: Console, command: str) -> None:
    by_format = {
        output: counted(
            output, sample(*command.split(), "--conflict", "ukraine", "--output", output).out
        )
        for output in ("json", "ndjson", "csv")
    }

    assert by_format["json"] == by_format["ndjson"]
    assert [(row["entry"], row["revision"]) for row in by_format["csv"]] == [
        (row["entry"], str(row["revision"])) for row in by_format["json"]
    ]
    assert len(by_format["csv"]) > 3
