"""`alerts`: air-raid alerts in Ukraine (MIT). Evidence of when, and no events of their own."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from conflict_events.envelope import Event
from conflict_events.events import Body
from conflict_events.instants import format_us, from_us, to_us
from conflict_events.window import Window
from conflict_timeline.connectors.connector import Connector, Options, Reading, RefusedRow
from conflict_timeline.connectors.errors import NotThisSetError, RowError
from conflict_timeline.connectors.gazetteer import UKRAINE_ALERTED
from conflict_timeline.connectors.tables import Cells, read_table

_TIMES: Final = ("started_at", "finished_at")
_REGION_COLUMNS: Final = ("region", "oblast")
"""How the merged and the volunteers' tables call it, and how the official one does."""

_TIME: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?P<zone>Z|[+-]\d{2}:\d{2})?", re.ASCII
)
_LISTED_MAX: Final = 6
_LENGTH_MAX: Final = timedelta(days=1_000)
"""Regions at the front have been under alert for more than a year."""


class Alert(NamedTuple):
    """A time under alert, `[start_us, end_us)` in microseconds since the epoch."""

    start_us: int
    end_us: int


class Alerts:
    """The times under alert of each region, by ISO 3166-2; alerts that meet are one.

    Of what lies before its first alert, or after its last, a table says nothing.
    """

    def __init__(self, regions: Mapping[str, list[Alert]]) -> None:
        self._times = {region: _merged(sorted(alerts)) for region, alerts in regions.items()}
        self._starts = {
            region: [one.start_us for one in times] for region, times in self._times.items()
        }
        self._ends = {
            region: [one.end_us for one in times] for region, times in self._times.items()
        }
        ends = [times[-1].end_us for times in self._times.values()]
        starts = [times[0].start_us for times in self._times.values()]
        self._span = Alert(min(starts, default=0), max(ends, default=0))

    def overlapping(self, region: str, start_us: int, end_us: int) -> list[Alert]:
        """The times under alert of a region that overlap `[start_us, end_us)`, in order.

        Cost: O(log n + k) for n alerts of the region and k that overlap.
        """
        if region not in self._times:
            return []
        # What does not meet is in one order by its starts and by its ends.
        first = bisect_right(self._ends[region], start_us)
        last = bisect_left(self._starts[region], end_us)
        return self._times[region][first:last]

    def narrowed(self, window: Window, region: str) -> Window | None:
        """The window from its first alert to its last, or None where alerts do not narrow it."""
        start_us, end_us = window.earliest_us, window.latest_us
        if start_us < self._span.start_us or end_us > self._span.end_us:
            return None  # Part of it may have had alerts that the table does not hold.
        alerts = self.overlapping(region, start_us, end_us)
        if not alerts:
            return None
        first_us = max(start_us, alerts[0].start_us)
        last_us = min(end_us, alerts[-1].end_us)
        if (first_us, last_us) == (start_us, end_us):
            return None
        # `edtf` says the day, and the window is no longer that.
        return Window(
            earliest=from_us(first_us),
            latest=from_us(last_us),
            as_written=window.as_written,
            zone=window.zone,
            zone_basis=window.zone_basis,
            basis=_basis(region, alerts),
        )


def load(path: str) -> Alerts:
    """Every alert of a table.

    Raises:
        NotThisSetError: it is no such table, or one of its rows cannot be read.
        OSError: the file cannot be read.
    """
    regions: dict[str, list[Alert]] = {}
    for row in _table(path, regions).rows:
        if isinstance(row, RefusedRow):
            column = row.path.removeprefix("$").removeprefix(".")
            where = f"line {row.line}, column {column}" if column else f"line {row.line}"
            raise NotThisSetError(
                f"{path}, {where}: {row.message};"
                " with half a table windows would be wrong, and import alerts lists all such rows"
            )
    if not regions:
        raise NotThisSetError(f"{path} holds no alert")
    return Alerts(regions)


def read(path: str, options: Options) -> Reading:
    """Begin to check a table of alerts, plain or gzipped; its rows make no events."""
    del options
    return _table(path, None)


def _table(path: str, regions: dict[str, list[Alert]] | None) -> Reading:
    """A pass over a table; its alerts are put into `regions`."""

    def make(cells: Cells) -> tuple[Event[Body], ...]:
        region, alert = _alert(cells)
        if regions is not None:
            regions.setdefault(region, []).append(alert)
        return ()

    try:
        return read_table(path, columns=("region", *_TIMES), make=make, identify=_no_id)
    except NotThisSetError as error:
        try:
            return read_table(path, columns=("oblast", *_TIMES), make=make, identify=_no_id)
        except NotThisSetError:
            raise error from None


def _no_id(cells: Cells) -> None:
    del cells


def _alert(cells: Cells) -> tuple[str, Alert]:
    region = _region(cells)
    if (cells.text("naive") or "").casefold() in ("true", "1"):
        raise RowError("naive", "its end is a guess, half an hour after its start")
    start, end = (_time(cells, column) for column in _TIMES)
    if end <= start:
        raise RowError("finished_at", "it does not end after it starts")
    if end - start > _LENGTH_MAX:
        raise RowError("finished_at", f"an alert of more than {_LENGTH_MAX.days} days")
    return region, Alert(to_us(start), to_us(end))


def _region(cells: Cells) -> str:
    for column in _REGION_COLUMNS:
        name = cells.text(column)
        if name is None:
            continue
        code = UKRAINE_ALERTED.get(name.casefold())
        if code is None:
            raise RowError(column, f"{name[:40]!r} is no region of Ukraine that alerts are for")
        return code
    raise RowError("region", "empty")


def _time(cells: Cells, column: str) -> datetime:
    written = cells.required(column)
    match = _TIME.fullmatch(written)
    if match is None:
        raise RowError(column, f"{written[:40]!r} is no time written YYYY-MM-DDTHH:MM:SSZ")
    if match["zone"] is None:
        raise RowError(column, f"{written!r} has no zone")
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RowError(column, f"{written!r} is no time: {error}") from error


def _merged(alerts: list[Alert]) -> list[Alert]:
    merged: list[Alert] = []
    for alert in alerts:
        if merged and alert.start_us <= merged[-1].end_us:
            merged[-1] = Alert(merged[-1].start_us, max(merged[-1].end_us, alert.end_us))
        else:
            merged.append(alert)
    return merged


def _basis(region: str, alerts: list[Alert]) -> str:
    listed = ", ".join(
        f"{format_us(one.start_us)}/{format_us(one.end_us)}" for one in alerts[:_LISTED_MAX]
    )
    more = len(alerts) - _LISTED_MAX
    also = f" and {more} more, the last until {format_us(alerts[-1].end_us)}" if more > 0 else ""
    return (
        f"From the first to the last alert of {region} on the day coded: {listed}{also}"
        " (air-raid alerts, Vadym Klymenko (MIT)). It assumes that the strike fell within an alert"
        " and on that day; an alert is a warning, and the day is that of the report."
    )


ALERTS: Final = Connector(
    name="alerts",
    about="air-raid alerts in Ukraine, 2022 onwards: narrow the windows of viina (CSV)",
    licence="MIT",
    source=None,
    evidence_for="import viina PATH --alerts TABLE",
    read=read,
)
"""The connector of air-raid alerts."""
