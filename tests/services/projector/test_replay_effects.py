"""Replays and verifications have no side effect whatever."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from conflict_timeline.projections.registry import PROJECTIONS
from tests.services.projector.projecting import advanced, busy, recorded
from tests.support import PROGRAM, of, seeded, snapshot


async def calls(redis: Redis) -> dict[str, int]:
    """How often each command was called, by anybody."""
    stats: dict[str, Any] = await redis.info("commandstats")
    return {
        name.removeprefix("cmdstat_").replace("|", " "): one["calls"] for name, one in stats.items()
    }


async def writing(redis: Redis) -> set[str]:
    """The commands that may write, by what the server says of them."""
    commands: Any = await redis.command()
    return {name for name, one in commands.items() if "write" in one["flags"]}


@pytest.mark.parametrize(
    "command",
    [
        "replay incidents",
        "replay pairings --digest",
        "replay incidents --compare --jobs 2",
        "verify",
    ],
)
async def test_it_writes_no_key_and_no_file(
    redis: Redis, server: str, tmp_path: Path, command: str
) -> None:
    """Not a byte of the server changes, it is sent no command that writes, no folder is made."""
    events = busy(seeded(), 100)
    await recorded(redis, [*events, *(of("sudan", event) for event in events[:50])])
    for conflict in ("sudan", "ukraine"):
        for name in PROJECTIONS:
            await advanced(redis, name, conflict)
    may_write = await writing(redis)
    assert "xadd" in may_write
    assert "xrange" not in may_write
    before, size = await snapshot(redis), await redis.dbsize()
    called = await calls(redis)

    done = subprocess.run(  # noqa: ASYNC221 - nothing else runs here
        [PROGRAM, *command.split(), "--url", server],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=60,
    )

    now = await calls(redis)
    more = [name for name, count in now.items() if count > called.get(name, 0)]
    assert done.returncode == 0, done.stderr
    assert "xrange" in more
    assert may_write.isdisjoint(name.partition(" ")[0] for name in more)
    assert await redis.dbsize() == size
    assert await snapshot(redis) == before
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - nothing waits for this
