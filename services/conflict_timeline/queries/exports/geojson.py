"""GeoJSON (RFC 7946): incidents and pairs on a map, with the columns of their tables."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.exports.tables import TABLES

MAPPED: Final = ("incidents", "pairings")
"""Projections whose entries lie at one place."""


def feature_collection(selection: Selection) -> Iterator[bytes]:
    """The collection, a feature a line; what it is as of stands before the features.

    An entry whose place has no point has no geometry, and is there all the same.

    Raises:
        ValueError: entries of the projection do not lie at one place.
    """
    if selection.projection not in MAPPED:
        raise ValueError(f"{selection.projection} is not on a map; {', '.join(MAPPED)} are")
    head = msgspec.json.encode({"type": "FeatureCollection", **selection.citation()})
    yield head.removesuffix(b"}") + b',"features":['
    between = b"\n"
    for feature in _features(selection):
        yield between + msgspec.json.encode(feature)
        between = b",\n"
    yield b"\n]}\n"


def _features(selection: Selection) -> Iterator[dict[str, Any]]:
    table = TABLES[selection.projection]
    names = [column.name for column in table.columns]
    for row in table.rows(selection):
        properties = dict(zip(names, table.cells(row), strict=True))
        lat, lon = properties["place_lat"], properties["place_lon"]
        is_point = lat is not None and lon is not None
        yield {
            "type": "Feature",
            "id": properties["entry"],
            "geometry": {"type": "Point", "coordinates": [lon, lat]} if is_point else None,
            "properties": properties,
        }
