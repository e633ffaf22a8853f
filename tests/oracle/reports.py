"""What counts, for the oracle: the effective bodies of a log, and the places they speak of."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from .times import Json, Span, microseconds, span_of

REPORTING: Final = frozenset({"published", "made", "reported"})
GEOHASH_DIGITS: Final = "0123456789bcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class Effective:
    """A report that counts: the body that holds, the position, source and time of its own event.

    `told` is the time of the event or of the amendment whose body holds.
    """

    key: str
    kind: str
    position: int
    source: str
    time: str
    told: str
    body: Json

    @property
    def occurred(self) -> Span:
        """When the strike was."""
        return span_of(self.body["occurred"])

    @property
    def rank(self) -> tuple[int, int, str]:
        """The order of rule 3."""
        return (self.occurred.length, self.occurred.start, self.key)


def words(value: Json, name: str) -> list[str]:
    """A list of words; none where it is absent."""
    return value.get(name) or []


def parts(value: Json, name: str) -> list[Json]:
    """A list of structures; none where it is absent."""
    return value.get(name) or []


def event_key(source: str, event_id: str) -> str:
    """First 16 bytes of SHA-256(`source` LF `id`), in hex."""
    return sha256(f"{source}\n{event_id}".encode()).hexdigest()[:32]


def key_of(event: Json) -> str:
    """The event key of an event."""
    return event_key(event["source"], event["id"])


def words_of(event: Json) -> tuple[str, str]:
    """Kind and verb: the second and third word of an event's type."""
    _, kind, verb, _ = event["type"].split(".")
    return kind, verb


def amended_by(event: Json) -> str | None:
    """The key of the event that this event amends, if it is an amendment."""
    naming = {"corrected": "corrects", "retracted": "retracts"}.get(words_of(event)[1])
    if naming is None:
        return None
    named = event["data"][naming]
    return event_key(named["source"], named["id"])


def amendment_order(event: Json) -> tuple[int, bytes, bytes]:
    """The last one in this order holds."""
    return (microseconds(event["time"]), event["source"].encode(), event["id"].encode())


def effective(events: Sequence[Json]) -> dict[str, Effective]:
    """Every report that is not retracted, by event key, with the body that holds."""
    amendments: dict[tuple[str, str], list[Json]] = {}
    for event in events:
        amended = amended_by(event)
        if amended is not None:
            amendments.setdefault((amended, words_of(event)[0]), []).append(event)
    found: dict[str, Effective] = {}
    for position, event in enumerate(events, start=1):
        kind, verb = words_of(event)
        if verb not in REPORTING:
            continue
        key = key_of(event)
        body: Json | None = event["data"]
        told = event["time"]
        if (key, kind) in amendments:
            last = max(amendments[key, kind], key=amendment_order)
            body = last["data"]["replacement"] if words_of(last)[1] == "corrected" else None
            told = last["time"]
        if body is not None:
            found[key] = Effective(key, kind, position, event["source"], event["time"], told, body)
    return found


def plain(name: str) -> str:
    """NFC, stripped, runs of blanks made one, casefolded."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def geohash(lat: float, lon: float) -> str:
    """Five digits: 25 bits, longitude first; a value on a middle belongs to the upper half."""
    low = {"lat": -90.0, "lon": -180.0}
    high = {"lat": 90.0, "lon": 180.0}
    value = {"lat": lat, "lon": lon}
    number = 0
    for turn in range(25):
        axis = "lon" if turn % 2 == 0 else "lat"
        middle = (low[axis] + high[axis]) / 2
        upper = value[axis] >= middle
        (low if upper else high)[axis] = middle
        number = number * 2 + upper
    return "".join(GEOHASH_DIGITS[number >> shift & 31] for shift in (20, 15, 10, 5, 0))


def place_key(place: Json) -> str | None:
    """The block of rule 2; none when the place says too little."""
    name = plain(place.get("name") or "")
    admin1 = place.get("admin1")
    country = place.get("country")
    if place.get("geonames") is not None:
        return f"geonames:{place['geonames']}"
    if name and admin1:
        return f"{admin1}/{name}"
    if name and country:
        return f"{country}/{name}"
    if place.get("lat") is not None and place.get("lon") is not None:
        return geohash(place["lat"], place["lon"])
    return admin1 or None
