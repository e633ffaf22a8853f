# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (A schema is JSON: what isinstance() finds in it, pyright calls unknown.)
"""JSON Schemas (2020-12) of the events and of what timelines hold, made from the structs.

They say what a producer or a reader in any language needs. What only the codec can check stands in
their descriptions; nothing that the codec accepts is refused by them.
"""

import inspect
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final, get_args

import msgspec

from conflict_events.codec import DEPTH_MAX, EVENT_BYTES_MAX
from conflict_events.envelope import Event
from conflict_events.events import BODIES
from conflict_events.timelines import TIMELINE_BODIES, Entry, Revision, WindowName, Withdrawn

JsonObject = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

# RFC 3339 as `instants.written_fault` reads it; days of a month and the like are left to `format`.
TIME_PATTERN: Final = (
    r"^(1[89]|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})$"
)
"""How an event writes a time: years 1800 to 2199, `T`, at most six fractional digits, a zone."""

EVENT_RULES: Final = (
    f"Besides this schema: at most {EVENT_BYTES_MAX:,} bytes of UTF-8 and {DEPTH_MAX} levels of "
    "nesting; no field twice; no integer beyond 64 bits; in no text or name a control character "
    "other than tab and line feed, a bidirectional embedding, override or isolate, or a lone "
    "surrogate. Integers are written without a fraction. Fields that are not listed are recorded, "
    "and ignored by projections."
)
"""What the codec asks of any event and no schema can say."""

AMENDMENT_RULES: Final = (
    "Besides this schema: only the producer that reported the event (the same `source`) may amend "
    "it, or a source on the deployment's list of editors."
)
"""Who may correct and retract."""

STRUCT_RULES: Final = {
    "Window": (
        "Besides this schema: `latest` is not before `earliest` (compared as instants; equal ends "
        "are an instant)."
    ),
    "Figure": (
        "Besides this schema: at least one of `low`, `best` and `high` is given and not null, and "
        "low <= best <= high holds for those that are."
    ),
    "Place": (
        "Besides this schema: at least one field is given and not null; `lat` and `lon` are both "
        "given, or neither."
    ),
}
"""What a struct's `__post_init__` checks, by the struct's name."""

_COMPONENTS: Final = "#/components/schemas/"
_DEFS: Final = "#/$defs/"


def components() -> dict[str, JsonObject]:
    """Every schema by its name, as AsyncAPI and OpenAPI want them: `#/components/schemas/<name>`.

    An event's name is its type. The schemas are made once and shared by all documents; a caller
    gets a copy of its own.
    """
    return {name: _copy(schema) for name, schema in _components().items()}


def schema(name: str) -> JsonObject:
    """The schema of an event type or a struct as a document of its own, with all it refers to.

    Raises:
        KeyError: there is no component of this name.
    """
    known = _components()
    wanted = [name]
    for reached in wanted:  # Grows while it is walked.
        wanted += [ref for ref in _refs(known[reached]) if ref not in wanted]
    document = {"$schema": DIALECT, "$id": f"urn:conflict-events:{name}"}
    document |= _copy(known[name], _DEFS)
    others = {other: _copy(known[other], _DEFS) for other in sorted(wanted) if other != name}
    return document | ({"$defs": others} if others else {})


@cache
def _components() -> dict[str, JsonObject]:
    events = {name: Event[body] for name, body in BODIES.items()}  # type: ignore[valid-type]
    structs = (*events.values(), *TIMELINE_BODIES.values(), Withdrawn, Revision, Entry)
    refs, found = msgspec.json.schema_components(structs, ref_template=_COMPONENTS + "{name}")
    # msgspec calls a generic's schema Event_StrikeReported_; what a reader looks for is the type.
    types = {_name(ref["$ref"]): name for ref, name in zip(refs, events, strict=False)}
    made = {types.get(name, name): _tidy(schema) for name, schema in found.items()}
    for name in events:
        _describe_event(made[name], name)
    for name, rules in STRUCT_RULES.items():
        made[name]["description"] += f"\n\n{rules}"
    made["Pairing"]["properties"]["windows"]["propertyNames"] = {"enum": [*get_args(WindowName)]}
    for name in ("Revision", "Entry"):
        made[name]["allOf"] = _bodies(by_projection=name == "Entry")
    made["Event"] = _any_event()
    return dict(sorted(made.items()))


def _any_event() -> JsonObject:
    """An event of any type. A document adds the discriminator, which each writes in its own way."""
    return {
        "title": "Event",
        "description": "Any of the nine events, told apart by `type`.",
        "type": "object",
        "properties": {"type": {"enum": [*BODIES]}},
        "required": ["type"],
        "oneOf": [{"$ref": _COMPONENTS + name} for name in BODIES],
    }


def _describe_event(schema: JsonObject, name: str) -> None:
    schema["title"] = name
    schema["properties"]["type"] = {"const": name}
    amends = name.endswith((".corrected.v1", ".retracted.v1"))
    rules = (EVENT_RULES, AMENDMENT_RULES) if amends else (EVENT_RULES,)
    schema["description"] = "\n\n".join((schema["description"], *rules))


def _bodies(*, by_projection: bool) -> list[JsonObject]:
    """What `body` holds, by the revision's status and, where it is given, by its projection."""

    def when(body: JsonObject, **given: str) -> JsonObject:
        facts = {field: {"const": value} for field, value in given.items()}
        return {"if": {"properties": facts}, "then": {"properties": {"body": body}}}

    refs = {name: {"$ref": _COMPONENTS + body.__name__} for name, body in TIMELINE_BODIES.items()}
    rules = [when({"$ref": _COMPONENTS + Withdrawn.__name__}, status="withdrawn")]
    if by_projection:
        rules += [when(refs[name], status="asserted", projection=name) for name in sorted(refs)]
    else:
        rules += [when({"anyOf": [refs[name] for name in sorted(refs)]}, status="asserted")]
    return rules


def _tidy(value: Any) -> Any:
    """A schema as msgspec makes it, fit for readers who do not use Python."""
    if isinstance(value, list | tuple):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    tidy: JsonObject = {}
    for key, inner in value.items():
        if key == "pattern" and isinstance(inner, str):
            # ECMA-262 has no \Z; its $ is the very end, as patterns here are not multiline.
            tidy[key] = inner.removesuffix(r"\Z") + ("$" if inner.endswith(r"\Z") else "")
        elif key == "description" and isinstance(inner, str):
            # A docstring: without its indentation, a paragraph a line.
            tidy[key] = re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(inner))
        elif key == "required" and not inner:
            continue
        else:
            tidy[key] = _tidy(inner)
    if tidy.get("format") == "date-time":
        tidy["pattern"] = TIME_PATTERN
    return tidy


def _name(ref: str) -> str:
    return ref.removeprefix(_COMPONENTS)


def _refs(value: Any) -> list[str]:
    """The names of the components that a schema refers to, in the order of the text."""
    found: list[str] = []

    def note(ref: str) -> str:
        found.append(_name(ref))
        return ref

    _walk(value, note)
    return found


def _copy(value: Any, prefix: str = _COMPONENTS) -> Any:
    """A copy of a schema whose references have another prefix."""
    return _walk(value, lambda ref: prefix + _name(ref))


def _walk(value: Any, on_ref: Callable[[str], str]) -> Any:
    """A copy of a schema with each reference as `on_ref` answers it."""
    if isinstance(value, list):
        return [_walk(item, on_ref) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: on_ref(inner) if key == "$ref" else _walk(inner, on_ref)
        for key, inner in value.items()
    }
