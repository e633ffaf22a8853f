"""The OpenAPI 3.1 document: which routes there are, made of the contract's own schemas."""

from typing import Any, Final, get_args

import msgspec

from conflict_events.asyncapi import CONTRACT_VERSION
from conflict_events.errors import Reason
from conflict_events.events import BODIES, Act
from conflict_events.json_schema import JsonObject, components
from conflict_events.receipts import BATCH, SINGLE, Receipt
from conflict_events.taxonomy import TOPICS
from conflict_events.timelines import TIMELINE_BODIES, Order, WindowName
from conflict_timeline.log.fate import Fate
from conflict_timeline.queries.filters import TEXT_CHARS_MAX, VALUES_MAX, WORDS_MAX, Filters
from conflict_timeline.queries.view import Before, Mirror, StatementRate
from conflict_timeline.web.answers import ConflictKnown, EntryHistory, TimelinePage
from conflict_timeline.web.asking import FORMATS, LIMIT, LIMIT_MAX
from conflict_timeline.web.health import Ready, StatusTold
from conflict_timeline.web.overview import Moment, Seen
from conflict_timeline.web.problems import MEDIA_TYPE as PROBLEM
from conflict_timeline.web.problems import Problem
from conflict_timeline.web.refused import RefusedPage

_SCHEMAS: Final = "#/components/schemas/"
_ANSWERS: Final = (
    *(ConflictKnown, TimelinePage, EntryHistory, StatementRate, Before, Mirror, Fate, Receipt),
    *(Moment, Seen, Ready, StatusTold, RefusedPage, Problem),
)
_JSON: Final = "application/json"
_PAGE_TYPES: Final = [
    *("text/html", "text/javascript", "text/css", "text/plain", "image/svg+xml"),
    *("application/json", "application/manifest+json", "application/octet-stream"),
]


def document() -> JsonObject:
    """The document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Conflict Timeline",
            "version": CONTRACT_VERSION,
            "description": "Timelines of what was published, said and struck, as known at any"
            " moment. Errors are problem details (RFC 9457).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _paths(),
        "components": {
            "schemas": _components(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key."}
            },
        },
    }


def _components() -> dict[str, JsonObject]:
    """The contract's schemas, and those of answers; where both have one, the contract's."""
    _, found = msgspec.json.schema_components(_ANSWERS, ref_template=_SCHEMAS + "{name}")
    schemas = {**found, **components()}
    schemas["Event"]["discriminator"] = {
        "propertyName": "type",
        "mapping": {name: _SCHEMAS + name for name in BODIES},
    }
    schemas["Overview"] = {"allOf": [_ref(Moment), _ref(Seen)]}
    return dict(sorted(schemas.items()))


def _paths() -> JsonObject:
    conflict = _in_path("conflict", "A conflict.")
    projection = _in_path("projection", "A projection.", examples=[*TIMELINE_BODIES])
    key = _in_path("key", "An event key.", pattern="^[0-9a-f]{32}$")
    as_of = _in_query("as_of", "A position, or a time with a zone (RFC 3339).")
    named = [
        _in_query("source", "The producer: the CloudEvents source.", required=True),
        _in_query("id", "The event's id.", required=True),
    ]
    timeline = "/conflicts/{conflict}/timelines/{projection}"
    statement = "/conflicts/{conflict}/statements/{key}"
    tagged = {"304": {"description": "Nothing has changed since that ETag."}}
    return {
        "/events": {
            "post": _publishing(),
            "get": _reading("What became of an event.", _one(Fate), named),
        },
        "/conflicts": {"get": _reading("The conflicts that have a log.", _list(ConflictKnown))},
        timeline: {
            "get": _reading(
                "A page of a timeline, as of one position.",
                _one(TimelinePage),
                [conflict, projection, *_filters(), as_of, *_paging()],
                more={**tagged, **_problems(410)},
                other={
                    "text/csv": {"schema": {"type": "string"}},
                    "application/geo+json": {"schema": {"type": "object"}},
                    "application/x-ndjson": {"schema": {"type": "string"}},
                },
            )
        },
        "/conflicts/{conflict}/overview": {"get": _overview([conflict, as_of], tagged)},
        f"{timeline}/entries/{{entry}}": {
            "get": _reading(
                "Every revision of an entry, and the events behind it.",
                _one(EntryHistory),
                [conflict, projection, _in_path("entry", "An entry's id."), as_of],
            )
        },
        f"{timeline}/live": {"get": _live([conflict, projection])},
        f"{statement}/baserate": {
            "get": _reading(
                "How often such strikes came anyway.", _one(StatementRate), [conflict, key, as_of]
            )
        },
        f"{statement}/before": {
            "get": _reading("The incidents before the words.", _one(Before), [conflict, key, as_of])
        },
        f"{statement}/mirror": {
            "get": _reading("The same for the other side.", _one(Mirror), [conflict, key, as_of])
        },
        "/conflicts/{conflict}/events": {
            "get": _reading("What became of an event.", _one(Fate), [conflict, *named])
        },
        "/conflicts/{conflict}/events/{key}": {
            "get": _reading("A recorded event.", _one(Fate), [conflict, key])
        },
        "/livez": {"get": _plain("Whether this process answers.", {"type": "object"})},
        "/readyz": {
            "get": {
                **_plain("Whether what is answered can be relied on.", _ref(Ready)),
                "responses": {
                    "200": _content("Ready.", {_JSON: {"schema": _ref(Ready)}}),
                    "503": _content("Not ready, and why.", {_JSON: {"schema": _ref(Ready)}}),
                },
            }
        },
        "/metrics": {
            "get": {
                "summary": "Metrics for Prometheus.",
                "responses": {
                    "200": _content("Metrics.", {"text/plain": {"schema": {"type": "string"}}})
                },
            }
        },
        "/status": {"get": _reading("How far each timeline has come.", _one(StatusTold))},
        "/refused": {"get": _refused()},
        "/": {"get": _file("The page; its parameters are what it shows.", [], ["text/html"])},
        "/page/{file}": {
            "get": _file(
                "A file of the page.",
                [_in_path("file", "Its name.", pattern="^[A-Za-z0-9._-]+$")],
                _PAGE_TYPES,
            )
        },
        "/openapi.json": {"get": _plain("This document.", {"type": "object"})},
        "/asyncapi.json": {"get": _plain("The streams.", {"type": "object"})},
    }


def _overview(parameters: list[JsonObject], tagged: JsonObject) -> JsonObject:
    return _reading(
        "All statements and incidents in columns, as of one position.",
        {"$ref": _SCHEMAS + "Overview"},
        [
            *parameters,
            _in_query("from", "Not over before; as the filter of a timeline."),
            _in_query("to", "Begun by; as the filter of a timeline."),
        ],
        more=tagged,
    )


def _refused() -> JsonObject:
    return _reading(
        "Events that were not recorded, the newest first.",
        _one(RefusedPage),
        [
            _in_query("source", "Only those of this producer."),
            _in_query("reason", "Only those refused for this.", enum=[*get_args(Reason)]),
            _in_query(
                "limit",
                f"How many, by default {LIMIT}.",
                type="integer",
                minimum=1,
                maximum=LIMIT_MAX,
            ),
        ],
    )


def _file(summary: str, parameters: list[JsonObject], media_types: list[str]) -> JsonObject:
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": _content("The file.", {one: {"schema": {}} for one in media_types}),
            "304": {"description": "Nothing has changed since that ETag."},
            **_problems(400, 404, 414, 431),
        },
    }


def _publishing() -> JsonObject:
    receipts = {_JSON: {"schema": {"type": "array", "items": _ref(Receipt)}}}
    event = {"$ref": _SCHEMAS + "Event"}
    return {
        "summary": "Record events; a receipt for each, in order.",
        "security": [{"key": []}],
        "requestBody": {
            "required": True,
            "content": {
                SINGLE: {"schema": event},
                BATCH: {"schema": {"type": "array", "items": event}},
            },
        },
        "responses": {
            "207": _content("What became of each event.", receipts),
            "422": _content("One event, or a body that is no batch, was refused: why.", receipts),
            **_problems(400, 401, 408, 413, 414, 415, 429, 431, 503),
        },
    }


def _live(parameters: list[JsonObject]) -> JsonObject:
    return {
        "summary": "Revisions as they are made (server-sent events).",
        "description": "`id` is the place to resume from (`Last-Event-ID`); events are `revision`,"
        " `progress` at least every 5 s, and `switched` when another version is served.",
        "parameters": [
            *parameters,
            _in_query("after", "A place, `<position>-<k>`; else from now on."),
            _in_query(
                "version",
                "The version that the client had last; `switched` comes first if it is another.",
                type="integer",
                minimum=1,
                maximum=999_999,
            ),
            {
                "name": "Last-Event-ID",
                "in": "header",
                "required": False,
                "schema": {"type": "string"},
            },
        ],
        "responses": {
            "200": _content("The stream.", {"text/event-stream": {"schema": {"type": "string"}}}),
            **_problems(400, 404, 414, 431, 503),
        },
    }


def _reading(
    summary: str,
    schema: JsonObject,
    parameters: list[JsonObject] | None = None,
    *,
    more: JsonObject | None = None,
    other: JsonObject | None = None,
) -> JsonObject:
    return {
        "summary": summary,
        "parameters": parameters or [],
        "responses": {
            "200": _content("The answer.", {_JSON: {"schema": schema}, **(other or {})}),
            **(more or {}),
            **_problems(400, 404, 414, 431, 503),
        },
    }


def _plain(summary: str, schema: JsonObject) -> JsonObject:
    return {
        "summary": summary,
        "responses": {"200": _content("The answer.", {_JSON: {"schema": schema}})},
    }


def _problems(*statuses: int) -> JsonObject:
    schema = {PROBLEM: {"schema": _ref(Problem)}}
    return {str(status): _content("A problem, told.", schema) for status in statuses}


def _content(description: str, content: JsonObject) -> JsonObject:
    return {"description": description, "content": content}


def _ref(struct: type[Any]) -> JsonObject:
    return {"$ref": _SCHEMAS + struct.__name__}


def _one(struct: type[Any]) -> JsonObject:
    return _ref(struct)


def _list(struct: type[Any]) -> JsonObject:
    return {"type": "array", "items": _ref(struct)}


def _in_path(name: str, description: str, **schema: Any) -> JsonObject:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", **schema},
    }


def _in_query(name: str, description: str, *, required: bool = False, **schema: Any) -> JsonObject:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
    }


def _filters() -> list[JsonObject]:
    words: dict[str, JsonObject] = {
        "topic": {"items": {"type": "string", "enum": [*TOPICS]}},
        "act": {"items": {"type": "string", "enum": [*get_args(Act)]}},
        "order": {"enum": [*get_args(Order)]},
        "within": {"enum": [*get_args(WindowName)]},
        "statement": {"pattern": "^[0-9a-f]{32}$"},
        "disputed": {"type": "boolean"},
    }
    found: list[JsonObject] = []
    for field in msgspec.structs.fields(Filters):
        name = field.encode_name
        schema: JsonObject = words.get(name, {})
        if field.default == ():
            text = {"type": "string", "maxLength": TEXT_CHARS_MAX}
            schema = {"type": "array", "maxItems": VALUES_MAX, "items": text, **schema}
        elif "type" not in schema and "enum" not in schema:
            schema = {"maxLength": TEXT_CHARS_MAX, **schema}
        told = f" At most {WORDS_MAX} words." if name == "q" else ""
        found.append(_in_query(name, f"A filter; see the reference of `timeline`.{told}", **schema))
    return found


def _paging() -> list[JsonObject]:
    return [
        _in_query("format", "json, or a file.", enum=[*FORMATS]),
        _in_query(
            "limit",
            f"Entries a page, by default {LIMIT} of JSON and all of a file.",
            type="integer",
            minimum=1,
            maximum=LIMIT_MAX,
        ),
        _in_query("cursor", "`next` of the page before: of the same position, to the end."),
    ]
