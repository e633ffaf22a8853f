"""Selections of logs that are told in a few words, and events that fill every column."""

from collections.abc import Sequence
from typing import Final

from conflict_timeline.queries.exports.columns import Table
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.exports.spreadsheet import Cell
from conflict_timeline.queries.exports.tables import TABLES
from conflict_timeline.queries.filters import Filters, chooser
from conflict_timeline.testing import Json, article, denial, record, statement, strike
from tests.queries.views import entries, view_of

_BESIDE: Final = {"pairings": ("chronology", "incidents"), "figures": ("incidents",)}

FORMULA: Final = "=HYPERLINK(\"https://evil.example\"; 'x')"
CYRILLIC: Final = '«Мы никогда не подвергали опасности…»\nвторая строка, с запятой и "кавычками"'  # noqa: RUF001 - Russian
RIGHT_TO_LEFT: Final = "לא תקפנו\u200f (שדה תעופה) 7"

SPOKE: Final = {"name": RIGHT_TO_LEFT, "id": "Q1", "role": "Speaker", "party": "RUS"}
WORDS: Final = denial(
    "2025-02-18T10:00:00Z/2025-02-18T14:25:00Z",
    speaker={"name": "Sergei Lavrov", "id": "Q58217", "role": "Minister", "party": "RUS"},
    proposition="Energy supply was never endangered.",
    about=["RUS"],
    regions=["UA"],
    quotes=[
        {"lang": "ru", "text": CYRILLIC, "complete": False},
        {"lang": "en", "text": "never endangered", "translator": "an agency"},
    ],
    articles=["https://news.example/1"],
    id="words",
)
VOW: Final = statement(
    "2025-02-01T10:00:00.250000Z",
    act="promise",
    speaker=SPOKE,
    validity={"earliest": "2025-02-18T00:00:00Z", "latest": "2025-03-20T00:00:00Z"},
    id="vow",
)
THREAT: Final = statement(
    "2025-02-20T10:00:00Z",
    act="threaten",
    speaker=SPOKE,
    id="threat",
)
NEWS: Final = article(
    "2025-02-18T15:00:00Z",
    title=FORMULA,
    lang="en",
    outlet={"name": "+News", "group": "@Group", "country": "GB"},
    archive_urls=["https://archive.example/1", "https://archive.example/2"],
    id="news",
)
ODESA: Final = strike(
    {
        "earliest": "2025-02-18T20:00:00Z",
        "latest": "2025-02-19T05:00:00Z",
        "as_written": "overnight",
        "edtf": "2025-02-18/2025-02-19",
    },
    place={
        "name": "Odesa",
        "as_written": "-1+1|cmd",
        "country": "UA",
        "admin1": "UA-51",
        "geonames": 698740,
        "lat": 46.48,
        "lon": 30.73,
        "radius_m": 5000.5,
        "where_prec": 1,
        "controlled_by": "UKR",
    },
    attribution=[
        {"party": "RUS", "basis": "alleged_by_target", "by": "A mayor", "disputed_by": ["RUS"]},
        {"party": "RUS", "basis": "assessed"},
    ],
    weapons=[
        {"family": "one_way_drone", "model": "Shahed", "status": "contested"},
        {"family": "missile"},
    ],
    grade="fair",
    figures=[
        {"measure": "injured", "unit": "people", "best": 4, "claimant": FORMULA},
        {
            "measure": "injured",
            "unit": "people",
            "low": 5,
            "high": 9,
            "as_written": "five to nine",
            "as_of": "2025-02-19T06:00:00Z",
            "claimant": {"name": "A mayor", "role": "Mayor", "party": "UKR"},
        },
    ],
    claimant={"name": "Air Force", "role": "Service", "party": "UKR"},
    articles=["https://news.example/1", "https://news.example/2"],
    id="odesa",
)
SOUTH: Final = strike(
    "2025-02-10T00:00:00Z",
    place={"name": "Cape Town", "country": "ZA", "lat": -33.9, "lon": 18.4},
    targets=[],
    id="south",
)
WAVE: Final = strike(
    "2025-02-18T18:00:00Z/2025-02-19T06:00:00Z",
    place={"country": "UA"},
    scope="wave",
    figures=[{"measure": "launched", "unit": "drones", "best": 0, "claimant": "Air Force"}],
    id="wave",
)
FULL: Final[Sequence[Json]] = (WORDS, VOW, THREAT, NEWS, ODESA, SOUTH, WAVE)
"""Events that between them fill every column of every table."""


def daily(days: int) -> list[Json]:
    """A strike in the morning of each of so many days before 18 February 2025."""
    return [
        strike(f"{when}T06:00:00Z/{when}T07:00:00Z", place={"country": "UA", "name": f"Town {day}"})
        for day in range(days)
        for when in [f"2025-{'01' if day < 31 else '02'}-{day % 31 + 1:02}"]
    ]


def selection(projection: str, *events: Json, **filters: object) -> Selection:
    """The entries of a log that filters choose, as an export has them."""
    beside = _BESIDE.get(projection, ())
    view = view_of(*events) if projection == "pairings" else None
    texts = None if view is None else view.texts
    chosen = chooser(projection, Filters(**filters), texts=texts)  # type: ignore[arg-type]  # Any of them.
    return Selection(
        conflict="ukraine",
        projection=projection,
        versions=dict.fromkeys(sorted({projection, *beside}), 1),
        position=len(record(events)),
        entries=[entry for entry in entries(projection, events) if chosen(entry)],
        view=view,
    )


def rows(of: Selection) -> list[dict[str, Cell]]:
    """The flat rows, by column."""
    table: Table[object] = TABLES[of.projection]
    names = [column.name for column in table.columns]
    return [dict(zip(names, table.cells(row), strict=True)) for row in table.rows(of)]
