"""A console: the installed program, run on a data folder, with pipes or on a pseudo-terminal."""

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

from conflict_timeline.broker.locks import Lock
from tests.oracle.times import Json

PROGRAM: Final = Path(sys.executable).with_name("conflict-timeline")
PATIENCE_S: Final = 60
EPISODES: Final = Path(str(files("conflict_timeline.samples"))) / "episodes" / "events.ndjson"
"""The 34 events of the two sample episodes."""

Argument = str | bytes | Path


class Done(NamedTuple):
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Json]:
        """What it printed, a JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def one(self) -> Json:
        """The one JSON object that it printed."""
        found: Json = json.loads(self.out)
        return found

    @property
    def complaints(self) -> list[str]:
        """What it wrote for people on standard error, without the log of the broker."""
        return [line for line in self.err.splitlines() if " broker." not in line]

    def refuses(self, code: int, *words: str) -> None:
        """Check that it ended with a code and one line that says the words, and printed nothing."""
        assert self.code == code, self
        assert self.out == ""
        assert len(self.complaints) == 1, self.err
        (line,) = self.complaints
        assert line.startswith("conflict-timeline: "), line
        for word in words:
            assert word in line, line


class Running:
    """A command that still runs; what it writes goes to files."""

    def __init__(self, process: "subprocess.Popen[bytes]", out: Path, err: Path) -> None:
        self.process = process
        self._out = out
        self._err = err

    @property
    def err(self) -> str:
        """What it wrote on standard error so far."""
        return self._err.read_text("utf-8", errors="replace")

    @property
    def out(self) -> str:
        """What it wrote on standard output so far."""
        return self._out.read_text("utf-8", errors="replace")

    def says(self, *words: str) -> None:
        """Wait until it has written each of the words on standard error."""
        self.until(lambda: all(word in self.err for word in words))

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds while it runs."""
        wait_for(lambda: holds() or self.process.poll() is not None, self.err)
        assert holds(), self.err

    def send(self, number: signal.Signals) -> Done:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return self.done()

    def done(self) -> Done:
        """Wait for the end."""
        return Done(self.process.wait(PATIENCE_S), self.out, self.err)

    def end(self) -> None:
        """Be sure that nothing is left of it."""
        if self.process.poll() is None:
            self.process.kill()
        with self.process:  # Waits, and closes the pipe.
            pass


class Console:
    """The program on one data folder."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.environment = environment
        self._started: list[Running] = []
        self._answers: dict[tuple[str, ...], Done] = {}

    def __call__(
        self,
        *arguments: Argument,
        stdin: bytes = b"",
        env: dict[str, str] | None = None,
        data: bool = True,
        **more: Any,
    ) -> Done:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(arguments, data=data),
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            env=self.environment | (env or {}),
            timeout=PATIENCE_S,
            check=False,
            **more,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def asked(self, *arguments: str) -> Done:
        """What a command says, asked once for all tests: of a history that stays as it is."""
        if arguments not in self._answers:
            self._answers[arguments] = self(*arguments)
        return self._answers[arguments]

    def start(
        self,
        *arguments: Argument,
        env: dict[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
        data: bool = True,
    ) -> Running:
        """Start a command that goes on until it is told to stop."""
        out = self.folder / f"{len(self._started)}.out"
        err = self.folder / f"{len(self._started)}.err"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                self.command(arguments, data=data),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                cwd=self.folder,
                env=self.environment | (env or {}),
            )
        self._started.append(Running(process, out, err))
        return self._started[-1]

    def on_terminal(
        self, *arguments: Argument, columns: int = 400, interrupt_at: str | None = None
    ) -> Done:
        """Run a command on a terminal so many columns wide; press Ctrl-C when it says something."""
        leader, follower = pty.openpty()
        try:
            fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
            process = subprocess.Popen(
                self.command(arguments, data=True),
                stdin=follower,
                stdout=follower,
                stderr=follower,
                cwd=self.folder,
                env=self.environment | {"TERM": "xterm"},
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one thread
            )
            os.close(follower)
            follower = -1
            text = _read_all(leader, interrupt_at)
            return Done(process.wait(PATIENCE_S), text.replace("\r\n", "\n"), "")
        finally:
            os.close(leader)
            if follower >= 0:
                os.close(follower)

    def command(self, arguments: Sequence[Argument], *, data: bool) -> list[Argument]:
        """The whole command, on the console's data folder if it does not name another."""
        return [PROGRAM, *arguments, *(("--data", self.data) if data else ())]

    def publish(
        self, *events: Json, options: Sequence[Argument] = (), env: dict[str, str] | None = None
    ) -> Done:
        """Publish events, a line each."""
        return self("publish", *options, stdin=lines_of(events), env=env)

    def is_served(self) -> bool:
        """Tell whether a broker runs on the data folder."""
        lock = self.data / "broker" / "server.lock"
        if not lock.exists():
            return False
        with Lock(lock) as held:
            return not held.try_shared()

    def clear(self) -> bool:
        """End all that runs; tell whether a broker was left behind."""
        for running in self._started:
            running.end()
        left = self.is_served()
        if left:
            os.kill(int((self.data / "broker" / "valkey.pid").read_text()), signal.SIGKILL)
        return left


def lines_of(events: Iterable[Json]) -> bytes:
    """Events as NDJSON."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def wait_for(holds: Callable[[], bool], why: str = "") -> None:
    """Wait until something holds."""
    give_up = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < give_up, why
        time.sleep(0.01)


def _read_all(leader: int, interrupt_at: str | None) -> str:
    text = b""
    while True:
        try:
            chunk = os.read(leader, 65_536)
        except OSError:  # EIO: nobody has the other end any more.
            chunk = b""
        if not chunk:
            return text.decode()
        text += chunk
        if interrupt_at is not None and interrupt_at.encode() in text:
            interrupt_at = None
            os.write(leader, b"\x03")
