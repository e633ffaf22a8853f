"""Which tests `just test-quick` leaves out; long ones come first; modules are compiled once."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

import pytest

LONG = {
    "tests/benchmarks": "real processes, under load",
    "tests/cli": "real processes, a second or more each",
    "tests/deploy/test_site.py": "real processes, under each user",
    "tests/docs/test_how_to_projection.py": "real processes",
    "tests/docs/test_how_to_subscribe.py": "real processes",
    "tests/docs/test_readme.py": "real processes",
    "tests/oracle": "shares no code with the package: no other Python makes a difference",
    "tests/projections/test_against_oracle.py": "thousands of histories",
    "tests/projections/test_dense_histories.py": "hundreds of histories",
    "tests/projections/test_others_against_oracle.py": "thousands of histories",
    "tests/projections/test_same_bytes.py": "hundreds of histories",
    "tests/schemas/test_codec_random.py": "20,000 random examples",
    "tests/schemas/test_publisher_http.py": "waits for connections that break",
    "tests/schemas/test_timelines_client.py": "waits for connections that break",
    "tests/schemas/test_timelines_client_http.py": "waits for connections that break",
    "tests/services/broker/test_broker_crashes.py": "kills processes",
    "tests/services/intake/test_intake_crashes.py": "kills processes",
    "tests/services/intake/test_intake_stops.py": "real processes",
    "tests/services/intake/test_told_to_stop.py": "real processes",
    "tests/services/log/test_concurrent_appends.py": "many processes",
    "tests/services/projector/test_projector_crashes.py": "kills processes",
    "tests/services/projector/test_rebuild.py": "kills processes",
    "tests/services/projector/test_replay.py": "real processes",
    "tests/services/projector/test_replay_effects.py": "real processes",
    "tests/services/projector/test_stuck.py": "real processes",
    "tests/services/projector/test_told_to_stop.py": "real processes",
    "tests/simulation": "20,000 histories",
    "tests/services/web/http": "real processes, and a hundred hostile requests",
    "tests/services/web/live": "thousands of revisions to hundreds of subscribers",
    "tests/services/web/page": "a browser, and packages of npm",
    "tests/services/web/readmodel": "hundreds of histories",
    "tests/testing/test_rules.py": "a process or more for each rule",
}
"""Folders and files, each with what takes so long."""


_COMPILED: Final = pytest.StashKey[str]()


def _is_long(path: Path, config: pytest.Config) -> bool:
    name = path.relative_to(config.rootpath).as_posix()
    return any(name == long or name.startswith(f"{long}/") for long in LONG)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import what is left out."""
    wanted: str = config.option.markexpr
    return True if wanted == "not long" and _is_long(collection_path, config) else None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let whoever has the time wait for what takes minutes."""
    parser.addoption("--long", action="store_true", help="wait as long as a site would")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is long, and put it first: begun last, it would keep one processor waiting."""
    for item in items:
        if _is_long(item.path, config):
            item.add_marker(pytest.mark.long)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_configure(config: pytest.Config) -> None:
    """Fail when the list names what is not there; keep compiled modules where none would be."""
    missing = [long for long in LONG if not (Path(config.rootpath) / long).exists()]
    if missing:
        raise pytest.UsageError(f"tests/conftest.py names what is not there: {missing}")
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        # Each of hundreds of processes would compile all modules anew: half of its work.
        folder = tempfile.mkdtemp(prefix="compiled-")
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        config.stash[_COMPILED] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the compiled modules."""
    if (folder := config.stash.get(_COMPILED, None)) is not None:
        shutil.rmtree(folder, ignore_errors=True)
