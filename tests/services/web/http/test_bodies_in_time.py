"""The body of a request has to come in time: whoever trickles it, or keeps it, holds nothing."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from redis.asyncio import Redis

from conflict_events.codec import Policy
from conflict_events.receipts import SINGLE
from conflict_timeline.web import protocol
from conflict_timeline.web.keys import store
from conflict_timeline.web.keys.key import Grant
from conflict_timeline.web.service import Web
from tests.oracle.builders import PRODUCER, strike
from tests.support import raw_of, serving

# How routes say what they are given changes in Litestar 3, which pyproject.toml leaves out.
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

BODY_S: Final = 1.5
PAUSE_S: Final = 0.5
PATIENCE_S: Final = 20.0


class Peer:
    """A connection to a service that has been told the head of a request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._began = time.monotonic()

    async def send(self, raw: bytes) -> None:
        """Send some bytes, if anybody takes them still."""
        self._writer.write(raw)
        await self._writer.drain()

    async def trickle(self, raw: bytes, *, pause_s: float) -> None:
        """Send bytes one by one until nobody takes them."""
        try:
            for byte in raw:
                await self.send(bytes([byte]))
                await asyncio.sleep(pause_s)
        except ConnectionError:
            return

    async def answer(self) -> tuple[bytes, float]:
        """All that comes back until the connection ends, and after how long that was."""
        found = b""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while more := await self._reader.read(65_536):
                    found += more
            except ConnectionError:
                pass
        return found, time.monotonic() - self._began


class Served:
    """A service with short bounds, and a key to it."""

    def __init__(self, web: Web, key: str) -> None:
        self._web = web
        self._key = key

    @asynccontextmanager
    async def posting(self, *headers: str, path: str = "POST /events") -> AsyncGenerator[Peer]:
        """Begin a request."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._web.port)
        lines = [
            f"{path} HTTP/1.1",
            "Host: localhost",
            f"Content-Type: {SINGLE}",
            f"Authorization: Bearer {self._key}",
            *headers,
        ]
        try:
            peer = Peer(reader, writer)
            await peer.send("\r\n".join([*lines, "", ""]).encode())
            yield peer
        finally:
            writer.close()


@pytest.fixture
async def served(
    redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Served]:
    """Give a service that waits for half a second for more, and for all for one and a half."""
    monkeypatch.setattr(protocol, "BODY_S", BODY_S)
    monkeypatch.setattr(protocol, "BODY_PAUSE_S", PAUSE_S)
    key, _ = await store.create(redis, Grant(name="desk", sources=(PRODUCER,)))
    web = Web(redis, policy=Policy(), folder=tmp_path, host="127.0.0.1", port=0)
    async with serving(web.run()):
        yield Served(web, key)


def is_too_late(answer: bytes) -> None:
    """Check that an answer tells that the body did not come in time."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\n"), answer
    assert b"\r\nconnection: close" in head
    assert b"\r\ncontent-type: application/problem+json" in head
    assert json.loads(body)["status"] == 408


async def test_a_length_without_a_body_is_answered_and_hung_up(served: Served) -> None:
    async with served.posting("Content-Length: 100") as peer:
        answer, took_s = await peer.answer()

    is_too_late(answer)
    assert took_s >= PAUSE_S


async def test_a_body_that_stops_is_answered_and_hung_up(served: Served) -> None:
    async with served.posting("Transfer-Encoding: chunked") as peer:
        await peer.send(b"1\r\n{\r\n")
        answer, took_s = await peer.answer()

    is_too_late(answer)
    assert took_s >= PAUSE_S


async def test_a_body_that_trickles_is_hung_up_in_the_end(served: Served) -> None:
    """Although no pause in it is long."""
    async with served.posting("Content-Length: 1000") as peer:
        trickling = asyncio.create_task(peer.trickle(b"a" * 1_000, pause_s=PAUSE_S / 10))
        answer, took_s = await peer.answer()
        await trickling

    # The peer was still sending when it was told: then it may see no more than the end.
    if answer:
        is_too_late(answer)
    assert took_s >= BODY_S - 0.2


async def test_a_slow_body_that_comes_in_time_is_taken(served: Served) -> None:
    body = raw_of(strike("slow", 1, 2))
    third = len(body) // 3
    headers = (f"Content-Length: {len(body)}", "Connection: close")
    async with served.posting(*headers) as peer:
        for part in (body[:third], body[third : 2 * third], body[2 * third :]):
            await asyncio.sleep(PAUSE_S / 2)
            await peer.send(part)
        answer, _ = await peer.answer()

    assert answer.startswith(b"HTTP/1.1 207 ")
    assert b'"outcome":"recorded"' in answer


@pytest.mark.parametrize(
    ("path", "status"), [("GET /livez", b"200"), ("PUT /events", b"405"), ("POST /nothing", b"404")]
)
async def test_an_answer_that_needs_no_body_is_given_and_then_hung_up(
    served: Served, path: str, status: bytes
) -> None:
    """And nothing is told after it, whatever trickles in."""
    async with served.posting("Content-Length: 1000", path=path) as peer:
        trickling = asyncio.create_task(peer.trickle(b"a" * 1_000, pause_s=PAUSE_S / 10))
        answer, _ = await peer.answer()
        await trickling

    assert answer.startswith(b"HTTP/1.1 " + status)
    assert answer.count(b"HTTP/1.1 ") == 1


async def test_fifty_that_keep_their_bodies_are_gone_after_a_while(
    served: Served, redis: Redis
) -> None:
    async def kept() -> bytes:
        async with served.posting("Content-Length: 50") as peer:
            return (await peer.answer())[0]

    for answer in await asyncio.gather(*(kept() for _ in range(50))):
        is_too_late(answer)
    assert await redis.exists("{ukraine}:log", "intake:refused") == 0


def test_the_bounds_are_what_the_reference_says() -> None:
    assert (protocol.BODY_S, protocol.BODY_PAUSE_S) == (60.0, 30.0)
