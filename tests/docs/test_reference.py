"""Nothing that a user can name is undocumented, and nothing is documented that is not there."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

import pytest
from cyclopts import App

from conflict_events.errors import Reason
from conflict_events.events import BODIES, kind_of
from conflict_events.receipts import Receipt
from conflict_events.timelines import Revision
from conflict_timeline.cli import app
from conflict_timeline.cli.exits import EXIT_CODES
from conflict_timeline.cli.replaying import Digest
from conflict_timeline.connectors.registry import CONNECTORS
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.projector.compare import Comparison, Difference
from conflict_timeline.projector.status import ConflictStatus, ProjectionStatus, State, Status
from conflict_timeline.projector.verify import Verified
from conflict_timeline.queries.exports.ndjson import EntryAsOf
from conflict_timeline.runtime.settings import Settings, env_name

REFERENCE: Final = Path(__file__).parents[2] / "docs" / "reference"
COMMON: Final = "Options of every command"


def page(name: str) -> str:
    """A reference page."""
    return (REFERENCE / f"{name}.md").read_text("utf-8")


def section(title: str) -> str:
    """The part of the page of commands under a heading that names `title`."""
    for part in re.split(r"^## ", page("cli"), flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        if title in heading.replace("`", "").split(", "):
            return body
    pytest.fail(f"docs/reference/cli.md has no section {title!r}")


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


def options_of(command: App) -> list[str]:
    """The options of a command."""
    return [
        name
        for argument in command.assemble_argument_collection()
        for name in argument.names
        if name.startswith("--")
    ]


COMMANDS: Final = dict(commands(app))
OPTIONS: Final = [(name, option) for name, of in COMMANDS.items() for option in options_of(of)]
EXAMPLES: Final = re.findall(r"^conflict-timeline (.+)$", page("cli"), flags=re.MULTILINE)
FIELDS: Final = {
    "status": (Status, ConflictStatus, ProjectionStatus),
    "timeline": (EntryAsOf,),
    "replay": (Digest, Comparison, Difference),
    "verify": (Verified,),
    "publish": (Receipt,),
}


def test_commands_options_and_examples_are_found() -> None:
    """Else the tests below would have nothing to look for."""
    assert {"demo", "up", "run intake", "run projector", "refused show"} <= set(COMMANDS)
    assert {("timeline", "--as-of"), ("replay", "--digest"), ("up", "--data")} <= set(OPTIONS)
    assert len(EXAMPLES) >= len(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_is_documented(command: str) -> None:
    assert section(command).strip()


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_an_option_is_documented_where_its_command_is_or_for_all(command: str, option: str) -> None:
    assert f"`{option}`" in section(command) + section(COMMON)


def test_no_option_is_documented_that_is_not_there() -> None:
    documented = set(re.findall(r"^\| `(--[a-z-]+)`", page("cli"), flags=re.MULTILINE))

    assert documented - {option for _, option in OPTIONS} == {"--help"}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_has_an_example(command: str) -> None:
    assert [example for example in EXAMPLES if example.startswith(command)] != []


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_can_be_understood(example: str) -> None:
    # Raises where an option is unknown or missing; nothing is run.
    app.parse_args(shlex.split(example), exit_on_error=False, print_error=False)


@pytest.mark.parametrize("code", EXIT_CODES)
def test_an_exit_code_is_documented(code: int) -> None:
    assert f"| `{code}` |" in page("cli")


def test_no_exit_code_is_documented_that_is_not_there() -> None:
    documented = re.findall(r"^\| `(\d+)` \|", page("cli"), flags=re.MULTILINE)

    assert [int(code) for code in documented] == list(EXIT_CODES)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (command, field)
        for command, shapes in FIELDS.items()
        for shape in shapes
        for field in shape.__struct_fields__
    ],
)
def test_a_field_of_an_output_is_documented(command: str, field: str) -> None:
    assert re.search(rf'[`"]{field}[`"]', section(command))


@pytest.mark.parametrize("state", get_args(State))
def test_a_state_is_documented(state: str) -> None:
    assert f"`{state}`" in section("status")


@pytest.mark.parametrize("setting", Settings.__struct_fields__)
def test_a_setting_is_documented(setting: str) -> None:
    assert f"| `{setting}` | `{env_name(setting)}` |" in page("settings")


def test_no_setting_is_documented_that_is_not_there() -> None:
    documented = re.findall(r"^\| `([a-z_]+)` \|", page("settings"), flags=re.MULTILINE)

    assert tuple(documented) == Settings.__struct_fields__


@pytest.mark.parametrize("event_type", BODIES)
def test_an_event_type_is_documented_with_its_stream(event_type: str) -> None:
    (row,) = [line for line in page("events").splitlines() if f"`{event_type}`" in line]

    assert f"`intake:{kind_of(event_type)}`" in row


@pytest.mark.parametrize("reason", get_args(Reason))
def test_a_refusal_reason_is_documented(reason: str) -> None:
    assert f"| `{reason}` |" in page("events")


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_a_projection_is_documented(projection: str) -> None:
    assert f"## `{projection}`" in page("projections")


@pytest.mark.parametrize("field", Revision.__struct_fields__)
def test_a_field_of_a_revision_is_documented(field: str) -> None:
    assert f"`{field}`" in page("projections")


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_each_connector_states_its_source_licence_zone_and_losses(name: str) -> None:
    page = (REFERENCE / "connectors.md").read_text("utf-8")

    match = re.search(rf"^## `{name}`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)

    assert match is not None, f"connectors.md has no section {name}"
    for row in ("Source", "Licence", "Events", "Time zone"):
        assert re.search(rf"^\| {row} \| \S", match[1], re.MULTILINE), (name, row)
    assert re.search(r"^- (Lost|.*\blost\b)", match[1], re.MULTILINE | re.IGNORECASE), name


def test_no_connector_is_documented_that_is_not_there() -> None:
    page = (REFERENCE / "connectors.md").read_text("utf-8")

    assert set(re.findall(r"^## `([^`]+)`", page, re.MULTILINE)) == set(CONNECTORS)
