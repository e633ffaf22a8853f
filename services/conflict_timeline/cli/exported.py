"""Exported: what a command tells of a file that it wrote."""

from msgspec import Struct


class Exported(Struct, frozen=True, kw_only=True):
    """A file that was written; `entries` counts them, and is null for the package beside them."""

    path: str
    entries: int | None
    bytes: int
    sha256: str
