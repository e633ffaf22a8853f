"""Verifying: what is printed, and how it ends. What is found is tested beside the projector."""

import csv
import io
import json
from collections.abc import Iterator

import pytest

from conflict_timeline.broker import connect
from conflict_timeline.projections.registry import PROJECTIONS
from tests.cli.console import Console
from tests.oracle.builders import strike
from tests.support import served

ROW = ["conflict", "what", "position", "result", "message"]


@pytest.fixture(scope="module")
def damaged(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Console]:
    """Give a console on which one of two conflicts has lost an event."""
    console = Console(tmp_path_factory.mktemp("damaged"), environment)
    with served(console.data):
        events = [strike(name, at, at + 1) for at, name in enumerate(("a", "b", "c"))]
        console.publish(*events, *({**event, "conflict": "sudan"} for event in events))
        yield console
        console.clear()


async def lose(console: Console, key: str, entry: str) -> None:
    """Take an entry out of a stream."""
    redis = connect(f"unix://{console.data}/broker/valkey.sock")
    await redis.xdel(key, entry)
    await redis.aclose()


def test_all_that_is_whole_is_a_row_each_and_exit_0(sample: Console) -> None:
    done = sample.asked("verify")

    assert done.code == 0
    timelines = [f"{name}/1" for name in sorted(PROJECTIONS)]
    assert [list(row) for row in done.rows] == [ROW] * len(done.rows)
    assert [row["what"] for row in done.rows] == ["log", "ids", *timelines]
    assert {(row["conflict"], row["position"], row["result"]) for row in done.rows} == {
        ("ukraine", 34, "ok")
    }
    assert done.complaints == [f"{2 + len(timelines)} things of 1 conflicts verified, no fault"]


def test_every_format_has_the_same_rows(sample: Console) -> None:
    rows = sample.asked("verify").rows

    assert json.loads(sample("verify", "--output", "json").out) == rows
    printed = csv.DictReader(io.StringIO(sample("verify", "--output", "csv").out))
    assert list(printed) == [{name: str(row[name]) for name in ROW} for row in rows]
    assert "34 events without a gap" in sample("verify", "--output", "table").out


def test_a_timeline_s_row_has_the_digest_of_its_status(sample: Console) -> None:
    (conflict,) = sample("status").one["conflicts"]
    digests = {f"{one['projection']}/1": one["digest"] for one in conflict["projections"]}

    told = {row["what"]: row["message"] for row in sample.asked("verify").rows[2:]}
    assert told.keys() == digests.keys()
    for what, digest in digests.items():
        assert digest in told[what]


async def test_a_fault_is_exit_4_and_the_first_is_told_in_a_sentence(damaged: Console) -> None:
    assert damaged("verify").code == 0
    await lose(damaged, "{ukraine}:log", "2-0")

    done = damaged("verify")

    assert done.code == 4
    assert [(row["conflict"], row["what"], row["result"]) for row in done.rows] == [
        ("sudan", "log", "ok"),
        ("sudan", "ids", "ok"),
        ("ukraine", "log", "fault"),
        ("ukraine", "ids", "ok"),
    ]
    (sentence,) = done.complaints
    assert sentence == (
        "conflict-timeline: ukraine log: position 2 is missing: entry 3-0 stands in its place"
    )


async def test_only_the_conflicts_that_are_named_are_verified(damaged: Console) -> None:
    done = damaged("verify", "--conflict", "sudan")

    assert done.code == 0
    assert {row["conflict"] for row in done.rows} == {"sudan"}


def test_a_conflict_that_is_not_there_is_exit_3(damaged: Console) -> None:
    damaged("verify", "--conflict", "sudan", "--conflict", "nowhere").refuses(3, "'nowhere'")


def test_where_nothing_is_recorded_nothing_is_wrong(console: Console) -> None:
    done = console("verify", "--output", "json")

    assert (done.code, json.loads(done.out)) == (0, [])
    assert done.complaints == ["nothing is recorded yet: there is nothing to verify"]


def test_a_broker_that_is_away_is_exit_75(console: Console) -> None:
    away = f"unix://{console.folder}/nowhere.sock"

    console("verify", "--url", away, data=False).refuses(75, "away")


def test_progress_is_shown_on_a_terminal_only(sample: Console) -> None:
    assert "ukraine incidents/1" in sample.on_terminal("verify", "--output", "csv").out
    assert "events," not in sample.asked("verify").err
