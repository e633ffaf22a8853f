"""Pages: the files of the page as they ship, read once, and what a browser may do with them."""

import re
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, NamedTuple

BUILT: Final = files("conflict_timeline.web") / "page" / "built"
"""Where the page is built; what lies there is all that is served."""

INDEX: Final = "index.html"

POLICY: Final = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' blob:; "  # Of what is exported.
    "connect-src 'self'; "
    "manifest-src 'self'; "
    "base-uri 'none'; "
    "form-action 'none'; "
    "frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
"""The Content-Security-Policy of the page: nothing of another host, nothing made of text."""

FOR_EVER: Final = "public, max-age=31536000, immutable"

_HASHED: Final = re.compile(r"[a-z-]+-[0-9a-f]{16}\.[a-z0-9]+")
_MEDIA_TYPES: Final = {
    "html": "text/html",
    "js": "text/javascript",
    "css": "text/css",
    "txt": "text/plain",
    "json": "application/json",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}


class Shipped(NamedTuple):
    """A file: its bytes, their ETag, of what type they are, and how long they may be kept."""

    body: bytes
    tag: str
    media_type: str
    kept: str


class Pages:
    """The files of a folder as they are now, by name. Without a folder there are none."""

    def __init__(self, folder: Traversable = BUILT) -> None:
        found = list(folder.iterdir()) if folder.is_dir() else []
        self._files = {one.name: _shipped(one) for one in found if one.is_file()}

    def get(self, name: str) -> Shipped | None:
        """The file of a name; a name with a path in it is none."""
        return self._files.get(name)


def _shipped(file: Traversable) -> Shipped:
    body = file.read_bytes()
    return Shipped(
        body,
        f'"{sha256(body).hexdigest()[:24]}"',
        _MEDIA_TYPES.get(file.name.rpartition(".")[2], "application/octet-stream"),
        # A name with the hash of the contents never means others.
        FOR_EVER if _HASHED.fullmatch(file.name) else "no-cache",
    )
