"""Timelines that are served over Redis and over HTTP, for the tests of those who subscribe."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Final

from conflict_events import Followed
from tests.cli.console import wait_for

PROGRAM: Final = Path(sys.executable).with_name("conflict-timeline")

_END_S: Final = 20


@contextmanager
def up(folder: Path, *arguments: str | Path, port: int = 0) -> Generator[str]:
    """Run everything in one process for a while; give its address."""
    told = folder / "up.err"
    with told.open("wb") as stderr:
        process = subprocess.Popen(
            [PROGRAM, "up", "--port", str(port), "--data", folder / "data", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd=folder,
        )

    def address() -> str | None:
        assert process.poll() is None, told.read_text()
        found = re.search(r"^http: (\S+)$", told.read_text(), re.MULTILINE)
        return None if found is None or "web.started" not in told.read_text() else found[1]

    try:
        wait_for(lambda: address() is not None)
        yield address() or ""
    finally:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def command(data: Path, *arguments: str | Path, stdin: bytes = b"") -> bytes:
    """What a command on a data folder prints."""
    done = subprocess.run(
        [PROGRAM, *arguments, "--data", data],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        cwd=data.parent,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_idle(data: Path) -> bool:
    """Tell whether everything is folded."""
    conflicts = json.loads(command(data, "status", "--output", "json"))["conflicts"]
    return bool(conflicts) and all(
        one["state"] == "idle" for conflict in conflicts for one in conflict["projections"]
    )


async def taken(
    revisions: AsyncGenerator[Followed], count: int, *, within_s: float = 30
) -> list[Followed]:
    """Take so many revisions of those that are followed, and no more."""
    found: list[Followed] = []
    async with asyncio.timeout(within_s), aclosing(revisions):
        while len(found) < count:
            found.append(await anext(revisions))
    return found


def places(revisions: list[Followed]) -> list[str]:
    """Where revisions stand."""
    return [revision.at for revision in revisions]
