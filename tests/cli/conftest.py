"""Consoles: a fresh one for each test, and one that serves the episodes of the sample history."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.console import EPISODES, Console, wait_for


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give what the program finds in its environment: none of our settings, and compiled code."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CONFLICT_TIMELINE")
    }
    if kept.pop("PYTHONDONTWRITEBYTECODE", None):
        # Each of a hundred processes would compile all modules anew; an installed program does not.
        kept["PYTHONPYCACHEPREFIX"] = str(tmp_path_factory.mktemp("compiled"))
    for name in ("PYTHONUNBUFFERED", "COLUMNS", "LINES"):
        kept.pop(name, None)
    # Tests run side by side, and none may be in another's way.
    return kept | {"CONFLICT_TIMELINE_PORT": "0"}


@pytest.fixture
def console(tmp_path: Path, environment: dict[str, str]) -> Iterator[Console]:
    """Give a console on a data folder that does not exist yet."""
    made = Console(tmp_path, environment)
    yield made
    assert not made.clear(), "a broker was left running"


@pytest.fixture(scope="session")
def sample(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Console]:
    """Give a console that serves the two episodes of the sample history. Only to be read from."""
    made = Console(tmp_path_factory.mktemp("sample"), environment)
    made.start("up").says("intake.started", "projector.started")
    assert made("publish", EPISODES).code == 0
    wait_for(
        lambda: all(
            one["state"] == "idle"
            for conflict in made("status").one["conflicts"]
            for one in conflict["projections"]
        )
    )
    yield made
    made.clear()
