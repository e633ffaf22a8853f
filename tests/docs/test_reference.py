"""Nothing that a user can name is undocumented."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from cyclopts import App

from conflict_events.errors import Reason
from conflict_events.events import BODIES
from conflict_timeline.cli import app
from conflict_timeline.cli.exits import EXIT_CODES
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.runtime.settings import Settings, env_name

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def page(name: str) -> str:
    """A reference page."""
    return (REFERENCE / f"{name}.md").read_text("utf-8")


def commands(of: App, prefix: str = "") -> Iterator[tuple[str, App]]:
    """Every command that does something, by its whole name."""
    for name in of:
        if name.startswith("-"):
            continue
        command = of[name]
        whole = f"{prefix}{name}"
        if command.default_command is None:
            yield from commands(command, f"{whole} ")
        else:
            yield whole, command


COMMANDS = dict(commands(app))
OPTIONS = sorted(
    {
        name
        for command in COMMANDS.values()
        for argument in command.assemble_argument_collection()
        for name in argument.names
        if name.startswith("--") and not name.startswith("--no-")
    }
)


def test_commands_and_options_are_found() -> None:
    """Else the tests below would have nothing to look for."""
    assert {"demo", "up", "run intake", "run projector", "refused show"} <= set(COMMANDS)
    assert {"--as-of", "--digest", "--data", "--once"} <= set(OPTIONS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_is_documented(command: str) -> None:
    assert f"`{command}`" in page("cli")


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_is_documented(option: str) -> None:
    assert f"`{option}`" in page("cli")


@pytest.mark.parametrize("code", EXIT_CODES)
def test_an_exit_code_is_documented(code: int) -> None:
    assert f"| `{code}` |" in page("cli")


@pytest.mark.parametrize("setting", Settings.__struct_fields__)
def test_a_setting_is_documented(setting: str) -> None:
    assert f"| `{setting}` | `{env_name(setting)}` |" in page("settings")


@pytest.mark.parametrize("event_type", BODIES)
def test_an_event_type_is_documented(event_type: str) -> None:
    assert f"`{event_type}`" in page("events")


@pytest.mark.parametrize("reason", get_args(Reason))
def test_a_refusal_reason_is_documented(reason: str) -> None:
    assert f"| `{reason}` |" in page("events")


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_a_projection_is_documented(projection: str) -> None:
    assert f"## `{projection}`" in page("projections")
