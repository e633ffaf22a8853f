"""Window texts: EDTF dates and ISO 8601 date-times, read as bounds in time.

EDTF (Library of Congress, 2019) of levels 0 and 1, for the years 1800 to 2199:

- `2022`, `2025-02`, `2025-02-18`: all of that year, month or day;
- `2024-21` to `2024-24`: spring (March to May), summer, autumn, and the winter that begins in that
  year (December to the end of the next February, as a heating season has it);
- `202X`, `20XX`, `2025-XX`, `2025-02-XX`: all that the unspecified digits leave open;
- `A/B`: from the start of A to the end of B. An end left open (`..`) or unknown (nothing) reaches
  as far as the contract's years do;
- `?` at the end leaves the bounds; `~` and `%` widen them by the length of what is written (a day,
  a month, a season, a decade) on either side, in an interval only at their own end.

ISO 8601 date-times, with `Z`, an offset such as `+03:00`, or neither:

- `2025-02-18T14:25`: that minute;
- `2025-02-18T14:25:00` and `…:00.123456`: that instant;
- `A/B`: from the one instant to the other; either may also be a date.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, Literal, NamedTuple

from conflict_events.errors import WindowTextError
from conflict_events.instants import SECOND_US, YEAR_MAX, YEAR_MIN, to_us
from conflict_events.zones import UnknownZoneError, day_end, day_start, open_zone, readings


class Bounds(NamedTuple):
    """What a window text says: bounds in microseconds UTC, and how they were found.

    `edtf` is the text itself, or None when it has a time of day. `zone` is the IANA name that
    converted it, or None when each of its times has an offset of its own.
    """

    earliest_us: int
    latest_us: int
    edtf: str | None
    zone: str | None
    zone_basis: Literal["stated", "assumed", "utc"]


def parse_bounds(text: str, zone: str | None) -> Bounds:
    """The bounds `[earliest_us, latest_us)` of a window text; equal bounds are an instant.

    Dates, and times without an offset, are read in the IANA zone `zone`, else in UTC. A local time
    that came twice, or was skipped, covers both of its readings. Bounds are cut at the ends of the
    contract's years: the last microsecond of 2199 stands for the end of it.

    Raises:
        WindowTextError: the text is not of the subset above, or the zone is unknown.
    """
    # Scrapers in untyped code hand over what they found: None, or 2022 as YAML reads it.
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise WindowTextError(repr(text), "it is not a text: write it as one, such as '2022'")
    try:
        return _read(text, zone)
    except (_UnreadableError, UnknownZoneError) as fault:
        raise WindowTextError(text, str(fault)) from fault


_TEXT_CHARS_MAX: Final = 65  # Two date-times to the microsecond with offsets, and the slash.
_MINUTE_US: Final = 60 * SECOND_US
_FIRST_US: Final = to_us(datetime(YEAR_MIN, 1, 1, tzinfo=UTC))
_LAST_US: Final = to_us(datetime(YEAR_MAX + 1, 1, 1, tzinfo=UTC)) - 1


class _UnreadableError(ValueError):
    """Why a text cannot be read, and what to write instead."""


_Kind = Literal["days", "local", "offset", "utc"]
"""A date, or a date-time: local, with an offset of its own, or in UTC."""


class _Side(NamedTuple):
    """A date or a date-time, which is the whole text or one side of an interval."""

    kind: _Kind
    first_us: int
    """The start, before it is widened for being approximate."""
    last_us: int
    """The end, before it is widened for being approximate."""
    earliest_us: int
    latest_us: int


def _read(text: str, zone: str | None) -> Bounds:
    clock = UTC if zone is None else open_zone(zone)
    if len(text) > _TEXT_CHARS_MAX:
        raise _UnreadableError(
            f"it has more than {_TEXT_CHARS_MAX} characters: write one date or one interval"
        )
    before, slash, after = text.partition("/")
    if slash:
        start, end = _side_or_open(before, clock), _side_or_open(after, clock)
    else:
        start = end = _side(text, clock, alone=True)
    kinds: set[_Kind] = {side.kind for side in (start, end) if side is not None}
    zone_used, zone_basis = _zone_used(kinds, zone)
    _check_order(start, end)
    earliest_us, latest_us = _cut_to_years(
        _FIRST_US if start is None else start.earliest_us,
        _LAST_US if end is None else end.latest_us,
    )
    edtf = text if kinds == {"days"} else None
    return Bounds(earliest_us, latest_us, edtf, zone_used, zone_basis)


def _zone_used(
    kinds: set[_Kind], zone: str | None
) -> tuple[str | None, Literal["stated", "assumed", "utc"]]:
    if "local" in kinds and not kinds.isdisjoint({"offset", "utc"}):
        # ISO 8601 would lend the start's zone to the end, and nothing to the start.
        raise _UnreadableError(
            "one of its times has an offset and the other none: write Z or an offset after both"
        )
    if not kinds.isdisjoint({"local", "days"}):
        return (zone, "assumed") if zone is not None else ("UTC", "utc")
    return (None, "stated") if "offset" in kinds else ("UTC", "utc")


def _check_order(start: _Side | None, end: _Side | None) -> None:
    if start is None and end is None:
        raise _UnreadableError("both of its ends are open: write at least one")
    if start is None or end is None:
        return
    # A date covers time, so ending where it starts it is too short: its days come in the wrong
    # order, or its zone skipped that day (Samoa had no 2011-12-30).
    empty = start.first_us == end.last_us and end.kind == "days"
    if empty or start.first_us > end.last_us:
        raise _UnreadableError(
            "it ends before it starts, or is a day that its zone skipped: "
            "write the earlier end first, or times with their offsets"
        )


def _cut_to_years(earliest_us: int, latest_us: int) -> tuple[int, int]:
    # A zone may carry a time out of the years it was written in; to move it would be to invent it.
    if latest_us < _FIRST_US or earliest_us > _LAST_US or earliest_us < latest_us == _FIRST_US:
        raise _UnreadableError(_OTHER_YEAR)
    return max(earliest_us, _FIRST_US), min(latest_us, _LAST_US)


def _side_or_open(text: str, clock: tzinfo) -> _Side | None:
    return None if text in ("", "..") else _side(text, clock, alone=False)


def _side(text: str, clock: tzinfo, *, alone: bool) -> _Side:
    date_time = _DATE_TIME.fullmatch(text)
    if date_time is not None:
        return _moment(date_time, clock, alone=alone)
    return _days(text, clock)


# Date-times.

_DATE_TIME: Final = re.compile(
    r"(?P<year>[0-9]{4})-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]"
    r"(?P<seconds>:[0-5][0-9](?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)


def _moment(match: re.Match[str], clock: tzinfo, *, alone: bool) -> _Side:
    _check_year(int(match["year"]))
    try:
        at = datetime.fromisoformat(match[0])
    except ValueError as fault:
        raise _UnreadableError(_NO_SUCH_DAY) from fault
    offset = at.utcoffset()
    if offset is None:
        first_us, last_us = readings(at, clock)
    else:
        first_us = last_us = to_us(at)
    if alone and match["seconds"] is None:
        last_us += _MINUTE_US
    elif alone and first_us != last_us:
        last_us += SECOND_US  # The bounds are half-open, and the second reading is within.
    kind: _Kind = "local" if offset is None else "offset" if offset else "utc"
    return _Side(kind, first_us, last_us, first_us, last_us)


# Dates.

_DATES: Final = tuple(
    (re.compile(pattern), months)
    for pattern, months in (
        (r"[0-9]{2}XX", 1200),
        (r"[0-9]{3}X", 120),
        (r"[0-9]{4}(?:-XX){0,2}", 12),
        (r"[0-9]{4}-2[1-4]", 3),
        (r"[0-9]{4}-[0-9]{2}(?:-XX)?", 1),
        (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", 0),
    )
)
"""How a date is written, and how many months it covers; none of them is a day."""

_SEASON_MONTHS: Final = 3


class _Unit(NamedTuple):
    """A stretch of the calendar from its first day on: some months, or where they are 0, a day."""

    first: date
    months: int

    def start(self, units: int) -> date:
        """The first day of the stretch as long as this one that comes `units` after it."""
        if not self.months:
            return self.first + timedelta(days=units)
        january = self.first.year * 12
        year, month = divmod(january + self.first.month - 1 + units * self.months, 12)
        return date(year, month + 1, 1)

    def end(self, units: int) -> date:
        """The last day of that stretch."""
        return self.start(units + 1) - timedelta(days=1)


def _days(text: str, clock: tzinfo) -> _Side:
    unit = _unit(text)
    wider = 1 if text.endswith(("~", "%")) else 0
    return _Side(
        kind="days",
        first_us=day_start(unit.start(0), clock),
        last_us=day_end(unit.end(0), clock),
        earliest_us=day_start(unit.start(-wider), clock),
        latest_us=day_end(unit.end(wider), clock),
    )


def _unit(text: str) -> _Unit:
    plain = text[:-1] if text.endswith(("~", "?", "%")) else text
    for pattern, months in _DATES:
        if pattern.fullmatch(plain):
            return _Unit(_first_day(plain, months), months)
    raise _UnreadableError(_hint(text))


def _first_day(plain: str, months: int) -> date:
    year = int(plain[:4].replace("X", "0"))
    _check_year(year)
    if months > _SEASON_MONTHS:
        return date(year, 1, 1)
    if months == _SEASON_MONTHS:
        return date(year, (int(plain[5:7]) - 20) * _SEASON_MONTHS, 1)
    try:
        return date(year, int(plain[5:7]), 1 if months else int(plain[8:]))
    except ValueError as fault:
        raise _UnreadableError(_NO_SUCH_DAY) from fault


def _check_year(year: int) -> None:
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise _UnreadableError(_OTHER_YEAR)


# What to write instead.

_OTHER_YEAR: Final = f"it is not within the years {YEAR_MIN} to {YEAR_MAX}: write one of them"

_NO_SUCH_DAY: Final = (
    "the calendar has no such day or month: months are 01 to 12 and seasons 21 to 24, "
    "and a quarter is written as its months, 2025-01/2025-03"
)

_LEVEL_2: Final = (
    "EDTF of level 2 is not read: write plain dates with ~ or ? at their end, or an interval"
)

_HINTS: Final = tuple(
    (re.compile(pattern), hint)
    for pattern, hint in (
        (r"\A\Z", "it is empty: write a date such as 2025-02-18, or give no window"),
        (r"\s", "it has a blank: write none, and T between date and time, 2025-02-18T14:25"),
        (r"[^ -~]", "it has other than ASCII characters: write the digits 0 to 9 and a plain -"),
        (r"/", "it has more than one slash: write one interval, 2025-02-18/2025-02-20"),
        (r"^P", "a duration is not read: write both ends, 2025-02-18/2025-02-20"),
        (r"[0-9X][tzx]", "it has a small letter: write T, Z and X as capitals"),
        (r"T(?:2[4-9]|[3-9])", "the clock ends at 23:59: write T00:00 of the next day"),
        (r"T.*:[6-9]", "minutes and seconds end at 59: write :59, or :00 of the next"),
        (r"T.*\.[0-9]{7}", "a second has at most six digits after the point: write no more"),
        (r"T.*[~?%]", "only a date takes ~ ? or %: write the date, or an interval of times"),
        (r"T[0-9]{2}(?![0-9:])", "a time has its minutes: write 2025-02-18T14:00"),
        (r"T.*[+-]", "an offset has hours and minutes: write +03:00"),
        (r"^[0-9]{6}", "a date has its hyphens: write 2025-02-18"),
        (r"[][{}]|^Y?-?[0-9]+E|[0-9]S|^-|^Y-?[0-9]|[~?%].", _LEVEL_2),
        (r"\.\.", "an open end stands at a slash: write 2025/.. or ../2025"),
        (r"X", "X stands for the end of a date: write 202X, 20XX, 2025-XX or 2025-02-XX"),
    )
)
"""What people and programs write, and what to write instead; the first that is found counts."""


def _hint(text: str) -> str:
    for pattern, hint in _HINTS:
        if pattern.search(text):
            return hint
    return (
        "write a day (2025-02-18), a month (2025-02), a year (2022), a season (2024-23), "
        "an interval (2024-03-22/2024-08-31) or a time (2025-02-18T14:25:00Z)"
    )
