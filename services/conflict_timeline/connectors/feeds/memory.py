"""Memory of feeds: what a server said of a feed when all of it was recorded last."""

import os
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import msgspec
import structlog
from msgspec import Meta, Struct

log = structlog.get_logger()

Validator = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[ -~]+\Z")]
"""An `ETag` or a `Last-Modified` that may be sent back."""


class Seen(Struct, frozen=True, kw_only=True):
    """A feed as it was when it was recorded into a conflict."""

    url: str
    conflict: str
    etag: Validator | None = None
    last_modified: Validator | None = None


class FeedMemory:
    """The file that remembers one feed for one conflict.

    The conflict belongs to it: what is unchanged since it was recorded in one conflict may never
    have been recorded in another.
    """

    def __init__(self, folder: Path, url: str, conflict: str) -> None:
        self._nothing = Seen(url=url, conflict=conflict)
        name = sha256(f"{url} {conflict}".encode()).hexdigest()
        self._file = folder / f"{name}.json"

    def recall(self) -> Seen:
        """What is remembered; nothing where there is no file, or it cannot be read."""
        try:
            seen = msgspec.json.decode(self._file.read_bytes(), type=Seen)
        except FileNotFoundError:
            return self._nothing
        except (OSError, ValueError) as error:
            log.warning("rss.memory_unreadable", file=str(self._file), error=str(error))
            return self._nothing
        same = (seen.url, seen.conflict) == (self._nothing.url, self._nothing.conflict)
        return seen if same else self._nothing

    def keep(self, etag: str | None, last_modified: str | None) -> None:
        """Remember what the server said; a crash leaves what was remembered before, or this.

        Raises:
            OSError: it cannot be written.
        """
        seen = msgspec.structs.replace(
            self._nothing, etag=_sane(etag), last_modified=_sane(last_modified)
        )
        folder = self._file.parent
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, suffix=".new", delete=False) as file:
            try:
                file.write(msgspec.json.encode(seen))
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(self._file)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        _sync(folder)


def _sane(validator: str | None) -> str | None:
    """The validator, or None where it is one that no server should send."""
    try:
        return msgspec.convert(validator, Validator | None)
    except msgspec.ValidationError:
        return None


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
