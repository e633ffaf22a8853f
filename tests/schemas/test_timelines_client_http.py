"""Subscribers over HTTP, and the whole of it: real events, a rebuild, a service that restarts."""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from conflict_events import Entry, Switched, Timelines, TimelinesError
from conflict_events.event_time import by_event_time
from tests.cli.console import EPISODES, wait_for
from tests.oracle.builders import strike
from tests.schemas.proxy import proxied
from tests.schemas.test_timelines_client import Follower
from tests.schemas.timelines_served import command, is_idle, places, up
from tests.support import until

pytestmark = pytest.mark.long  # Real processes.


def head(data: Path, projection: str = "pairings") -> dict[str, Any]:
    """What `status` says of a timeline of `ukraine`."""
    found: dict[str, Any] = next(
        one
        for conflict in json.loads(command(data, "status", "--output", "json"))["conflicts"]
        for one in conflict["projections"]
        if conflict["conflict"] == "ukraine" and one["projection"] == projection and one["served"]
    )
    return found


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Give a data folder with the sample episodes, and the address at which they are served."""
    folder = tmp_path_factory.mktemp("episodes")
    with up(folder) as url:
        command(folder / "data", "publish", EPISODES)
        wait_for(lambda: is_idle(folder / "data"))
        yield folder / "data", url


@pytest.fixture
def free_port() -> int:
    """Give a port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextlib.asynccontextmanager
async def answers_with(*answers: bytes) -> AsyncGenerator[str]:
    """A server that answers each connection with the next of some bytes, and then ends it."""
    waiting = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(waiting.pop(0) if len(waiting) > 1 else waiting[0])
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


STREAM: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


def answer(status: str, body: str, kind: str = "text/html") -> bytes:
    """An answer with a body."""
    return (
        f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
        f"connection: close\r\n\r\n{body}"
    ).encode()


# Entries.


async def test_entries_are_those_of_the_command_over_http_and_over_redis(
    episodes: tuple[Path, str],
) -> None:
    data, url = episodes
    for projection in ("chronology", "incidents", "pairings", "figures", "coverage", "reversals"):
        shown = command(data, "timeline", projection, "--conflict", "ukraine", "--as-of", "20")
        expected = [
            {name: value for name, value in json.loads(line).items() if name != "as_of"}
            for line in shown.splitlines()
        ]
        for address in (url, f"unix://{data / 'broker' / 'valkey.sock'}"):
            async with Timelines.connect(address) as timelines:
                found = await timelines.as_of(projection, 20, conflict="ukraine")
            assert [as_json(entry) for entry in found] == expected


def as_json(entry: Entry) -> dict[str, Any]:
    """An entry as a command prints it."""
    fields = {name: getattr(entry, name) for name in Entry.__struct_fields__}
    return fields | {"because": list(entry.because), "body": json.loads(bytes(entry.body))}


BREAKS_OFF: Final = """
import asyncio, sys
from conflict_events import Timelines

async def main():
    async with Timelines.connect(sys.argv[1]) as timelines:
        revisions = getattr(timelines, sys.argv[2])
        if sys.argv[3] == "keep":
            kept = revisions("chronology", conflict="ukraine", after="0-0")
            async for revision in kept:
                break
        else:
            async for revision in revisions("chronology", conflict="ukraine", after="0-0"):
                break
        print(revision.at)

asyncio.run(main())
"""


@pytest.mark.parametrize("way", ["redis", "http"])
@pytest.mark.parametrize("name", ["follow", "revisions"])
@pytest.mark.parametrize("what", ["drop", "keep"])
def test_a_program_that_breaks_off_ends_without_a_word(
    episodes: tuple[Path, str], way: str, name: str, what: str
) -> None:
    """Whether or not it still holds on to what it followed."""
    data, url = episodes
    address = url if way == "http" else f"unix://{data / 'broker' / 'valkey.sock'}"
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", BREAKS_OFF, address, name, what],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"-0\n")


async def test_pages_go_on_to_the_end_of_the_same_position(episodes: tuple[Path, str]) -> None:
    _, url = episodes
    async with Timelines.connect(url) as timelines:
        every = await timelines.query("chronology", conflict="ukraine", limit=1000)
        page = await timelines.query("chronology", conflict="ukraine", limit=3)
        pages = [page]
        while (following := await pages[-1].next()) is not None:
            pages.append(following)
        through = [entry.entry async for entry in page]

    assert every.is_last
    assert len(every.entries) > 6
    assert {one.position for one in pages} == {every.position}
    assert [entry.entry for one in pages for entry in one.entries] == through
    assert through == [entry.entry for entry in every.entries]


async def test_filters_are_those_of_the_service(episodes: tuple[Path, str]) -> None:
    _, url = episodes
    async with Timelines.connect(url) as timelines:
        lavrov = await timelines.query(
            "pairings",
            conflict="ukraine",
            speaker="lavrov",
            within="72h",
            topic=["energy", "civilian"],
            from_="2025-02-01",
            disputed=None,
        )
        nobody = await timelines.query("pairings", conflict="ukraine", speaker="nobody")

    assert len(lavrov.entries) > 0
    assert nobody.entries == ()


async def test_a_time_is_asked_in_any_zone(episodes: tuple[Path, str]) -> None:
    _, url = episodes
    now = datetime.now(UTC)
    async with Timelines.connect(url) as timelines:
        then = await timelines.as_of("pairings", now, conflict="ukraine")
        before = await timelines.as_of("pairings", now - timedelta(days=9), conflict="ukraine")
        with pytest.raises(TimelinesError, match="without a zone"):
            await timelines.as_of("pairings", now.replace(tzinfo=None), conflict="ukraine")

    assert len(then) > 0
    assert before == []


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"as_of": 9999}, "not_there"),
        ({"conflict": "nowhere"}, "not_there"),
        ({"projection": "nothing"}, "not_there"),
        ({"conflict": "../.."}, "not_there"),
        ({"speeker": "lavrov"}, "asked_wrongly"),
        ({"limit": 0}, "asked_wrongly"),
        ({"act": "sing"}, "asked_wrongly"),
    ],
)
async def test_what_the_service_would_not_answer_is_told_with_its_words(
    episodes: tuple[Path, str], asked: dict[str, Any], reason: str
) -> None:
    _, url = episodes
    given: dict[str, Any] = {"projection": "pairings", "conflict": "ukraine"} | asked
    async with Timelines.connect(url) as timelines:
        with pytest.raises(TimelinesError, match=" ") as told:
            await timelines.query(**given)

    assert told.value.reason == reason


async def test_entries_stand_in_the_order_of_the_application(episodes: tuple[Path, str]) -> None:
    data, _ = episodes
    async with Timelines.connect(f"unix://{data / 'broker' / 'valkey.sock'}") as timelines:
        for projection in ("chronology", "incidents", "pairings", "figures", "coverage"):
            entries = await timelines.as_of(projection, 25, conflict="ukraine")
            assert by_event_time(entries[::-1]) == by_event_time(entries[::-1]) == entries


# Who answers is not the service, or not well.


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer("200 OK", "<html>"), "unreadable"),
        (answer("404 Not Found", "<html>"), "not_there"),
        (answer("403 Forbidden", "<html>"), "refused"),
        (answer("301 Moved", "", "text/plain"), "refused"),
        (STREAM + b'event: revision\nid: 1-0\ndata: {"entry"\n\n', "unreadable"),
        (STREAM + b"event: switched\ndata: {}\n\n", "unreadable"),
        (STREAM + b'event: switched\ndata: {"position":1,"version":1}\n\n', "unreadable"),
    ],
)
async def test_an_address_of_something_else_is_told_at_once(said: bytes, reason: str) -> None:
    async with (
        answers_with(said) as url,
        Timelines.connect(url) as timelines,
        asyncio.timeout(5),
    ):
        with pytest.raises(TimelinesError) as told:
            await anext(timelines.follow("pairings", conflict="ukraine"))

    assert told.value.reason == reason


async def test_a_service_that_is_busy_is_asked_again_after_the_time_it_asks_for() -> None:
    busy = answer("503 Service Unavailable", "", "text/plain").replace(
        b"connection: close", b"connection: close\r\nretry-after: 1"
    )
    page = '{"position":4,"version":1,"entries":[],"next":null,"later":1}'
    async with (
        answers_with(busy, answer("200 OK", page, "application/json")) as url,
        Timelines.connect(url) as timelines,
    ):
        began = asyncio.get_running_loop().time()
        found = await timelines.query("pairings", conflict="ukraine")

    assert found.position == 4
    assert asyncio.get_running_loop().time() - began >= 1


async def test_a_subscriber_that_is_cut_off_for_being_slow_goes_on() -> None:
    entry: dict[str, Any] = {
        "projection": "pairings",
        "version": 1,
        "conflict": "ukraine",
        "entry": "e",
        "revision": 1,
        "status": "asserted",
        "because": [],
        "body": {},
    }
    progress = b'event: progress\ndata: {"position":9,"version":1}\n\n'

    def revision(position: int) -> bytes:
        data = json.dumps(entry | {"position": position})
        return f"id: {position}-0\nevent: revision\ndata: {data}\n\n".encode()

    cut = b'event: cut\ndata: {"reason":"nothing was read"}\n\n'
    first = STREAM + progress + revision(1) + b"event: later\ndata: ?\n\n" + cut
    then = STREAM + progress + revision(1) + revision(2)
    async with answers_with(first, then) as url, Timelines.connect(url) as timelines:
        following = timelines.follow("pairings", conflict="ukraine", after="0-0")
        assert [(await anext(following)).position for _ in range(2)] == [1, 2]
        await following.aclose()


# The whole of it.


async def test_a_service_that_restarts_and_a_rebuild_cost_no_revision(
    tmp_path: Path, free_port: int
) -> None:
    data = tmp_path / "data"
    url = f"http://127.0.0.1:{free_port}"
    async with Timelines.connect(url) as timelines:
        with up(tmp_path, port=free_port):
            command(data, "publish", stdin=lines(0, 10))
            wait_for(lambda: is_idle(data))
            follower = Follower(timelines, "ukraine", after="0-0", projection="chronology")
            assert len(await follower.has(10)) == 10
            command(data, "publish", stdin=lines(10, 15))
            await follower.has(15)
        await asyncio.sleep(4)  # Longer than all pauses together.
        with up(tmp_path, port=free_port):
            command(data, "publish", stdin=lines(15, 20))
            await follower.has(20)
            await asyncio.to_thread(command, data, "rebuild", "chronology")
            await until(lambda: follower.switches != [], within_s=30)
            command(data, "publish", stdin=lines(20, 22))
            assert await follower.has(22) == [f"{position}-0" for position in range(1, 23)]
            switched = follower.switches[0]
            anew = await timelines.as_of("chronology", switched.position, conflict="ukraine")
        await follower.end()

    assert follower.switches == [Switched(position=20, version=2)]
    assert [one.version for one in follower.revisions] == [1] * 20 + [2] * 2
    assert len(anew) == 20
    assert {entry.version for entry in anew} == {2}


def lines(start: int, stop: int) -> bytes:
    """Strikes as NDJSON."""
    events = [strike(f"s{number}", number, number + 1) for number in range(start, stop)]
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


async def test_real_revisions_come_once_though_the_line_is_cut_again_and_again(
    episodes: tuple[Path, str],
) -> None:
    data, url = episodes
    shown = command(data, "timeline", "figures", "--conflict", "ukraine", "--history")
    expected = [(row["entry"], row["revision"]) for row in map(json.loads, shown.splitlines())]
    async with proxied(url) as proxy, Timelines.connect(proxy.url) as timelines:
        proxy.allowances = iter([700 + 97 * number for number in range(20)])
        found = [
            one
            async for one in timelines.revisions(
                "figures", conflict="ukraine", upto=head(data, "figures")["position"]
            )
        ]

    assert [(one.entry, one.revision) for one in found] == expected
    assert len(set(places(found))) == len(found)
    assert proxy.cuts > 3
