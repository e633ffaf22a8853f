"""Data folders under test, the processes that use them, and the end of all of these."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conflict_timeline.broker.locks import Lock


class User:
    """Another process that uses a broker."""

    def __init__(self, data: Path, durability: str, *more: str, tmpdir: Path | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("broker_user.py"), data, durability, *more],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # So that a test can press Ctrl-C for it alone.
            env=os.environ | ({"TMPDIR": str(tmpdir)} if tmpdir else {}),
        )

    def says(self) -> str:
        """Wait for the next line: the broker's URL, or why there is none."""
        assert self.process.stdout
        return self.process.stdout.readline().rstrip("\n")

    def send(self, number: signal.Signals) -> int:
        """Send a signal to the process and all it started in its session; wait for its end."""
        os.killpg(self.process.pid, number)
        return self.process.wait(20)

    def leave(self) -> int:
        """Have it leave the broker and end."""
        return self.send(signal.SIGTERM)

    def end(self) -> None:
        """Be sure that nothing is left of it."""
        if self.process.poll() is None:
            self.process.kill()
        with self.process:  # Waits, and closes the pipe.
            pass


class Place:
    """A data folder, and the broker in it if there is one."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.folder = data / "broker"
        self._users: list[User] = []

    def is_served(self) -> bool:
        """Tell whether a server runs on the folder, whoever started it."""
        if not (self.folder / "server.lock").exists():
            return False
        with Lock(self.folder / "server.lock") as lock:
            return not lock.try_shared()

    def server(self) -> int:
        """Return the process id of the server that runs."""
        assert self.is_served()
        return int((self.folder / "valkey.pid").read_text())

    def log(self) -> str:
        """Return what the server logged."""
        return (self.folder / "valkey.log").read_text()

    def kill_server(self) -> None:
        """End the server as a crash would."""
        pid = self.server()
        os.kill(pid, signal.SIGKILL)
        assert has_ended(pid)

    def user(self, durability: str = "everysec", *more: str, tmpdir: Path | None = None) -> User:
        """Start another process that uses the broker here."""
        user = User(self.data, durability, *more, tmpdir=tmpdir)
        self._users.append(user)
        return user

    def clear(self) -> bool:
        """End all processes; tell whether a server had to be."""
        for user in self._users:
            user.end()
        left = self.is_served()
        if left:
            pid = self.server()
            os.kill(pid, signal.SIGKILL)
            assert has_ended(pid)
        return left


def has_ended(pid: int) -> bool:
    """Wait up to five seconds for the end of a process, whether or not its parent has noticed."""
    give_up = time.monotonic() + 5
    while time.monotonic() < give_up:
        try:
            os.kill(pid, 0)
            stat = Path(f"/proc/{pid}/stat")
            if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def ended() -> Callable[[int], bool]:
    """Give the check that a process is no more."""
    return has_ended


@pytest.fixture
def places() -> Iterator[Callable[[Path], Place]]:
    """Give a maker of data folders, none of which may be served when the test is over."""
    made: list[Place] = []

    def make(data: Path) -> Place:
        made.append(Place(data))
        return made[-1]

    yield make
    left = [place.data for place in made if place.clear()]
    assert not left, "servers were left running"


@pytest.fixture
def place(places: Callable[[Path], Place], tmp_path: Path) -> Place:
    """Give a data folder that does not exist yet."""
    return places(tmp_path / "data")
