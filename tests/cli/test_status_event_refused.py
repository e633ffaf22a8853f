"""What became of what was offered: status, single events, and what was refused."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Final

import pytest

from conflict_timeline.projections.registry import PROJECTIONS
from tests.cli.console import Console, lines_of
from tests.oracle.builders import PRODUCER, corrected, retracted, strike
from tests.oracle.reports import key_of
from tests.oracle.times import Json

REFUSED: Final = (
    "refused",
    "reason",
    "path",
    "message",
    "stream",
    "entry",
    "source",
    "id",
    "conflict",
    "length",
    "sha256",
)
A: Final = strike("a", 0, 1)
OTHER: Final = strike("x", 0, 1, source="https://scrapers.example/other", figures=[{}])
ESCAPES: Final = b"\x1b]0;owned\x07 \xc2\x9b31m \xe2\x80\xae not json \xff"


@pytest.fixture(scope="module")
def history(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Console]:
    """Give a console with an amended event and four refused ones, whose broker keeps running."""
    console = Console(tmp_path_factory.mktemp("history"), environment)
    console.start("run", "intake").says("intake.started")
    amendments = [corrected("c", A, targets=["rail"]), retracted("r", A)]
    lines = lines_of([A, *amendments, strike("a", 0, 2), strike("bad", 0, 1, scope="x"), OTHER])
    assert console("publish", stdin=lines + ESCAPES).code == 5
    yield console
    console.clear()


def test_status_has_the_documented_shape(sample: Console) -> None:
    done = sample("status", "--output", "json")

    assert list(done.one) == ["refused", "conflicts"]
    (conflict,) = done.one["conflicts"]
    assert list(conflict) == ["conflict", "head", "recorded_at", "projections"]
    assert (conflict["conflict"], conflict["head"], done.one["refused"]) == ("ukraine", 34, 0)
    assert [one["projection"] for one in conflict["projections"]] == list(PROJECTIONS)
    for one in conflict["projections"]:
        assert (len(one["digest"]), one["revisions"] > 0) == (64, True)
        expected = {
            "projection": one["projection"],
            "version": 1,
            "served": True,
            "position": 34,
            "lag_events": 0,
            "lag_s": 0.0,
            "revisions": one["revisions"],
            "digest": one["digest"],
            "state": "idle",
            "reason": None,
        }
        # Fields may come, none may leave.
        assert list(one)[: len(expected)] == list(expected)
        assert expected.items() <= one.items()


def test_status_of_nothing_is_empty(console: Console) -> None:
    assert console("status").one == {"refused": 0, "conflicts": []}
    assert console("status", "--output", "csv").out.count("\n") == 1


def test_status_of_a_log_that_nobody_projects_is_absent_and_lags(history: Console) -> None:
    (conflict,) = history.asked("status").one["conflicts"]

    assert {one["state"] for one in conflict["projections"]} == {"absent"}
    assert {one["lag_events"] for one in conflict["projections"]} == {3}
    assert {one["digest"] for one in conflict["projections"]} == {"0" * 64}


def test_status_as_csv_has_a_row_for_each_timeline_with_the_whole_digest(sample: Console) -> None:
    rows = list(csv.DictReader(io.StringIO(sample("status", "--output", "csv").out)))
    (conflict,) = sample.asked("status").one["conflicts"]

    assert [(row["projection"], row["digest"]) for row in rows] == [
        (one["projection"], one["digest"]) for one in conflict["projections"]
    ]


def test_a_recorded_event_is_told_with_its_bytes_and_amendments(history: Console) -> None:
    told = history.asked("event", PRODUCER, "a", "--conflict", "ukraine").one

    assert (told["outcome"], told["position"], told["key"]) == ("recorded", 1, key_of(A))
    assert told["event"] == A
    assert told["recorded_at"].endswith("Z")
    assert [(one["position"], one["type"], one["id"]) for one in told["amendments"]] == [
        (2, "conflict.strike.corrected.v1", "c"),
        (3, "conflict.strike.retracted.v1", "r"),
    ]
    assert [one["reason"] for one in told["refusals"]] == ["conflicting_body"]


def test_a_refused_event_is_told_with_its_reason(history: Console) -> None:
    told = history("event", PRODUCER, "bad", "--conflict", "ukraine").one

    assert (told["outcome"], told["position"], told["event"]) == ("refused", None, None)
    (refusal,) = told["refusals"]
    assert (refusal["reason"], refusal["path"]) == ("invalid", "$.data.scope")


@pytest.mark.parametrize("event", [(PRODUCER, "never", "ukraine"), (PRODUCER, "a", "sudan")])
def test_an_event_that_nobody_published_is_exit_3(
    history: Console, event: tuple[str, str, str]
) -> None:
    source, id_, conflict = event

    history("event", source, id_, "--conflict", conflict).refuses(3, "nothing is known", id_)


def test_an_event_as_csv_is_one_row(history: Console) -> None:
    done = history.asked("event", PRODUCER, "a", "--conflict", "ukraine", "--output", "csv")

    (row,) = csv.DictReader(io.StringIO(done.out))
    assert (row["position"], json.loads(row["event"])) == ("1", A)


def test_refused_events_are_listed_oldest_first(history: Console) -> None:
    done = history.asked("refused", "list")

    assert [(row["reason"], row["entry"]) for row in done.rows] == [
        ("conflicting_body", "4"),
        ("invalid", "5"),
        ("invalid", "6"),
        ("not_utf8", "7"),
    ]
    assert {tuple(row) for row in done.rows} == {REFUSED}
    assert done.complaints == ["4 refused events"]


@pytest.mark.parametrize(
    ("options", "entries"),
    [
        (["--reason", "invalid"], ["5", "6"]),
        (["--source", PRODUCER, "--reason", "invalid"], ["5"]),
        (["--source", "https://scrapers.example/nobody"], []),
    ],
)
def test_refused_events_are_listed_by_source_and_reason(
    history: Console, options: list[str], entries: list[str]
) -> None:
    assert [row["entry"] for row in history("refused", "list", *options).rows] == entries


def test_every_format_lists_as_many_refused_events(history: Console) -> None:
    as_csv = history("refused", "list", "--output", "csv").out

    rows: list[Json] = json.loads(history("refused", "list", "--output", "json").out)
    assert [row["refused"] for row in csv.DictReader(io.StringIO(as_csv))] == [
        row["refused"] for row in rows
    ]


def test_a_refused_event_is_shown_by_its_id_with_its_bytes(history: Console) -> None:
    bad, garbage = (history.asked("refused", "list").rows[at] for at in (1, 3))

    shown = history("refused", "show", bad["refused"]).one
    assert json.loads(shown.pop("event")) == strike("bad", 0, 1, scope="x")
    assert shown == bad
    told = history("refused", "show", garbage["refused"]).one["event"]
    assert told == ESCAPES.decode(errors="backslashreplace")


def test_a_refused_event_that_is_not_there_is_exit_3(history: Console) -> None:
    history("refused", "show", "1-0").refuses(3, "'1-0'")
    history("refused", "show", f"{2**64 - 1}-{2**64 - 1}").refuses(3)


@pytest.mark.parametrize("text", ["1-", f"{2**64}-0"])
def test_an_id_that_no_refused_event_could_have_is_exit_2(history: Console, text: str) -> None:
    history("refused", "show", text).refuses(2, text, "refused list")
