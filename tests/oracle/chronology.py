"""The oracle's chronology: a line for every article, statement and report that counts."""

from collections.abc import Sequence
from typing import Final

from .reports import Effective, effective, parts, words
from .semantics import PLACE_FIELDS, SPEAKER_FIELDS, known
from .times import Json, shown, span_of

WHEN: Final = {"article": "published", "statement": "said", "strike": "occurred"}
"""The field of an event's body that says when it happened."""

CLAIMANT_FIELDS: Final = ("name", "role", "party")
OUTLET_FIELDS: Final = ("name", "group", "country")
QUOTE_FIELDS: Final = ("lang", "text", "source", "translator")
ATTRIBUTION_FIELDS: Final = ("party", "basis", "by")
WEAPON_FIELDS: Final = ("family", "model")
PLACE_WORDS: Final = ("name", "as_written", "admin1", "country")
"""What a place is called, the first that it gives."""


def chronology(events: Sequence[Json]) -> dict[str, Json]:
    """The current entries of `chronology` after all events."""
    return {key: line(report) for key, report in effective(events).items()}


def line(report: Effective) -> Json:
    """The body of one entry."""
    of_kind = {"article": article, "statement": statement, "strike": strike}[report.kind]
    when = report.body[WHEN[report.kind]]
    fields: Json = {
        "kind": report.kind,
        "window": shown(span_of(when)),
        **known(when, ("as_written", "edtf")),
        **of_kind(report.body),
    }
    return {**fields, "title": " ".join(fields["title"].split())}


def article(body: Json) -> Json:
    """What an article shows; it has no parties, topics and regions."""
    title = body.get("title") or ""
    return {
        "title": title if title.split() else body["url"],
        "parties": [],
        "topics": [],
        "regions": [],
        "articles": [body["url"]],
        "outlet": known(body["outlet"], OUTLET_FIELDS),
    }


def statement(body: Json) -> Json:
    """What a statement shows."""
    about = set(words(body, "about"))
    party = body["speaker"].get("party")
    fields: Json = {
        "title": body["proposition"],
        "parties": sorted(about | ({party} if party else set())),
        "topics": unique(body, "topics"),
        "regions": unique(body, "regions"),
        "articles": unique(body, "articles"),
        "speaker": known(body["speaker"], SPEAKER_FIELDS),
        "act": body["act"],
        "about": sorted(about),
        "quotes": [quoted(quote) for quote in parts(body, "quotes")],
    }
    if body.get("validity"):
        fields["validity"] = shown(span_of(body["validity"]))
    return fields


def strike(body: Json) -> Json:
    """What a report of a strike shows."""
    place = body["place"]
    fields: Json = {
        "title": strike_title(body),
        "parties": sorted(
            {
                one["party"]
                for one in parts(body, "attribution")
                if one["basis"] != "inferred_by_outlet"
            }
        ),
        "topics": unique(body, "targets"),
        "regions": sorted({place[name] for name in ("country", "admin1") if place.get(name)}),
        "articles": unique(body, "articles"),
        "place": known(place, PLACE_FIELDS),
        "scope": body.get("scope", "incident"),
        "attribution": [attributed(one) for one in parts(body, "attribution")],
        "weapons": [weapon(one) for one in parts(body, "weapons")],
        **known(body, ("grade",)),
    }
    if body.get("claimant"):
        fields["claimant"] = known(body["claimant"], CLAIMANT_FIELDS)
    return fields


def strike_title(body: Json) -> str:
    """The place, and what was hit there."""
    where = " ".join(place_words(body["place"]).split())
    targets = unique(body, "targets")
    return f"{where}: {', '.join(targets)}" if targets else where


def place_words(place: Json) -> str:
    """What a place is called."""
    for name in PLACE_WORDS:
        if place.get(name) is not None:
            return str(place[name])
    if place.get("geonames") is not None:
        return f"geonames:{place['geonames']}"
    if place.get("lat") is not None:
        return f"{float(place['lat'])}, {float(place['lon'])}"
    return "unnamed place"


def quoted(quote: Json) -> Json:
    """A quote; that it is complete is said only where it is."""
    return known(quote, QUOTE_FIELDS) | ({"complete": True} if quote.get("complete") else {})


def attributed(attribution: Json) -> Json:
    """An attribution as reported."""
    disputed_by = words(attribution, "disputed_by")
    disputed: Json = {"disputed_by": disputed_by} if disputed_by else {}
    return known(attribution, ATTRIBUTION_FIELDS) | disputed


def weapon(body: Json) -> Json:
    """A weapon as reported, always with its status."""
    return {**known(body, WEAPON_FIELDS), "status": body.get("status", "reported")}


def unique(body: Json, name: str) -> list[str]:
    """A list's words, sorted, each once."""
    return sorted(set(words(body, name)))
