"""The folder of an embedded broker: its files, its address, its server's last words."""

import hashlib
import os
import re
import shutil
import socket
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from conflict_timeline.broker.errors import BrokerAwayError

SOCKET_NAME = "valkey.sock"
LOG_NAME = "valkey.log"
PID_NAME = "valkey.pid"

# sun_path of macOS; Linux takes 107. The smaller one for both, so that both are tested as one.
SOCKET_PATH_BYTES_MAX = 103

LOG_BYTES_MAX = 1 << 20
LAST_WORDS_BYTES_MAX = 4096

# "4969:M 22 Nov 2026 17:19:44.106 # ": process and role, time, level.
_LOG_PREFIX = re.compile(r"^\d+:\w \d+ \w+ \d+ [\d:.]+ [.\-*#] ")


@dataclass(frozen=True, slots=True)
class Folder:
    """`<data>/broker`, and a way to its socket that is short enough to connect to.

    Attributes:
        path: The folder itself, absolute. The server runs in it and names its files relatively.
        way: The same, or where `link` puts a link to it that is short enough for a socket.
    """

    path: Path
    way: Path

    @classmethod
    def prepare(cls, data: Path) -> Self:
        """Make the broker's folder in a data folder, for nobody but us to read.

        Raises:
            BrokerAwayError: it cannot be made or reached.
        """
        path = data / "broker"
        try:
            path = data.resolve() / "broker"
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            way = path if _fits(path) else _short_way(path)
        except (OSError, RuntimeError) as error:  # Until Python 3.13 the latter for looping links.
            raise unusable(path, error) from error
        return cls(path, way)

    @property
    def socket(self) -> Path:
        """Where to connect."""
        return self.way / SOCKET_NAME

    @property
    def url(self) -> str:
        """The broker's URL."""
        return f"unix://{quote(str(self.socket))}"

    @property
    def log(self) -> Path:
        """What the server writes about itself."""
        return self.path / LOG_NAME

    def lock(self, name: str) -> Path:
        """Return where a lock file is."""
        return self.path / f"{name}.lock"

    def is_listened_on(self) -> bool:
        """Tell whether any process takes connections on the socket."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            return probe.connect_ex(str(self.socket)) == 0

    def open_log(self) -> int:
        """Begin a new log when the old one is long, and return a descriptor to append with."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        return os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def last_words(self, since: int) -> str:
        """Return the last line that the server logged after the first `since` bytes."""
        with self.log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(since, end - LAST_WORDS_BYTES_MAX))
            lines = log.read().decode(errors="replace").split("\n")
        said = [_LOG_PREFIX.sub("", line).strip() for line in lines]
        last = next((line for line in reversed(said) if line), "")
        if not last and shutil.disk_usage(self.path).free < LAST_WORDS_BYTES_MAX:
            return "nothing, for the disk is full"
        return last or "nothing"

    def link(self) -> None:
        """Put the link up where one is needed and missing, whoever took it down."""
        if self.way != self.path and not self.way.is_symlink():
            self.way.symlink_to(self.path)

    def unlink(self) -> None:
        """Take the link down, when there is one."""
        if self.way != self.path:
            self.way.unlink(missing_ok=True)


def unusable(path: Path, error: Exception) -> BrokerAwayError:
    """Say that the operating system does not let us use a folder."""
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    file = error.filename if isinstance(error, OSError) else None
    on = f" on {file}" if file and str(file) != str(path) else ""
    return BrokerAwayError(
        str(path),
        f"its folder cannot be used ({why}{on})",
        "Make room or give the rights, or name another folder with --data.",
    )


def _fits(path: Path) -> bool:
    try:
        return len(str(path / SOCKET_NAME).encode()) <= SOCKET_PATH_BYTES_MAX
    except UnicodeEncodeError:  # A name that is not UTF-8, which no URL could carry.
        return False


def _short_way(path: Path) -> Path:
    """Return where a link would make the folder's path short.

    A link and not the socket itself: whatever TMPDIR a process has, it comes to the same socket.
    """
    name = f"conflict-timeline-{os.getuid()}"
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / name
    if not _fits(private / digest):
        private = Path("/tmp") / name  # noqa: S108 - whose it is, is looked at next
    private.mkdir(mode=0o700, exist_ok=True)
    found = private.lstat()
    # Who else may write there could send us to a server of theirs.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise BrokerAwayError(
            str(path),
            f"its path is too long for a socket, and {private} is not a folder of ours alone",
            "Remove that, or name a data folder with a shorter path with --data.",
        )
    return private / digest
