"""GeoJSON: features that a map can show, with the columns of the tables as properties."""

import json
from typing import Final

import pytest

from conflict_timeline.queries.exports.geojson import MAPPED, feature_collection
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.exports.tables import TABLES
from conflict_timeline.testing import Json, key_of, strike
from tests.queries.exporting import CYRILLIC, FULL, ODESA, SOUTH, WORDS, rows, selection

NOWHERE: Final = strike(
    "2025-02-18T16:00:00Z/2025-02-18T17:00:00Z", place={"country": "UA"}, id="nowhere"
)


def collection(of: Selection) -> Json:
    """The collection, as a reader gets it."""
    read: Json = json.loads(b"".join(feature_collection(of)))
    return read


@pytest.mark.parametrize("projection", MAPPED)
def test_a_feature_has_the_typed_cells_of_its_row(projection: str) -> None:
    of = selection(projection, *FULL, NOWHERE)

    read = collection(of)

    assert [feature["properties"] for feature in read["features"]] == rows(of)
    assert [feature["id"] for feature in read["features"]] == [one.entry for one in of.entries]
    assert len(read["features"]) > 1


def test_a_point_is_longitude_then_latitude() -> None:
    features = {one["id"]: one for one in collection(selection("incidents", *FULL))["features"]}

    assert features[f"i-{key_of(SOUTH)}"]["geometry"] == {
        "type": "Point",
        "coordinates": [18.4, -33.9],
    }


def test_an_entry_without_a_point_is_there_without_geometry() -> None:
    (feature,) = collection(selection("incidents", NOWHERE))["features"]

    assert feature["geometry"] is None
    assert feature["type"] == "Feature"
    assert feature["properties"]["place_country"] == "UA"


def test_a_collection_says_what_it_is_as_of() -> None:
    read = collection(selection("pairings", WORDS, ODESA))

    del read["features"]
    assert read == {
        "type": "FeatureCollection",
        "conflict": "ukraine",
        "projection": "pairings",
        "version": 1,
        "versions": {"chronology": 1, "incidents": 1, "pairings": 1},
        "position": 2,
        "rules": "pairings/1",
    }


def test_texts_are_as_they_were_since_nothing_runs_them() -> None:
    features = collection(selection("pairings", WORDS, ODESA))["features"]

    assert features[0]["properties"]["quote"] == CYRILLIC
    assert features[0]["properties"]["place_as_written"] == "-1+1|cmd"


def test_a_collection_of_nothing_has_no_features() -> None:
    assert collection(selection("incidents"))["features"] == []


@pytest.mark.parametrize("projection", sorted(set(TABLES) - set(MAPPED)))
def test_what_does_not_lie_at_one_place_is_not_on_a_map(projection: str) -> None:
    with pytest.raises(ValueError, match="incidents, pairings are"):
        list(feature_collection(selection(projection, *FULL)))
