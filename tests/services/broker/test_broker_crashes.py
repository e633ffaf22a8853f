"""The embedded broker after crashes: of its users, of the server, of both, of the disk."""

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from redis.exceptions import ConnectionError as ServerGoneError

from conflict_timeline.broker import BrokerAwayError, Durability, connect, embedded

if TYPE_CHECKING:  # A conftest is not to be imported.
    from tests.services.broker.conftest import Place

pytestmark = pytest.mark.timeout(60)

APPEND = """
redis.call('XADD', KEYS[1], ARGV[1] .. '-0', 'e', ARGV[1])
redis.call('HSET', KEYS[2], 'key' .. ARGV[1], ARGV[1])
"""


async def write_until_killed(url: str) -> int:
    """Append 0, 1, 2 ... and return how many were acknowledged."""
    acknowledged = 0
    async with connect(url) as client:
        try:
            while True:
                await client.rpush("log", str(acknowledged))
                acknowledged += 1
        except ServerGoneError:
            return acknowledged


@pytest.mark.parametrize("durability", ["everysec", "always"])
async def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    place: "Place", durability: Durability
) -> None:
    """Five times on the same folder, at random moments."""
    chance = seeded()
    acknowledged = 0
    for _ in range(5):
        async with embedded(place.data, durability) as url:
            pid = place.server()
            later = asyncio.get_running_loop().call_later
            later(chance.uniform(0.01, 0.1), os.kill, pid, signal.SIGKILL)
            acknowledged = await write_until_killed(url)

        async with embedded(place.data, durability) as url, connect(url) as client:
            stored = [int(entry) for entry in await client.lrange("log", 0, -1)]
            await client.delete("log")
        # The one under way when it died may be there or not.
        assert stored in (list(range(acknowledged)), list(range(acknowledged + 1)))


async def test_a_server_whose_user_was_killed_is_adopted_and_stopped(
    place: "Place", ended: Callable[[int], bool]
) -> None:
    """It waits, serving nobody, for the next command."""
    user = place.user()
    url_before = user.says()
    pid = place.server()
    user.send(signal.SIGKILL)
    assert place.server() == pid

    async with embedded(place.data) as url:
        assert url == url_before
        assert place.server() == pid

    assert ended(pid)


async def test_a_server_killed_under_its_user_is_replaced_by_the_next_command(
    place: "Place",
) -> None:
    """The first user finds the new one at the old place, and neither trips on leaving."""
    async with embedded(place.data) as url, connect(url) as client:
        await client.set("said", "denied")
        place.kill_server()
        with pytest.raises(ServerGoneError):
            await client.get("said")

        async with embedded(place.data):
            assert await client.get("said") == b"denied"
        assert place.is_served()

    assert not place.is_served()


async def test_all_killed_at_once_leaves_nothing_in_the_way(place: "Place") -> None:
    """As a power cut does."""
    users = [place.user(), place.user()]
    for user in users:
        user.says()
    place.kill_server()
    for user in users:
        user.send(signal.SIGKILL)
    assert (place.folder / "valkey.sock").exists()
    assert (place.folder / "valkey.pid").exists()

    async with embedded(place.data):
        assert place.is_served()


async def test_files_of_another_time_are_in_nobodys_way(place: "Place") -> None:
    """A socket that nobody listens on, the process id of somebody alive, locks nobody holds."""
    place.folder.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as past:
        past.bind(str(place.folder / "valkey.sock"))
    (place.folder / "valkey.pid").write_text(f"{os.getpid()}\n")
    for name in ("start", "users", "server"):
        (place.folder / f"{name}.lock").write_text("1\n")

    async with embedded(place.data):
        assert place.server() != os.getpid()


async def test_a_log_cut_at_any_byte_gives_its_whole_beginning(
    place: "Place", places: Callable[[Path], "Place"]
) -> None:
    """What one script wrote is there altogether or not at all."""
    chance = seeded()
    events = 300
    async with embedded(place.data) as url, connect(url) as client:
        append = client.register_script(APPEND)
        for position in range(1, events + 1):
            await append(keys=["{c}:log", "{c}:ids"], args=[position])

    for case in range(12):
        cut = places(place.data.with_name(f"cut-{case}"))
        shutil.copytree(place.data, cut.data)
        appended = next((cut.folder / "appendonlydir").glob("*.incr.aof"))
        size = chance.randrange(appended.stat().st_size)
        os.truncate(appended, size)

        async with embedded(cut.data) as url, connect(url) as client:
            entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", await client.xrange("{c}:log"))
            known = await client.hgetall("{c}:ids")
        recorded = [int(fields[b"e"]) for _, fields in entries]
        assert recorded == list(range(1, len(recorded) + 1)), f"cut at {size}"
        assert {int(position) for position in known.values()} == set(recorded), f"cut at {size}"


async def test_a_log_that_cannot_be_read_is_refused_in_the_servers_words(place: "Place") -> None:
    """Better no server than one that begins at 1 again."""
    async with embedded(place.data):
        pass
    manifest = place.folder / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text(f"{manifest.read_text()}garbage\n")

    with pytest.raises(BrokerAwayError, match="Invalid AOF manifest file format") as caught:
        async with embedded(place.data):
            pass
    assert str(place.folder / "valkey.log") in str(caught.value)


async def test_a_full_disk_is_named(places: Callable[[Path], "Place"], tmp_path: Path) -> None:
    """On a real small disk, where we may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)) != 0:
        pytest.skip("only root may mount a small disk")
    try:
        with pytest.raises(OSError, match="No space left"):
            (disk / "ballast").write_bytes(bytes(1 << 20))
        place = places(disk / "data")

        with pytest.raises(BrokerAwayError, match=r"the disk is full|No space left"):
            async with embedded(place.data):
                pass
        assert not place.is_served()
    finally:
        run("umount", str(disk))


async def test_a_server_that_may_write_nothing_ends_in_a_sentence(place: "Place") -> None:
    """The same on any machine: a limit on file sizes in place of a full disk."""
    user = place.user("everysec", "0")

    assert "ended while it started" in user.says()
    assert user.process.wait(20) == 75
    assert not place.is_served()


def seeded() -> random.Random:
    """Give chance a seed that is told, so that the case can be repeated."""
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")
    return random.Random(seed)


def run(*command: str) -> int:
    """Run a command to its end, and return its exit code."""
    return subprocess.run(command, check=False, capture_output=True).returncode
