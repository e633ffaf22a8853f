"""How the entries of each projection look as rows of a table or of CSV."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec

from conflict_events.timelines import Entry, Span
from conflict_timeline.cli.output import Cell, Columns

_HOUR_S: Final = 3_600


def columns_of(projection: str, *, citable: bool = False, rows: Sequence[Entry] = ()) -> Columns:
    """The columns of a projection's entries; citable: with entry, revision, position and status.

    `rows` say which fields there are, where the projection is one that we know nothing of.
    """
    names, cells = _BY_PROJECTION.get(projection) or _simple_fields(rows)
    if not citable:
        if projection not in _BY_PROJECTION:
            # What such an entry is about may stand in its id alone.
            return Columns(
                ("entry", *names),
                lambda entry: [entry.entry, *cells(msgspec.json.decode(entry.body))],
            )
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


def _happening(body: dict[str, Any]) -> Sequence[Cell]:
    who: dict[str, Any] = body.get("speaker") or body.get("claimant") or body.get("outlet") or {}
    return [
        span(body["window"]),
        body["kind"],
        body.get("act") or body.get("scope"),
        who.get("name"),
        body["title"],
        ", ".join(body["parties"]),
        ", ".join(body["topics"]),
    ]


def _reversal(body: dict[str, Any]) -> Sequence[Cell]:
    earlier, later = body["earlier_words"], body["later_words"]
    return [
        body["speaker"]["name"],
        ", ".join(body["topics"]),
        earlier["act"],
        span(earlier["said"]),
        earlier["proposition"],
        later["act"],
        span(later["said"]),
        later["proposition"],
        lag(body["gap_min_s"], body["gap_max_s"]),
        body["order"],
    ]


def _figures(body: dict[str, Any]) -> Sequence[Cell]:
    claims = [claim for claim in body["claims"] if claim["current"]]
    return [
        span(body["core"]),
        place_name(body["place"]),
        body["scope"],
        body["measure"],
        body["unit"],
        body["agreement"],
        "; ".join(f"{claim['claimant']}: {number(claim)}" for claim in claims),
    ]


def number(claim: dict[str, Any]) -> str:
    """A claim's number as people read it: what is not given stays open."""
    low, best, high = claim.get("low"), claim.get("best"), claim.get("high")
    if low is None and high is None:
        return str(best)
    if low == high:
        return str(low)
    told = f"{'' if low is None else low}–{'' if high is None else high}"  # noqa: RUF001 - a range
    return told if best is None else f"{told}, best {best}"


def _coverage(body: dict[str, Any]) -> Sequence[Cell]:
    return [
        span(body["published"]) if "published" in body else None,
        body.get("outlet", {}).get("name"),
        body["url"],
        "recorded" if body["recorded"] else "only cited",
        body.get("statements_total", len(body["statements"])),
        body.get("reports_total", len(body["reports"])),
    ]


def _simple_fields(
    rows: Iterable[Entry],
) -> tuple[Sequence[str], Callable[[dict[str, Any]], Sequence[Cell]]]:
    """A column for each field that has one value, or is a window, in all bodies that have it.

    What is nested deeper is left to JSON.
    """
    simple: dict[str, bool] = {}
    for row in rows:
        if row.status == "asserted":
            body: dict[str, Any] = msgspec.json.decode(row.body)
            for name, value in body.items():
                simple[name] = simple.get(name, True) and (
                    not isinstance(value, dict | list) or _is_window(value)
                )
    names = [name for name, is_simple in simple.items() if is_simple]
    return names, lambda body: [_simple(body.get(name)) for name in names]


def _simple(value: Any) -> Cell:
    if value is None or isinstance(value, str):
        return value
    # Numbers and truth values as JSON writes them.
    return span(value) if _is_window(value) else msgspec.json.encode(value).decode()


def _is_window(value: Any) -> bool:
    try:
        msgspec.convert(value, Span)
    except msgspec.ValidationError:
        return False
    return True


_BY_PROJECTION: Final[
    dict[str, tuple[Sequence[str], Callable[[dict[str, Any]], Sequence[Cell]]]]
] = {
    "chronology": (
        ("when", "kind", "act or scope", "who", "title", "parties", "topics"),
        _happening,
    ),
    "reversals": (
        (
            "speaker",
            "topics",
            "earlier act",
            "earlier said",
            "earlier words",
            "later act",
            "later said",
            "later words",
            "gap",
            "order",
        ),
        _reversal,
    ),
    "figures": (("core", "place", "of", "measure", "unit", "agreement", "claims"), _figures),
    "coverage": (
        ("published", "outlet", "address", "known", "statements", "reports"),
        _coverage,
    ),
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
