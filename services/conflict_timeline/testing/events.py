"""Events in a few words, as producers send them: valid, and the same each time.

Times are texts as `Window.parse` reads them: `2025-02-18T20:00Z/2025-02-19T07:00Z` is a window,
`2025-02-18T14:00Z` that minute, `2025-02-18T14:00:00Z` an instant, `2025-02-18` a day. Other fields
are those of the contract, as JSON. An event without an id is named by what it says: the same words
make the same event, which a log takes once.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from conflict_events.codec import Policy, accept
from conflict_events.identity import event_key
from conflict_events.instants import format_us, to_us
from conflict_events.outcomes import Refused
from conflict_events.window import Window

Json = dict[str, Any]
"""A JSON object, such as an event or the body of an entry."""

SOURCE: Final = "https://scraper.example/a"
"""The producer, unless another is given."""

CONFLICT: Final = "ukraine"
"""The conflict, unless another is given."""

RECORD_MADE: Final = "2025-04-01T00:00:00Z"
"""When a producer made its record, unless a time is given: the CloudEvents `time`."""

ODESA: Final[Json] = {"name": "Odesa", "country": "UA", "admin1": "UA-51", "geonames": 698740}
"""Where a strike is, unless another place is given."""

_AMENDED_AFTER: Final = timedelta(hours=1)
_ENVELOPE: Final[tuple[str, ...]] = ("id", "source", "time", "conflict")
_WINDOWS: Final = ("occurred", "said", "published", "validity")


class InvalidEventError(ValueError):
    """An event that intake would refuse, or that has a field which the contract does not know."""


def strike(occurred: str | Json, *, place: str | Json = ODESA, **fields: Any) -> Json:
    """A report that Russia struck energy in Odesa, unless fields say otherwise.

    Of all builders: `id`, `source`, `time` and `conflict` are those of the envelope.

    Raises:
        InvalidEventError: intake would refuse it, or the contract has no such field.
    """
    data: Json = {
        "occurred": occurred,
        "place": place,
        "attribution": [{"party": "RUS", "basis": "alleged_by_target"}],
        "targets": ["energy"],
    }
    return event("conflict.strike.reported.v1", data, **fields)


def statement(said: str | Json, *, act: str = "deny", **fields: Any) -> Json:
    """A Russian speaker's denial about energy, unless fields say otherwise.

    Raises:
        InvalidEventError: intake would refuse it, or the contract has no such field.
    """
    data: Json = {
        "speaker": {"name": "A speaker", "party": "RUS"},
        "said": said,
        "act": act,
        "proposition": "Russia does not strike energy.",
        "topics": ["energy"],
    }
    return event("conflict.statement.made.v1", data, **fields)


def denial(said: str | Json, **fields: Any) -> Json:
    """A statement that denies."""
    return statement(said, act="deny", **fields)


def article(published: str | Json, *, url: str = "https://news.example/1", **fields: Any) -> Json:
    """An article of an outlet called News, unless fields say otherwise.

    Raises:
        InvalidEventError: intake would refuse it, or the contract has no such field.
    """
    data: Json = {"url": url, "outlet": {"name": "News"}, "published": published}
    return event("conflict.article.published.v1", data, **fields)


def correction_of(
    amended: Json, *, drop: Sequence[str] = (), reason: str = "it was wrong", **fields: Any
) -> Json:
    """A correction that changes some fields of an event's body, and drops others.

    It is an hour later than the event. Amendments of one event are ordered by their times: give
    each of several a `time` of its own.

    Raises:
        InvalidEventError: intake would refuse it, or the contract has no such field.
    """
    envelope = {name: fields.pop(name) for name in _ENVELOPE if name in fields}
    kept = {name: value for name, value in amended["data"].items() if name not in drop}
    replacement = _body(kept | fields)
    data: Json = {"corrects": _named(amended), "reason": reason, "replacement": replacement}
    return _amendment(amended, "corrected", data, envelope)


def retraction_of(amended: Json, *, reason: str = "it was wrong", **envelope: str) -> Json:
    """A retraction of an event; of its time the same holds as of a correction's.

    Raises:
        InvalidEventError: intake would refuse it.
    """
    data: Json = {"retracts": _named(amended), "reason": reason}
    return _amendment(amended, "retracted", data, envelope)


def event(event_type: str, data: Json, **fields: Any) -> Json:
    """An event of any type; fields are added to its body, as JSON, or fill the envelope.

    Raises:
        InvalidEventError: intake would refuse it, or the contract has no such field.
    """
    envelope = {name: fields.pop(name) for name in _ENVELOPE if name in fields}
    body = _body(data | fields)
    made: Json = {
        "specversion": "1.0",
        "id": "",
        "source": SOURCE,
        "type": event_type,
        "time": RECORD_MADE,
        "conflict": CONFLICT,
        **envelope,
        "data": body,
    }
    made["id"] = made["id"] or _name_of([event_type, body, made["time"]])
    found = accept(raw_of(made), Policy(editors=frozenset({made["source"]})))
    if isinstance(found, Refused):
        raise InvalidEventError(f"intake would refuse it: {found.path}: {found.message}")
    if found.unknown_fields:
        unknown = ", ".join(found.unknown_fields)
        raise InvalidEventError(f"{event_type} has no such field: {unknown}")
    return made


def key_of(of: Json) -> str:
    """The event key, by which bodies and entry ids name an event."""
    return event_key(of["source"], of["id"])


def window(text: str) -> Json:
    """A window as JSON, from a text that `Window.parse` reads."""
    parsed = Window.parse(text)
    return {"earliest": format_us(parsed.earliest_us), "latest": format_us(parsed.latest_us)}


def raw_of(event: Json) -> bytes:
    """An event's bytes, as a producer might send them."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _name_of(words: list[Any]) -> str:
    return sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:12]


def _named(of: Json) -> Json:
    return {"source": of["source"], "id": of["id"]}


def _body(fields: Json) -> Json:
    """A body in which texts stand for windows and for the name of a place."""
    written = {name: window(fields[name]) for name in _WINDOWS if isinstance(fields.get(name), str)}
    if isinstance(fields.get("place"), str):
        written["place"] = {"name": fields["place"]}
    return fields | written


def _amendment(of: Json, verb: str, data: Json, envelope: Json) -> Json:
    kind = of["type"].split(".")[1]
    later = datetime.fromisoformat(of["time"]) + _AMENDED_AFTER
    defaults = {name: of[name] for name in ("source", "conflict")}
    defaults["time"] = format_us(to_us(later))
    return event(f"conflict.{kind}.{verb}.v1", data, **defaults | envelope)
