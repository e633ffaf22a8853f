"""Replays and verifications have no side effect whatever."""

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


async def writes(redis: Redis, name: str) -> bool:
    """Tell whether a command may write, by what the server says of it."""
    info: Any = await redis.execute_command("COMMAND", "INFO", name.split(maxsplit=1)[0])
    (of_command,) = info.values() if isinstance(info, dict) else info
    flags = of_command["flags"] if isinstance(of_command, dict) else of_command[2]
    return "write" in {flag.decode() if isinstance(flag, bytes) else flag for flag in flags}


@pytest.mark.parametrize(
    "command",
    [
        "replay incidents",
        "replay pairings --digest --jobs 1",
        "replay incidents --compare --jobs 2",
        "replay pairings --conflict ukraine --until 50 --compare",
        "verify",
    ],
)
async def test_it_writes_no_key_and_no_file(
    redis: Redis, server: str, tmp_path: Path, command: str
) -> None:
    """Not a byte of the server changes, it is sent no command that writes, and no folder is made."""
    events = busy(seeded(), 100)
    await recorded(redis, [*events, *(of("sudan", event) for event in events[:50])])
    for name in PROJECTIONS:
        await advanced(redis, name)
    if "--compare" in command and "ukraine" not in command:
        command += " --conflict ukraine --conflict ukraine"
    assert await writes(redis, "xadd")
    assert not await writes(redis, "xrange")
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
    assert [name for name in more if await writes(redis, name)] == []
    assert await redis.dbsize() == size
    assert await snapshot(redis) == before
    assert list(tmp_path.iterdir()) == []
