"""Zones: what instant a local time is, where clocks also skip times and repeat them."""

from bisect import bisect_left
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from conflict_events.instants import from_us, to_us

# Zone files that are no place: the setting of this machine, and of a machine that has none yet.
_NO_PLACE: Final = frozenset({"localtime", "Factory"})


class UnknownZoneError(ValueError):
    """A name is not an IANA time zone that this machine knows."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the zone {name[:60]!r} is not a known IANA name: write one such as Europe/Kyiv, "
            "or give the time an offset, as in 2025-02-18T14:25+02:00",
        )
        self.name = name


def open_zone(name: str) -> tzinfo:
    """The IANA time zone of a name, such as `Europe/Kyiv`.

    Raises:
        UnknownZoneError: no such zone.
    """
    # Looked up in a list, for a name opened as a file may be a folder, too long, or `right/…`,
    # which counts leap seconds.
    if name not in _zone_names():
        raise UnknownZoneError(name)
    return ZoneInfo(name)


def readings(local: datetime, zone: tzinfo) -> tuple[int, int]:
    """The first and the last instant that a naive local time may be, in microseconds UTC.

    They differ where clocks went back, as the time came twice, and where they went forward, as it
    never came: then whoever wrote it had put the clock forward too early, or not yet.
    """
    once, again = _reading(local, zone, fold=0), _reading(local, zone, fold=1)
    return min(once, again), max(once, again)


def day_start(day: date, zone: tzinfo) -> int:
    """The first instant of a day, in microseconds UTC.

    Where clocks skip midnight that is when they jump, where they repeat it the first of the two.
    """
    first = datetime.combine(day, time.min)
    once, again = _reading(first, zone, fold=0), _reading(first, zone, fold=1)
    return once if once <= again else _jump(again, once, zone)


def day_end(day: date, zone: tzinfo) -> int:
    """The instant after the last one of a day, in microseconds UTC.

    Asked of the day's last microsecond, for the next midnight may come twice and only the first
    end this day (Havana), or the clocks go back from it into this day once more (St John's).
    """
    last = datetime.combine(day, time.max)
    once, again = _reading(last, zone, fold=0), _reading(last, zone, fold=1)
    return again + 1 if once <= again else _jump(again, once, zone)


def _reading(local: datetime, zone: tzinfo, *, fold: int) -> int:
    # PEP 495: in a gap, fold 0 counts with the offset before it and fold 1 with the one after it.
    return to_us(local.replace(tzinfo=zone, fold=fold))


def _jump(before_us: int, after_us: int, zone: tzinfo) -> int:
    """The instant in `(before_us, after_us]` at which the zone's clocks go forward."""

    def offset(at_us: int) -> timedelta:
        # The instant is in UTC, so the zone always answers.
        return from_us(at_us).astimezone(zone).utcoffset() or timedelta()

    return before_us + bisect_left(range(before_us, after_us), offset(after_us), key=offset)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACE
