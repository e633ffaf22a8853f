"""placeholder"""

from typing import Literal, NamedTuple


class Bounds(NamedTuple):
    """What a window text says: bounds in microseconds UTC, and how they were found."""

    earliest_us: int
    latest_us: int
    edtf: str | None
    zone: str | None
    zone_basis: Literal["stated", "assumed", "utc"]


def parse_bounds(text: str, zone: str | None) -> Bounds:
    """Bounds of a window text."""
    raise NotImplementedError
