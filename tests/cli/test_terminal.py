"""On a terminal, behind a pipe, and with output that cannot be written."""

import os
import re
import subprocess
from collections.abc import Iterator
from typing import Final

import pytest

from tests.cli.console import Console, lines_of
from tests.oracle.builders import statement, strike
from tests.oracle.times import Json

HOSTILE: Final = "Line one\nline\ttwo"
BY_RUSSIA: Final[Json] = {"attribution": [{"party": "RUS", "basis": "assessed"}]}
MOVES_THE_CURSOR: Final = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
REFUSED: Final = "\x1b]0;owned\x07 \u009b31m \u202eright to left".encode()


@pytest.fixture(scope="module")
def history(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Console]:
    """Give a console on which producers have tried what the contract lets them."""
    console = Console(tmp_path_factory.mktemp("hostile"), environment)
    up = console.start("up")
    up.says("projector.started")
    words = statement(
        "s",
        0,
        1,
        "deny",
        about=["RUS"],
        speaker={"name": HOSTILE, "party": "RUS"},
        proposition="[bold red]markup[/] :boom:",
    )
    places = ("=cmd|' /C calc'!A0", "\t=1+1", "[red]Odesa[/]\u200b\u200f", HOSTILE)
    strikes = [
        strike(f"a{number}", 2 + number, 3 + number, place={"name": name}, **BY_RUSSIA)
        for number, name in enumerate(places)
    ]
    done = console("publish", stdin=lines_of([words, *strikes]) + REFUSED)
    assert [row["outcome"] for row in done.rows] == [*["recorded"] * 5, "refused"]
    up.until(lambda: len(console("timeline", "pairings", "--conflict", "ukraine").rows) == 4)
    yield console
    console.clear()


def styles_removed(text: str) -> str:
    """What a terminal shows of a text, without our own colours."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


@pytest.mark.parametrize(
    ("command", "heading"),
    [
        ("timeline pairings --conflict ukraine", "Observed beside expected"),
        ("timeline chronology --conflict ukraine", "act or scope"),
        ("timeline incidents --conflict ukraine", "attributed to"),
        ("status", "lag_events"),
        ("refused list", "message"),
    ],
)
def test_rows_are_a_table_on_a_terminal(history: Console, command: str, heading: str) -> None:
    done = history.on_terminal(*command.split())

    assert done.code == 0
    assert heading in done.out
    assert '{"' not in done.out


def test_the_same_rows_are_json_lines_behind_a_pipe(history: Console) -> None:
    assert len(history("timeline", "pairings", "--conflict", "ukraine").rows) == 4


def test_a_narrow_terminal_loses_no_text(history: Console) -> None:
    command = ["timeline", "incidents", "--conflict", "ukraine"]

    lines = styles_removed(history.on_terminal(*command, columns=60).out).splitlines()

    table = [line for line in lines if " broker." not in line]
    assert "=cmd|'" in "".join("".join(table).split())
    assert max(len(line) for line in table) <= 60


@pytest.mark.parametrize(
    "command",
    [
        "timeline pairings --conflict ukraine",
        "timeline incidents --conflict ukraine",
        "timeline incidents --conflict ukraine --output csv",
        "refused list",
        "event https://scrapers.example/a s --conflict ukraine",
    ],
)
def test_nothing_that_a_producer_wrote_acts_on_the_terminal(history: Console, command: str) -> None:
    shown = styles_removed(history.on_terminal(*command.split()).out)

    assert MOVES_THE_CURSOR.findall(shown) == []


def test_line_ends_tabs_and_markup_are_shown_as_they_were_written(history: Console) -> None:
    shown = styles_removed(
        history.on_terminal(*["timeline", "incidents", "--conflict", "ukraine"]).out
    )

    assert "Line one\\u000aline\\u0009two" in shown
    assert "[red]Odesa[/]\\u200b\\u200f" in shown


@pytest.mark.parametrize("output", ["table", "json", "csv"])
def test_the_bytes_of_a_refused_event_are_shown_and_do_nothing(
    history: Console, output: str
) -> None:
    (refused,) = history.asked("refused", "list").rows

    shown = history.on_terminal("refused", "show", refused["refused"], "--output", output).out

    assert MOVES_THE_CURSOR.findall(styles_removed(shown)) == []
    assert "\\u009b31m" in shown
    assert "\\u202eright to left" in shown


def test_cells_that_a_spreadsheet_would_run_are_escaped_in_csv(history: Console) -> None:
    done = history("timeline", "incidents", "--conflict", "ukraine", "--output", "csv")

    assert "'=cmd" in done.out
    assert ",=cmd" not in done.out
    assert ',"=cmd' not in done.out
    assert ",'\t=1+1" in done.out


def test_a_replay_shows_its_progress_on_a_terminal_only(history: Console) -> None:
    command = ["replay", "pairings", "--conflict", "ukraine", "--digest"]

    assert "events," in history.on_terminal(*command).out
    assert "events," not in history(*command).err


def test_ctrl_c_on_a_terminal_ends_a_service_with_130(console: Console) -> None:
    done = console.on_terminal("up", interrupt_at="intake.started")

    assert done.code == 130
    assert "Traceback" not in done.out
    assert "broker.stopped" in done.out
    assert not console.is_served()


def shell(console: Console, script: str) -> "subprocess.CompletedProcess[str]":
    """Run a line of shell in which `ct` is the program on the console's data folder."""
    program, *options = console.command([], data=True)
    return subprocess.run(
        [
            "/bin/bash",
            "-c",
            f'ct() {{ "{program!s}" "$@" {options[0]!s} "{options[1]!s}"; }}; {script}',
        ],
        capture_output=True,
        cwd=console.folder,
        env=console.environment,
        text=True,
        timeout=60,
        check=False,
    )


def noise(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """What was written on standard error, without the log of the broker."""
    return [line for line in done.stderr.splitlines() if " broker." not in line]


@pytest.mark.parametrize(
    "command",
    [
        "timeline incidents --conflict ukraine",
        "timeline incidents --conflict ukraine --output table",
        "status",
        "--help",
        "run --help",
    ],
)
def test_a_reader_who_goes_away_causes_no_noise(sample: Console, command: str) -> None:
    # `true` reads nothing and is gone before anything is written.
    done = shell(sample, f"ct {command} | true; exit ${{PIPESTATUS[0]}}")

    assert done.returncode == 0
    # What stays is what the command says when all goes well.
    assert [line for line in noise(done) if re.search("pipe|error|Error|Traceback", line)] == []


def test_the_demo_bears_a_reader_who_goes_away(console: Console) -> None:
    done = shell(console, "ct demo --once | true; exit ${PIPESTATUS[0]}")

    assert done.returncode == 0
    assert [line for line in noise(done) if re.search("pipe|error|Error|Traceback", line)] == []


def test_the_first_line_can_be_taken_of_a_long_output(sample: Console) -> None:
    done = shell(sample, "ct timeline incidents --conflict ukraine | head -1")

    assert (done.returncode, done.stdout.count("\n")) == (0, 1)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is of Linux")  # noqa: PTH110
@pytest.mark.parametrize("command", ["timeline incidents --conflict ukraine", "--help"])
def test_output_that_cannot_be_written_is_exit_1_and_one_line(
    sample: Console, command: str
) -> None:
    done = shell(sample, f"ct {command} > /dev/full")

    assert done.returncode == 1
    assert [line for line in noise(done) if "No space left" in line] == noise(done)
    assert len(noise(done)) == 1


def test_streams_that_are_closed_are_no_fault(sample: Console) -> None:
    assert shell(sample, "ct status >&-").returncode == 0
    assert shell(sample, "ct status 2>&-").stdout.startswith("{")
    assert shell(sample, "ct nope >&- 2>&-").returncode == 2


def test_text_that_standard_output_cannot_carry_is_escaped(console: Console) -> None:
    done = console("demo", "--once", env={"PYTHONIOENCODING": "ascii"})

    assert done.code == 0
    assert "\\u044d\\u043d\\u0435\\u0440\\u0433" in done.out
