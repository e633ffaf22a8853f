"""Which places are one place to the grouping (semantics, incidents, rule 2)."""

import unicodedata

import pytest

from conflict_timeline.projections.incidents import Incidents
from conflict_timeline.projections.places import geohash

from .folding import Json
from .kit import given, incident, strike, then

ONE_PLACE: list[tuple[str, Json, Json]] = [
    (
        "one GeoNames id, though everything else differs",
        {"geonames": 709930, "name": "Dnipro", "admin1": "UA-12"},
        {"geonames": 709930, "name": "Dnipropetrovsk", "admin1": "UA-23", "country": "RU"},
    ),
    (
        "one admin1 and name, though countries and points differ",
        {"name": "Sudzha", "admin1": "RU-KRS", "country": "RU", "lat": 51.2, "lon": 35.3},
        {"name": "Sudzha", "admin1": "RU-KRS", "lat": 1.0, "lon": 1.0},
    ),
    (
        "names in upper and lower case",
        {"name": "KRYVYI RIH", "admin1": "UA-12"},
        {"name": "Kryvyi Rih", "admin1": "UA-12"},
    ),
    (
        "names that fold to other letters",
        {"name": "Hauptstraße", "country": "DE"},
        {"name": "HAUPTSTRASSE", "country": "DE"},
    ),
    (
        "blanks around and within a name",
        {"name": " Kryvyi\t \u00a0Rih ", "admin1": "UA-12"},
        {"name": "Kryvyi Rih", "admin1": "UA-12"},
    ),
    (
        "composed and decomposed letters",
        {"name": unicodedata.normalize("NFC", "Йосипівка"), "admin1": "UA-30"},
        {"name": unicodedata.normalize("NFD", "Йосипівка"), "admin1": "UA-30"},
    ),
    (
        "one country and name where no admin1 is given",
        {"name": "Sudzha", "country": "RU", "lat": 51.2, "lon": 35.3},
        {"name": "sudzha", "country": "RU"},
    ),
    (
        "two points of one geohash cell",
        {"lat": 50.4501, "lon": 30.5234},
        {"lat": 50.451, "lon": 30.524, "admin1": "UA-30", "country": "UA"},
    ),
    (
        "a name that says neither admin1 nor country counts by its point",
        {"name": "The mine", "lat": 50.4501, "lon": 30.5234},
        {"lat": 50.4501, "lon": 30.5234},
    ),
    (
        "an admin1 alone",
        {"admin1": "UA-12", "country": "UA"},
        {"admin1": "UA-12", "as_written": "область"},
    ),
]

TWO_PLACES: list[tuple[str, Json, Json]] = [
    (
        "a GeoNames id and the same name without it: the stated limit",
        {"geonames": 698740, "name": "Odesa", "admin1": "UA-51"},
        {"name": "Odesa", "admin1": "UA-51"},
    ),
    (
        "one name in two admin1s",
        {"name": "Pervomaisk", "admin1": "UA-48", "country": "UA"},
        {"name": "Pervomaisk", "admin1": "UA-09", "country": "UA"},
    ),
    (
        "one name with an admin1 and without",
        {"name": "Pervomaisk", "admin1": "UA-48", "country": "UA"},
        {"name": "Pervomaisk", "country": "UA"},
    ),
    (
        "names that only a compatibility form makes equal",
        {"name": "Mine №1", "admin1": "UA-14"},
        {"name": "Mine No1", "admin1": "UA-14"},
    ),
    (
        "two points of two geohash cells",
        {"lat": 50.4501, "lon": 30.5234},
        {"lat": 50.6, "lon": 30.5234},
    ),
    (
        "points on both sides of the equator, a hair apart",
        {"lat": 0.0, "lon": 30.5},
        {"lat": -0.000001, "lon": 30.5},
    ),
    (
        "points on both sides of a meridian, a hair apart",
        {"lat": 50.5, "lon": 0.0},
        {"lat": 50.5, "lon": -0.000001},
    ),
    (
        "an admin1 alone and a town in it",
        {"admin1": "UA-12"},
        {"admin1": "UA-12", "name": "Dnipro"},
    ),
    ("a country alone, and the same", {"country": "UA"}, {"country": "UA"}),
    ("a name alone, and the same", {"name": "Somewhere"}, {"name": "Somewhere"}),
    (
        "what the source wrote, and the same",
        {"as_written": "под Сумами", "country": "UA"},
        {"as_written": "под Сумами", "country": "UA"},
    ),
]


def _named(case: tuple[str, Json, Json]) -> str:
    return case[0]


@pytest.mark.parametrize("case", ONE_PLACE, ids=_named)
def test_reports_of_one_place_meet(case: tuple[str, Json, Json]) -> None:
    _, here, there = case
    hour = strike("18T22:00/18T23:00", place=here)
    night = strike("18T18:00/19T07:00", place=there)
    given(hour, night)

    then(Incidents()).holds(incident(hour, night, place=here))


@pytest.mark.parametrize("case", TWO_PLACES, ids=_named)
def test_reports_of_two_places_do_not_meet(case: tuple[str, Json, Json]) -> None:
    _, here, there = case
    hour = strike("18T22:00/18T23:00", place=here)
    night = strike("18T18:00/19T07:00", place=there)
    given(hour, night)

    then(Incidents()).holds(incident(hour, place=here), incident(night, place=there))


@pytest.mark.parametrize(
    ("lat", "lon", "digits"),
    [
        (57.64911, 10.40744, "u4pruydqqvj"),
        (42.605, -5.603, "ezs42"),
        (-25.382708, -49.265506, "6gkz"),
    ],
)
def test_geohashes_have_the_published_digits(lat: float, lon: float, digits: str) -> None:
    assert geohash(lat, lon, len(digits)) == digits
