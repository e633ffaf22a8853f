"""The publisher over HTTP: positions, refusals, and a service that is away, busy or broken."""

import asyncio
import contextlib
import json
import logging
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest

from conflict_events import Draft, Publisher, PublisherError, Recorded, Refused, Repeat, examine
from conflict_events.outcomes import Outcome
from conflict_events.over_http import ANSWER_BYTES_MAX
from conflict_events.publisher import BATCH_EVENTS_MAX
from conflict_events.receipts import BODY_BYTES_MAX
from tests.schemas.http_service import KEY, Answer, Service, serving
from tests.schemas.publishing import SOURCE, STRIKE, drafts


@pytest.fixture
def service() -> Iterator[Service]:
    """A service that answers as it should, but for its faults."""
    with serving(Service()) as served:
        yield served


@contextlib.asynccontextmanager
async def publishing(url: str, **options: Any) -> AsyncGenerator[Publisher[Outcome]]:
    """A publisher of these tests."""
    settings: dict[str, Any] = {
        "key": KEY,
        "source": SOURCE,
        "conflict": "ukraine",
        "patience_s": 10.0,
    } | options
    async with Publisher.over_http(url, **settings) as publisher:
        yield publisher


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


# What is sent, and what becomes of it.


async def test_an_event_is_recorded_at_its_position(service: Service) -> None:
    async with publishing(service.url) as publisher:
        assert await publisher.publish_one(Draft(id="a", body=STRIKE)) == Recorded(1)
        assert await publisher.publish(drafts(2)) == [Recorded(2), Recorded(3)]

    request = service.requests[0]
    assert request.path == "/events"
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["content-type"] == "application/cloudevents-batch+json"
    assert headers["authorization"] == f"Bearer {KEY}"
    raw = request.body.removeprefix(b"[").removesuffix(b"]")
    assert examine(raw).event.data == STRIKE


@pytest.mark.parametrize("below", ["", "/", "/timeline", "/timeline/"])
async def test_events_go_below_the_address(service: Service, below: str) -> None:
    async with publishing(service.url + below) as publisher:
        await publisher.publish_one(Draft(id="a", body=STRIKE))

    assert service.requests[0].path == f"{below.rstrip('/')}/events"


async def test_an_event_published_again_is_a_repeat(service: Service) -> None:
    async with publishing(service.url) as publisher:
        await publisher.publish(drafts(2))
        assert await publisher.publish(drafts(3)) == [Repeat(1), Repeat(2), Recorded(3)]


async def test_an_event_that_the_service_refuses_keeps_its_place(service: Service) -> None:
    fault = {"reason": "not_owner", "path": "$.source", "message": "not yours"}
    service.refuses["n1"] = fault
    async with publishing(service.url) as publisher:
        outcomes = await publisher.publish(drafts(3))

    assert outcomes == [Recorded(1), Refused("not_owner", "$.source", "not yours"), Recorded(2)]


async def test_what_would_be_refused_for_its_content_is_not_sent(service: Service) -> None:
    bad = [Draft(id="a b", body=STRIKE), Draft(id="c d", body=STRIKE)]
    async with publishing(service.url) as publisher:
        outcomes = await publisher.publish([bad[0], *drafts(1), bad[1]])
        assert outcomes[1] == Recorded(1)
        assert [type(one) for one in outcomes] == [Refused, Recorded, Refused]
        assert [event["id"] for event in service.requests[0].events] == ["n0"]

        assert [type(one) for one in await publisher.publish(bad)] == [Refused, Refused]
        assert await publisher.publish([]) == []
    assert len(service.requests) == 1


async def test_many_events_go_in_batches_of_bounded_size(service: Service) -> None:
    """So many events, and so many bytes, to a request."""
    long = msgspec.structs.replace(STRIKE, articles=("https://a.example/" + "x" * 1900,) * 30)
    few = 2 * BODY_BYTES_MAX // 57_000
    async with publishing(service.url) as publisher:
        outcomes = await publisher.publish(drafts(2 * BATCH_EVENTS_MAX + 1))
        assert outcomes == [Recorded(n) for n in range(1, 2 * BATCH_EVENTS_MAX + 2)]
        assert [len(request.events) for request in service.requests] == [500, 500, 1]

        service.requests.clear()
        await publisher.publish(Draft(id=f"long{n}", body=long) for n in range(few))
    assert len(service.requests) >= 2
    assert all(len(request.body) <= BODY_BYTES_MAX for request in service.requests)
    assert max(len(request.body) for request in service.requests) > 0.9 * BODY_BYTES_MAX


async def test_a_publisher_may_be_shared(service: Service) -> None:
    async with publishing(service.url) as publisher:
        outcomes = await asyncio.gather(
            *(publisher.publish([Draft(id=f"t{n}", body=STRIKE)]) for n in range(20))
        )
    for number, [outcome] in enumerate(outcomes):
        assert isinstance(outcome, Recorded)
        assert service.ids[outcome.position - 1] == f"t{number}"


# Faults that pass.


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_service_that_cannot_take_them_now_is_asked_again(
    service: Service, status: int
) -> None:
    service.faults += [Answer(status=status), Answer(status=status, body=b"<html>")]
    async with publishing(service.url) as publisher:
        assert await publisher.publish(drafts(2)) == [Recorded(1), Recorded(2)]

    bodies = [request.body for request in service.requests]
    assert bodies == bodies[:1] * 3, "the same bytes"


async def test_a_wait_that_is_asked_for_is_kept(service: Service) -> None:
    service.faults.append(Answer(status=429, headers={"Retry-After": "1"}))
    began = time.monotonic()
    async with publishing(service.url) as publisher:
        assert await publisher.publish(drafts(1)) == [Recorded(1)]

    assert 1.0 <= time.monotonic() - began < 4


async def test_a_wait_may_be_asked_for_by_a_date(service: Service) -> None:
    until = datetime.now(UTC) + timedelta(seconds=2)
    headers = {"Retry-After": format_datetime(until, usegmt=True)}
    service.faults.append(Answer(status=503, headers=headers))
    async with publishing(service.url) as publisher:
        assert await publisher.publish(drafts(1)) == [Recorded(1)]

    assert datetime.now(UTC) >= until.replace(microsecond=0)


@pytest.mark.parametrize(
    "text", ["soon", "-1", "", "1.5", "\u0661", "Thu, 01 Jan 1970 00:00:00 GMT"]
)
async def test_a_wait_that_is_none_does_no_harm(service: Service, text: str) -> None:
    headers = {"Retry-After": text} if text.isascii() else {"Retry-After": "x"}
    service.faults.append(Answer(status=503, headers=headers))
    began = time.monotonic()
    async with publishing(service.url) as publisher:
        assert await publisher.publish(drafts(1)) == [Recorded(1)]
    assert time.monotonic() - began < 3


async def test_who_is_told_to_wait_again_and_again_waits(service: Service) -> None:
    """More often than there are pauses: the patience alone ends it."""
    service.faults += [Answer(status=429, headers={"Retry-After": "0"})] * 7
    async with publishing(service.url) as publisher:
        assert await publisher.publish(drafts(1)) == [Recorded(1)]


async def test_a_wait_longer_than_the_patience_is_not_begun(service: Service) -> None:
    service.faults.append(Answer(status=429, headers={"Retry-After": "3600"}))
    began = time.monotonic()
    async with publishing(service.url) as publisher:
        with pytest.raises(PublisherError, match="asks to wait for 3600 s: 429") as raised:
            await publisher.publish(drafts(2))

    assert time.monotonic() - began < 2
    assert [draft.id for draft in raised.value.unsent] == ["n0", "n1"]


async def test_a_connection_that_is_reset_is_made_anew(service: Service) -> None:
    """Also one that was used before."""
    async with publishing(service.url) as publisher:
        await publisher.publish_one(Draft(id="first", body=STRIKE))
        service.faults += [Answer(reset=True)] * 2
        assert await publisher.publish(drafts(1)) == [Recorded(2)]


async def test_what_was_recorded_though_its_answer_was_lost_is_a_repeat(service: Service) -> None:
    """At its position; nothing is recorded twice."""

    def lost(request: Any) -> Answer:
        service.recorded(request)
        return Answer(reset=True)

    service.faults.append(lost)
    async with publishing(service.url) as publisher:
        assert await publisher.publish(drafts(3)) == [Repeat(1), Repeat(2), Repeat(3)]
    assert service.ids == ["n0", "n1", "n2"]


@pytest.mark.parametrize("cut", [0, 1, 50, -1])
async def test_an_answer_that_was_cut_is_asked_for_again(service: Service, cut: int) -> None:
    def cutting(request: Any) -> Answer:
        whole = service.recorded(request)
        return Answer(body=whole.body, cut=cut)

    service.faults.append(cutting)
    async with publishing(service.url) as publisher:
        assert await publisher.publish(drafts(2)) == [Repeat(1), Repeat(2)]


RECEIPT = {"line": 1, "source": SOURCE, "id": "n0", "conflict": "ukraine", "outcome": "recorded"}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b"null",
        b"<html>",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        json.dumps([RECEIPT]).encode(),
        json.dumps([RECEIPT | {"position": 1}] * 2).encode(),
        json.dumps([RECEIPT | {"position": 1, "line": 2}]).encode(),
        json.dumps([RECEIPT | {"position": "1"}]).encode(),
        json.dumps([RECEIPT | {"outcome": "refused"}]).encode(),
        json.dumps([RECEIPT | {"outcome": "refused", "reason": "bored"}]).encode(),
        json.dumps([RECEIPT | {"outcome": "lost", "position": 1}]).encode(),
    ],
    ids=range(14),
)
async def test_an_answer_that_is_none_is_never_taken_for_one(
    service: Service, answer: bytes
) -> None:
    service.faults += [Answer(body=answer)] * 100
    async with publishing(service.url, patience_s=0.5) as publisher:
        with pytest.raises(PublisherError, match="answer") as raised:
            await publisher.publish(drafts(1))
    assert [draft.id for draft in raised.value.unsent] == ["n0"]

    service.faults.clear()
    async with publishing(service.url) as publisher:
        assert await publisher.publish(raised.value.unsent) == [Recorded(1)]


# Faults that do not pass.


async def test_a_service_that_is_away_is_said_to_be(service: Service) -> None:
    """What is unsent can be published again as it is: its times are filled in."""
    began = time.monotonic()
    async with publishing(f"http://127.0.0.1:{closed_port()}", patience_s=0.5) as publisher:
        with pytest.raises(PublisherError, match=r"^the service is away .*; 3 events ") as raised:
            await publisher.publish(drafts(3))
    assert time.monotonic() - began < 3
    assert raised.value.outcomes == ()
    assert all(draft.time is not None for draft in raised.value.unsent)

    async with publishing(service.url) as publisher:
        first = await publisher.publish(raised.value.unsent)
        assert await publisher.publish(raised.value.unsent) == [Repeat(n) for n in (1, 2, 3)]
    assert first == [Recorded(n) for n in (1, 2, 3)]
    assert service.requests[0].body == service.requests[1].body


async def test_attempts_end_before_the_patience_does() -> None:
    began = time.monotonic()
    async with publishing(f"http://127.0.0.1:{closed_port()}", patience_s=60.0) as publisher:
        with pytest.raises(PublisherError, match=r"^the service is away: "):
            await publisher.publish(drafts(1))
    assert 3 < time.monotonic() - began < 10


@pytest.mark.parametrize("drip_s", [0.05, 60.0])
async def test_a_service_that_is_slow_is_not_waited_for_for_ever(
    service: Service, drip_s: float
) -> None:
    """Not even if a byte comes now and then."""
    service.faults += [Answer(body=b"[" + b" " * 1_000, chunks_s=drip_s)] * 10
    began = time.monotonic()
    async with publishing(service.url, patience_s=0.6) as publisher:
        with pytest.raises(PublisherError, match=r"away \(0\.6 s\): it does not answer"):
            await publisher.publish(drafts(1))
    assert time.monotonic() - began < 3


PROBLEM = json.dumps({"status": 401, "title": "Unauthorized", "detail": "no such key"}).encode()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, PROBLEM, "401 Unauthorized: no such key"),
        (403, b"<html>", "403 Forbidden;"),
        (404, b"", "404 Not Found;"),
        (413, b'{"detail": 7, "title": "too much"}', "413 .*: too much"),
        (415, b"[]", "415 "),
        (500, b"\xff", "500 "),
        (302, b"", "302 "),
        (204, b"", "204 "),
    ],
)
async def test_what_no_retry_can_mend_is_told_at_once(
    service: Service, status: int, body: bytes, said: str
) -> None:
    headers = {"Location": f"{service.url}/other"}
    service.faults.append(Answer(status=status, body=body, headers=headers))
    began = time.monotonic()
    async with publishing(service.url) as publisher:
        with pytest.raises(PublisherError, match=f"^the service would not take them: {said}"):
            await publisher.publish(drafts(1))
    assert time.monotonic() - began < 2
    assert len(service.requests) == 1


async def test_outcomes_known_before_a_failure_are_kept(service: Service) -> None:
    service.faults += [service.recorded, Answer(status=401)]
    first = [*drafts(BATCH_EVENTS_MAX - 1), Draft(id="a b", body=STRIKE)]
    second = [Draft(id="c d", body=STRIKE), Draft(id="last", body=STRIKE)]
    async with publishing(service.url) as publisher:
        with pytest.raises(PublisherError) as raised:
            await publisher.publish([*first, *second])

    assert [type(one) for one in raised.value.outcomes] == [Recorded] * 499 + [Refused]
    assert [draft.id for draft in raised.value.unsent] == ["c d", "last"]


async def test_an_answer_without_end_is_not_read_to_it(service: Service) -> None:
    service.faults.append(Answer(body=b" " * (ANSWER_BYTES_MAX + 1)))
    async with publishing(service.url) as publisher:
        with pytest.raises(PublisherError, match="answers with more than"):
            await publisher.publish(drafts(1))


async def test_a_cancelled_publisher_can_be_used_again(service: Service) -> None:
    service.faults.append(Answer(body=b"[]", chunks_s=60.0))
    async with publishing(service.url) as publisher:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(publisher.publish(drafts(3)), 0.2)
        assert await publisher.publish(drafts(2)) == [Recorded(1), Recorded(2)]


# The key.


async def test_the_key_is_in_no_error_and_no_log(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.faults.append(Answer(status=401))
    async with publishing(service.url) as publisher:
        with pytest.raises(PublisherError) as raised:
            await publisher.publish(drafts(1))
        shown = f"{publisher!r} {raised.value!r} {raised.value.__cause__!r} {caplog.text}"
    assert "k" * 43 not in shown


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("ftp://a.example", KEY),
        ("a.example", KEY),
        ("", KEY),
        ("http://", KEY),
        ("http://user:" + "k" * 43 + "@a.example", KEY),
        (KEY, "https://a.example"),
        ("https://a.example", ""),
        ("https://a.example", KEY + "\r\nx: y"),
        ("https://a.example", KEY + "\u0161"),
        ("https://a.example:99999999", KEY),
    ],
)
async def test_an_address_or_a_key_that_is_none_is_an_error_at_once(url: str, key: str) -> None:
    """That does not repeat the key, wherever it stands."""
    with pytest.raises(ValueError, match=r"address|key") as raised:
        async with publishing(url, key=key):
            pass
    assert "k" * 43 not in str(raised.value)


# What is installed.


def run(program: str) -> list[str]:
    """What a program prints, line by line, in a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_without_the_http_extra_the_error_names_it() -> None:
    program = """
import asyncio, sys
sys.modules["httpx"] = None  # As if it were not installed.
from conflict_events import Publisher

async def main():
    async with Publisher.over_http("https://a.example", "ctk_a_b", source="a:b", conflict="c"):
        pass

try:
    asyncio.run(main())
except ImportError as error:
    print(error)
"""
    [line] = run(program)
    assert line.endswith("pip install 'conflict-events[http]'")


def test_httpx_is_imported_when_it_is_used_and_redis_is_not() -> None:
    program = """
import asyncio, sys
from conflict_events import Publisher
assert "httpx" not in sys.modules

async def main():
    async with Publisher.over_http("https://a.example", "ctk_a_b", source="a:b", conflict="c"):
        pass

asyncio.run(main())
assert "httpx" in sys.modules
print([name for name in ("redis", "faststream", "conflict_timeline") if name in sys.modules])
"""
    assert run(program) == ["[]"]
