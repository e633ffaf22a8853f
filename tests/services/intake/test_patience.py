"""Patience with a broker that is away: for a while, then an error that says so."""

import asyncio
import time
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as AwayError
from redis.exceptions import ResponseError

from conflict_timeline.broker import connect, embedded
from conflict_timeline.broker.streams import fields_of
from conflict_timeline.runtime.patience import patiently


async def test_what_fails_while_the_broker_is_away_is_tried_until_patience_ends(
    tmp_path: Path,
) -> None:
    """Against a socket on which nobody listens."""
    tries = 0
    async with connect(f"unix://{tmp_path}/nobody.sock") as client:

        async def ping() -> bool:
            nonlocal tries
            tries += 1
            return bool(await client.ping())

        began = time.monotonic()
        with pytest.raises(AwayError):
            await patiently(ping, patience_s=1.0)
        took_s = time.monotonic() - began

    assert tries >= 2
    assert took_s < 3


async def test_a_broker_that_comes_back_in_time_is_waited_for(tmp_path: Path) -> None:
    """The caller does not notice."""
    async with embedded(tmp_path) as url:
        pass
    async with connect(url) as client:
        waiting = asyncio.create_task(patiently(lambda: incremented(client), patience_s=20))
        await asyncio.sleep(0.3)
        assert not waiting.done()

        async with embedded(tmp_path) as url_again:
            assert url_again == url
            assert await waiting == 1


async def incremented(client: Redis) -> int:
    """Count up."""
    return int(await client.incr("done"))


async def test_an_error_that_no_waiting_mends_is_raised_at_once(tmp_path: Path) -> None:
    """A wrong type stays wrong."""
    async with embedded(tmp_path) as url, connect(url) as client:
        await client.set("text", "a")
        began = time.monotonic()
        with pytest.raises(ResponseError, match="WRONGTYPE"):
            await patiently(lambda: fields_of(client, "text", "a"), patience_s=20)
        assert time.monotonic() - began < 2


async def test_who_waits_patiently_can_be_cancelled(tmp_path: Path) -> None:
    """Half a minute of patience is no reason to stay."""
    async with connect(f"unix://{tmp_path}/nobody.sock") as client:
        waiting = asyncio.create_task(patiently(lambda: incremented(client)))
        await asyncio.sleep(0.2)
        waiting.cancel()

        _, left = await asyncio.wait([waiting], timeout=2)

        assert not left
        assert waiting.cancelled()
