"""The codec: bytes to events and back. Whatever the bytes, the answer is an event or a refusal."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import msgspec
from msgspec import Struct

from conflict_events.amendments import Corrected, Retracted
from conflict_events.envelope import Event
from conflict_events.errors import Reason, RefusedError
from conflict_events.events import BODIES, Body, Kind
from conflict_events.outcomes import Refused
from conflict_events.shape import Shape, faults, is_plain, shape_of, unknown_fields
from conflict_events.text import FORBIDDEN
from conflict_events.upcasters import UPCASTERS, Upcasters, upcast

EVENT_BYTES_MAX: Final = 65_536
"""64 KiB: an event is a fact, not a document."""

DEPTH_MAX: Final = 32
"""Levels of nesting; the contract itself needs eight."""

UNKNOWN_FIELDS_MAX: Final = 50
"""How many unknown fields a receipt names."""


class Policy(Struct, frozen=True, kw_only=True):
    """What a deployment allows beyond the contract.

    `kind` is that of the stream an event came by, `editors` are the sources that may amend any
    event, `conflicts` is the allow-list (None: any).
    """

    kind: Kind | None = None
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
        event = self._decode(raw, event_type)
        # An older version is checked by today's structs, after its upcaster; the shape of its own
        # is no longer known.
        shape = _SHAPES.get(event_type)
        unknown: tuple[str, ...] = ()
        if shape is None or "\\u" in text or FORBIDDEN.search(text) or not is_plain(value, shape):
            unknown = _look_closer(value, shape or Shape())
        _check_policy(event, policy)
        return Accepted(raw=raw, event=event, unknown_fields=unknown)

    def read(self, raw: bytes) -> Event[Body]:
        """Read recorded bytes: they were examined when they were recorded.

        Cost: about 7 us for an event of 800 bytes, a fifth of what `examine` takes.

        Raises:
            RefusedError: this version of the contract cannot read them.
        """
        try:
            event_type = _HEAD.decode(raw).type
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise RefusedError("invalid", "$", str(error)) from error
        if event_type not in BODIES and event_type not in self._upcasters:
            raise RefusedError("unknown_type", "$.type", f"{event_type!r:.120} is not known")
        return self._decode(raw, event_type)

    def _decode(self, raw: bytes, event_type: str) -> Event[Body]:
        try:
            decoder = _DECODERS.get(event_type)
            return decoder.decode(raw) if decoder is not None else self._decode_older(raw)
        except msgspec.ValidationError as error:
            _refuse_invalid(error)
        except (msgspec.DecodeError, OverflowError, RecursionError) as error:
            raise RefusedError("invalid", "$", str(error)) from error

    def _decode_older(self, raw: bytes) -> Event[Body]:
        try:
            event = upcast(msgspec.json.decode(raw), self._upcasters)
        except Exception as error:
            # An upcaster is written for well-formed data; what breaks it was never valid.
            raise RefusedError("invalid", "$.data", f"not of its version: {error!r}") from error
        if (body := BODIES.get(event["type"])) is None:
            raise RefusedError("unknown_type", "$.type", f"{event['type']!r:.120} is not known")
        return msgspec.convert(event, Event[body])  # type: ignore[valid-type]


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
    return bool(json.loads(one) == json.loads(other))


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


def _json(text: str) -> dict[str, Any]:
    if _depth(text) > DEPTH_MAX:
        raise RefusedError("too_deep", "$", f"nested more than {DEPTH_MAX} levels deep")
    try:
        value = json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant)
    except _DuplicateKeyError:
        path = _duplicate(json.loads(text, object_pairs_hook=_Pairs), "$") or "$"
        raise RefusedError("invalid", path, "the field is given twice") from None
    except json.JSONDecodeError as error:
        message = f"{error.msg} at character {error.pos}"
        raise RefusedError("not_json", "$", message) from error
    except RecursionError as error:
        raise RefusedError("too_deep", "$", f"nested more than {DEPTH_MAX} levels deep") from error
    except ValueError as error:
        # int() refuses thousands of digits.
        raise RefusedError("invalid", "$", "a number is out of range") from error
    if not isinstance(value, dict):
        raise RefusedError("invalid", "$", "an event is a JSON object")
    return value


_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def _depth(text: str) -> int:
    """How deep a JSON text nests, without parsing it: a parser might not survive the depth."""
    if text.count("{") + text.count("[") <= DEPTH_MAX:
        return 0
    depth = deepest = 0
    for mark in _BRACKETS.findall(text):
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


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateKeyError
    return members


def _no_constant(name: str) -> NoReturn:
    raise RefusedError("not_json", "$", f"{name} is not JSON")


def _duplicate(value: Any, path: str) -> str | None:
    """The path of the first field that is given twice."""
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, inner in value:
            if key in seen:
                return f"{path}.{key}"
            seen.add(key)
            if (found := _duplicate(inner, f"{path}.{key}")) is not None:
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


def _look_closer(value: dict[str, Any], shape: Shape) -> tuple[str, ...]:
    for fault in faults(value, shape):
        raise RefusedError("invalid", fault.path, fault.message)
    names: list[str] = []
    for path in unknown_fields(value, shape):
        names.append(path)
        if len(names) == UNKNOWN_FIELDS_MAX:
            break
    return tuple(names)


def _refuse_invalid(error: msgspec.ValidationError) -> NoReturn:
    """Take msgspec's sentence apart: it ends with the path, unless that is the whole."""
    message, found, path = str(error).rpartition(" - at `")
    if not found:
        message, path = str(error), "$"
    raise RefusedError("invalid", path.rstrip("`") or "$", message) from error


def _check_policy(event: Event[Body], policy: Policy) -> None:
    if policy.kind is not None and event.kind != policy.kind:
        _refuse("wrong_stream", "$.type", f"{event.type} does not go to intake:{policy.kind}")
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
    source, event_id, conflict = (
        text if isinstance(text := value.get(name), str) else None
        for name in ("source", "id", "conflict")
    )
    return source, event_id, conflict
