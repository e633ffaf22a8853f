"""The embedded broker: who starts it, who shares it, who stops it, and what keeps it away."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from conflict_timeline.broker import BrokerAwayError, check, connect, embedded
from conflict_timeline.broker.locks import Lock

if TYPE_CHECKING:  # A conftest is not to be imported.
    from tests.services.broker.conftest import Place

pytestmark = pytest.mark.timeout(60)


async def setting(url: str, name: str) -> object:
    """Read a setting of the server."""
    async with connect(url) as client:
        return (await client.config_get(name))[name]


async def answers(url: str) -> bool:
    """Tell whether a server answers."""
    async with connect(url) as client:
        return bool(await client.ping())


async def run_id(url: str) -> str:
    """Tell one run of a server from another."""
    async with connect(url) as client:
        info: dict[str, str] = await client.info("server")
        return info["run_id"]


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Give a folder whose path leaves room for a socket."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="ct-") as folder:
        yield Path(folder)


async def test_a_broker_starts_on_demand_and_stops_with_its_only_user(
    place: "Place", ended: Callable[[int], bool]
) -> None:
    """Nobody has to run a server beforehand, and none is left behind."""
    async with embedded(place.data) as url:
        pid = place.server()
        async with connect(url) as client:
            await check(client)

    assert ended(pid)
    assert not place.is_served()
    assert not (place.folder / "valkey.sock").exists()


async def test_what_was_written_is_there_after_a_stop_and_a_start(place: "Place") -> None:
    """The data folder is the data."""
    async with embedded(place.data) as url, connect(url) as client:
        await client.set("said", "denied")

    async with embedded(place.data) as url, connect(url) as client:
        assert await client.get("said") == b"denied"


async def test_the_first_user_may_leave_before_the_second(place: "Place") -> None:
    """The server belongs to its users, not to the one that started it."""
    second = embedded(place.data)
    async with embedded(place.data):
        pid = place.server()
        url = await second.__aenter__()

    assert place.server() == pid
    assert await answers(url)
    await second.__aexit__(None, None, None)
    assert not place.is_served()


async def test_an_error_of_the_user_passes_through_and_the_broker_stops(place: "Place") -> None:
    """Whatever ends the use, it ends."""
    with pytest.raises(ZeroDivisionError):
        async with embedded(place.data):
            raise ZeroDivisionError

    assert not place.is_served()


async def test_another_process_shares_the_broker(place: "Place") -> None:
    """A second command on the same folder finds the first one's server."""
    other = place.user()
    url_there = other.says()

    async with embedded(place.data) as url:
        assert url == url_there
        pid = place.server()
    assert place.server() == pid  # The other one still uses it.

    assert other.leave() == 0
    assert not place.is_served()


async def test_five_processes_at_once_get_one_server(place: "Place") -> None:
    """Who comes at the same moment waits for the one that starts it."""
    users = [place.user() for _ in range(5)]
    urls = {user.says() for user in users}

    assert len(urls) == 1
    assert place.log().count("Ready to accept connections") == 1

    assert [user.leave() for user in users] == [0] * 5
    assert not place.is_served()


async def test_ctrl_c_ends_the_user_and_the_user_ends_the_server(place: "Place") -> None:
    """A terminal sends the signal to all in its foreground: the server must not be among them."""
    user = place.user()
    user.says()

    assert user.send(signal.SIGINT) != 0

    assert not place.is_served()
    assert "Received SIGINT" not in place.log()
    assert "User requested shutdown" in place.log()


async def test_the_stricter_durability_wins_and_stays(place: "Place") -> None:
    """Nobody may lose what they asked for because of who was there first, or came later."""
    async with embedded(place.data) as url:
        assert await setting(url, "appendfsync") == "everysec"

        with capture_logs() as logged:
            async with embedded(place.data, "always"):
                pass
        assert "broker.durability_raised" in [entry["event"] for entry in logged]

        with capture_logs() as logged:
            async with embedded(place.data, "everysec"), embedded(place.data, "always"):
                assert await setting(url, "appendfsync") == "always"
        assert "broker.durability_raised" not in [entry["event"] for entry in logged]


async def test_nothing_listens_on_the_network(place: "Place") -> None:
    """The broker is for processes of this user on this machine."""
    async with embedded(place.data) as url:
        assert await setting(url, "port") == "0"
        assert (place.folder / "valkey.sock").stat().st_mode & 0o777 == 0o700
        assert place.folder.stat().st_mode & 0o777 == 0o700
        if sys.platform == "linux":
            process = Path(f"/proc/{place.server()}")
            opened = {str(fd.readlink()) for fd in (process / "fd").iterdir()}
            for table in ("tcp", "tcp6", "udp", "udp6"):
                lines = (process / "net" / table).read_text().splitlines()[1:]
                assert not opened & {f"socket:[{line.split()[9]}]" for line in lines}


async def test_any_path_will_do_also_one_too_long_for_a_socket(
    places: Callable[[Path], "Place"], tmp_path: Path, short_folder: Path
) -> None:
    """Whatever TMPDIR another process has, it comes to the same server."""
    place = places(tmp_path / "it's %20 #1?" / ("long" * 40))

    async with embedded(place.data) as url:
        other = place.user(tmpdir=short_folder)
        url_there = other.says()
        assert url_there.startswith(f"unix://{short_folder}/")
        assert await run_id(url) == await run_id(url_there)
        assert other.leave() == 0

    assert not place.is_served()
    assert not Path(url.removeprefix("unix://")).parent.is_symlink()


async def test_a_folder_for_links_that_others_may_write_to_is_refused(
    places: Callable[[Path], "Place"],
    tmp_path: Path,
    short_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They could send us to a server of theirs."""
    monkeypatch.setattr(tempfile, "tempdir", str(short_folder))
    lure = short_folder / f"conflict-timeline-{os.getuid()}"
    lure.mkdir()
    lure.chmod(0o777)

    with pytest.raises(BrokerAwayError, match="not a folder of ours alone"):
        async with embedded(places(tmp_path / ("long" * 40)).data):
            pass


async def test_a_file_in_place_of_the_data_folder_is_named(place: "Place") -> None:
    """The sentence says what is wrong where."""
    place.data.write_text("not a folder")

    with pytest.raises(BrokerAwayError, match=r"data/broker is away: .*Not a directory"):
        async with embedded(place.data):
            pass


@pytest.fixture
def locked_folder(short_folder: Path) -> Iterator[Path]:
    """Give a folder that we may not write to."""
    (short_folder / "used" / "broker").mkdir(parents=True)
    short_folder.chmod(0o555)
    (short_folder / "used" / "broker").chmod(0o555)
    if os.geteuid() == 0:  # Root may write anywhere.
        os.seteuid(65534)
        yield short_folder
        os.seteuid(0)
    else:
        yield short_folder
    short_folder.chmod(0o755)
    (short_folder / "used" / "broker").chmod(0o755)


@pytest.mark.parametrize("data", ["new", "used"])
async def test_a_folder_that_may_not_be_written_to_is_named(locked_folder: Path, data: str) -> None:
    """Whether it is the data folder, or where that would have to be made."""
    folder = locked_folder / data

    with pytest.raises(BrokerAwayError, match="Permission denied") as caught:
        async with embedded(folder):
            pass
    assert str(folder) in str(caught.value)


async def test_a_machine_without_a_server_binary_is_told_to_use_a_url(
    place: "Place", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only thing pretended in this file: we have no such machine."""
    monkeypatch.setattr("platform.machine", lambda: "pdp11")

    with pytest.raises(BrokerAwayError, match=r"pdp11.*--url"):
        async with embedded(place.data):
            pass


async def test_a_strangers_socket_is_left_alone(place: "Place") -> None:
    """A server that holds no lock of ours might serve another folder, or anything."""
    place.folder.mkdir(parents=True)
    path = place.folder / "valkey.sock"
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(path))
        stranger.listen()

        with pytest.raises(BrokerAwayError, match="not ours listens"):
            async with embedded(place.data):
                pass

    assert path.exists()


async def test_who_starts_or_stops_for_too_long_is_not_waited_for(place: "Place") -> None:
    """A command waits for others within bounds."""
    place.folder.mkdir(parents=True)
    with Lock(place.folder / "start.lock") as lock:
        assert lock.try_exclusive()

        with pytest.raises(BrokerAwayError, match="for too long"):
            async with embedded(place.data, patience_s=0.1):
                pass


async def test_a_server_that_does_not_answer_is_not_waited_for(
    place: "Place", ended: Callable[[int], bool]
) -> None:
    """Neither by who comes nor by who goes; the next one to go stops it."""
    async with embedded(place.data, patience_s=0.3):
        pid = place.server()
        os.kill(pid, signal.SIGSTOP)

        with pytest.raises(BrokerAwayError, match=r"has not answered for 0\.3 s"):
            async with embedded(place.data, patience_s=0.3):
                pass

        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert place.server() == pid

    os.kill(pid, signal.SIGCONT)
    async with embedded(place.data):
        pass
    assert ended(pid)


async def test_a_long_log_is_waited_for_while_it_loads(place: "Place") -> None:
    """Longer than any silence would be borne. Who gives up meanwhile leaves no server behind."""
    async with embedded(place.data):
        pass
    appended = next((place.folder / "appendonlydir").glob("*.incr.aof"))
    increments = 4_000_000
    appended.write_bytes(b"*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n" * increments)

    async def use() -> object:
        async with embedded(place.data, patience_s=1) as url, connect(url) as client:
            return await client.get("n")

    task = asyncio.create_task(use())
    await asyncio.sleep(0.15)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not place.is_served()

    with capture_logs() as logged:
        assert await use() == str(increments).encode()
    assert "broker.loading" in [entry["event"] for entry in logged]


async def test_the_servers_own_log_does_not_grow_for_ever(place: "Place") -> None:
    """Each start and stop adds to it; a long one is put aside once."""
    place.folder.mkdir(parents=True)
    (place.folder / "valkey.log").write_text("\n" * (1 << 20) + "old\n")

    async with embedded(place.data):
        pass

    assert "old" not in place.log()
    assert (place.folder / "valkey.log.1").read_text().endswith("old\n")


async def test_a_data_folder_removed_in_use_keeps_its_users_apart_from_the_next(
    place: "Place", ended: Callable[[int], bool]
) -> None:
    """Somebody starts afresh with rm -r: the old server ends with its user, the new one stays."""
    async with embedded(place.data):
        old = place.server()
        shutil.rmtree(place.data)
        after = embedded(place.data)
        url = await after.__aenter__()

    assert ended(old)
    assert await answers(url)
    await after.__aexit__(None, None, None)
