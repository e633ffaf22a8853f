"""Windows: when something happened, as far as it is known."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from msgspec import Meta, Struct

from conflict_events.edtf import parse_bounds
from conflict_events.instants import YEAR_MAX, YEAR_MIN, Instant, from_us, to_us
from conflict_events.text import Note

Zone = Annotated[str, Meta(max_length=60, pattern=r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}\Z")]
"""An IANA time zone name, such as `Europe/Kyiv`."""

Edtf = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[0-9XYTZ~?%/.:+-]+\Z")]
"""EDTF (ISO 8601-2) text of level 0 or 1, day level."""

ZoneBasis = Literal["stated", "assumed", "utc"]
"""How the zone is known: the source states it, a reader assumed it, or the text is in UTC."""


class Window(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`[earliest, latest)` in UTC; equal ends are an instant.

    `as_written` holds the source's words, `edtf` their day-level EDTF text, `zone` the IANA zone
    that converted them, `basis` how the window is known.
    """

    earliest: Instant
    latest: Instant
    as_written: Note | None = None
    edtf: Edtf | None = None
    zone: Zone | None = None
    zone_basis: ZoneBasis | None = None
    basis: Note | None = None

    def __post_init__(self) -> None:
        """Refuse a window that ends before it begins, or lies outside the contract's years.

        Raises:
            ValueError: `latest` is before `earliest`, or a year is not in 1800 to 2199.
        """
        if self.earliest.tzinfo is None or self.latest.tzinfo is None:
            raise ValueError("the ends of a window have a zone")
        # The years come first: comparing times at the ends of the calendar can overflow.
        if self.earliest.year < YEAR_MIN or self.latest.year > YEAR_MAX:
            raise ValueError(f"a window lies in the years {YEAR_MIN} to {YEAR_MAX}")
        if self.latest.year < YEAR_MIN or self.earliest.year > YEAR_MAX:
            raise ValueError("a window's latest is not before its earliest")
        if self.latest < self.earliest:
            raise ValueError("a window's latest is not before its earliest")

    @property
    def earliest_us(self) -> int:
        """Microseconds since the epoch."""
        return to_us(self.earliest)

    @property
    def latest_us(self) -> int:
        """Microseconds since the epoch."""
        return to_us(self.latest)

    @property
    def length(self) -> timedelta:
        """How wide the window is; zero for an instant."""
        return self.latest - self.earliest

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        zone: str | None = None,
        zone_basis: ZoneBasis | None = None,
        basis: str | None = None,
    ) -> Self:
        """Read an EDTF (level 0-1 subset) or ISO 8601 text.

        A text without a zone of its own is read in `zone`, else in UTC. `2025-02-18` in
        `Europe/Moscow` is `[2025-02-17T21:00Z, 2025-02-18T21:00Z)`.

        Raises:
            WindowTextError: the text is not of the subset, or its zone is unknown.
        """
        bounds = parse_bounds(text, zone)
        return cls(
            earliest=from_us(bounds.earliest_us),
            latest=from_us(bounds.latest_us),
            as_written=text,
            edtf=bounds.edtf,
            zone=bounds.zone,
            zone_basis=zone_basis if zone_basis is not None else bounds.zone_basis,
            basis=basis,
        )
