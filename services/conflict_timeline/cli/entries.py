"""How the entries of each projection look as rows of a table or of CSV."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from conflict_events.timelines import Entry
from conflict_timeline.cli.output import Cell, Columns

_HOUR_S: Final = 3_600


def columns_of(projection: str, *, citable: bool = False) -> Columns:
    """The columns of a projection's entries; citable: with entry, revision, position and status."""
    names, cells = _BY_PROJECTION.get(projection, (("body",), _whole))
    if not citable:
        return Columns(names, lambda entry: cells(msgspec.json.decode(entry.body)))

    def revision(entry: Entry) -> Sequence[Cell]:
        body = msgspec.json.decode(entry.body)
        rest = cells(body) if entry.status == "asserted" else [""] * len(names)
        return [entry.position, entry.entry, entry.revision, entry.status, *rest]

    return Columns(("position", "entry", "revision", "status", *names), revision)


def lag(low_s: int, high_s: int) -> str:
    """A range of seconds in hours, as people read it: the least rounded down, the most up."""
    low, high = low_s * 10 // _HOUR_S, -(-high_s * 10 // _HOUR_S)
    return f"{low / 10:g} to {high / 10:g} h"


def place_name(place: dict[str, Any]) -> str:
    """The best name that a place has."""
    for name in ("name", "as_written", "admin1", "country"):
        if place.get(name):
            return str(place[name])
    return f"{place.get('lat')}, {place.get('lon')}"


def held(parties: Sequence[dict[str, Any]]) -> str:
    """Parties with the bases on which reports name them, and who disputes it."""
    return "; ".join(
        f"{party['party']} ({', '.join(party['bases'])}"
        + (f"; disputed by {', '.join(party['disputed_by'])}" if party["disputed_by"] else "")
        + ")"
        for party in parties
    )


def span(window: dict[str, str]) -> str:
    """A window on one line; an instant once."""
    if window["earliest"] == window["latest"]:
        return window["earliest"]
    return f"{window['earliest']} / {window['latest']}"


def _incident(body: dict[str, Any]) -> Sequence[Cell]:
    notes = [name for name in ("windows_disagree", "imprecise") if body[name]]
    return [
        span(body["core"]),
        place_name(body["place"]),
        ", ".join(body["targets"]),
        held(body["parties"]),
        body.get("members_total", len(body["members"])),
        ", ".join(notes),
    ]


def _pairing(body: dict[str, Any]) -> Sequence[Cell]:
    return [
        body["speaker"]["name"],
        body["act"],
        span(body["said"]),
        place_name(body["place"]),
        span(body["core"]),
        ", ".join(body["topics"]),
        lag(body["lag_min_s"], body["lag_max_s"]),
        body["order"],
        ", ".join(f"{name} {fit}" for name, fit in body["windows"].items()),
        held(body["parties"]),
    ]


def _whole(body: dict[str, Any]) -> Sequence[Cell]:
    return [msgspec.json.encode(body).decode()]


_BY_PROJECTION: Final = {
    "incidents": (
        ("core", "place", "targets", "attributed to", "reports", "notes"),
        _incident,
    ),
    "pairings": (
        (
            "speaker",
            "act",
            "said",
            "place",
            "reported after: core",
            "topics",
            "lag",
            "order",
            "windows",
            "attributed to",
        ),
        _pairing,
    ),
}
