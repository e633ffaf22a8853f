"""Refused events: kept with the reason, the path and the original bytes."""

from hashlib import sha256

import pytest
from redis.asyncio import Redis

from conflict_events.codec import EVENT_BYTES_MAX, accept
from conflict_events.outcomes import Refused
from conflict_timeline.log.refuse import (
    RefusedEvent,
    Whole,
    refusal,
    refusals,
    refuse,
    refused_count,
    refused_fields,
)
from tests.oracle.builders import strike
from tests.support import raw_of

BODY = raw_of(strike("a", 0, 1, place={"lat": 999}))
HOSTILE = {
    "nothing": b"",
    "no JSON": b"{",
    "NUL and control bytes": bytes(range(32)),
    "no UTF-8": b'{"id": "\xff\xfe"}',
    "a lone surrogate": b'{"id": "\\ud800", "source": "\\udfff"}',
    "a direction override": '{"id": "\u202eevil"}'.encode(),
    "too deep": b"[" * 10_000,
    "a number too long": b'{"id": ' + b"9" * 10_000 + b"}",
    "an infinite number": b'{"id": 1e999}',
    "a list": b"[1, 2]",
    "an invalid event": BODY,
}


async def refused(redis: Redis, raw: bytes, whole: Whole | None = None) -> RefusedEvent:
    """Refuse bytes as the codec does, keep them, and read them again."""
    outcome = accept(raw)
    assert isinstance(outcome, Refused)
    await refuse(redis, refused_fields(raw, outcome, "intake:strike", "1-1", whole))
    *_, last = [one async for one in refusals(redis)]
    assert (last.reason, last.path, last.message) == (
        outcome.reason,
        outcome.path,
        outcome.message,
    )
    return last


@pytest.mark.parametrize("case", HOSTILE)
async def test_whatever_the_bytes_were_they_are_kept(redis: Redis, case: str) -> None:
    """Byte by byte, with their length and SHA-256, and where they came in."""
    raw = HOSTILE[case]

    kept = await refused(redis, raw)

    assert kept.event == raw
    assert (kept.length, kept.sha256) == (len(raw), sha256(raw).hexdigest())
    assert (kept.stream, kept.entry) == ("intake:strike", "1-1")
    assert await refusal(redis, kept.refused) == kept


async def test_what_is_too_large_is_cut_and_named_by_its_length_and_hash(redis: Redis) -> None:
    """64 KiB are kept: enough to see whose it was."""
    raw = raw_of(strike("a", 0, 1, x="y" * EVENT_BYTES_MAX))

    kept = await refused(redis, raw)

    assert kept.reason == "too_large"
    assert kept.event == raw[:EVENT_BYTES_MAX]
    assert (kept.length, kept.sha256) == (len(raw), sha256(raw).hexdigest())


async def test_the_largest_event_that_is_allowed_is_not_refused_for_its_size(
    redis: Redis,
) -> None:
    """And is kept whole when refused for something else."""
    raw = BODY + b" " * (EVENT_BYTES_MAX - len(BODY))

    kept = await refused(redis, raw)

    assert (kept.reason, kept.path) == ("invalid", "$.data.place.lat")
    assert kept.event == raw


async def test_of_a_beginning_the_length_and_hash_of_the_whole_are_kept(redis: Redis) -> None:
    """As of a line of a gigabyte, which nobody holds in memory."""
    kept = await refused(redis, BODY, Whole(1 << 30, "ab" * 32))

    assert (kept.length, kept.sha256) == (1 << 30, "ab" * 32)


async def test_a_refused_event_tells_whose_it_was_as_far_as_its_bytes_do(redis: Redis) -> None:
    """So that a producer finds its own."""
    kept = await refused(redis, BODY)
    assert (kept.source, kept.id, kept.conflict) == ("https://scrapers.example/a", "a", "ukraine")

    nameless = await refused(redis, b'{"source": 5, "id": {"a": 1}, "conflict": "sudan"}')
    assert (nameless.source, nameless.id, nameless.conflict) == (None, None, "sudan")


async def test_refused_events_are_listed_oldest_first_through_all_pages(redis: Redis) -> None:
    """More than one read gives."""
    outcome = Refused("not_json", "$", "no JSON")
    async with redis.pipeline(transaction=False) as pipe:
        for number in range(1_203):
            fields = refused_fields(b"%d{" % number, outcome, "intake:strike", f"{number}-0")
            pipe.xadd("intake:refused", fields)
        await pipe.execute()

    listed = [one.event async for one in refusals(redis)]

    assert listed == [b"%d{" % number for number in range(1_203)]
    assert await refused_count(redis) == 1_203


async def test_an_id_that_is_not_among_the_refused_finds_none(redis: Redis) -> None:
    """Also when nothing was ever refused."""
    assert await refusal(redis, "1-1") is None
    await refused(redis, b"{")

    assert await refusal(redis, "1-1") is None
    assert await refused_count(redis) == 1
