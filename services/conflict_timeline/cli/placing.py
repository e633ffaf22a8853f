"""Placing: files that come under their names whole and together, or not at all."""

import asyncio
import errno
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final, NamedTuple

_CHUNKS_AT_ONCE: Final = 500


class UnplacedError(OSError):
    """A file cannot be written under its name; nothing that stood there was touched."""


class Staged(NamedTuple):
    """A file that is complete under another name; its length in bytes, and its SHA-256 in hex."""

    path: Path
    hidden: Path
    bytes: int
    sha256: str


class Placing:
    """Files for one folder. Nothing is there under its name before `place`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._was_there = folder.exists()
        self._hidden: list[Path] = []

    async def stage(self, name: str, chunks: Iterable[bytes]) -> Staged:
        """Write a file under a hidden name, and have the disk keep it.

        Raises:
            UnplacedError: the folder cannot be made, or the file cannot be written.
        """
        path = self._folder / name
        with _named(self._folder):
            if self._folder.exists() and not self._folder.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "is no folder")
            self._folder.mkdir(parents=True, exist_ok=True)
        hidden = self._folder / f".{name}.{token_hex(4)}.part"
        digest, length = sha256(), 0
        with _named(path), hidden.open("xb") as file:
            self._hidden.append(hidden)
            for count, chunk in enumerate(chunks, 1):
                digest.update(chunk)
                length += file.write(chunk)
                if count % _CHUNKS_AT_ONCE == 0:
                    await asyncio.sleep(0)  # Here a signal to stop is heeded.
            file.flush()
            os.fsync(file.fileno())
        return Staged(path, hidden, length, digest.hexdigest())

    def place(self, staged: Iterable[Staged]) -> None:
        """Give files their names, in this order, unless one of these holds something else.

        Raises:
            UnplacedError: there is something else, and all is left as it was; or the disk fails.
        """
        staged = list(staged)
        for one in staged:
            with _named(one.path):
                if os.path.lexists(one.path) and not _holds(one.path, one):
                    raise FileExistsError(
                        errno.EEXIST,
                        "is there already and holds something else; --into names another folder",
                    )
        for one in staged:
            with _named(one.path):
                one.hidden.replace(one.path)

    def clear(self) -> None:
        """Leave nothing behind that is under no name."""
        for hidden in self._hidden:
            with suppress(OSError):
                hidden.unlink(missing_ok=True)
        if not self._was_there:
            with suppress(OSError):  # It may hold our files now.
                self._folder.rmdir()


@contextmanager
def placing(folder: Path) -> Generator[Placing]:
    """Place files in a folder, which is made where it is missing."""
    made = Placing(folder)
    try:
        yield made
    finally:
        made.clear()


@contextmanager
def _named(path: Path) -> Generator[None]:
    """Say of a failure which file is meant, by the name that people know."""
    try:
        yield
    except OSError as error:
        raise UnplacedError(error.errno, error.strerror or str(error), str(path)) from error


def _holds(path: Path, staged: Staged) -> bool:
    """Whether a file holds the same bytes."""
    if not path.is_file() or path.stat().st_size != staged.bytes:
        return False
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest() == staged.sha256
