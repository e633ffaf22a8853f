"""Intake: whatever is put into the streams is recorded, a repeat, or refused with a reason."""

import json
from hashlib import sha256

import pytest
from redis.asyncio import Redis

from conflict_events.codec import EVENT_BYTES_MAX, Policy
from conflict_timeline.broker.streams import entries_of
from conflict_timeline.intake.service import GROUP, Intake
from conflict_timeline.log.follow import head_of
from conflict_timeline.log.keys import INTAKE, REFUSED
from tests.oracle.builders import DNIPRO, corrected, envelope, statement, strike
from tests.oracle.histories import EDITOR, history
from tests.services.intake.offers import Mixture, consuming, grow_old, refused, settled
from tests.support import log_of, of, offer, raw_of, seeded

ARTICLE = envelope(
    "conflict.article.published.v1",
    "article",
    {
        "url": "https://news.example/1",
        "outlet": {"name": "News"},
        "published": {"earliest": "2025-02-10T00:00:00Z", "latest": "2025-02-10T00:00:00Z"},
    },
    source="https://scrapers.example/a",
    time="2025-02-10T00:00:00Z",
)

HOSTILE = {
    "nothing": (b"", "not_json"),
    "blanks": (b" \n", "not_json"),
    "half an object": (b'{"id": "a"', "not_json"),
    "a byte order mark": (b"\xef\xbb\xbf" + raw_of(ARTICLE), "not_json"),
    "no UTF-8": (raw_of(ARTICLE).replace(b"News", b"\xff\xfe"), "not_utf8"),
    "UTF-16": (json.dumps(ARTICLE).encode("utf-16"), "not_utf8"),
    "too large": (raw_of(ARTICLE) + b" " * EVENT_BYTES_MAX, "too_large"),
    "too deep": (b"[" * 60_000, "too_deep"),
    "a list": (b"[]", "invalid"),
    "a number that is none": (raw_of(ARTICLE).replace(b'"News"', b"NaN"), "not_json"),
    "an infinite number": (
        raw_of(strike("x", 0, 1, place={"lat": 1.5})).replace(b"1.5", b"1e999"),
        "invalid",
    ),
    "a lone surrogate": (raw_of(ARTICLE).replace(b"News", rb"\ud800"), "invalid"),
    "NUL": (raw_of(ARTICLE).replace(b"News", rb"\u0000"), "invalid"),
    "a direction override": (raw_of(ARTICLE).replace(b"News", "\u202e".encode()), "invalid"),
    "a field twice": (raw_of(ARTICLE).replace(b'{"spec', b'{"id":"b","spec'), "invalid"),
    "a time without a zone": (raw_of(ARTICLE).replace(b"00:00Z", b"00:00"), "invalid"),
    "a place off the earth": (raw_of(strike("x", 0, 1, place={"lat": 999, "lon": 0})), "invalid"),
    "an unknown type": (raw_of(ARTICLE).replace(b"published.v1", b"published.v9"), "unknown_type"),
    "another conflict's braces": (raw_of(of("a}:log", ARTICLE)), "invalid"),
}


async def test_each_kind_is_taken_from_its_stream_and_removed(redis: Redis, server: str) -> None:
    """Nothing stays in the streams, nothing stays pending."""
    events = [ARTICLE, statement("s", 0, 1, "deny"), strike("a", 0, 1)]
    async with consuming(server):
        await offer(redis, events)
        await settled(redis)

    assert sorted(await log_of(redis)) == sorted(raw_of(event) for event in events)
    assert await refused(redis) == []


async def test_what_was_there_before_the_first_intake_is_taken_too(
    redis: Redis, server: str
) -> None:
    """Scrapers may begin before anybody listens: more than one read, in order."""
    events = [strike(f"{number}", 0, 1) for number in range(1_201)]
    await offer(redis, events)

    async with consuming(server):
        await settled(redis)

    assert await log_of(redis) == [raw_of(event) for event in events]


async def test_an_event_in_another_kinds_stream_is_refused(redis: Redis, server: str) -> None:
    """A producer of articles has no business among the strikes."""
    async with consuming(server):
        (entry,) = await offer(redis, [ARTICLE], "intake:strike")
        await settled(redis)

    (kept,) = await refused(redis)
    assert (kept.reason, kept.path) == ("wrong_stream", "$.type")
    assert (kept.stream, kept.entry, kept.event) == ("intake:strike", entry, raw_of(ARTICLE))
    assert await log_of(redis) == []


async def test_an_entry_without_an_event_is_refused_with_all_that_it_has(
    redis: Redis, server: str
) -> None:
    """Under whatever names, in whatever bytes."""
    async with consuming(server):
        await redis.xadd("intake:strike", {"Event": raw_of(strike("a", 0, 1)), b"\xff": b"\x00"})
        await settled(redis)

    (kept,) = await refused(redis)
    assert kept.reason in ("not_json", "not_utf8")
    assert raw_of(strike("a", 0, 1)) in kept.event
    assert b"\xff=\x00" in kept.event


@pytest.mark.parametrize("case", HOSTILE)
async def test_hostile_bytes_are_refused_and_their_neighbours_recorded(
    redis: Redis, server: str, case: str
) -> None:
    """In one batch; one bad entry must not fail it."""
    raw, reason = HOSTILE[case]
    before, after = statement("before", 0, 1, "deny"), statement("after", 0, 1, "deny")
    stream = "intake:statement" if b'"strike"' not in raw else "intake:strike"
    entries = await offer(redis, [raw_of(before), raw, raw_of(after)], stream)

    async with consuming(server):
        await settled(redis)

    assert await log_of(redis) == [raw_of(before), raw_of(after)]
    (kept,) = await refused(redis)
    assert kept.reason == reason
    assert kept.event == raw[:EVENT_BYTES_MAX]
    assert (kept.length, kept.sha256) == (len(raw), sha256(raw).hexdigest())
    assert (kept.stream, kept.entry) == (stream, entries[1])


async def test_what_the_deployment_does_not_allow_is_refused(redis: Redis, server: str) -> None:
    """Other conflicts than those listed; amendments of others' events by who is no editor."""
    event = strike("a", 0, 1)
    policy = Policy(editors=frozenset({EDITOR}), conflicts=frozenset({"ukraine"}))
    offers = [
        event,
        of("sudan", event),
        corrected("by an editor".replace(" ", "-"), event, source=EDITOR),
        corrected("by-another", event, source="urn:example:other"),
    ]
    async with consuming(server, policy):
        await offer(redis, offers)
        await settled(redis)

    assert await log_of(redis) == [raw_of(offers[0]), raw_of(offers[2])]
    assert [(one.reason, one.path) for one in await refused(redis)] == [
        ("unknown_conflict", "$.conflict"),
        ("not_owner", "$.data.corrects.source"),
    ]
    assert (await head_of(redis, "sudan")).position == 0


async def test_offered_is_recorded_plus_repeats_plus_refused(redis: Redis, server: str) -> None:
    """By two consumers who share the work, none of which does any of it twice."""
    mixture = Mixture(seeded(), 3_000)
    async with consuming(server), consuming(server):
        for start in range(0, len(mixture.offers), 100):
            await mixture.offer(redis, slice(start, start + 100))
        await settled(redis)
        consumers = [one for stream in INTAKE for one in await redis.xinfo_consumers(stream, GROUP)]

    await mixture.assert_settled_once(redis)
    at_work = {one["name"] for one in consumers if one["inactive"] >= 0}
    assert len(at_work) == 2


async def test_a_random_history_arrives_whole(redis: Redis, server: str) -> None:
    """All three kinds, amendments and several alphabets among them."""
    events = history(seeded().getrandbits(32), events=400)
    async with consuming(server):
        await offer(redis, events)
        await settled(redis)

    assert sorted(await log_of(redis)) == sorted(raw_of(event) for event in events)
    assert await redis.xlen(REFUSED) == 0


async def test_a_pending_entry_that_somebody_deleted_is_let_go(redis: Redis, server: str) -> None:
    """Its bytes are gone, so nothing can be said of it; nothing waits for it for ever."""
    first, _ = await offer(redis, [strike("a", 0, 1), strike("b", 0, 1)])
    await redis.xgroup_create("intake:strike", GROUP, id="0")
    await redis.xreadgroup(GROUP, "dead", {"intake:strike": ">"})
    await grow_old(redis)
    await redis.xdel("intake:strike", first)

    async with consuming(server):
        await settled(redis)

    assert await log_of(redis) == [raw_of(strike("b", 0, 1))]


async def test_all_that_the_dead_left_is_taken_over_at_the_start(redis: Redis, server: str) -> None:
    """More than one claim gives; what a living consumer holds is left to it."""
    events = [strike(f"{number}", 0, 1) for number in range(1_203)]
    await offer(redis, events)
    await redis.xgroup_create("intake:strike", GROUP, id="0")
    await redis.xreadgroup(GROUP, "dead", {"intake:strike": ">"})
    await grow_old(redis)
    await offer(redis, [strike("held", 0, 1)])
    await redis.xreadgroup(GROUP, "living", {"intake:strike": ">"})

    await Intake(server, redis, Policy()).prepare()

    assert await log_of(redis) == [raw_of(event) for event in events]
    assert (await redis.xpending("intake:strike", GROUP))["pending"] == 1


async def test_settling_the_same_entries_twice_changes_nothing(redis: Redis, server: str) -> None:
    """As when a consumer was thought dead and was only slow."""
    intake = Intake(server, redis, Policy())
    await intake.prepare()
    await offer(redis, [raw_of(strike("a", 0, 1)), b"{", raw_of(ARTICLE)], "intake:strike")
    await redis.xreadgroup(GROUP, "slow", {"intake:strike": ">"})
    entries = await entries_of(redis, "intake:strike")

    await intake.settle("intake:strike", entries)
    await intake.settle("intake:strike", entries)

    assert await log_of(redis) == [raw_of(strike("a", 0, 1))]
    assert [one.reason for one in await refused(redis)] == ["not_json", "wrong_stream"]


async def test_preparing_twice_keeps_the_place_of_the_group(redis: Redis, server: str) -> None:
    """Every process prepares; what was settled is not read again."""
    await Intake(server, redis, Policy()).prepare()
    await offer(redis, [strike("a", 0, 1, place=DNIPRO)])
    await redis.xreadgroup(GROUP, "one", {"intake:strike": ">"})

    await Intake(server, redis, Policy()).prepare()

    assert await redis.xreadgroup(GROUP, "two", {"intake:strike": ">"}) == []
