"""The how-to on subscribing is followed: its example is run against a service."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.cli.console import EPISODES, wait_for
from tests.schemas.timelines_served import command, is_idle, up

PAGE: Final = (Path(__file__).parents[2] / "docs/how-to/subscribe.md").read_text("utf-8")
BLOCKS: Final[dict[str, str]] = dict(
    re.findall(r"^<!-- (.+?) -->\n```\w*\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
)

pytestmark = pytest.mark.long  # Real processes.


def test_the_example_keeps_a_copy_over_http_as_over_redis(tmp_path: Path) -> None:
    script = tmp_path / "pairings.py"
    script.write_text(BLOCKS["run: pairings.py"], "utf-8")
    with up(tmp_path) as url:
        data = tmp_path / "data"
        command(data, "publish", EPISODES)
        wait_for(lambda: is_idle(data))
        broker = f"unix://{data / 'broker' / 'valkey.sock'}"
        for address in (url, broker):
            shown = _run(script, address, tmp_path / "out", len(_timeline(data, "--history")))
            current = len(_timeline(data))
            assert shown[-1].endswith(f" {current} pairings")
            assert shown[0].split()[1:] == ["asserted", "1", "pairings"]


def test_the_example_says_why_it_ends(tmp_path: Path) -> None:
    script = tmp_path / "pairings.py"
    script.write_text(BLOCKS["run: pairings.py"], "utf-8")

    done = subprocess.run(
        [sys.executable, script, "http://127.0.0.1:1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("away: the service is away (")


def _timeline(data: Path, *options: str) -> list[bytes]:
    """The lines of the pairings."""
    return command(data, "timeline", "pairings", "--conflict", "ukraine", *options).splitlines()


def _run(script: Path, address: str, out: Path, lines: int) -> list[str]:
    """What the example prints, so many lines of it."""
    with out.open("wb") as stdout:
        process = subprocess.Popen([sys.executable, script, address], stdout=stdout)
    try:
        wait_for(lambda: out.read_text().count("\n") >= lines > 0)
    finally:
        process.terminate()
        process.wait(20)
    return out.read_text().splitlines()
