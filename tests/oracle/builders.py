"""Events for hand-worked cases: times are hours from one midnight."""

from fractions import Fraction
from typing import Any, Final

from .reports import event_key, key_of
from .times import HOUR, Json, microseconds, text_of

MIDNIGHT: Final = microseconds("2025-02-10T00:00:00Z")
PRODUCER: Final = "https://scrapers.example/a"
EDITOR: Final = "https://scrapers.example/Desk"
DNIPRO: Final[Json] = {"geonames": 709930, "name": "Dnipro", "country": "UA", "admin1": "UA-12"}
VERBS: Final = {"strike": "reported", "statement": "made"}

Hours = int | Fraction


def at(hours: Hours) -> str:
    """The time so many hours after midnight."""
    return text_of(MIDNIGHT + int(hours * HOUR))


def window(start: Hours, end: Hours) -> Json:
    """A window in hours after midnight."""
    return {"earliest": at(start), "latest": at(end)}


def by(*parties: str, basis: str = "assessed") -> list[Json]:
    """Attributions to parties."""
    return [{"party": party, "basis": basis} for party in parties]


def envelope(event_type: str, name: str, data: Json, *, source: str, time: str) -> Json:
    """A CloudEvent."""
    return {
        "specversion": "1.0",
        "id": name,
        "source": source,
        "type": event_type,
        "time": time,
        "conflict": "ukraine",
        "data": data,
    }


def strike(
    name: str,
    start: Hours,
    end: Hours,
    *,
    source: str = PRODUCER,
    **fields: Any,
) -> Json:
    """A report of a strike on the grid of Dnipro, unless fields say otherwise."""
    data = {"occurred": window(start, end), "place": DNIPRO, "targets": ["energy_grid"], **fields}
    return envelope("conflict.strike.reported.v1", name, data, source=source, time=at(0))


def statement(name: str, start: Hours, end: Hours, act: str, **fields: Any) -> Json:
    """Russian words about energy, unless fields say otherwise."""
    data = {
        "speaker": {"name": "Speaker", "party": "RUS"},
        "said": window(start, end),
        "act": act,
        "proposition": "Neutral words.",
        "topics": ["energy"],
        **fields,
    }
    return envelope("conflict.statement.made.v1", name, data, source=PRODUCER, time=at(0))


def article(name: str, url: str, *, time: str = at(0), **fields: Any) -> Json:
    """An article of an outlet called News, unless fields say otherwise."""
    data = {"url": url, "outlet": {"name": "News"}, "published": window(0, 1), **fields}
    return envelope("conflict.article.published.v1", name, data, source=PRODUCER, time=time)


def corrected(
    name: str,
    event: Json,
    *,
    source: str = PRODUCER,
    time: str = at(100),
    **fields: Any,
) -> Json:
    """A correction that changes some fields of an event's body."""
    kind = event["type"].split(".")[1]
    data = {
        "corrects": {"source": event["source"], "id": event["id"]},
        "reason": "wrong",
        "replacement": {**event["data"], **fields},
    }
    return envelope(f"conflict.{kind}.corrected.v1", name, data, source=source, time=time)


def retracted(name: str, event: Json, *, source: str = PRODUCER, time: str = at(100)) -> Json:
    """A retraction."""
    kind = event["type"].split(".")[1]
    data = {"retracts": {"source": event["source"], "id": event["id"]}, "reason": "wrong"}
    return envelope(f"conflict.{kind}.retracted.v1", name, data, source=source, time=time)


def entry_of(event: Json) -> str:
    """The incident id that an event gives when it is the first member."""
    return f"i-{key_of(event)}"


def names_by_key(*names: str) -> list[str]:
    """Ids of `PRODUCER`, by event key."""
    return sorted(names, key=lambda name: event_key(PRODUCER, name))


def members(incidents: dict[str, Json], events: list[Json]) -> set[frozenset[str]]:
    """Which reports speak of one attack, by their ids."""
    names = {key_of(event): event["id"] for event in events}
    return {frozenset(names[key] for key in body["members"]) for body in incidents.values()}


def sets(*groups: str) -> set[frozenset[str]]:
    """`sets("a b", "c")`: a and b together, c alone."""
    return {frozenset(group.split()) for group in groups}
