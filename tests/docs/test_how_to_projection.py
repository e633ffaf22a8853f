"""The how-to on projections is followed: what it shows is installed, tested, run and read."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.cli.console import Console, Done, wait_for

NAME: Final = "strikes-per-day"
PAGE: Final = (Path(__file__).parents[2] / "docs/how-to/write-a-projection.md").read_text("utf-8")
BLOCKS: Final[dict[str, str]] = dict(
    re.findall(r"^<!-- (.+?) -->\n```\w*\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the page's distribution, with what an installer would have written."""
    folder = tmp_path_factory.mktemp("strikes-per-day")
    for marker, text in BLOCKS.items():
        what, _, path = marker.partition(": ")
        if what == "file":
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text, "utf-8")
    project = tomllib.loads(BLOCKS["file: pyproject.toml"])["project"]
    installed = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = [
        line
        for group, registered in project["entry-points"].items()
        for line in (f"[{group}]", *(f"{name} = {value}" for name, value in registered.items()))
    ]
    (installed / "entry_points.txt").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def environment(folder: Path) -> dict[str, str]:
    """Give an environment in which it is installed."""
    ours = {name: text for name, text in os.environ.items() if "CONFLICT_TIMELINE" not in name}
    return ours | {"PYTHONPATH": str(folder)}


@pytest.fixture(scope="module")
def console(folder: Path, environment: dict[str, str]) -> Iterator[Console]:
    """Give a console on which the page's commands were run, up to reading."""
    made = Console(folder, environment)
    try:
        made.start(*words("run: projector")).says("projector.started")
        assert made(*words("run: publish")).code == 0
        wait_for(lambda: status(made).get("state") == "idle")
        yield made
    finally:
        made.clear()


def words(marker: str) -> list[str]:
    """The words of a command that the page shows, after the program's name."""
    program, *arguments = BLOCKS[marker].split()
    assert program == "conflict-timeline"
    return arguments


def status(console: Console) -> dict[str, str]:
    """What `status` says of the page's timeline; nothing before it is there."""
    of_conflicts = console("status").one["conflicts"]
    found = [one for of in of_conflicts for one in of["projections"] if one["projection"] == NAME]
    return found[0] if found else {}


def test_the_test_that_is_shown_passes(folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "9 passed" in done.stdout


def test_the_timeline_is_the_one_that_is_shown(console: Console) -> None:
    done = console(*words("run: timeline"), "--output", "table")

    shown = BLOCKS["output: timeline"].splitlines()
    assert [line.rstrip() for line in done.out.splitlines()] == shown


def test_a_replay_makes_the_digest_that_is_committed(console: Console) -> None:
    replayed = console("replay", NAME, "--conflict", "ukraine", "--digest")

    assert replayed.one["digest"] == status(console)["digest"]


def without_plugin(console: Console, *arguments: str) -> Done:
    """What a program says in whose environment nothing is installed."""
    return console(*arguments, env={"PYTHONPATH": ""})


def test_what_was_committed_is_read_without_the_plugin(console: Console) -> None:
    read = ("timeline", NAME, "--conflict", "ukraine")

    assert without_plugin(console, *read).rows == console(*read).rows
    assert without_plugin(console, "status").out == console("status").out


def test_without_the_plugin_it_cannot_be_replayed(console: Console) -> None:
    done = without_plugin(console, "replay", NAME, "--conflict", "ukraine")

    done.refuses(3, "there is no projection 'strikes-per-day'", "incidents, pairings")


def test_csv_has_a_column_for_each_simple_field(console: Console) -> None:
    done = console("timeline", NAME, "--conflict", "ukraine", "--output", "csv")

    names, first, *_ = done.out.splitlines()
    assert names.split(",")[:7] == [
        *("position", "entry", "revision", "status"),
        *("core", "place", "reports"),
    ]
    assert first.startswith("2,2025-02-18/UA-51/odesa,2,asserted,2025-02-18T00:00:00Z / 2025-")
