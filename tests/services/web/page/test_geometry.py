"""The maps: every region by its code, where it lies, and drawn the way round that d3-geo fills."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import pytest

from tests.services.web.page.building import BUILT

Point = tuple[float, float]
Ring = list[Point]
Shape = list[list[Ring]]
"""Polygons, each an outer ring and its holes; degrees east and north."""

BYTES_MAX: Final = 25_000

SEATS: Final[dict[str, dict[str, Point]]] = {
    "LB": {
        "LB-AS": (35.845, 34.436),  # Tripoli
        "LB-BA": (35.505, 33.889),  # Beirut
        "LB-BI": (35.902, 33.846),  # Zahlé
        "LB-JA": (35.380, 33.545),  # Sidon, somewhat inland
        "LB-JL": (35.545, 33.830),  # Baabda
        "LB-NA": (35.484, 33.378),  # Nabatieh
    },
    "UA": {
        "UA-05": (28.468, 49.233),  # Vinnytsia
        "UA-07": (25.325, 50.747),  # Lutsk
        "UA-09": (39.308, 48.574),  # Luhansk
        "UA-12": (35.046, 48.465),  # Dnipro
        "UA-14": (37.803, 48.016),  # Donetsk
        "UA-18": (28.659, 50.255),  # Zhytomyr
        "UA-21": (22.400, 48.600),  # Uzhhorod, somewhat inland
        "UA-23": (35.139, 47.839),  # Zaporizhzhia
        "UA-26": (24.711, 48.923),  # Ivano-Frankivsk
        "UA-30": (30.523, 50.450),  # Kyiv
        "UA-32": (30.120, 49.796),  # Bila Tserkva
        "UA-35": (32.262, 48.508),  # Kropyvnytskyi
        "UA-40": (33.610, 44.580),  # Sevastopol, somewhat inland
        "UA-43": (34.100, 44.952),  # Simferopol
        "UA-46": (24.030, 49.839),  # Lviv
        "UA-48": (31.995, 46.975),  # Mykolaiv
        "UA-51": (30.700, 46.480),  # Odesa
        "UA-53": (34.551, 49.588),  # Poltava
        "UA-56": (26.251, 50.619),  # Rivne
        "UA-59": (34.798, 50.907),  # Sumy
        "UA-61": (25.595, 49.554),  # Ternopil
        "UA-63": (36.231, 49.993),  # Kharkiv
        "UA-65": (32.617, 46.640),  # Kherson
        "UA-68": (26.987, 49.423),  # Khmelnytskyi
        "UA-71": (32.062, 49.440),  # Cherkasy
        "UA-74": (31.290, 51.494),  # Chernihiv
        "UA-77": (25.935, 48.292),  # Chernivtsi
    },
}
"""Every region of ISO 3166-2 that has a shape of its own, and a town in it."""

COUNTRIES: Final = sorted(SEATS)


def map_of(country: str) -> dict[str, Any]:
    """The map of a country, as it is served."""
    found: dict[str, Any] = json.loads((BUILT / f"geometry-{country}.json").read_bytes())
    return found


def regions(country: str) -> list[dict[str, Any]]:
    """The regions on it."""
    found: list[dict[str, Any]] = map_of(country)["objects"]["regions"]["geometries"]
    return found


def shapes(country: str) -> Iterator[tuple[str, Shape]]:
    """Its regions by code; TopoJSON specification, 2.1.1 and 2.1.4."""
    found = map_of(country)
    (sx, sy), (tx, ty) = found["transform"]["scale"], found["transform"]["translate"]
    arcs: list[Ring] = []
    for steps in found["arcs"]:
        x, y = 0, 0
        arcs.append([])
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arcs[-1].append((x * sx + tx, y * sy + ty))

    def ring(numbers: list[int]) -> Ring:
        points: Ring = []
        for number in numbers:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += arc[1:] if points else arc
        return points

    for one in regions(country):
        polygons = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
        yield one["id"], [[ring(numbers) for numbers in polygon] for polygon in polygons]


def area(ring: Ring) -> float:
    """Square degrees; above zero when the ring goes counterclockwise."""
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairwise(ring)) / 2


def holds(shape: Shape, point: Point) -> bool:
    """Tell whether a line from a point to the east crosses the rings an odd number of times."""
    x, y = point
    crossed = sum(
        (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay)
        for polygon in shape
        for ring in polygon
        for (ax, ay), (bx, by) in pairwise(ring)
    )
    return crossed % 2 == 1


def test_every_map_is_listed_with_the_regions_and_the_bounds_that_it_has() -> None:
    listed = json.loads((BUILT / "geometry.json").read_bytes())

    assert sorted(listed) == COUNTRIES
    for country, one in listed.items():
        assert one["file"] == f"geometry-{country}.json"
        assert one["regions"] == len(regions(country))
        west, south, east, north = one["bounds"]
        for _, shape in shapes(country):
            assert all(
                west - 0.01 <= x <= east + 0.01 and south - 0.01 <= y <= north + 0.01
                for polygon in shape
                for ring in polygon
                for x, y in ring
            )


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_map_has_each_region_once_by_its_iso_code_and_with_a_name(country: str) -> None:
    assert sorted(one["id"] for one in regions(country)) == sorted(SEATS[country])
    assert all(one["properties"]["name"] for one in regions(country))


@pytest.mark.parametrize("country", COUNTRIES)
def test_each_region_lies_where_its_town_is_and_no_other_does(country: str) -> None:
    drawn = dict(shapes(country))

    found = {
        code: [other for other, shape in drawn.items() if holds(shape, town)]
        for code, town in SEATS[country].items()
    }

    assert found == {code: [code] for code in SEATS[country]}


@pytest.mark.parametrize("country", COUNTRIES)
def test_outer_rings_go_clockwise_and_holes_do_not(country: str) -> None:
    for code, shape in shapes(country):
        for outer, *holes in shape:
            assert area(outer) < 0, f"{code} would fill the globe"
            assert all(area(hole) > 0 for hole in holes), code


@pytest.mark.parametrize("country", COUNTRIES)
def test_rings_are_closed_and_enclose_something(country: str) -> None:
    for code, shape in shapes(country):
        for polygon in shape:
            for ring in polygon:
                assert ring[0] == ring[-1], code
                assert len(ring) >= 4, code


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_map_is_small(country: str) -> None:
    assert (BUILT / f"geometry-{country}.json").stat().st_size <= BYTES_MAX
