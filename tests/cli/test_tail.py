"""`tail`: revisions as NDJSON from any place on, over the broker as over HTTP."""

import json
import re
import signal
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.cli.console import EPISODES, Console, wait_for
from tests.oracle.builders import strike
from tests.oracle.times import Json

PAIRINGS = ("tail", "pairings", "--conflict", "ukraine")


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[tuple[Console, str]]:
    """Give a console that serves the episodes, and the address of its service."""
    made = Console(tmp_path_factory.mktemp("served"), environment)
    up = made.start("up", "--port", "0")
    up.says("intake.started", "projector.started", "web.started", "http: ")
    assert made("publish", EPISODES).code == 0
    wait_for(
        lambda: all(
            one["state"] == "idle"
            for conflict in made("status").one["conflicts"]
            for one in conflict["projections"]
        )
    )
    address = re.search(r"^http: (\S+)$", up.err, re.MULTILINE)
    assert address is not None
    yield made, address[1]
    made.clear()


@pytest.fixture(params=["data", "broker", "http"])
def where(request: pytest.FixtureRequest, served: tuple[Console, str]) -> tuple[str, ...]:
    """Give the options that say where timelines are read."""
    console, address = served
    socket_path = console.data / "broker" / "valkey.sock"
    return {
        "data": ("--data", str(console.data)),
        "broker": ("--url", f"unix://{socket_path}"),
        "http": ("--url", address),
    }[request.param]


def without(rows: list[Json], *names: str) -> list[Json]:
    """Rows without some fields."""
    return [{name: row[name] for name in row if name not in names} for row in rows]


def test_every_revision_up_to_the_head_is_printed_as_timeline_prints_it(
    served: tuple[Console, str], where: tuple[str, ...]
) -> None:
    console, _ = served
    history = console("timeline", "pairings", "--conflict", "ukraine", "--history").rows

    done = console(*PAIRINGS, *where, data=False)

    assert done.code == 0, done.err
    assert len(history) > 3
    assert without(done.rows, "at") == history
    assert [int(row["at"].partition("-")[0]) for row in done.rows] == [
        row["position"] for row in history
    ]
    assert f"as of position {history[0]['as_of']}: {len(history)} revisions" in done.err


def test_it_goes_on_after_any_place(served: tuple[Console, str], where: tuple[str, ...]) -> None:
    console, _ = served
    rows = console(*PAIRINGS, *where, data=False).rows

    done = console(*PAIRINGS, "--after", rows[1]["at"], *where, data=False)

    assert (done.code, done.rows) == (0, rows[2:])


def test_following_it_prints_what_is_made_and_ends_when_interrupted(
    served: tuple[Console, str], where: tuple[str, ...]
) -> None:
    console, _ = served
    conflict = f"tail-{where[0].strip('-')}-{len(where[1])}"
    first = strike("first", 0, 1) | {"conflict": conflict}
    assert console.publish(first).code == 0
    wait_for(lambda: console("timeline", "chronology", "--conflict", conflict).out.count("\n") == 1)
    running = console.start(
        "tail", "chronology", "--conflict", conflict, "--follow", *where, data=False
    )
    running.until(lambda: running.out.count("\n") == 1)

    assert console.publish(strike("second", 2, 3) | {"conflict": conflict}).code == 0
    running.until(lambda: running.out.count("\n") == 2)
    done = running.send(signal.SIGINT)

    assert done.code == 130
    assert [(row["position"], row["at"]) for row in done.rows] == [(1, "1-0"), (2, "2-0")]
    assert "as_of" not in done.rows[0]


def test_told_to_stop_it_is_interrupted(served: tuple[Console, str]) -> None:
    console, address = served
    running = console.start(*PAIRINGS, "--follow", "--url", address, data=False)
    running.until(lambda: "\n" in running.out)

    assert running.send(signal.SIGTERM).code == 130


def test_what_is_not_there_is_exit_3(served: tuple[Console, str], where: tuple[str, ...]) -> None:
    console, _ = served
    for unknown in (
        ("tail", "pairings", "--conflict", "nowhere"),
        ("tail", "nothing", "--conflict", "ukraine"),
        (*PAIRINGS, "--after", "9999-0"),
    ):
        console(*unknown, *where, data=False).refuses(3)
        console(*unknown, "--follow", *where, data=False).refuses(3)


def test_a_place_that_is_none_is_exit_2(
    served: tuple[Console, str], where: tuple[str, ...]
) -> None:
    console, _ = served

    console(*PAIRINGS, "--after", "yesterday", *where, data=False).refuses(2, "is no place")


@pytest.mark.parametrize("scheme", ["redis", "http"])
def test_an_address_at_which_nobody_answers_is_exit_75(console: Console, scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"{scheme}://127.0.0.1:{free.getsockname()[1]}"
        done = console(*PAIRINGS, "--url", url, data=False)

    done.refuses(75, "is away")


def test_an_http_address_that_is_none_is_exit_2_and_not_repeated(console: Console) -> None:
    done = console(*PAIRINGS, "--url", "http://somebody:secret@host", data=False)

    done.refuses(2, "the address of the service")
    assert "secret" not in done.err


def test_another_output_than_ndjson_is_exit_2(console: Console) -> None:
    assert console(*PAIRINGS, "--output", "csv").code == 2


def test_whoever_reads_the_output_may_go_away(
    served: tuple[Console, str], where: tuple[str, ...]
) -> None:
    console, _ = served
    process = subprocess.Popen(
        console.command((*PAIRINGS, *where), data=False),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=console.environment,
        cwd=console.folder,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read().decode()
        code = process.wait(30)

    assert code == 0, told
    assert "Traceback" not in told


def test_an_http_address_starts_no_broker(served: tuple[Console, str], console: Console) -> None:
    _, address = served

    done = console(*PAIRINGS, "--url", address)

    assert done.code == 0
    assert json.loads(done.out.splitlines()[0])["projection"] == "pairings"
    assert not console.data.exists()
