"""The whole way: a scraper's publisher, HTTP, the key, the gate, and the log."""

import asyncio
import contextlib
import math
from collections.abc import AsyncGenerator
from typing import Any, Final

import msgspec
import pytest
import uvicorn
from redis.asyncio import Redis

from conflict_events import (
    Draft,
    Place,
    Publisher,
    PublisherError,
    Recorded,
    Refused,
    Repeat,
    StrikeReported,
    Window,
    examine,
)
from conflict_events.receipts import BATCH
from conflict_timeline.web.keys import store
from conflict_timeline.web.keys.errors import KeyRefusedError
from conflict_timeline.web.keys.key import Grant
from conflict_timeline.web.keys.keyring import FRESH_S, Keyring
from conflict_timeline.web.publishing.gate import Gate
from conflict_timeline.web.publishing.limiter import LimitedError
from tests.oracle.builders import PRODUCER
from tests.support import POLICY, log_of, until

STRIKE: Final = StrikeReported(
    occurred=Window.parse("2025-02-18T23:30:00Z/2025-02-19T05:00:00Z"),
    place=Place(name="Odesa", country="UA"),
)


class App:
    """The least that serves `POST /events`; `loses` so many answers after recording."""

    def __init__(self, redis: Redis) -> None:
        self._keyring = Keyring(redis)
        self._gate = Gate(redis, POLICY)
        self.loses = 0
        self.limited = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        headers = dict(scope["headers"])
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        status, answer, told = await self._answer(headers, body)
        if self.loses:
            self.loses -= 1
            status, answer, told = 502, b"", {}
        sent = [(name.encode(), value.encode()) for name, value in told.items()]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(
        self, headers: dict[bytes, bytes], body: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        presented = headers[b"authorization"].decode().removeprefix("Bearer ")
        is_batch = headers[b"content-type"].decode() == BATCH
        try:
            key = await self._keyring.check(presented)
            receipts, _ = await self._gate.publish(key, body, is_batch=is_batch)
        except KeyRefusedError as error:
            return 401, msgspec.json.encode({"detail": str(error)}), {}
        except LimitedError as error:
            self.limited += 1
            return 429, b"", {"retry-after": f"{math.ceil(error.retry_after_s)}"}
        return 207, msgspec.json.encode(receipts), {}


@contextlib.asynccontextmanager
async def serving(app: App) -> AsyncGenerator[str]:
    """Serve it on a port of this machine."""
    config = uvicorn.Config(app, port=0, lifespan="off", ws="none", log_level="error")
    server = uvicorn.Server(config)
    vars(server)["capture_signals"] = contextlib.nullcontext  # Those are for pytest.
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def publishing(
    redis: Redis, grant: Grant, **options: Any
) -> AsyncGenerator[tuple[Publisher[Any], App, str]]:
    """A publisher with a key, the application that it publishes to, and the id of the key."""
    app = App(redis)
    key, kept = await store.create(redis, grant)
    settings: dict[str, Any] = {"source": PRODUCER, "conflict": "ukraine"} | options
    async with serving(app) as url, Publisher.over_http(url, key, **settings) as publisher:
        yield publisher, app, kept.id


GRANT: Final = Grant(name="desk", sources=(PRODUCER,), conflicts=("ukraine",), rate_per_s=100_000.0)


def drafts(count: int) -> list[Draft]:
    """So many drafts."""
    return [Draft(id=f"n{number}", body=STRIKE) for number in range(count)]


async def test_what_a_scraper_publishes_is_in_the_log_at_its_position(redis: Redis) -> None:
    async with publishing(redis, GRANT) as (publisher, _, _):
        outcomes = await publisher.publish(drafts(1_200))

    assert outcomes == [Recorded(n) for n in range(1, 1_201)]
    logged = [examine(raw).event for raw in await log_of(redis)]
    assert [event.id for event in logged] == [f"n{number}" for number in range(1_200)]
    assert {event.data for event in logged} == {STRIKE}


async def test_a_lost_answer_records_nothing_twice(redis: Redis) -> None:
    async with publishing(redis, GRANT) as (publisher, app, _):
        app.loses = 2
        assert await publisher.publish(drafts(3)) == [Repeat(1), Repeat(2), Repeat(3)]

    assert len(await log_of(redis)) == 3


async def test_who_has_no_right_to_a_source_or_conflict_is_told(redis: Redis) -> None:
    async with publishing(redis, GRANT, source="https://another.example") as (publisher, _, _):
        refused = await publisher.publish_one(Draft(id="a", body=STRIKE))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.path) == ("not_owner", "$.source")

    async with publishing(redis, GRANT, conflict="sudan") as (publisher, _, _):
        refused = await publisher.publish_one(Draft(id="a", body=STRIKE))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.path) == ("unknown_conflict", "$.conflict")


async def test_a_revoked_key_is_shut_out_within_two_seconds(redis: Redis) -> None:
    async with publishing(redis, GRANT) as (publisher, _, key_id):
        assert await publisher.publish(drafts(1)) == [Recorded(1)]
        await store.revoke(redis, key_id)
        await asyncio.sleep(FRESH_S + 0.1)
        with pytest.raises(PublisherError, match="401 Unauthorized: the API key is not valid"):
            await publisher.publish(drafts(2))


async def test_a_publisher_that_is_too_fast_waits_and_loses_nothing(redis: Redis) -> None:
    slow = msgspec.structs.replace(GRANT, rate_per_s=40.0)
    async with publishing(redis, slow) as (publisher, app, _):
        await publisher.publish(drafts(450))
        outcome = await publisher.publish_one(Draft(id="last", body=STRIKE))

    assert app.limited >= 1
    assert outcome == Recorded(451)
