"""The AsyncAPI document: what its definitions ask, and the streams of the architecture."""

import json
import re
from typing import get_args

from jsonschema import Draft7Validator, Draft202012Validator

from conflict_events.errors import Reason
from conflict_events.events import BODIES, KINDS, kind_of
from conflict_events.timelines import TIMELINE_BODIES
from tests.schemas.samples import GOLDEN, STRIKE, changed, sample
from tests.schemas.schemas import (
    DOCUMENT,
    EVENTS,
    SCHEMAS,
    TIMELINES,
    Json,
    faults,
    objects,
    pointed_at,
)

# By the definitions of asyncapi/spec-json-schemas, 3.0.0; `x-…` may stand anywhere.
CHANNEL = {"address", "messages", "description", "parameters"}
OPERATION = {"action", "channel", "messages"}
MESSAGE = {"name", "summary", "contentType", "payload"}
PARAMETER = {"enum", "default", "description", "examples", "location"}
KEY_OF_A_COMPONENT = re.compile(r"[A-Za-z0-9._-]+")


def known(one: Json) -> set[str]:
    """The fields of an AsyncAPI object that are not extensions."""
    return {field for field in one if not field.startswith("x-")}


def test_the_document_is_asyncapi_3() -> None:
    """With the fields that it must have, and no others."""
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert set(DOCUMENT) == {
        *("asyncapi", "info", "defaultContentType", "channels", "operations", "components"),
    }
    assert set(DOCUMENT["info"]) == {"title", "version", "description", "license"}
    assert set(DOCUMENT["components"]) == {"messages", "schemas"}
    for group in DOCUMENT["components"].values():
        assert all(KEY_OF_A_COMPONENT.fullmatch(key) for key in group)


def test_every_reference_resolves() -> None:
    """Within the document: nothing is fetched from another host."""
    refs = [one["$ref"] for one in objects(DOCUMENT) if "$ref" in one]
    assert len(refs) > 100
    for ref in refs:
        assert isinstance(pointed_at(DOCUMENT, ref), dict), ref


def test_a_reference_stands_alone() -> None:
    """AsyncAPI's schemas are of draft 7, which ignores whatever stands beside a reference."""
    assert all(len(one) == 1 for one in objects(DOCUMENT) if "$ref" in one)


def test_its_schemas_are_valid_in_both_dialects() -> None:
    """Of draft 7, of which AsyncAPI's are a superset, and of 2020-12."""
    for schema in SCHEMAS.values():
        Draft7Validator.check_schema(schema)
        Draft202012Validator.check_schema(schema)


def test_the_intake_channels_take_the_events_of_their_kind() -> None:
    """In the field `event` of a stream's entry."""
    for kind in KINDS:
        channel = DOCUMENT["channels"][kind]
        assert channel["address"] == f"intake:{kind}"
        assert channel["x-stream-fields"] == ["event"]
        assert f"XADD intake:{kind} * event" in channel["description"]
        assert set(channel["messages"]) == {name for name in BODIES if kind_of(name) == kind}


def test_the_channels_are_the_streams_of_the_architecture() -> None:
    """Nothing stands in them but what AsyncAPI knows."""
    assert {name: one["address"] for name, one in DOCUMENT["channels"].items()} == {
        "article": "intake:article",
        "statement": "intake:statement",
        "strike": "intake:strike",
        "refused": "intake:refused",
        **{name: f"{{hashTag}}:timeline:{name}:{{version}}" for name in TIMELINE_BODIES},
    }
    for channel in DOCUMENT["channels"].values():
        assert known(channel) <= CHANNEL
        named = set(re.findall(r"\{(\w+)\}", channel["address"]))
        assert set(channel.get("parameters", {})) == named
        assert all(set(one) <= PARAMETER for one in channel.get("parameters", {}).values())


def test_an_address_with_its_parameters_is_the_key() -> None:
    """The examples spell a key of the architecture."""
    channel = DOCUMENT["channels"]["pairings"]
    address = channel["address"]
    for name, parameter in channel["parameters"].items():
        address = address.replace(f"{{{name}}}", parameter["examples"][0])
    assert address == "{ukraine}:timeline:pairings:1"


def test_an_operation_has_messages_of_its_channel_only() -> None:
    """What comes in is received, the rest is sent, and no channel is without one."""
    operations = DOCUMENT["operations"]
    seen = [one["channel"]["$ref"].removeprefix("#/channels/") for one in operations.values()]
    assert sorted(seen) == sorted(DOCUMENT["channels"])
    for operation in operations.values():
        assert known(operation) == OPERATION
        prefix = operation["channel"]["$ref"] + "/messages/"
        names = [ref["$ref"].removeprefix(prefix) for ref in operation["messages"]]
        channel = pointed_at(DOCUMENT, operation["channel"]["$ref"])
        assert sorted(names) == sorted(channel["messages"])
        intake = channel["x-stream-fields"] == ["event"]
        assert operation["action"] == ("receive" if intake else "send")


def test_the_nine_events_are_messages() -> None:
    """Named by type, each with its own schema."""
    messages = DOCUMENT["components"]["messages"]
    assert set(BODIES) < set(messages)
    for name, message in messages.items():
        assert known(message) <= MESSAGE
        assert message["name"] == name
        assert message["summary"].endswith(".")
        assert message["payload"] == {"$ref": f"#/components/schemas/{name}"}
        content = message.get("contentType", DOCUMENT["defaultContentType"])
        expected = "application/cloudevents+json" if name in BODIES else "application/json"
        assert content == expected


def test_events_are_told_apart_by_type() -> None:
    event = SCHEMAS["Event"]
    assert event["discriminator"] == "type"
    assert event["required"] == ["type"]
    assert event["properties"]["type"]["enum"] == list(BODIES)
    for name in BODIES:
        assert SCHEMAS[name]["properties"]["type"] == {"const": name}
        assert {"$ref": f"#/components/schemas/{name}"} in event["oneOf"]
    whole = event | {"components": {"schemas": SCHEMAS}}
    assert [faults(whole, sample(name)) for name in GOLDEN] == [[]] * len(GOLDEN)
    assert faults(whole, changed(STRIKE, "$.type", "conflict.article.published.v1")) != []


def test_events_have_the_same_schema_in_both_documents() -> None:
    """They are made once; only the prefix of their references differs."""
    moved = json.loads(json.dumps(SCHEMAS).replace("#/components/schemas/", "#/$defs/"))
    for name, schema in (EVENTS | TIMELINES).items():
        for other, definition in schema.get("$defs", {}).items():
            assert definition == moved[other], other
        bare = {key: value for key, value in schema.items() if not key.startswith("$")}
        assert bare == moved[name]


def test_the_refused_channel_knows_every_reason() -> None:
    """The list is closed."""
    refused = SCHEMAS["refused"]
    assert refused["properties"]["reason"]["enum"] == list(get_args(Reason))
    assert DOCUMENT["channels"]["refused"]["x-stream-fields"] == list(refused["properties"])
    assert set(refused["required"]) >= {
        *("event", "reason", "path", "message", "stream", "entry"),
    }
