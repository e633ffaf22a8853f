"""The AsyncAPI 3.0 document: which streams there are, and what stands in them."""

from typing import Any, Final, get_args

from conflict_events.codec import EVENT_BYTES_MAX
from conflict_events.errors import Reason
from conflict_events.events import BODIES, KINDS, Kind, kind_of
from conflict_events.json_schema import JsonObject, components
from conflict_events.timelines import TIMELINE_BODIES

CONTRACT_VERSION: Final = "1.0.0"
"""Its first number is that in the event types; the others rise with what is added."""

_INTAKE: Final = (
    "A Redis stream that any program may write: `XADD intake:{kind} * event <JSON>`. Each entry "
    "has one field, `event`: one event of this kind as UTF-8 JSON (CloudEvents 1.0, structured "
    "mode). Intake records it, drops it as a repeat, or refuses it; then it removes the entry."
)
_REFUSED: Final = (
    "A Redis stream of the events that intake would not record. Each entry has the fields of the "
    "payload below, as texts; `event` holds the bytes as they were sent, and need not be UTF-8."
)
_TIMELINE: Final = (
    "The revisions that one version of the projection `{projection}` has made of one conflict, as "
    "a Redis stream. Entry ids are `<position>-<k>`: the k-th revision, from 0, that this log "
    "position made; so a reader's place is one id. Each entry has two fields: `r`, the revision as "
    "JSON (the payload below), and `d`, the timeline's digest after it in hex: SHA-256 of the 32 "
    "bytes of the digest before (of none: 32 zero bytes), then of the bytes of `r`."
)


def document() -> JsonObject:
    """The document. AsyncAPI has no word for a stream's fields: `x-stream-fields` names them."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Conflict Timeline",
            "version": CONTRACT_VERSION,
            "description": "Reports of what was published, said and struck go in; revisions of "
            "timelines come out. Events are CloudEvents 1.0 with the extension `conflict`.",
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
        },
        "defaultContentType": "application/json",
        "channels": {
            **{kind: _intake_channel(kind) for kind in KINDS},
            "refused": _refused_channel(),
            **{name: _timeline_channel(name) for name in sorted(TIMELINE_BODIES)},
        },
        "operations": {
            **{f"receive_{kind}": _operation("receive", kind, _types(kind)) for kind in KINDS},
            "send_refused": _operation("send", "refused", ["refused"]),
            **{
                f"send_{name}": _operation("send", name, [_revision(name)])
                for name in sorted(TIMELINE_BODIES)
            },
        },
        "components": {
            "messages": {
                **{name: _event_message(name) for name in BODIES},
                "refused": _message("refused", "An event that intake would not record."),
                **{
                    _revision(name): _message(_revision(name), f"A revision of a {name} entry.")
                    for name in sorted(TIMELINE_BODIES)
                },
            },
            "schemas": _schemas(),
        },
    }


def _types(kind: Kind) -> list[str]:
    return [name for name in BODIES if kind_of(name) == kind]


def _revision(projection: str) -> str:
    return f"{projection}.revision"


def _intake_channel(kind: Kind) -> JsonObject:
    return {
        "address": f"intake:{kind}",
        "description": _INTAKE.format(kind=kind),
        "messages": _message_refs(_types(kind)),
        "x-stream-fields": ["event"],
    }


def _refused_channel() -> JsonObject:
    return {
        "address": "intake:refused",
        "description": _REFUSED,
        "messages": _message_refs(["refused"]),
        "x-stream-fields": list(_refused_schema()["properties"]),
    }


def _timeline_channel(projection: str) -> JsonObject:
    return {
        "address": f"{{hashTag}}:timeline:{projection}:{{version}}",
        "description": _TIMELINE.format(projection=projection),
        "parameters": _parameters(),
        "messages": _message_refs([_revision(projection)]),
        "x-stream-fields": ["r", "d"],
    }


def _parameters() -> JsonObject:
    return {
        "hashTag": {
            "description": "The conflict's name in literal braces: its keys share one slot.",
            "examples": ["{ukraine}"],
        },
        "version": {
            "description": "The projection's version. `HGET {conflict}:serving <projection>`, with "
            "literal braces, tells which one readers get.",
            "examples": ["1"],
        },
    }


def _message_refs(names: list[str]) -> JsonObject:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _operation(action: str, channel: str, messages: list[str]) -> JsonObject:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
    }


def _message(name: str, summary: str) -> JsonObject:
    return {
        "name": name,
        "summary": summary,
        "payload": {"$ref": f"#/components/schemas/{name}"},
    }


def _event_message(name: str) -> JsonObject:
    summary = (BODIES[name].__doc__ or "").partition("\n")[0]
    return _message(name, summary) | {"contentType": "application/cloudevents+json"}


def _schemas() -> dict[str, Any]:
    schemas = components()
    # The value of AsyncAPI's discriminator is the name of a schema: here the event's type.
    schemas["Event"]["discriminator"] = "type"
    schemas["refused"] = _refused_schema()
    for projection, body in TIMELINE_BODIES.items():
        schemas[_revision(projection)] = _revision_schema(projection, body.__name__)
    return dict(sorted(schemas.items()))


def _refused_schema() -> JsonObject:
    required = {
        "event": f"The original bytes; of one that is too large the first {EVENT_BYTES_MAX:,}.",
        "reason": "Why it was refused.",
        "path": "The JSON path of the fault; `$` is the whole event.",
        "message": "The fault in a sentence, for people.",
        "stream": "The intake stream that it came by.",
        "entry": "Its entry id there.",
        "length": "How many bytes were sent.",
        "sha256": "SHA-256 of the bytes sent, in hex.",
    }
    optional = {
        "source": "The source that the bytes name, where they can be read.",
        "id": "The id that the bytes name, where they can be read.",
        "conflict": "The conflict that the bytes name, where they can be read.",
    }
    properties: JsonObject = {
        name: {"type": "string", "description": description}
        for name, description in (required | optional).items()
    }
    properties["reason"]["enum"] = list(get_args(Reason))
    return {
        "title": "refused",
        "description": "An event that intake would not record.",
        "type": "object",
        "properties": properties,
        "required": list(required),
    }


def _revision_schema(projection: str, body: str) -> JsonObject:
    return {
        "title": _revision(projection),
        "description": f"A Revision whose body, unless it is withdrawn, is of {projection}.",
        "allOf": [
            {"$ref": "#/components/schemas/Revision"},
            {
                "if": {"properties": {"status": {"const": "asserted"}}},
                "then": {"properties": {"body": {"$ref": f"#/components/schemas/{body}"}}},
            },
        ],
    }
