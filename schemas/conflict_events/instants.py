"""Instants: points in time as the contract writes them, and as integer microseconds."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta

YEAR_MIN: Final = 1800
YEAR_MAX: Final = 2199

Instant = Annotated[datetime, Meta(tz=True)]
"""A date-time with a zone. RFC 3339 on the wire; bounds and notation are checked by the codec."""

SECOND_US: Final = 1_000_000
HOUR_US: Final = 3_600 * SECOND_US
DAY_US: Final = 24 * HOUR_US

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# RFC 3339 with separator `T`, at most six fractional digits and a zone. msgspec by itself takes a
# blank for the `T`, a zone without a colon, and rounds a seventh digit.
_WRITTEN: Final = re.compile(
    r"(\d{4})-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})",
    re.ASCII,
)


def written_fault(text: str) -> str | None:
    """Say what is wrong with a time as written, or None when it is as the contract wants it."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return (
            "a time is written YYYY-MM-DDTHH:MM:SS, at most six fractional digits, then Z or ±HH:MM"
        )
    if not YEAR_MIN <= int(match[1]) <= YEAR_MAX:
        return f"a time lies in the years {YEAR_MIN} to {YEAR_MAX}"
    return None


def to_us(at: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z, exactly; negative before it."""
    since = at - _EPOCH
    return since.days * DAY_US + since.seconds * SECOND_US + since.microseconds


def from_us(at_us: int) -> datetime:
    """The date-time in UTC of a number of microseconds since the epoch."""
    return _EPOCH + timedelta(microseconds=at_us)


def format_us(at_us: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS[.ffffff]Z`: how timelines write a time."""
    # isoformat() writes a fraction where there is one, in six digits, and is five times as fast as
    # strftime().
    return f"{from_us(at_us).replace(tzinfo=None).isoformat()}Z"
