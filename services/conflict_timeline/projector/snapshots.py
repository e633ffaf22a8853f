"""Snapshots: folds kept as files, so that a projector that starts need not fold the whole log.

A snapshot is a cache and no truth: one that does not fit is dropped, and the log is folded instead.
Files hold pickled state: the folder must be writable by the projector alone.
"""

import gc
import mmap
import os
import pickle
import platform
import signal
import sys
import time
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
import structlog
from msgspec import Struct

from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.projection import Projection
from conflict_timeline.runtime import faults

log = structlog.get_logger()

_SUFFIX: Final = ".snapshot"
_POSITION_DIGITS: Final = 15
_ALIKE: Final = ("conflict_events", "conflict_timeline.projections")
"""The packages whose code a fold's state depends on, beside the projection's own module."""


class _Header(Struct, frozen=True, kw_only=True):
    """The first line of a file. `sha256` is that of the bytes behind it."""

    fingerprint: str
    conflict: str
    projection: str
    version: int
    position: int
    digest: str
    sha256: str


class Snapshots:
    """The snapshots in one folder: of each timeline the latest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._aside: int | None = None

    def load(self, conflict: str, projection: Projection, version: int) -> Fold | None:
        """The latest snapshot of a timeline that this code can go on from, if there is one.

        Blocks: about 1 s for 50,000 events.
        """
        for path in reversed(self._of(conflict, projection.name, version)):
            began = time.monotonic()
            try:
                fold = _read(path, conflict, projection, version)
            except Exception as error:  # noqa: BLE001 - pickle may raise anything on bad state
                log.warning("snapshot.dropped", file=path.name, reason=str(error))
                _remove(path)
                continue
            seconds = round(time.monotonic() - began, 3)
            log.info("snapshot.loaded", file=path.name, position=fold.position, seconds=seconds)
            return fold
        return None

    def drop(self, conflict: str, projection: str, version: int, *, reason: str) -> None:
        """Remove what there is of a timeline."""
        for path in self._of(conflict, projection, version):
            log.warning("snapshot.dropped", file=path.name, reason=reason)
            _remove(path)

    @property
    def is_busy(self) -> bool:
        """Whether a process aside is still making a snapshot."""
        if self._aside is None:
            return False
        pid, _ = os.waitpid(self._aside, os.WNOHANG)
        if pid:
            self._aside = None
        return self._aside is not None

    def save_aside(self, conflict: str, version: int, fold: Fold) -> None:
        """Have a forked process keep a fold as it is now; it ends by itself.

        It shares our memory until one of us writes to it. Call it when nobody `is_busy`.
        """
        with warnings.catch_warnings():
            # A fork is safe here: the child touches neither threads nor the event loop.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid:
            self._aside = pid
            return
        try:
            # The event loop hears of signals over a socket that we share.
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            self.save(conflict, version, fold)
        finally:
            os._exit(0)

    def save(self, conflict: str, version: int, fold: Fold) -> None:
        """Keep a fold as it is now, in place of what was kept before.

        Blocks: about 2 s for 50,000 events. A fold that cannot be kept costs a line in the log.
        """
        name, position = fold.projection.name, fold.position
        if self._aside is not None:
            os.waitpid(self._aside, 0)
            self._aside = None
        older = self._of(conflict, name, version)
        path = self._folder / conflict / f"{name}-{version}-{position:0{_POSITION_DIGITS}}{_SUFFIX}"
        began = time.monotonic()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(path, conflict, version, fold)
        except Exception as error:  # noqa: BLE001 - of a projection of somebody else: any
            log.warning("snapshot.not_saved", file=path.name, reason=str(error) or repr(error))
            return
        for other in older:
            if other != path:
                _remove(other)
        seconds = round(time.monotonic() - began, 3)
        log.info("snapshot.saved", file=path.name, position=position, seconds=seconds)

    def _of(self, conflict: str, projection: str, version: int) -> list[Path]:
        """The files of a timeline, by position."""
        digits = "[0-9]" * _POSITION_DIGITS
        return sorted((self._folder / conflict).glob(f"{projection}-{version}-{digits}{_SUFFIX}"))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # It stays, and is dropped again at the next start.
        log.warning("snapshot.not_removed", file=path.name, reason=str(error))


def _write(path: Path, conflict: str, version: int, fold: Fold) -> None:
    body = path.with_suffix(".body")
    whole = path.with_suffix(".new")
    try:
        with _opened(body) as file, _uncollected():
            pickle.Pickler(file, protocol=5).dump(fold)
        with body.open("rb") as source, _opened(whole) as file:
            digest = sha256()
            while chunk := source.read(1 << 20):
                digest.update(chunk)
            header = _Header(
                fingerprint=fingerprint(fold.projection),
                conflict=conflict,
                projection=fold.projection.name,
                version=version,
                position=fold.position,
                digest=fold.digest.hex(),
                sha256=digest.hexdigest(),
            )
            file.write(msgspec.json.encode(header) + b"\n")
            source.seek(0)
            while chunk := source.read(1 << 20):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        faults.reach("snapshot.before_rename")
        whole.replace(path)
    finally:
        body.unlink(missing_ok=True)
        whole.unlink(missing_ok=True)


def _opened(path: Path) -> BinaryIO:
    return open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600))


def _read(path: Path, conflict: str, projection: Projection, version: int) -> Fold:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        whole.madvise(mmap.MADV_SEQUENTIAL)  # Of a large one the disk is as slow as the reading.
        end = whole.find(b"\n")
        header = msgspec.json.decode(whole[: max(end, 0)], type=_Header)
        ours = (fingerprint(projection), conflict, projection.name, version)
        if (header.fingerprint, header.conflict, header.projection, header.version) != ours:
            raise ValueError("it was made by other code or of another timeline")
        with memoryview(whole) as view, view[end + 1 :] as body:
            if sha256(body).hexdigest() != header.sha256:
                raise ValueError("its bytes are damaged")
            with _uncollected():
                fold: Any = pickle.loads(body)  # noqa: S301 - our own file, see above
    if not isinstance(fold, Fold):
        raise TypeError("it holds no fold")
    if (fold.position, fold.digest.hex()) != (header.position, header.digest):
        raise ValueError("it holds another fold than it says")
    return fold


@contextmanager
def _uncollected() -> Generator[None]:
    """Without the collector of cycles, which looks at millions of new objects again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def fingerprint(projection: Projection) -> str:
    """What a fold's state depends on: our code and the projection's, msgspec and Python."""
    package = type(projection).__module__.partition(".")[0]
    own = "" if package == "conflict_timeline" else _hash_of(package)
    return sha256(f"{_alike()} {own}".encode()).hexdigest()


@cache
def _alike() -> str:
    python = f"{platform.python_implementation()} {sys.version} {msgspec.__version__}"
    return " ".join([python, *map(_hash_of, _ALIKE)])


@cache
def _hash_of(name: str) -> str:
    """A digest over a module's file, or over all files of a package."""
    path = sys.modules[name].__file__
    if path is None:
        return ""
    digest = sha256()
    folder = Path(path).parent
    is_package = Path(path).name == "__init__.py"
    for file in sorted(folder.rglob("*.py")) if is_package else [Path(path)]:
        digest.update(file.relative_to(folder).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
