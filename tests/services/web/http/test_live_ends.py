"""How streams of a real process end: with a timeline, with the service, or with the peer."""

import asyncio
import json
import signal
import socket
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from redis.asyncio import Redis

from conflict_timeline.timelines.keys import timeline_key
from tests.cli.console import Console
from tests.services.projector.projecting import caught_up, projecting, raid, recorded
from tests.services.web.http.eventsource import EventSource
from tests.services.web.http.site import Site, up, within
from tests.services.web.http.test_health import Watched, web
from tests.services.web.http.test_live_process import metric
from tests.support import until

FIGURES: Final = "/conflicts/ukraine/timelines/figures"
INCIDENTS: Final = "/conflicts/ukraine/timelines/incidents"

ENDS_WITHIN_S: Final = 3.0
"""A second or two, on a machine that does other things too."""


@asynccontextmanager
async def heard(watched: Watched, path: str) -> AsyncGenerator[list[str]]:
    """The names of the events that a stream brings while it lasts, then `the end`."""
    names = list[str]()

    async def listen() -> None:
        async with watched.http.stream("GET", f"{path}/live") as answer:
            assert answer.status_code == 200
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    names.append(line.removeprefix("event: "))
        names.append("the end")

    listening = asyncio.create_task(listen())
    try:
        await until(lambda: bool(names))
        yield names
    finally:
        listening.cancel()
        await asyncio.wait([listening])


async def test_a_damaged_timeline_ends_its_own_streams_and_nothing_else(
    redis: Redis, server: str
) -> None:
    """It makes the service not ready, with the reason, until it is mended."""
    await recorded(redis, [raid("a", 1)])
    async with projecting(server):
        await caught_up(redis)
    async with web(server) as watched:
        await until(watched.is_green, watched.program.told)
        key = timeline_key("ukraine", "figures", 1)
        async with heard(watched, FIGURES) as figures, heard(watched, INCIDENTS) as incidents:
            await redis.xadd(key, {"r": "x", "d": "0" * 64}, id="99999-0")

            await until(lambda: "the end" in figures, watched.program.told)

            assert figures[-2:] == ["cut", "the end"]
            await until(watched.is_red)
            _, (trouble,) = await watched.ready()
            assert trouble["what"] == "timeline"
            assert "{ukraine}:timeline:figures:1 holds 99999-0" in trouble["reason"]
            asked = await watched.http.get(f"{FIGURES}/live")
            assert asked.status_code == 503
            assert asked.headers["content-type"] == "application/problem+json"
            assert int(asked.headers["retry-after"]) >= 1
            assert (await watched.http.get(FIGURES)).status_code == 200
            assert "the end" not in incidents
            assert "Traceback" not in watched.program.told()
        await redis.xdel(key, "99999-0")
        await until(watched.is_green, watched.program.told)
        async with heard(watched, FIGURES) as figures:
            assert figures == ["progress"]


@pytest.fixture
def own(tmp_path: Path, environment: dict[str, str]) -> Iterator[Site]:
    """Give a site of its own: it is told to stop."""
    with up(tmp_path, environment) as site:
        yield site


def deaf(port: int) -> socket.socket:
    """A peer that asks for all that ever was, and never reads it."""
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    peer.connect(("127.0.0.1", port))
    path = "/conflicts/ukraine/timelines/incidents/live?after=0-0"
    peer.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return peer


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_told_to_stop_with_streams_open_it_ends_soon_and_in_order(
    own: Site, number: signal.Signals, code: int
) -> None:
    """One peer that reads, which is told so, and some that do not."""
    with EventSource(own.port, f"{INCIDENTS}/live") as source:
        events = iter(source)
        assert next(events).type == "progress"
        peers = [deaf(own.port) for _ in range(3)]
        within(10, lambda: metric(own, "conflict_timeline_live_subscribers") == 4)
        began = time.monotonic()

        done = own.running.send(number)

        took_s = time.monotonic() - began
        last = [event for event in _to_the_end(events) if event != "progress"]
    for peer in peers:
        peer.close()
    print(f"ended after {took_s:.2f} s")
    assert done.code == code
    assert last == ["cut"]
    assert took_s <= ENDS_WITHIN_S
    assert "Traceback" not in done.err
    assert "Exception in ASGI" not in done.err
    assert "running task" not in done.err


def _to_the_end(events: Iterator[object]) -> Iterator[str]:
    try:
        for event in events:
            yield str(getattr(event, "type", ""))
    except (AssertionError, ConnectionResetError):  # The stream, or the connection, has ended.
        return


def test_a_web_service_of_its_own_ends_as_soon(own: Site, environment: dict[str, str]) -> None:
    console = Console(own.console.folder, environment)
    running = console.start("run", "web", "--port", "0")
    try:
        running.says("web.started")
        port = int(running.err.split("http://127.0.0.1:")[1].split()[0].rstrip("\x1b[0m"))
        with EventSource(port, f"{INCIDENTS}/live?after=0-0") as source:
            assert next(iter(source)).type == "progress"
            began = time.monotonic()

            done = running.send(signal.SIGTERM)

            took_s = time.monotonic() - began
    finally:
        console.clear()
    assert (done.code, "Traceback" in done.err) == (0, False), done.err
    assert took_s <= ENDS_WITHIN_S


def test_who_hangs_up_is_at_once_no_subscriber_any_more_and_was_not_cut(site: Site) -> None:
    cut = metric(site, "conflict_timeline_live_cut_total")
    before = metric(site, "conflict_timeline_live_subscribers")
    sources = [EventSource(site.port, f"{INCIDENTS}/live") for _ in range(10)]
    for source in sources:
        assert next(iter(source)).type == "progress"
    assert metric(site, "conflict_timeline_live_subscribers") == before + 10

    for source in sources:
        with source:
            pass

    within(2, lambda: metric(site, "conflict_timeline_live_subscribers") <= before)
    assert metric(site, "conflict_timeline_live_cut_total") == cut


def test_a_peer_that_never_read_and_is_gone_is_no_subscriber_any_more(site: Site) -> None:
    """A reset, in the middle of what was sent."""
    before = metric(site, "conflict_timeline_live_subscribers")
    peer = deaf(site.port)
    within(10, lambda: metric(site, "conflict_timeline_live_subscribers") == before + 1)
    linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    peer.close()

    within(2, lambda: metric(site, "conflict_timeline_live_subscribers") == before)
    assert "Traceback" not in site.running.err
    assert json.loads(httpx.get(f"{site.url}/livez").text) == {"live": True}
