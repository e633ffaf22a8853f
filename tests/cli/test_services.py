"""`up`, `run` and `demo`: what they do, how they end, and the broker that they share."""

import json
import re
import signal
import socket
from pathlib import Path
from typing import Final

import httpx
import pytest

from conflict_timeline.projections.registry import PROJECTIONS
from tests.cli.console import Console, Done, wait_for
from tests.oracle.builders import strike


def caught_up(console: Console, head: int) -> bool:
    """Tell whether every timeline has come to a position."""
    return all(
        one["position"] == head
        for conflict in console("status").one["conflicts"]
        for one in conflict["projections"]
    )


@pytest.fixture(scope="module")
def twice(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> tuple[Done, Done, Console]:
    """Give what the demo said when it was run, and run again, on one folder."""
    console = Console(tmp_path_factory.mktemp("demo"), environment)
    return console("demo", "--once"), console("demo", "--once"), console


def test_the_demo_ends_by_itself_and_stops_the_broker(twice: tuple[Done, Done, Console]) -> None:
    first, _, console = twice

    assert first.code == 0
    assert not console.is_served()


def test_the_demo_prints_odesa_with_its_lag_and_nothing_from_before_the_words(
    twice: tuple[Done, Done, Console],
) -> None:
    lines = [line.strip() for line in twice[0].out.splitlines()]

    at = next(number for number, line in enumerate(lines) if line.startswith("Odesa"))
    assert "lag 3.5 to 31 h" in lines[at + 1]
    assert "possible within 24h" in lines[at + 2]
    assert "definite within 72h" in lines[at + 2]
    assert "Kropotkin" not in twice[0].out


def test_the_demo_run_again_reports_the_same_and_records_nothing_more(
    twice: tuple[Done, Done, Console],
) -> None:
    first, second, console = twice

    assert (second.code, second.out) == (0, first.out)
    heads = {one["conflict"]: one["head"] for one in console("status").one["conflicts"]}
    published = re.search(r"^([\d,]+) sample events published", first.out)
    assert published is not None
    assert sum(heads.values()) == int(published[1].replace(",", ""))
    assert set(heads) == {"lebanon", "ukraine"}


def test_the_demo_says_so_when_its_conflict_is_not_allowed(console: Console) -> None:
    done = console("demo", "--once", env={"CONFLICT_TIMELINE_CONFLICTS": "sudan"})

    assert done.code == 3
    assert "`conflicts`" in done.complaints[-1]
    assert not console.is_served()


UP: Final = ["intake.started", "projector.started", "broker: unix://"]


@pytest.mark.parametrize(
    ("command", "ready", "number", "code"),
    [
        ("up", UP, signal.SIGINT, 130),
        ("up", UP, signal.SIGTERM, 0),
        ("run intake", ["intake.started"], signal.SIGTERM, 0),
        ("run projector", ["projector.started"], signal.SIGINT, 130),
        ("demo", ["page: http://", "Serving until Ctrl-C"], signal.SIGINT, 130),
        ("demo", ["Serving until Ctrl-C"], signal.SIGTERM, 0),
    ],
)
def test_a_service_ends_on_a_signal_and_stops_the_broker_that_it_used_last(
    console: Console, command: str, ready: list[str], number: signal.Signals, code: int
) -> None:
    running = console.start(*command.split())
    running.says(*ready)
    assert console.is_served()

    done = running.send(number)

    assert done.code == code
    assert "broker.stopped" in done.err
    assert not console.is_served()
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["up", "demo"])
def test_the_page_is_served_where_it_is_said_to_be(console: Console, command: str) -> None:
    running = console.start(command)
    running.says("page: ")

    address = re.search(r"^page: (http://127\.0\.0\.1:\d+/)$", running.err, re.MULTILINE)

    assert address is not None
    answer = httpx.get(address[1], timeout=30)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert running.send(signal.SIGTERM).code == 0


def test_a_demo_that_may_not_listen_where_it_should_says_so(console: Console) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {**console.environment, "CONFLICT_TIMELINE_PORT": f"{port}"}
        done = Console(console.folder, environment)("demo")

    assert done.code == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in done.complaints[-1]
    assert "Traceback" not in done.err


def test_a_service_ends_well_when_its_terminal_is_closed(console: Console) -> None:
    up = console.start("up")
    up.says("intake.started")

    assert up.send(signal.SIGHUP).code == 0
    assert not console.is_served()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_broker_starts_leaves_none_behind(
    console: Console, number: signal.Signals
) -> None:
    up = console.start("up")
    wait_for((console.data / "broker" / "server.lock").exists)

    done = up.send(number)

    # The first signals come before there is anybody to hear them.
    assert done.code in (0, 130, -number)
    assert not console.is_served()


def test_a_second_ctrl_c_ends_at_once(console: Console) -> None:
    up = console.start("up")
    up.says("intake.started")
    up.process.send_signal(signal.SIGINT)

    assert up.send(signal.SIGINT).code == 130
    # The broker may be left to the next command, which stops it.
    console("status")
    assert not console.is_served()


def test_two_commands_on_one_folder_share_its_broker(console: Console) -> None:
    up = console.start("up")
    up.says("intake.started", "projector.started")

    done = console.publish(strike("a", 0, 1))

    assert (done.code, console.is_served()) == (0, True)
    assert "broker.joined" in done.err
    assert "broker.stopped" not in done.err
    wait_for(lambda: caught_up(console, 1))
    done = up.send(signal.SIGTERM)
    assert done.code == 0
    assert not console.is_served()


def test_the_one_who_started_the_broker_may_leave_first(console: Console) -> None:
    first = console.start("run", "intake")
    first.says("intake.started")
    second = console.start("run", "projector")
    second.says("projector.started")

    done = first.send(signal.SIGTERM)

    assert (done.code, console.is_served()) == (0, True)
    console.publish(strike("a", 0, 1))
    wait_for(lambda: caught_up(console, 1))
    assert second.send(signal.SIGTERM).code == 0
    assert not console.is_served()


def test_services_can_use_the_broker_of_another_by_its_url(console: Console) -> None:
    up = console.start("run", "intake")
    up.says("intake.started")
    url = f"unix://{console.data}/broker/valkey.sock"

    status = console("status", "--url", url, data=False)
    projector = console.start("run", "projector", "--url", url, data=False)
    projector.says("projector.started")

    assert status.one == {"refused": 0, "conflicts": []}
    assert projector.send(signal.SIGTERM).code == 0
    assert console.is_served()
    assert up.send(signal.SIGTERM).code == 0
    assert not (console.folder / ".conflict-timeline").exists()


def test_a_projector_may_be_told_which_projections_and_conflicts(console: Console) -> None:
    console.publish(strike("a", 0, 1), strike("b", 0, 1) | {"conflict": "sudan"})
    projector = console.start(
        *("run", "projector", "--projection", "pairings", "--projection", "pairings"),
        *("--conflict", "sudan"),
    )

    def positions() -> dict[tuple[str, str], int]:
        return {
            (conflict["conflict"], one["projection"]): one["position"]
            for conflict in console("status").one["conflicts"]
            for one in conflict["projections"]
        }

    wait_for(lambda: positions()["sudan", "pairings"] == 1)

    assert positions() == {
        (conflict, name): int((conflict, name) == ("sudan", "pairings"))
        for conflict in ("sudan", "ukraine")
        for name in PROJECTIONS
    }
    assert projector.send(signal.SIGTERM).code == 0


def test_a_projection_that_does_not_exist_is_not_run(console: Console) -> None:
    done = console("run", "projector", "--projection", "nope")

    done.refuses(3, "'nope'", "incidents, pairings")


def test_logs_may_be_json(console: Console) -> None:
    up = console.start("--log-format", "json", "up")
    up.says("intake.started", "projector.started")

    events = [json.loads(line) for line in up.err.splitlines() if line.startswith("{")]

    assert {"broker.started", "intake.started"} <= {event["event"] for event in events}
    assert up.send(signal.SIGTERM).code == 0


def test_a_data_folder_with_a_long_path_works(console: Console) -> None:
    folder = Path(*["a-rather-long-name-of-a-folder"] * 5)

    assert console("demo", "--once", "--data", folder, data=False).code == 0
