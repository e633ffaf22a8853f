"""The help: quick, complete and true."""

import resource
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple, get_args

import pytest

from conflict_events.errors import Reason
from conflict_timeline.cli.exits import EXIT_CODES
from conflict_timeline.cli.refused import RefusalReason
from conflict_timeline.projections.registry import PROJECTIONS
from tests.cli.console import PROGRAM, Console

COMMANDS: Final = (
    "demo",
    "up",
    "run intake",
    "run projector",
    "publish",
    "import",
    "timeline",
    "tail",
    "baserate",
    "before",
    "mirror",
    "export",
    "replay",
    "rebuild",
    "verify",
    "status",
    "event",
    "refused list",
    "refused show",
    "keys create",
    "keys list",
    "keys rotate",
    "keys revoke",
)
GLOBAL: Final = ("--data", "--url", "--config", "--log-format", "--output")
HEAVY: Final = ("asyncio", "redis", "faststream", "structlog", "msgspec", "conflict_events")
HELP_S_MAX: Final = 0.25


class Help(NamedTuple):
    """What a command's `--help` prints, and what it imports for that."""

    code: int
    out: str
    err: str
    imported: frozenset[str]


@pytest.fixture(scope="module")
def help_of(environment: dict[str, str]) -> Callable[[str], Help]:
    """Give the help of each command, asked for once."""

    @cache
    def ask(command: str) -> Help:
        done = subprocess.run(
            [sys.executable, "-X", "importtime", PROGRAM, *command.split(), "--help"],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        lines = done.stderr.splitlines()
        timed = {
            line.rpartition("|")[2].strip() for line in lines if line.startswith("import time")
        }
        rest = [line for line in lines if not line.startswith("import time")]
        return Help(done.returncode, done.stdout, "\n".join(rest), frozenset(timed))

    return ask


def words(text: str) -> str:
    """A text without the lines and borders that it is set in."""
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize("command", ["", *COMMANDS, "run", "refused", "keys"])
def test_the_help_of_a_command_goes_to_standard_output(
    help_of: Callable[[str], Help], command: str
) -> None:
    told = help_of(command)

    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(f"Usage: {' '.join(['conflict-timeline', *command.split()])}")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_names_the_global_options(
    help_of: Callable[[str], Help], command: str
) -> None:
    assert [option for option in GLOBAL if option not in help_of(command).out] == []


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_imports_nothing_that_only_the_work_needs(
    help_of: Callable[[str], Help], command: str
) -> None:
    assert "cyclopts" in help_of(command).imported
    assert help_of(command).imported.isdisjoint(HEAVY)


def test_the_help_lists_every_command_and_exit_code(help_of: Callable[[str], Help]) -> None:
    told = words(help_of("").out)

    assert [command for command in COMMANDS if f" {command.split()[0]} " not in told] == []
    codes = ", ".join(f"{code} {what}" for code, what in EXIT_CODES.items())
    assert f"Exit codes: {codes}." in told


@pytest.mark.parametrize("command", ["timeline", "replay"])
def test_the_help_names_every_projection(help_of: Callable[[str], Help], command: str) -> None:
    assert [name for name in PROJECTIONS if name not in help_of(command).out] == []


def test_the_help_offers_the_reasons_of_the_contract() -> None:
    assert get_args(RefusalReason) == get_args(Reason)


@pytest.mark.parametrize("command", [[], ["run"], ["refused"], ["keys"]])
def test_without_a_command_the_help_is_shown(console: Console, command: list[str]) -> None:
    done = console(*command, data=False)

    assert done.code == 0
    assert done.out.startswith(f"Usage: {' '.join(['conflict-timeline', *command, 'COMMAND'])}")


def test_global_options_before_help_do_not_hide_it(console: Console) -> None:
    assert console("--data", "x", "--help", data=False).code == 0
    assert "Usage: conflict-timeline status" in console("--data=x", "status", "-h", data=False).out


def test_the_version_is_that_of_the_package(console: Console) -> None:
    assert console("--version", data=False).out == "0.1.0\n"


@pytest.mark.parametrize("command", ["", "timeline", "refused list"])
def test_the_help_takes_at_most_a_quarter_of_a_second_of_processor_time(
    environment: dict[str, str], command: str
) -> None:
    def took_s() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [PROGRAM, *command.split(), "--help"], capture_output=True, env=environment, check=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # The quickest of several: on a busy machine the others say more about its other work.
    tries = (took_s() for _ in range(10))
    assert any(seconds <= HELP_S_MAX for seconds in tries)
