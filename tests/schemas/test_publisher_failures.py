"""The publisher when the broker is away, silent, full, or shut: nothing is lost unsaid."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest
import redis

from conflict_events import (
    Draft,
    PublisherError,
    Queued,
    Refused,
)
from conflict_events.publisher import BATCH_EVENTS_MAX
from tests.schemas.conftest import Valkey
from tests.schemas.publishing import ARTICLE, STRIKE, allow, drafts, entries, publishing


async def test_a_broker_that_is_away_is_said_to_be(stopped_valkey: Valkey) -> None:
    """Within the patience asked for; what is unsent can be published again as it is."""
    began = time.monotonic()
    async with publishing(stopped_valkey.url, patience_s=0.5) as publisher:
        with pytest.raises(PublisherError, match=r"^the broker is away .*; 3 events ") as raised:
            await publisher.publish(drafts(3))
    assert time.monotonic() - began < 3
    assert raised.value.outcomes == ()
    assert [draft.id for draft in raised.value.unsent] == ["n0", "n1", "n2"]
    assert all(draft.time is not None for draft in raised.value.unsent)


async def test_attempts_end_by_themselves(stopped_valkey: Valkey) -> None:
    """Before the patience does."""
    began = time.monotonic()
    async with publishing(stopped_valkey.url, patience_s=60.0) as publisher:
        with pytest.raises(PublisherError, match=r"^the broker is away: .*valkey\.sock"):
            await publisher.publish_one(Draft(id="a", body=STRIKE))
    assert 3 < time.monotonic() - began < 10


async def test_a_broker_that_comes_back_takes_the_events(stopped_valkey: Valkey) -> None:
    """Nobody need notice that it was restarted."""
    async with publishing(stopped_valkey.url, patience_s=10.0) as publisher:
        waiting = asyncio.create_task(publisher.publish(drafts(3)))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(stopped_valkey.start)
        assert [type(outcome) for outcome in await waiting] == [Queued] * 3

        await asyncio.to_thread(stopped_valkey.stop)
        waiting = asyncio.create_task(publisher.publish(drafts(2)))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(stopped_valkey.start)
        assert [type(outcome) for outcome in await waiting] == [Queued] * 2
    assert len(entries(stopped_valkey.url, "intake:strike")) == 2


async def test_outcomes_known_before_a_failure_are_kept(valkey: Valkey) -> None:
    """The first batch was queued, the second is unsent as a whole, refused ones and all."""
    with contextlib.closing(redis.Redis.from_url(valkey.url)) as admin:
        allow(admin, "~intake:strike")
    first = [*drafts(BATCH_EVENTS_MAX - 1), Draft(id="a b", body=STRIKE)]
    second = [Draft(id="c d", body=STRIKE), Draft(id="article", body=ARTICLE), *drafts(1)]
    began = time.monotonic()
    async with publishing(f"unix://scraper:secret@{valkey.socket}") as publisher:
        with pytest.raises(PublisherError, match=r"would not take them: .*permission") as raised:
            await publisher.publish([*first, *second])
    assert time.monotonic() - began < 3, "no retry can mend it"
    assert [type(one) for one in raised.value.outcomes] == [Queued] * 499 + [Refused]
    assert [draft.id for draft in raised.value.unsent] == ["c d", "article", "n0"]


async def test_a_full_broker_would_not_take_the_events(valkey: Valkey) -> None:
    """It says so itself, and is not asked again."""
    with contextlib.closing(redis.Redis.from_url(valkey.url)) as admin:
        admin.config_set("maxmemory", "1")
    async with publishing(valkey.url) as publisher:
        with pytest.raises(PublisherError, match=r"the broker would not take them: .*memory"):
            await publisher.publish_one(Draft(id="a", body=STRIKE))


async def test_a_wrong_password_is_told_at_once_and_not_repeated(stopped_valkey: Valkey) -> None:
    """It is no broker that is away; and errors end up in logs."""
    stopped_valkey.start("--requirepass", "secret")
    began = time.monotonic()
    async with publishing(f"unix://:hunter2@{stopped_valkey.socket}") as publisher:
        with pytest.raises(PublisherError, match="would not take them") as raised:
            await publisher.publish_one(Draft(id="a", body=STRIKE))
    assert time.monotonic() - began < 2
    assert "hunter2" not in f"{raised.value!r} {raised.value} {raised.value.__cause__!r}"


Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


@contextlib.asynccontextmanager
async def listening(path: Path, peer: Peer) -> AsyncGenerator[str]:
    """A socket at which something else than a server answers."""
    tasks: set[asyncio.Task[Any]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def run() -> None:
            with contextlib.closing(writer):
                await peer(reader, writer)

        tasks.add(asyncio.create_task(run()))

    server = await asyncio.start_unix_server(serve, path)
    try:
        yield f"unix://{path}"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.close()
        await server.wait_closed()


async def test_a_broker_that_is_silent_is_not_waited_for_for_ever(stopped_valkey: Valkey) -> None:
    """It takes the connection, and never answers."""

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            pass

    began = time.monotonic()
    async with (
        listening(stopped_valkey.socket, silent) as url,
        publishing(url, patience_s=0.5) as publisher,
    ):
        with pytest.raises(PublisherError, match=r"away \(0\.5 s\): it does not answer"):
            await publisher.publish_one(Draft(id="a", body=STRIKE))
    assert time.monotonic() - began < 3


async def test_a_batch_whose_answer_was_lost_is_sent_again_with_the_same_bytes(
    valkey: Valkey,
) -> None:
    """So intake sees repeats, which it drops: the same source, id and body."""
    lost: list[bytes] = []

    async def losing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass all on to the server, but the first answer to an XADD."""
        up_reader, up_writer = await asyncio.open_unix_connection(str(valkey.socket))
        with contextlib.closing(up_writer):
            while request := await reader.read(65_536):
                up_writer.write(request)
                answer = await up_reader.read(65_536)
                if b"XADD" in request and not lost:
                    lost.append(answer)
                    return
                writer.write(answer)

    async with (
        listening(valkey.socket.parent / "proxy.sock", losing) as url,
        publishing(url) as publisher,
    ):
        outcomes = await publisher.publish(drafts(3))

    stored = entries(valkey.url, "intake:strike")
    assert lost
    assert outcomes == [Queued("intake:strike", entry) for entry, _ in stored[3:]]
    assert len(stored) == 6
    assert [fields for _, fields in stored[:3]] == [fields for _, fields in stored[3:]]


async def test_what_is_unsent_makes_the_same_bytes_when_it_is_published_again(
    valkey: Valkey,
) -> None:
    """Its times are fixed: with other ones, intake would refuse it as `conflicting_body`."""
    with contextlib.closing(redis.Redis.from_url(valkey.url)) as admin:
        admin.config_set("maxmemory", "1")
        async with publishing(valkey.url) as publisher:
            with pytest.raises(PublisherError) as raised:
                await publisher.publish(drafts(2))
            admin.config_set("maxmemory", "0")
            for _ in range(2):
                await publisher.publish(raised.value.unsent)
    first, second, third, fourth = entries(valkey.url, "intake:strike")
    assert (first[1], second[1]) == (third[1], fourth[1])


async def test_a_cancelled_publisher_can_be_used_again(stopped_valkey: Valkey) -> None:
    """A time limit of the caller's must not mix up the answers of two batches."""
    async with publishing(stopped_valkey.url, patience_s=30.0) as publisher:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(publisher.publish(drafts(3)), 0.2)
        stopped_valkey.start()
        outcomes = await publisher.publish(drafts(2))
    stored = entries(stopped_valkey.url, "intake:strike")
    assert outcomes == [Queued("intake:strike", entry) for entry, _ in stored]


async def test_a_publisher_may_be_shared(valkey: Valkey) -> None:
    """By tasks that know nothing of each other."""
    async with publishing(valkey.url) as publisher:
        outcomes = await asyncio.gather(
            *(publisher.publish([Draft(id=f"t{n}", body=STRIKE)]) for n in range(20))
        )
    stored = {entry: fields[b"event"] for entry, fields in entries(valkey.url, "intake:strike")}
    for number, [outcome] in enumerate(outcomes):
        assert isinstance(outcome, Queued)
        assert json.loads(stored[outcome.entry])["id"] == f"t{number}"
