"""Upcasters: an event of an older version is read as one of today's; its bytes stay."""

import json
from typing import Any

import pytest

from conflict_events.codec import Accepted, Codec, Policy, encode, examine
from conflict_events.errors import RefusedError
from conflict_events.events import StrikeReported
from conflict_events.outcomes import Refused
from conflict_events.upcasters import UPCASTERS, JsonObject, Upcaster
from tests.schemas.samples import GOLDEN, STRIKE, raw, sample

V0 = "conflict.strike.reported.v0"
DRAFT = "conflict.strike.seen.v0"


def from_v0(data: JsonObject) -> JsonObject:
    """In v0 `occurred` was `when`, with `from` and `to`, and a strike had one target."""
    when = data.pop("when")
    target = data.pop("target")
    return {
        **data,
        "occurred": {"earliest": when["from"], "latest": when["to"]},
        "targets": [target.lower()],
    }


def from_draft(data: JsonObject) -> JsonObject:
    """Before v0 `when` was an instant."""
    return {**data, "when": {"from": data["when"], "to": data["when"]}}


CODEC = Codec({V0: Upcaster(STRIKE, from_v0), DRAFT: Upcaster(V0, from_draft)})


def older(event_type: str, **data: Any) -> JsonObject:
    """An event of an older version."""
    return {**sample(STRIKE), "type": event_type, "data": {"place": {"name": "Sampleton"}, **data}}


OLD = older(V0, when={"from": "2026-01-15T01:30:00Z", "to": "2026-01-15T04:00:00Z"}, target="PORT")
OLDEST = older(DRAFT, when="2026-01-15T01:30:00Z", target="PORT")


def accepted(event: JsonObject) -> Accepted:
    """What the codec makes of an event that it must accept."""
    outcome = CODEC.accept(raw(event))
    assert isinstance(outcome, Accepted), outcome
    return outcome


@pytest.mark.parametrize("event", [OLD, OLDEST], ids=["one step", "two steps"])
def test_an_older_event_is_read_as_one_of_today(event: JsonObject) -> None:
    """Step by step, and by `read` as by `accept`."""
    outcome = accepted(event)
    assert outcome.event == CODEC.read(raw(event))
    assert outcome.event.type == STRIKE
    assert isinstance(outcome.event.data, StrikeReported)
    assert outcome.event.data.targets == ("port",)
    assert examine(encode(outcome.event)).event == outcome.event


def test_the_bytes_of_an_older_event_stay_as_they_were_sent() -> None:
    """They are the evidence; the upcaster runs on each reading."""
    offered = json.dumps(OLD, indent=3).encode()
    outcome = CODEC.accept(offered)
    assert isinstance(outcome, Accepted)
    assert outcome.raw == offered
    assert V0.encode() in outcome.raw


def test_upcasters_do_not_touch_events_of_today() -> None:
    """Their types have no step."""
    for offered in GOLDEN.values():
        assert CODEC.accept(offered) == Codec({}).accept(offered)


def test_no_older_version_is_known_yet() -> None:
    """v1 is the first; without a step, v0 is an unknown type."""
    assert UPCASTERS == {}
    refused = Codec().accept(raw(OLD))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.path) == ("unknown_type", "$.type")
    with pytest.raises(RefusedError, match="unknown_type"):
        Codec().read(raw(OLD))


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        (older(V0, target="PORT"), "$.data"),
        (older(V0, when=7, target="PORT"), "$.data"),
        (older(V0, when={"from": "x"}, target=None), "$.data"),
        (older(DRAFT, target="PORT"), "$.data"),
        ({**OLD, "data": 7}, "$.data"),
        ({**OLD, "data": None}, "$.data"),
        ({**OLD, "data": [["when", "target"]]}, "$.data"),
        ({key: value for key, value in OLD.items() if key != "data"}, "$.data"),
        (older(V0, when=OLD["data"]["when"], target="PIER"), "$.data.targets[0]"),
        (
            older(V0, when={"from": "2026-01-15T02:00:00Z", "to": "x"}, target="PORT"),
            "$.data.occurred.latest",
        ),
        # What msgspec alone would take, in the envelope and in the body.
        ({**OLD, "time": "2026-01-15T11:00:02.1234567Z"}, "$.time"),
        (older(DRAFT, when="2026-01-15 01:30:00Z", target="PORT"), "$.data.occurred.earliest"),
        ({**OLD, "id": "a\u202eb"}, "$.id"),
        # What the upcaster drops.
        (
            older(V0, when={**OLD["data"]["when"], "x": "\u202e"}, target="PORT"),
            "$.data.when.x",
        ),
        ({**OLD, "conflict": "Example"}, "$.conflict"),
    ],
)
def test_a_broken_older_event_is_refused(broken: JsonObject, path: str) -> None:
    """By the rules of today, with paths as of today where the upcaster got so far."""
    refused = CODEC.accept(raw(broken))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.path) == ("invalid", path)


def test_a_broken_older_event_is_refused_on_reading() -> None:
    """With nothing but a refusal, as any bytes."""
    for broken in (older(V0, target="PORT"), {**OLD, "data": 7}, {**OLD, "time": 1}):
        with pytest.raises(RefusedError, match="invalid"):
            CODEC.read(raw(broken))
    with pytest.raises(RefusedError, match="invalid"):
        CODEC.read(raw(OLD)[:-1])


def test_policy_holds_for_older_events() -> None:
    """By what they are read as."""
    refused = CODEC.accept(raw(OLD), Policy(kind="article"))
    assert isinstance(refused, Refused)
    assert refused.reason == "wrong_stream"
    assert isinstance(CODEC.accept(raw(OLD), Policy(kind="strike")), Accepted)


def test_unknown_fields_of_an_older_event_are_named_as_of_today() -> None:
    """Those that the upcaster passes on."""
    assert accepted({**OLD, "tagret": 1}).unknown_fields == ("$.tagret",)
    passed_on = {**OLD, "data": {**OLD["data"], "weather": 1}}
    assert accepted(passed_on).unknown_fields == ("$.data.weather",)


def test_a_step_to_nowhere_is_an_unknown_type() -> None:
    """Rather than a crash, should a release forget a step."""
    codec = Codec({V0: Upcaster("conflict.strike.reported.v9", dict)})
    refused = codec.accept(raw(OLD))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.path) == ("unknown_type", "$.type")
    with pytest.raises(RefusedError, match="unknown_type"):
        codec.read(raw(OLD))
