# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (JSON is Any until it has been decoded: what isinstance() finds in it, pyright calls unknown.)
"""The codec: bytes to events and back. Whatever the bytes, the answer is an event or a refusal."""

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final, NoReturn

import msgspec
from msgspec import Struct

from conflict_events.amendments import Corrected, Retracted
from conflict_events.envelope import Event
from conflict_events.errors import Reason, RefusedError
from conflict_events.events import BODIES, Body, Kind
from conflict_events.outcomes import Refused
from conflict_events.shape import (
    ANYTHING,
    Shape,
    faults,
    is_plain,
    member,
    shape_of,
    unknown_fields,
)
from conflict_events.text import FORBIDDEN
from conflict_events.upcasters import UPCASTERS, JsonObject, Upcasters, upcast

EVENT_BYTES_MAX: Final = 65_536
"""64 KiB: an event is a fact, not a document."""

DEPTH_MAX: Final = 32
"""Levels of nesting; the contract itself needs eight."""

UNKNOWN_FIELDS_MAX: Final = 50
"""How many unknown fields a receipt names."""

MESSAGE_CHARS_MAX: Final = 500
"""How long the message of a refusal is at most: msgspec's repeat what was sent, at any length."""


class Policy(Struct, frozen=True, kw_only=True):
    """What a deployment allows beyond the contract.

    `kind` is that of the stream an event came by, `sources` are those that whoever offers it may
    publish as (None: any), `editors` the sources that may amend any event, `conflicts` is the
    allow-list (None: any).
    """

    kind: Kind | None = None
    sources: frozenset[str] | None = None
    editors: frozenset[str] = frozenset()
    conflicts: frozenset[str] | None = None


class Accepted(Struct, frozen=True, kw_only=True):
    """An event as it may be recorded: its bytes as sent, and what they say."""

    raw: bytes
    event: Event[Body]
    unknown_fields: tuple[str, ...] = ()


ANY: Final = Policy()


class Codec:
    """Reads and writes events of the nine types, and of older versions through upcasters."""

    def __init__(self, upcasters: Upcasters = UPCASTERS) -> None:
        self._upcasters = upcasters

    def accept(self, raw: bytes, policy: Policy = ANY) -> Accepted | Refused:
        """Judge bytes that somebody offers for recording. Never raises, whatever the bytes."""
        try:
            return self.examine(raw, policy)
        except RefusedError as refused:
            return Refused(refused.reason, refused.path, refused.message)

    def examine(self, raw: bytes, policy: Policy = ANY) -> Accepted:
        """Read offered bytes strictly.

        Raises:
            RefusedError: with a reason of the closed list, and the JSON path of the fault.
        """
        text = _text(raw)
        value = _json(text)
        event_type = _known_type(value, self._upcasters)
        older = event_type not in BODIES
        today = self._upcast(value) if older else value
        shape = _SHAPES[today["type"]]
        plain = not _is_suspect(text) and is_plain(today, shape)
        if not plain:
            _refuse_faults(today, shape)
        if older:
            # What the upcaster dropped is recorded all the same.
            _refuse_faults(value, ANYTHING)
        event = _convert(today) if older else _decode(raw, event_type)
        _check_policy(event, policy)
        unknown = () if plain else tuple(islice(unknown_fields(today, shape), UNKNOWN_FIELDS_MAX))
        return Accepted(raw=raw, event=event, unknown_fields=unknown)

    def read(self, raw: bytes) -> Event[Body]:
        """Read recorded bytes: they were examined when they were recorded.

        Cost: about 7 us for an event of 800 bytes, a fifth of what `examine` takes.

        Raises:
            RefusedError: this version of the contract cannot read them.
        """
        try:
            event_type = _HEAD.decode(raw).type
        except _UNREADABLE as error:
            raise RefusedError("invalid", "$", str(error)) from error
        if event_type not in BODIES and event_type not in self._upcasters:
            raise RefusedError("unknown_type", "$.type", f"{event_type!r:.120} is not known")
        if event_type in BODIES:
            return _decode(raw, event_type)
        try:
            value = msgspec.json.decode(raw)
        except _UNREADABLE as error:
            raise RefusedError("invalid", "$", str(error)) from error
        return _convert(self._upcast(value))

    def _upcast(self, value: JsonObject) -> JsonObject:
        """An older event as one of today's, not yet checked."""
        try:
            today = upcast(value, self._upcasters)
        except Exception as error:
            # An upcaster is written for well-formed data; what breaks it was never valid.
            message = f"not of its version: {error!r:.400}"
            raise RefusedError("invalid", "$.data", message) from error
        if today["type"] not in BODIES:
            raise RefusedError("unknown_type", "$.type", f"{today['type']!r:.120} is not known")
        return today


CODEC: Final = Codec()
"""The codec in use; `accept`, `examine` and `read` are its methods."""

accept = CODEC.accept
examine = CODEC.examine
read = CODEC.read

_ENCODER: Final = msgspec.json.Encoder()


def encode(event: Event[Any]) -> bytes:
    """An event as UTF-8 JSON. Bounds are not checked here: `examine` the result."""
    return _ENCODER.encode(event)


def same_value(one: bytes, other: bytes) -> bool:
    """Whether two accepted events say the same: equal as JSON values, whatever their bytes."""
    return _equal(json.loads(one), json.loads(other))


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    # To Python 1 == True; to JSON they are a number and a word.
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


# What msgspec raises on bytes that it cannot read.
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError)


def _decode(raw: bytes, event_type: str) -> Event[Body]:
    try:
        return _DECODERS[event_type].decode(raw)
    except msgspec.ValidationError as error:
        _refuse_invalid(error)
    except _UNREADABLE as error:
        raise RefusedError("invalid", "$", str(error)) from error


def _convert(value: JsonObject) -> Event[Body]:
    try:
        body = BODIES[value["type"]]
        return msgspec.convert(value, Event[body])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        _refuse_invalid(error)
    except OverflowError as error:
        raise RefusedError("invalid", "$", str(error)) from error


class _Head(Struct):
    type: str


_HEAD: Final = msgspec.json.Decoder(_Head)

_DECODERS: Final[Mapping[str, msgspec.json.Decoder[Event[Body]]]] = {
    name: msgspec.json.Decoder(Event[body])  # type: ignore[valid-type]
    for name, body in BODIES.items()
}

_SHAPES: Final[Mapping[str, Shape]] = {
    name: shape_of(Event[body])  # type: ignore[valid-type]
    for name, body in BODIES.items()
}


def _text(raw: bytes) -> str:
    if len(raw) > EVENT_BYTES_MAX:
        raise RefusedError(
            "too_large", "$", f"{len(raw)} bytes; an event has at most {EVENT_BYTES_MAX}"
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(
            "not_utf8", "$", f"byte {error.start} is not UTF-8: {error.reason}"
        ) from error


def _json(text: str) -> JsonObject:
    if _depth(text) > DEPTH_MAX:
        raise RefusedError("too_deep", "$", f"nested more than {DEPTH_MAX} levels deep")
    if text.startswith("\ufeff"):
        raise RefusedError("not_json", "$", "it begins with a byte order mark: send none")
    try:
        value = _parse(text, _PARSER)
    except _DuplicateKeyError:
        # Again as a whole, for what is not JSON has no fields.
        path = _duplicate(_parse(text, _PAIRS_PARSER), "$") or "$"
        raise RefusedError("invalid", path, "the field is given twice") from None
    if not isinstance(value, dict):
        raise RefusedError("invalid", "$", "an event is a JSON object")
    return value


def _parse(text: str, parser: json.JSONDecoder) -> Any:
    try:
        return parser.decode(text)
    except json.JSONDecodeError as error:
        message = f"{error.msg} at character {error.pos}"
        raise RefusedError("not_json", "$", message) from error


# A string may lack its closing quote. Nothing here is tried twice: the time stays linear.
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def _depth(text: str) -> int:
    """How deep a JSON text nests, without parsing it: a parser might not survive the depth."""
    if text.count("{") + text.count("[") <= DEPTH_MAX:
        return 0
    depth = deepest = 0
    for mark in _STRING_OR_BRACKET.findall(text):
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return deepest


class _DuplicateKeyError(Exception):
    """An object names a field twice."""


class _Pairs(list[tuple[str, Any]]):
    """An object with its fields as they stand in the text, repeats included."""


def _members(pairs: list[tuple[str, Any]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateKeyError
    return members


def _no_constant(name: str) -> NoReturn:
    raise RefusedError("not_json", "$", f"{name} is not JSON")


def _integer(digits: str) -> int:
    # int() refuses thousands of digits, and would not say where they stand.
    return int(digits) if len(digits) <= _DIGITS_MAX else 10**_DIGITS_MAX


_DIGITS_MAX: Final = 40  # More than any integer that is in range has.

_PARSER: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_constant=_no_constant, parse_int=_integer
)
_PAIRS_PARSER: Final = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_constant=_no_constant, parse_int=_integer
)


def _duplicate(value: Any, path: str) -> str | None:
    """The path of the first field that is given twice."""
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, inner in value:
            where = member(path, key)
            if key in seen:
                return where
            seen.add(key)
            if (found := _duplicate(inner, where)) is not None:
                return found
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if (found := _duplicate(item, f"{path}[{index}]")) is not None:
                return found
    return None


def _known_type(value: dict[str, Any], upcasters: Upcasters) -> str:
    event_type = value.get("type")
    if not isinstance(event_type, str):
        raise RefusedError("invalid", "$.type", "an event has a type, and it is a text")
    if event_type not in BODIES and event_type not in upcasters:
        raise RefusedError(
            "unknown_type", "$.type", f"{event_type!r:.120} is none of: {', '.join(BODIES)}"
        )
    return event_type


# How characters that no text may hold can be written escaped.
_ESCAPED: Final = re.compile(r"\\[ubfr]")


def _is_suspect(text: str) -> bool:
    """Whether a JSON text may hold characters that no text may hold."""
    return ("\\" in text and bool(_ESCAPED.search(text))) or bool(FORBIDDEN.search(text))


def _refuse_faults(value: JsonObject, shape: Shape) -> None:
    for fault in faults(value, shape):
        raise RefusedError("invalid", fault.path, fault.message)


def _refuse_invalid(error: msgspec.ValidationError) -> NoReturn:
    """Take msgspec's sentence apart: it ends with the path, unless that is the whole."""
    message, found, path = str(error).rpartition(" - at `")
    if not found:
        message, path = str(error), "$"
    raise RefusedError("invalid", path.rstrip("`"), message[:MESSAGE_CHARS_MAX]) from error


def _check_policy(event: Event[Body], policy: Policy) -> None:
    if policy.kind is not None and event.kind != policy.kind:
        _refuse("wrong_stream", "$.type", f"{event.type} does not go to intake:{policy.kind}")
    if policy.sources is not None and event.source not in policy.sources:
        message = f"whoever offers it may not publish as {event.source!r:.200}: another key may"
        _refuse("not_owner", "$.source", message)
    if policy.conflicts is not None and event.conflict not in policy.conflicts:
        _refuse("unknown_conflict", "$.conflict", f"{event.conflict!r} is not on the allow-list")
    if (
        isinstance(event.data, Corrected | Retracted)
        and event.data.amends.source != event.source
        and event.source not in policy.editors
    ):
        field = "corrects" if isinstance(event.data, Corrected) else "retracts"
        _refuse("not_owner", f"$.data.{field}.source", f"{event.source} may not amend this event")


def _refuse(reason: Reason, path: str, message: str) -> NoReturn:
    raise RefusedError(reason, path, message)


def names_of(raw: bytes) -> tuple[str | None, str | None, str | None]:
    """Source, id and conflict that refused bytes name, as far as they can be read."""
    try:
        value = json.loads(raw[:EVENT_BYTES_MAX])
    except (ValueError, RecursionError):
        return None, None, None
    if not isinstance(value, dict):
        return None, None, None
    source, event_id, conflict = (_name(value.get(key)) for key in ("source", "id", "conflict"))
    return source, event_id, conflict


_NAME_CHARS_MAX: Final = 500  # What a source, the longest of the three, may have.


def _name(value: Any) -> str | None:
    """A name that is fit to be stored and shown, though it need not be valid."""
    if isinstance(value, str) and len(value) <= _NAME_CHARS_MAX and not FORBIDDEN.search(value):
        return value
    return None
