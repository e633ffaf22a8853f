"""`viina`: reports of strikes in Ukraine and Russia, coded from news by VIINA 2.0 (ODbL)."""

from datetime import UTC, datetime
from typing import Final

from msgspec.structs import replace

from conflict_events.amendments import EventRef
from conflict_events.envelope import Event
from conflict_events.events import Body, StrikeCorrected, StrikeReported
from conflict_events.parties import Attribution, Claimant
from conflict_events.place import Place
from conflict_events.taxonomy import Topic
from conflict_events.window import Window
from conflict_timeline.connectors.alerts import Alerts, load
from conflict_timeline.connectors.connector import Connector, Options, Reading, event_of
from conflict_timeline.connectors.errors import RowError
from conflict_timeline.connectors.gazetteer import UKRAINE
from conflict_timeline.connectors.tables import Cells, read_table

SOURCE: Final = "https://github.com/zhukovyuri/VIINA"
CONFLICT: Final = "ukraine"

_RELEASED: Final = datetime(2026, 8, 19, 22, 35, 37, tzinfo=UTC)
"""When the derived subset was published; VIINA gives its rows no time of their own."""

_COLUMNS: Final = (
    "event_id_1pd",
    "date",
    "source_urls",
    "target_classes",
    "geonameid",
    "asciiname",
    "ADM1_NAME",
    "longitude",
    "latitude",
    "location_method",
    "a_ukr_init",
    "a_rus_init",
)

_TARGETS: Final[dict[str, tuple[Topic, ...]]] = {
    "AMMUNITION_ARSENAL": ("military",),
    "DEFENSE_INDUSTRY": ("industry",),
    "ENERGY_GRID_SUPPORT": ("energy_grid",),
    "FUEL_STORAGE_TERMINAL": ("oil_gas",),
    "MILITARY_COMMS_SPACE": ("military",),
    "MILITARY_REPAIR_SHIPYARD": ("industry", "military"),
    "PIPELINE_PUMPING": ("oil_gas",),
    "PORT_EXPORT_LOGISTICS": ("port",),
    "RAIL_STRATEGIC_LOGISTICS": ("rail",),
    "REFINING_PETROCHEM_GAS": ("oil_gas",),
    "STRATEGIC_AIRBASE": ("military",),
}
"""Classes of the derived subset, which found them by keywords."""

_IN_RUSSIA: Final = "COORDINATE_RU_STRICT"
_INITIATORS: Final = {"a_rus_init": "RUS", "a_ukr_init": "UKR"}
_CODER: Final = "VIINA 2.0 (Zhukov and Ayers)"
_NARROWED: Final = (
    "The day coded is narrowed to the time from the first to the last air-raid alert of the region"
    " on that day."
)
_DAY_BASIS: Final = "VIINA codes the day of the report; the zone of its days is not stated."


def read(path: str, options: Options) -> Reading:
    """Begin a pass over a `VIINA_*_REBUILD.csv`, plain or gzipped.

    Raises:
        NotThisSetError: it is none, or the table of alerts has a row that cannot be read.
        OSError: one of the files cannot be read.
    """
    conflict = options.conflict or CONFLICT
    alerts = None if options.alerts is None else load(str(options.alerts))

    def event(body: Body, event_id: str) -> Event[Body]:
        return event_of(body, source=SOURCE, event_id=event_id, time=_RELEASED, conflict=conflict)

    def make(cells: Cells) -> tuple[Event[Body], ...]:
        report, event_id = _report(cells), _id(cells)
        own = event(report, event_id)
        narrower = None if alerts is None else _narrowed(report, event_id, alerts)
        # The report stays as it is, so that it is a repeat when it was recorded without alerts.
        return (own,) if narrower is None else (own, event(narrower, f"{event_id}/alerts"))

    return read_table(path, columns=_COLUMNS, make=make, identify=_id)


def _narrowed(report: StrikeReported, event_id: str, alerts: Alerts) -> StrikeCorrected | None:
    region = report.place.admin1
    occurred = None if region is None else alerts.narrowed(report.occurred, region)
    if occurred is None:
        return None
    return StrikeCorrected(
        corrects=EventRef(source=SOURCE, id=event_id),
        reason=_NARROWED,
        replacement=replace(report, occurred=occurred),
    )


def _id(cells: Cells) -> str:
    # VIINA numbers its events anew each year.
    return f"{cells.required('date')[:4]}/{cells.required('event_id_1pd')}"


def _report(cells: Cells) -> StrikeReported:
    place = _place(cells)
    return StrikeReported(
        occurred=_day(cells, "Europe/Moscow" if place.country == "RU" else "Europe/Kyiv"),
        place=place,
        attribution=tuple(
            Attribution(party=party, basis="coded_by_dataset", by=_CODER)
            for column, party in _INITIATORS.items()
            if cells.flag(column)
        ),
        targets=_targets(cells),
        claimant=Claimant(name=_CODER, role="data set coded from news reports"),
        articles=tuple(dict.fromkeys(filter(None, (cells.text("source_urls") or "").split("|")))),
    )


def _day(cells: Cells, zone: str) -> Window:
    written = cells.required("date")
    if len(written) != len("20250118") or not (written.isascii() and written.isdigit()):
        raise RowError("date", f"{written[:40]!r} is no day written as YYYYMMDD")
    day = f"{written[:4]}-{written[4:6]}-{written[6:]}"
    try:
        window = Window.parse(day, zone=zone, zone_basis="assumed", basis=_DAY_BASIS)
    except ValueError as error:
        raise RowError("date", str(error)) from error
    return replace(window, as_written=written)


def _place(cells: Cells) -> Place:
    admin1 = country = None
    region = cells.text("ADM1_NAME")
    if region is not None:
        admin1 = UKRAINE.get(region.casefold())
        if admin1 is None:
            raise RowError("ADM1_NAME", f"{region[:40]!r} is no first-order region of Ukraine")
        country = "UA"
    elif cells.text("location_method") == _IN_RUSSIA:
        country = "RU"
    return Place(
        name=cells.text("asciiname"),
        country=country,
        admin1=admin1,
        geonames=cells.integer("geonameid"),
        lat=cells.number("latitude"),
        lon=cells.number("longitude"),
    )


def _targets(cells: Cells) -> tuple[Topic, ...]:
    targets: set[Topic] = set()
    for name in cells.required("target_classes").split("|"):
        if name not in _TARGETS:
            raise RowError("target_classes", f"{name[:40]!r} is no class of this set")
        targets.update(_TARGETS[name])
    return tuple(sorted(targets))


VIINA: Final = Connector(
    name="viina",
    about="strikes on energy, fuel, munitions and airbases, 2022-2025 (VIINA 2.0 subset, CSV)",
    licence="ODbL-1.0",
    source=SOURCE,
    takes=frozenset({"alerts"}),
    read=read,
)
"""The VIINA connector."""
