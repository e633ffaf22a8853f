"""Times and spans in integer microseconds, for the oracle."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

Json = dict[str, Any]

HOUR: Final = 3_600_000_000
DAY: Final = 24 * HOUR
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
RFC_3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))"
)


def microseconds(text: str) -> int:
    """Microseconds since the epoch of an RFC 3339 text.

    Raises:
        ValueError: the text is not of the contract.
    """
    found = RFC_3339.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no time of the contract")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction = int((found[7] or "").ljust(6, "0"))
    offset = timedelta()
    if found[8] is not None:
        offset = timedelta(hours=int(found[9]), minutes=int(found[10]))
        offset = -offset if found[8] == "-" else offset
    moment = datetime(year, month, day, hour, minute, second, fraction, tzinfo=timezone(offset))
    return (moment - EPOCH) // timedelta(microseconds=1)


def text_of(instant: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS[.ffffff]Z`."""
    moment = EPOCH + timedelta(microseconds=instant)
    return moment.isoformat().replace("+00:00", "Z")


class Span(NamedTuple):
    """`[start, end)` in microseconds; equal ends are an instant."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Zero for an instant."""
        return self.end - self.start


def span_of(window: Json) -> Span:
    """The span of a window as it stands in an event."""
    return Span(microseconds(window["earliest"]), microseconds(window["latest"]))


def shown(span: Span) -> Json:
    """A span as it stands in a body."""
    return {"earliest": text_of(span.start), "latest": text_of(span.end)}


def overlap(one: Span, other: Span) -> bool:
    """A positive length in common, an instant inside, or two equal instants (rule 3)."""
    if one.length == 0 and other.length == 0:
        return one.start == other.start
    if one.length == 0:
        return other.start <= one.start < other.end
    if other.length == 0:
        return one.start <= other.start < one.end
    return max(one.start, other.start) < min(one.end, other.end)


def intersection(spans: Iterable[Span]) -> Span:
    """From the last start to the first end."""
    listed = list(spans)
    return Span(max(span.start for span in listed), min(span.end for span in listed))
