"""Place keys: which reports may speak of the same place at all."""

import unicodedata
from typing import Final

from conflict_events.place import Place

_BASE32: Final = "0123456789bcdefghjkmnpqrstuvwxyz"
_GEOHASH_PRECISION: Final = 5
"""About 4.9 km by 4.9 km at the equator."""


def place_key(place: Place) -> str | None:
    """The key of the block that a report at this place belongs to; None: it stays alone."""
    if place.geonames is not None:
        return f"geonames:{place.geonames}"
    name = folded(place.name) if place.name is not None else ""
    if name and place.admin1 is not None:
        return f"{place.admin1}/{name}"
    if name and place.country is not None:
        return f"{place.country}/{name}"
    if place.lat is not None and place.lon is not None:
        return geohash(place.lat, place.lon)
    return place.admin1


def folded(name: str) -> str:
    """A name as it is compared: NFC, stripped, runs of blanks made one, casefolded."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def geohash(lat: float, lon: float, precision: int = _GEOHASH_PRECISION) -> str:
    """The geohash of a point: bits of longitude and latitude in turn, five a character."""
    lat_low, lat_high, lon_low, lon_high = -90.0, 90.0, -180.0, 180.0
    value = 0
    for bit in range(precision * 5):
        value <<= 1
        if bit % 2 == 0:
            middle = (lon_low + lon_high) / 2
            if lon >= middle:
                value |= 1
                lon_low = middle
            else:
                lon_high = middle
        else:
            middle = (lat_low + lat_high) / 2
            if lat >= middle:
                value |= 1
                lat_low = middle
            else:
                lat_high = middle
    return "".join(_BASE32[value >> 5 * place & 31] for place in range(precision - 1, -1, -1))
