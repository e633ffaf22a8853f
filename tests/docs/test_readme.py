"""What the README shows is run, and prints what it shows."""

import re
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from redis.asyncio import Redis

from conflict_events.outcomes import Queued
from conflict_timeline.broker import connect, embedded

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COMMAND = str(Path(sys.executable).parent / "conflict-timeline")


def block(marker: str) -> str:
    """The fenced block behind an HTML comment."""
    match = re.search(rf"<!-- {re.escape(marker)} -->\n```\w*\n(.*?)\n```", README, re.DOTALL)
    assert match is not None, f"the README has no block marked {marker!r}"
    return match[1]


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """An embedded broker of this test."""
    async with embedded(tmp_path / "data") as url:
        yield url


@pytest.fixture
async def redis(url: str) -> AsyncIterator[Redis]:
    """A connection to it."""
    client = connect(url)
    yield client
    await client.aclose()


def test_the_demo_prints_what_the_readme_shows(tmp_path: Path) -> None:
    done = subprocess.run(
        [COMMAND, "--data", str(tmp_path), "demo", "--once"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    shown = block("output: conflict-timeline demo --once")
    assert done.stdout.rstrip("\n") == shown


async def test_the_python_example_queues_its_strike(tmp_path: Path, url: str, redis: Redis) -> None:
    script = tmp_path / "publish.py"
    script.write_text(block("run: publish.py"), "utf-8")

    done = subprocess.run(  # noqa: ASYNC221 - nothing else runs here
        [sys.executable, str(script), url],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.stderr == ""
    assert done.stdout.startswith(f"{Queued.__name__}(stream='intake:strike'")
    assert await redis.xlen("intake:strike") == 1


async def test_the_xadd_example_is_taken_in(url: str, redis: Redis) -> None:
    command, *arguments = shlex.split(block("run: xadd"))
    stream, entry, field, event = arguments
    assert (command, entry) == ("XADD", "*")
    await redis.xadd(stream, {field: event})
    up = subprocess.Popen(  # noqa: ASYNC220 - a real process is what is tested
        [COMMAND, "--url", url, "run", "intake"], stderr=subprocess.DEVNULL
    )
    try:
        while await redis.xlen("intake:statement"):
            assert up.poll() is None, "intake has ended"
    finally:
        up.terminate()
        up.wait(30)

    assert await redis.xlen("intake:refused") == 0
    ((_, fields),) = await redis.xrange("{ukraine}:log")  # type: ignore[misc]
    assert msgspec.json.decode(fields[b"e"])["id"] == "2025-02-18/17"  # type: ignore[index]


def test_every_file_that_the_readme_links_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
