"""What an overview has to say, by the entries of the two timelines that it is made of."""

from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

Json = dict[str, Any]

EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00Z")


def instant(text: str) -> Fraction:
    """A time as seconds since the epoch, exactly."""
    return Fraction((datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1), 1_000_000)


def window_of(body: Json) -> Json:
    """When it was said or struck."""
    window: Json = body["window"] if "window" in body else body["core"]
    return window


def statements_of(chronology: list[Json]) -> list[Json]:
    """The statements of a chronology."""
    return [entry for entry in chronology if entry["body"]["kind"] == "statement"]


def row_of(entry: Json) -> Json:
    """What is told of an entry, with texts in place of numbers."""
    body, window = entry["body"], window_of(entry["body"])
    row = {
        "entry": entry["entry"],
        "revision": entry["revision"],
        "position": entry["position"],
        "from_s": floor(instant(window["earliest"])),
        "to_s": ceil(instant(window["latest"])),
    }
    if "kind" in body:
        return row | {
            "title": body["title"],
            "act": body["act"],
            "speaker": body["speaker"]["name"],
            "party": body["speaker"].get("party"),
            "about": body["about"],
            "topics": body["topics"],
            "regions": body["regions"],
        }
    place = body["place"]
    return row | {
        "place": place.get("name", place.get("as_written")),
        "country": place.get("country", next(iter(body["countries"]), None)),
        "lat": place.get("lat"),
        "lon": place.get("lon"),
        "admin1s": body["admin1s"],
        "parties": [held["party"] for held in body["parties"]],
        "disputed": int(any(held["disputed_by"] for held in body["parties"])),
        "targets": body["targets"],
        "weapons": body["weapons"],
        "imprecise": int(body["imprecise"]),
        "windows_disagree": int(body["windows_disagree"]),
    }


def rows_of(entries: list[Json]) -> list[Json]:
    """The same of entries, in the order in which they are told."""
    return sorted(
        (row_of(entry) for entry in entries), key=lambda row: (row["from_s"], row["entry"])
    )


def extent_of(entries: list[Json]) -> Json | None:
    """From when to when there is anything."""
    rows = rows_of(entries)
    if not rows:
        return None
    return {"from_s": rows[0]["from_s"], "to_s": max(row["to_s"] for row in rows)}


def counts_of(entries: list[Json], density: Json, steps: int) -> list[int]:
    """How many begin in each step; the first and the last take what lies outside."""
    counts = [0] * steps
    for row in rows_of(entries):
        step = (row["from_s"] - density["from_s"]) // density["step_s"]
        counts[min(max(step, 0), steps - 1)] += 1
    return counts


_NAMED: Final = ("act", "speaker", "party", "place", "country")
_LISTS: Final = ("about", "topics", "regions", "admin1s", "parties", "targets", "weapons")


def read(overview: Json, kind: str) -> list[Json]:
    """The rows that an overview tells, with texts in place of numbers."""
    names, marks = overview["names"], overview[kind]["marks"]
    assert len({len(column) for column in marks.values()}) == 1
    rows = [dict(zip(marks, values, strict=True)) for values in zip(*marks.values(), strict=True)]
    for row in rows:
        for column in _NAMED:
            if column in row:
                assert row[column] >= -1
                row[column] = None if row[column] == -1 else names[row[column]]
        for column in _LISTS:
            if column in row:
                assert min(row[column], default=0) >= 0
                row[column] = [names[number] for number in row[column]]
    return rows
