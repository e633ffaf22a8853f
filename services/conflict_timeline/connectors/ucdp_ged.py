"""`ucdp-ged`: events of organised violence with at least one death, by UCDP GED (CC BY 4.0)."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from conflict_events.envelope import Event
from conflict_events.events import Body, StrikeReported
from conflict_events.figures import Figure
from conflict_events.parties import Attribution, Claimant
from conflict_events.place import Place
from conflict_events.window import Window
from conflict_timeline.connectors.connector import Connector, Options, Reading, event_of
from conflict_timeline.connectors.errors import RowError
from conflict_timeline.connectors.tables import Cells, read_table
from conflict_timeline.connectors.ucdp_names import (
    UKRAINIAN_REGIONS,
    armed_group,
    government,
    land,
)

SOURCE: Final = "https://ucdp.uu.se"

_RELEASED: Final = datetime(2026, 6, 23, 23, 23, 35, tzinfo=UTC)
"""When the newest file that we know was published. A row does not say which release it is of, and
stands unchanged in several: only one and the same time keeps it one event."""

_CONFLICTS: Final = {
    426: "lebanon",  # Israel: Southern Lebanon
    13243: "ukraine",  # Russia - Ukraine
    13246: "ukraine",  # Ukraine: Donetsk
    13247: "ukraine",  # Ukraine: Lugansk
    13306: "ukraine",  # Ukraine: Novorossiya
}
"""By `conflict_new_id`; any other conflict is `ucdp-` and its number."""

_DAYS: Final = {1: (1, 1), 2: (2, 6), 3: (7, 7), 4: (8, 31), 5: (29, 366)}
"""How many days the range of each `date_prec` has (GED codebook: the day; 2 to 6 days; a week; more
than that up to a month; more than a month up to a year)."""

_SOME_DAYS: Final = 2
"""The last `date_prec` of one attack; from a week on, deaths of a period may be put together."""

_NEARBY: Final = 2
_NEARBY_RADIUS_M: Final = 25_000.0
_DISTRICT: Final = 3
_REGION: Final = 4
_AT_SEA: Final = 7
"""Values of `where_prec`: within about 25 km of the place, its district, its region; no land."""

_VIOLENCE: Final = (1, 2, 3)
_ONE_SIDED: Final = 3
"""Values of `type_of_violence`: by a state and another side, by two others, by one on civilians."""

_BEFORE: Final = timedelta(hours=14)
_AFTER: Final = timedelta(hours=12)
"""Clocks go from 14 h before UTC to 12 h after it: a day somewhere lies within these bounds."""

_NUMBER_MAX: Final = 999_999_999
_CODER: Final = "UCDP GED"

_COLUMNS: Final = (
    "id",
    "type_of_violence",
    "conflict_new_id",
    "side_a",
    "gwnoa",
    "where_prec",
    "where_coordinates",
    "adm_1",
    "latitude",
    "longitude",
    "country_id",
    "date_prec",
    "date_start",
    "date_end",
    "deaths_civilians",
    "best",
    "high",
    "low",
)


def read(path: str, options: Options) -> Reading:
    """Begin a pass over a GED or GED Candidate file, plain or gzipped."""

    def make(cells: Cells) -> tuple[Event[Body], ...]:
        number = _number(cells, "conflict_new_id")
        conflict = options.conflict or _CONFLICTS.get(number) or f"ucdp-{number}"
        report = _report(cells)
        return (
            event_of(report, source=SOURCE, event_id=_id(cells), time=_RELEASED, conflict=conflict),
        )

    return read_table(path, columns=_COLUMNS, make=make, identify=_id)


def _id(cells: Cells) -> str:
    return str(_number(cells, "id"))


def _report(cells: Cells) -> StrikeReported:
    start, end = _day(cells, "date_start"), _day(cells, "date_end")
    date_prec = _date_prec(cells, start, end)
    where_prec = _one_of(cells, "where_prec", range(1, 8))
    return StrikeReported(
        occurred=_window(start, end, date_prec, _land(cells, where_prec, start.year)[1]),
        place=_place(cells, where_prec, start.year),
        scope="incident" if where_prec <= _DISTRICT and date_prec <= _SOME_DAYS else "aggregate",
        attribution=_attribution(cells, start.year),
        figures=_figures(cells),
        claimant=Claimant(name=_CODER, role="data set coded from news and other reports"),
    )


# When.

_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: 00:00:00(?:\.0+)?)?")


def _day(cells: Cells, column: str) -> date:
    written = cells.required(column)
    match = _DAY.fullmatch(written)
    if match is None:
        raise RowError(column, f"{written[:40]!r} is no day written as YYYY-MM-DD")
    try:
        return date.fromisoformat(match[1])
    except ValueError as error:
        raise RowError(column, f"{written[:40]!r}: {error}") from error


def _date_prec(cells: Cells, start: date, end: date) -> int:
    """The precision, when the range of days is one that it allows."""
    date_prec = _one_of(cells, "date_prec", _DAYS)
    days = (end - start).days + 1
    least, most = _DAYS[date_prec]
    if days < 1:
        raise RowError("date_end", f"{end} is before {start}")
    if not least <= days <= most:
        allowed = f"{least}" if least == most else f"{least} to {most}"
        raise RowError("date_prec", f"{date_prec} stands for {allowed} days, not for {days}")
    return date_prec


def _window(start: date, end: date, date_prec: int, zone: str | None) -> Window:
    text = f"{start}" if start == end else f"{start}/{end}"
    basis = f"UCDP GED date_prec {date_prec}; the zone of its days is not stated."
    try:
        if zone is not None:
            return Window.parse(text, zone=zone, zone_basis="assumed", basis=basis)
        days = Window.parse(text, zone="UTC")
    except ValueError as error:
        raise RowError("date_start", str(error)) from error
    return replace(
        days,
        earliest=days.earliest - _BEFORE,
        latest=days.latest + _AFTER,
        zone=None,
        zone_basis="assumed",
        basis=f"{basis} Which zone the place has is not sure: these are the days of every zone,"
        " from 14 h before the first in UTC to 12 h after the last.",
    )


# Where.


def _land(cells: Cells, where_prec: int, year: int) -> tuple[str | None, str | None]:
    if where_prec == _AT_SEA:
        return None, None
    return land(_number(cells, "country_id"), cells.text("adm_1"), year)


def _place(cells: Cells, where_prec: int, year: int) -> Place:
    country, _ = _land(cells, where_prec, year)
    admin1 = None
    if country == "UA" and where_prec <= _REGION:
        admin1 = UKRAINIAN_REGIONS.get((cells.text("adm_1") or "").casefold())
    return Place(
        name=cells.required("where_coordinates"),
        country=country,
        admin1=admin1,
        lat=cells.number("latitude"),
        lon=cells.number("longitude"),
        radius_m=_NEARBY_RADIUS_M if where_prec == _NEARBY else None,
        where_prec=where_prec,
    )


# Who, and how many.


def _attribution(cells: Cells, year: int) -> tuple[Attribution, ...]:
    """The attacker, where UCDP names one: in one-sided violence, which side A did."""
    if _one_of(cells, "type_of_violence", _VIOLENCE) != _ONE_SIDED:
        return ()
    name = cells.required("side_a")
    if ", " in name:
        party = None  # Several acted together; which of them attacked is not coded.
    elif name.startswith("Government of "):
        party = government(_number(cells, "gwnoa"), year)
    else:
        party = armed_group(name)
    if party is None:
        return ()
    return (Attribution(party=party, basis="coded_by_dataset", by=_CODER),)


def _figures(cells: Cells) -> tuple[Figure, ...]:
    low, best, high = (_number(cells, column) for column in ("low", "best", "high"))
    if not low <= best <= high:
        raise RowError("best", f"low {low}, best {best}, high {high} are not in this order")
    killed = Figure(measure="killed", unit="people", claimant=_CODER, low=low, best=best, high=high)
    civilians = _number(cells, "deaths_civilians")
    if not civilians:
        # None that UCDP knows of; others may be among the deaths of unknown people.
        return (killed,)
    return (
        killed,
        Figure(measure="killed_civilians", unit="people", claimant=_CODER, best=civilians),
    )


# Cells.


def _number(cells: Cells, column: str) -> int:
    """A whole number of a size that ids and counts have; UCDP may have written it as `3.0`."""
    cells.required(column)
    number = cells.integer(column)
    if number is None or not 0 <= number <= _NUMBER_MAX:
        raise RowError(column, f"{cells.text(column)!r:.40} is not within 0 and {_NUMBER_MAX}")
    return number


def _one_of(cells: Cells, column: str, codes: Collection[int]) -> int:
    code = _number(cells, column)
    if code not in codes:
        raise RowError(column, f"{code} is none of {', '.join(map(str, codes))}")
    return code


UCDP_GED: Final = Connector(
    name="ucdp-ged",
    about="events with at least one death, all conflicts, 1989 on (UCDP GED and Candidate, CSV)",
    licence="CC-BY-4.0",
    source=SOURCE,
    read=read,
)
"""The UCDP GED connector."""
