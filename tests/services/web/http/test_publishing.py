"""Publishing as other programs do: curl, the CloudEvents SDK, and what they are answered."""

import asyncio
import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from conflict_events.receipts import BATCH, SINGLE
from tests.oracle.builders import strike
from tests.oracle.reports import key_of
from tests.services.web.http.site import PAIRINGS, Json, Site, raids, within
from tests.support import raw_of

RECEIPT: Final = frozenset(
    {"line", "source", "id", "outcome", "conflict", "position", "reason", "path", "message"}
    | {"unknown_fields"}
)


def of_sdk(event: Json) -> CloudEvent:
    """The same event, made as a user of the SDK makes one."""
    attributes = {name: value for name, value in event.items() if name != "data"}
    attributes["time"] = datetime.now(UTC)
    attributes["datacontenttype"] = "application/json"
    return CloudEvent(attributes, event["data"])


def sent(site: Site, message: HTTPMessage) -> list[Json]:
    """What became of a message of the SDK."""
    answer = site.http.post(
        "/events", content=message.body, headers={**message.headers, **site.authorization}
    )
    assert answer.status_code == 207, answer.text
    receipts: list[Json] = answer.json()
    return receipts


def test_the_cloudevents_sdk_publishes_one_event_and_a_repeat_answers_its_position(
    site: Site,
) -> None:
    events = [of_sdk(event) for event in raids("iraq", 2)]

    first = [sent(site, to_structured(event, JSONFormat())) for event in events]
    again = sent(site, to_structured(events[0], JSONFormat()))

    assert [(one["outcome"], one["position"]) for (one,) in first] == [
        ("recorded", 1),
        ("recorded", 2),
    ]
    assert [(one["outcome"], one["position"]) for one in again] == [("repeat", 1)]
    assert set(again[0]) == RECEIPT


def test_the_cloudevents_sdk_publishes_a_batch(site: Site) -> None:
    """By its own writer of JSON, in the array that the JSON format of CloudEvents has."""
    written = [JSONFormat().write(of_sdk(event)) for event in raids("iran", 3)]
    message = HTTPMessage({"content-type": BATCH}, b"[" + b",".join(written) + b"]")

    receipts = sent(site, message)
    again = sent(site, message)

    assert [(one["line"], one["outcome"], one["position"]) for one in receipts] == [
        (number, "recorded", number) for number in (1, 2, 3)
    ]
    assert [(one["outcome"], one["position"]) for one in again] == [
        ("repeat", number) for number in (1, 2, 3)
    ]


def test_three_hundred_who_publish_and_read_at_once_are_all_answered(site: Site) -> None:
    """More than a client library's pool of connections to the broker holds by default."""

    async def asks() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=site.url, limits=limits, timeout=60) as http:
            headers = {"content-type": BATCH, **site.authorization}
            batches = [list(raids("gabon", 40, first=40 * n)) for n in range(150)]
            posts = [
                http.post(
                    "/events", content=b"[" + b",".join(map(raw_of, batch)) + b"]", headers=headers
                )
                for batch in batches
            ]
            gets = [http.get(PAIRINGS, params={"limit": 1}) for _ in range(150)]
            return await asyncio.gather(*posts, *gets)

    answers = asyncio.run(asks())

    assert {answer.status_code for answer in answers} == {200, 207}


def curl(site: Site, folder: Path, body: bytes, content_type: str) -> tuple[str, list[Json]]:
    """What curl is told: the status, and the receipts."""
    file = folder / "body.json"
    file.write_bytes(body)
    done = subprocess.run(
        [
            *("curl", "--silent", "--show-error", "--noproxy", "*", f"{site.url}/events"),
            *("--header", f"Authorization: Bearer {site.key}"),
            *("--header", f"Content-Type: {content_type}"),
            *("--data-binary", f"@{file}", "--write-out", "\n%{http_code}"),
        ],
        capture_output=True,
        check=True,
        timeout=30,
    )
    receipts, _, status = done.stdout.decode().rpartition("\n")
    return status, json.loads(receipts)


def test_curl_publishes_one_event_and_a_batch(site: Site, tmp_path: Path) -> None:
    one, *others = raids("chad", 3)
    batch = b"[" + b",".join(raw_of(event) for event in others) + b"]"

    assert curl(site, tmp_path, raw_of(one), SINGLE) == ("207", [receipt(one, "recorded", 1)])
    assert curl(site, tmp_path, raw_of(one), SINGLE) == ("207", [receipt(one, "repeat", 1)])
    assert curl(site, tmp_path, batch, f"{BATCH}; charset=utf-8") == (
        "207",
        [receipt(event, "recorded", n + 1, line=n) for n, event in enumerate(others, 1)],
    )


def receipt(event: Json, outcome: str, position: int, *, line: int = 1) -> Json:
    """The receipt of an event that was recorded."""
    nothing = dict.fromkeys(("reason", "path", "message"))
    named = {name: event[name] for name in ("source", "id", "conflict")}
    return {
        "line": line,
        **named,
        "outcome": outcome,
        "position": position,
        **nothing,
        "unknown_fields": [],
    }


def test_one_bad_event_of_a_batch_is_refused_and_the_others_are_recorded(site: Site) -> None:
    good, other = raids("libya", 2)
    bad = {**strike("bad", 1, 0), "conflict": "libya"}  # It ends before it begins.
    foreign = {**good, "source": "https://somebody.example", "id": "foreign"}

    receipts = site.publish(good, bad, foreign, other)

    assert [one["outcome"] for one in receipts] == ["recorded", "refused", "refused", "recorded"]
    assert [one["position"] for one in receipts] == [1, None, None, 2]
    assert receipts[1]["path"].startswith("$.data.occurred")
    assert receipts[1]["message"]
    assert (receipts[2]["reason"], receipts[2]["path"]) == ("not_owner", "$.source")


def test_what_was_published_can_be_read_by_key_and_by_source_and_id(site: Site) -> None:
    (event,) = raids("togo", 1)
    site.publish(event)

    by_key = site.asked(f"/conflicts/togo/events/{key_of(event)}")
    named = {"source": event["source"], "id": event["id"]}

    assert by_key["outcome"] == "recorded"
    assert by_key["position"] == 1
    assert by_key["event"] == event
    assert site.asked("/conflicts/togo/events", **named) == by_key
    assert site.asked("/events", **named) == by_key
    told = site.console(
        "event", event["source"], event["id"], "--conflict", "togo", "--output", "json"
    )
    assert told.one == by_key


def test_a_refused_event_says_why_when_it_is_asked_for(site: Site) -> None:
    (good,) = raids("peru", 1)
    bad = {**strike("bad", 1, 0), "conflict": "peru"}
    site.publish(good, bad)

    fate = site.asked("/conflicts/peru/events", source=bad["source"], id="bad")

    assert fate["outcome"] == "refused"
    assert fate["position"] is None
    assert [one["path"].startswith("$.data.occurred") for one in fate["refusals"]] == [True]


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ctk_", "Basic eHg6eHg=", "Bearer ctk_0000000000000000_aaaa", "Bearer é"],
)
def test_without_a_key_nothing_is_taken(site: Site, authorization: str) -> None:
    answer = site.http.post(
        "/events",
        content=b"{}",
        headers=[
            (b"content-type", SINGLE.encode()),
            (b"authorization", authorization.encode()),
        ],
    )

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_who_publishes_too_much_is_told_how_long_to_wait(site: Site) -> None:
    key = site.new_key(rate=1)
    headers = {"authorization": f"Bearer {key}", "content-type": BATCH}
    body = b"[" + b",".join(raw_of(event) for event in raids("cuba", 20)) + b"]"

    first, second = (site.http.post("/events", content=body, headers=headers) for _ in range(2))

    assert first.status_code == 207
    assert second.status_code == 429
    assert 1 <= int(second.headers["retry-after"]) <= 60
    assert second.headers["content-type"] == "application/problem+json"


def test_a_key_may_be_used_until_it_is_revoked(site: Site) -> None:
    done = site.console("keys", "create", "gone", "--source", "https://gone.example")
    headers = {"authorization": f"Bearer {done.one['key']}", "content-type": BATCH}
    assert site.http.post("/events", content=b"[]", headers=headers).status_code == 207

    assert site.console("keys", "revoke", done.one["id"]).code == 0

    def shut_out() -> bool:
        return site.http.post("/events", content=b"[]", headers=headers).status_code == 401

    within(3, shut_out)


def parts(body: bytes) -> Iterator[bytes]:
    """A body in parts, with time between them."""
    for start in range(0, len(body), 200):
        time.sleep(0.01)
        yield body[start : start + 200]


def test_a_body_may_come_in_parts(site: Site) -> None:
    """Of no told length."""
    (event,) = raids("laos", 1)

    answer = site.http.post(
        "/events",
        content=parts(raw_of(event)),
        headers={"content-type": SINGLE, **site.authorization},
    )

    assert [one["outcome"] for one in answer.json()] == ["recorded"]
