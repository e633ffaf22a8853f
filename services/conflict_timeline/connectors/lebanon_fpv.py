"""`lebanon-fpv`: strikes by FPV drones of which Hezbollah published footage (CC0 metadata)."""

import gzip
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec
from msgspec import Raw, Struct

from conflict_events.envelope import Event
from conflict_events.events import Body, StrikeReported
from conflict_events.figures import Weapon
from conflict_events.parties import Attribution, Claimant
from conflict_events.place import Place
from conflict_events.window import Window
from conflict_timeline.connectors.connector import (
    Connector,
    Options,
    Reading,
    RefusedRow,
    Row,
    event_of,
)
from conflict_timeline.connectors.errors import NotThisSetError, RowError
from conflict_timeline.connectors.tables import Cells, read_table

SOURCE: Final = "https://github.com/itamarwe/fpv-drone-strikes-lebanon-dataset"
CONFLICT: Final = "lebanon"

_RELEASED: Final = datetime(2026, 7, 15, 6, 55, 54, tzinfo=UTC)
"""When the set was published; its rows have no time of their own."""

_PARTY: Final = "hezbollah"
_CATALOGUE_BYTES_MAX: Final = 64 * 1024 * 1024
"""A catalogue is read as a whole, and has 0.1 MB."""

_COLUMNS: Final = ("date", "description", "town", "lat", "lon", "video_url")

_IN_LEBANON: Final = frozenset(
    {
        "Adaissah",
        "Ainata",
        "Al Bayada / Bayyadah",
        "Arnoun",
        "Ayta ash Shab / Aita al-Shaab",
        "Beaufort Castle",
        "Beit Lif",
        "Bint Jbeil",
        "Deir Seryan / Khallet al-Raj",
        "Dibel / Debel",
        "Haddatha",
        "Houla",
        "Jabal Blat",
        "Kfar Tebnit",
        "Khiam",
        "Majdal Zoun",
        "Markaba",
        "Naqoura",
        "Qouzah",
        "Rachaf / Rashaf",
        "Taybeh",
        "Tayr Harfa",
        "Yahmor al-Shaqif",
        "Zawtar al-Sharqiyah",
    }
)
"""Towns of the set that lie in Lebanon. Whatever is not here or below has no country: sites on the
border, hills, and towns that a later release adds."""

_IN_ISRAEL: Final = frozenset({"Margaliot", "Misgav Am", "Shlomi", "Shomera"})
"""Towns of the set that lie in Israel; so do those with `(Israel)` in their name. Manara does not
stand here: the set has a position across the border under its name too."""

_MILITARY: Final = re.compile(
    r"\b(?:anti drone|apc|armou?red|army|artillery|barracks|brigade|command|commander"
    r"|counter-drone|d9|engineering vehicle|forces?|headquarters|howitzer|hq|humvee|hummer"
    r"|iron dome|logistics (?:point|position|vehicle)|m113|merkava|military|namera?"
    r"|personnel carrier|positions?|soldiers?|tanks?|troop)\b",
    re.IGNORECASE,
)
"""Words of the descriptions that tell a military target; a camera or a tent alone does not."""

_ABABIL: Final = re.compile(r"\bababil\b", re.IGNORECASE)
_STEM: Final = re.compile(r"[A-Za-z0-9._-]{1,120}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_BASIS: Final = (
    "The set gives a day, and does not say whether of the attack or of the footage;"
    " the zone of its days is not stated."
)


def read(path: str, options: Options) -> Reading:
    """Begin a pass over `fpv_drone_map_records.csv` or `catalog.json`."""
    conflict = options.conflict or CONFLICT
    if path.endswith((".json", ".json.gz")):
        return Reading(_videos(path, conflict))

    def make(cells: Cells) -> tuple[Event[Body], ...]:
        cells.required("lat")
        cells.required("lon")
        return (_event(cells, _map_id(cells), conflict),)

    return read_table(path, columns=_COLUMNS, make=make, identify=_map_id)


def _map_id(cells: Cells) -> str:
    # The address is the publisher's; its file name is what the catalogue calls the video.
    name = cells.required("video_url").rpartition("/")[2]
    return f"map/{_stem(cells, 'video_url', PurePosixPath(name).stem)}"


def _catalogue_id(cells: Cells) -> str:
    return f"catalogue/{_stem(cells, 'id', cells.required('id'))}"


def _stem(cells: Cells, column: str, stem: str) -> str:
    if _STEM.fullmatch(stem) is None:
        raise RowError(column, f"{cells.text(column)!r:.80} names no video")
    return stem


def _event(cells: Cells, event_id: str, conflict: str) -> Event[Body]:
    report = _report(cells, event_id.partition("/")[2])
    return event_of(report, source=SOURCE, event_id=event_id, time=_RELEASED, conflict=conflict)


def _report(cells: Cells, stem: str) -> StrikeReported:
    description = cells.required("description")
    return StrikeReported(
        occurred=_day(cells),
        place=_place(cells),
        incident=f"itamarwe:{stem}",
        attribution=(
            Attribution(
                party=_PARTY, basis="claimed_by_attacker", by="Hezbollah (published footage)"
            ),
        ),
        weapons=(
            Weapon(
                family="fpv_drone",
                model="Ababil" if _ABABIL.search(description) else None,
            ),
        ),
        targets=("military",) if _MILITARY.search(description) else (),
        claimant=Claimant(name="Hezbollah", role="attacker, by published footage", party=_PARTY),
    )


def _day(cells: Cells) -> Window:
    written = cells.required("date")
    if _DAY.fullmatch(written) is None:
        raise RowError("date", f"{written[:40]!r} is no day written as YYYY-MM-DD")
    try:
        return Window.parse(written, zone="Asia/Beirut", zone_basis="assumed", basis=_DAY_BASIS)
    except ValueError as error:
        raise RowError("date", str(error)) from error


def _place(cells: Cells) -> Place:
    town = cells.required("town")
    country = None
    if town in _IN_LEBANON:
        country = "LB"
    elif town in _IN_ISRAEL or "(Israel)" in town:
        country = "IL"
    return Place(name=town, country=country, lat=cells.number("lat"), lon=cells.number("lon"))


# The catalogue.


class _Catalogue(Struct):
    videos: list[Raw]


class _Video(Struct):
    id: str = ""
    date: str = ""
    description: str = ""
    town: str = ""


def _videos(path: str, conflict: str) -> Iterator[Row | RefusedRow]:
    """The rows of a catalogue, one a video.

    Raises:
        NotThisSetError: it is none.
        OSError: it cannot be read.
    """
    try:
        with gzip.open(path) if path.endswith(".gz") else Path(path).open("rb") as file:
            raw = file.read(_CATALOGUE_BYTES_MAX + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise NotThisSetError(f"{path} is no gzipped file: {error}") from error
    if len(raw) > _CATALOGUE_BYTES_MAX:
        raise NotThisSetError(f"{path} is not of this set: it is longer than any catalogue")
    try:
        videos = msgspec.json.decode(raw, type=_Catalogue).videos
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotThisSetError(f"{path} is no catalogue of this set: {error}") from error
    return _rows(raw, videos, conflict)


def _rows(raw: bytes, videos: list[Raw], conflict: str) -> Iterator[Row | RefusedRow]:
    line, at = 1, 0
    for video in videos:
        text = bytes(video)
        begins = raw.index(text, at)
        line += raw.count(b"\n", at, begins)
        yield _row(line, video, conflict)
        line += text.count(b"\n")
        at = begins + len(text)


def _row(line: int, video: Raw, conflict: str) -> Row | RefusedRow:
    try:
        found = msgspec.json.decode(video, type=_Video)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return RefusedRow(line, None, "$", str(error))
    cells = Cells(msgspec.structs.asdict(found))
    try:
        event_id = _catalogue_id(cells)
    except RowError as error:
        return RefusedRow(line, None, f"$.{error.column}", error.message)
    try:
        return Row(line, (_event(cells, event_id, conflict),))
    except RowError as error:
        return RefusedRow(line, event_id, f"$.{error.column}", error.message)


LEBANON_FPV: Final = Connector(
    name="lebanon-fpv",
    about="strikes by FPV drones, by Hezbollah's own footage, 2026 (map CSV or catalog.json)",
    licence="CC0-1.0",
    source=SOURCE,
    read=read,
)
"""The connector of FPV drone strikes on the front between Lebanon and Israel."""
