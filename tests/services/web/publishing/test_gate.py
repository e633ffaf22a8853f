"""The gate: every event of every body is recorded, a repeat, or refused with a receipt."""

import asyncio
import json
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from typing import Any, Final

import msgspec
import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from conflict_events.codec import EVENT_BYTES_MAX, Policy
from conflict_events.receipts import BODY_BYTES_MAX, Receipt
from conflict_timeline.broker import connect
from conflict_timeline.log.fate import fate_of
from conflict_timeline.log.refuse import RefusedEvent, refusals
from conflict_timeline.web.keys.key import Kept
from conflict_timeline.web.publishing import gate as gates
from conflict_timeline.web.publishing.body import EVENTS_MAX, TooManyEventsError
from conflict_timeline.web.publishing.gate import BodyTooLargeError, Gate
from conflict_timeline.web.publishing.limiter import LimitedError
from tests.oracle.builders import EDITOR, PRODUCER, retracted, strike
from tests.support import POLICY, Json, log_of, of, raw_of, seeded, snapshot

KEY: Final = Kept(
    id="00112233445566aa",
    name="desk",
    sources=(PRODUCER,),
    conflicts=("ukraine",),
    rate_per_s=100_000.0,
    created=datetime(2025, 1, 1, tzinfo=UTC),
)
A: Final = strike("a", 0, 1)


def key(**fields: Any) -> Kept:
    """The key, but for these fields."""
    return Kept(**{name: getattr(KEY, name) for name in KEY.__struct_fields__} | fields)


def batch(*events: Json | bytes) -> bytes:
    """A body of several events."""
    return b"[" + b",".join(one if isinstance(one, bytes) else raw_of(one) for one in events) + b"]"


async def publish(
    redis: Redis, body: bytes, *, is_batch: bool = True, by: Kept = KEY, policy: Policy = POLICY
) -> list[Receipt]:
    """What a gate that was just opened answers."""
    return (await Gate(redis, policy).publish(by, body, is_batch=is_batch)).receipts


async def kept(redis: Redis) -> list[RefusedEvent]:
    """All that was refused."""
    return [one async for one in refusals(redis)]


def told(receipts: list[Receipt]) -> list[tuple[int, str, str | int | None]]:
    """The line, outcome, and position or reason of each receipt."""
    return [(one.line, one.outcome, one.position or one.reason) for one in receipts]


# What is recorded.


async def test_a_single_event_is_recorded_as_it_was_sent(redis: Redis) -> None:
    raw = b'\n {  "x-new" : 1,' + json.dumps(A, indent=3).encode()[1:] + b"\t\n"

    (receipt,) = await publish(redis, raw, is_batch=False)

    assert await log_of(redis) == [raw]
    assert receipt == Receipt(
        line=1,
        source=PRODUCER,
        id="a",
        outcome="recorded",
        conflict="ukraine",
        position=1,
        unknown_fields=('$["x-new"]',),
    )


async def test_each_event_of_a_batch_keeps_its_bytes(redis: Redis) -> None:
    """Blanks within it, the order of its fields, the way its numbers and letters are written."""
    raws = [
        json.dumps(A, indent=2, sort_keys=True).encode(),
        raw_of(strike("b", 0, 1, place={"name": "Одеса"})),
        json.dumps(strike("c", 0, 1, place={"name": "Одеса"})).encode(),
        raw_of(strike("d", 0, 1)).replace(b'"data":', b'"x":1.50e+1 ,\t"data":'),
    ]
    body = b" [\n" + b" ,\r\n\t".join(raws) + b"\n ]\n"

    receipts = await publish(redis, body)

    assert told(receipts) == [(n, "recorded", n) for n in range(1, 5)]
    assert await log_of(redis) == raws


async def test_a_repeat_is_answered_with_the_position_of_the_first(redis: Redis) -> None:
    """So it does no harm to send a request again whose answer was lost."""
    body = batch(A, strike("b", 0, 1), b"7")
    first = await publish(redis, body)
    second = await publish(redis, body)

    assert told(first) == [(1, "recorded", 1), (2, "recorded", 2), (3, "refused", "invalid")]
    assert told(second) == [(1, "repeat", 1), (2, "repeat", 2), (3, "refused", "invalid")]
    assert len(await log_of(redis)) == 2


async def test_an_id_that_comes_twice_in_one_batch_is_recorded_once(redis: Redis) -> None:
    receipts = await publish(
        redis, batch(A, raw_of(A), json.dumps(A, indent=1).encode(), strike("a", 0, 2))
    )

    assert told(receipts) == [
        (1, "recorded", 1),
        (2, "repeat", 1),
        (3, "repeat", 1),
        (4, "refused", "conflicting_body"),
    ]
    assert await log_of(redis) == [raw_of(A)]


async def test_a_batch_may_be_about_several_conflicts(redis: Redis) -> None:
    receipts = await publish(
        redis, batch(A, of("sudan", A), strike("b", 0, 1)), by=key(conflicts=None)
    )

    assert [(one.conflict, one.position) for one in receipts] == [
        ("ukraine", 1),
        ("sudan", 1),
        ("ukraine", 2),
    ]


async def test_an_empty_batch_has_no_receipts(redis: Redis) -> None:
    assert await publish(redis, b" [ ] ") == []
    assert await snapshot(redis) == {}


async def test_as_many_events_as_fit_are_recorded_in_order(redis: Redis) -> None:
    events = [raw_of(strike(f"{n}", 0, 1)) for n in range(2_500)]
    body = batch(*events)
    assert len(body) <= BODY_BYTES_MAX

    receipts = await publish(redis, body)

    assert told(receipts) == [(n, "recorded", n) for n in range(1, 2_501)]
    assert await log_of(redis) == events


async def test_requests_at_the_same_time_record_each_event_once(redis: Redis) -> None:
    gate = Gate(redis, POLICY)
    rng = seeded()
    events = [strike(f"{n}", 0, 1) for n in range(200)]
    bodies = [batch(*rng.sample(events, 100)) for _ in range(10)]
    published = await asyncio.gather(*(gate.publish(KEY, body, is_batch=True) for body in bodies))

    answers = [receipts for receipts, _ in published]
    offered = {one.id for answer in answers for one in answer}
    recorded = [one for answer in answers for one in answer if one.outcome == "recorded"]
    assert {one.id for one in recorded} == offered
    assert len(recorded) == len(offered) == len(await log_of(redis))
    positions = {(one.id, one.position) for answer in answers for one in answer}
    assert len(positions) == len(offered), "a repeat has the position of the first"


# What a key is for.


async def test_an_event_of_a_source_that_is_not_the_keys_is_refused(redis: Redis) -> None:
    other = strike("b", 0, 1, source="https://scrapers.example/another")
    receipts = await publish(redis, batch(A, other, strike("c", 0, 1)))

    assert told(receipts) == [
        (1, "recorded", 1),
        (2, "refused", "not_owner"),
        (3, "recorded", 2),
    ]
    assert receipts[1].path == "$.source"
    assert "may not publish as 'https://scrapers.example/another'" in str(receipts[1].message)


@pytest.mark.parametrize("near", [PRODUCER + "/", PRODUCER[:-1], PRODUCER.upper()])
async def test_a_source_is_the_keys_only_as_it_is_written(redis: Redis, near: str) -> None:
    (receipt,) = await publish(redis, raw_of(strike("b", 0, 1, source=near)), is_batch=False)

    assert receipt.reason == "not_owner"


async def test_an_event_of_a_conflict_that_is_not_the_keys_is_refused(redis: Redis) -> None:
    receipts = await publish(redis, batch(of("sudan", A), A))

    assert told(receipts) == [(1, "refused", "unknown_conflict"), (2, "recorded", 1)]
    assert receipts[0].path == "$.conflict"


@pytest.mark.parametrize(
    ("own", "allowed", "taken"),
    [
        (None, None, {"ukraine", "sudan", "gaza"}),
        (("ukraine",), None, {"ukraine"}),
        (None, {"sudan"}, {"sudan"}),
        (("ukraine", "sudan"), {"sudan", "gaza"}, {"sudan"}),
        (("ukraine",), {"sudan"}, set[str]()),
    ],
)
async def test_a_key_does_not_widen_what_the_deployment_allows(
    redis: Redis, own: tuple[str, ...] | None, allowed: set[str] | None, taken: set[str]
) -> None:
    policy = Policy(conflicts=None if allowed is None else frozenset(allowed))
    body = batch(*(of(name, A) for name in ("ukraine", "sudan", "gaza")))
    receipts = await publish(redis, body, by=key(conflicts=own), policy=policy)

    assert {one.conflict for one in receipts if one.outcome == "recorded"} == taken


async def test_a_key_may_amend_what_its_source_may_amend(redis: Redis) -> None:
    """An editor's key publishes as the editor, nobody else's amends what others reported."""
    amendment = retracted("r", A, source=EDITOR)
    editors = key(sources=(EDITOR,))
    others = retracted("r", strike("x", 0, 1, source="https://scrapers.example/another"))

    assert told(await publish(redis, raw_of(amendment), is_batch=False, by=editors)) == [
        (1, "recorded", 1)
    ]
    assert told(await publish(redis, raw_of(others), is_batch=False)) == [
        (1, "refused", "not_owner")
    ]


# What is refused.

DEEP: Final = b'{"a":' * 500 + b"1" + b"}" * 500
REFUSED: Final[dict[str, tuple[bytes, str, str]]] = {
    "nothing": (b"", "not_json", "$"),
    "blanks": (b" \n", "not_json", "$"),
    "no JSON": (b"{", "not_json", "$"),
    "half an event": (raw_of(A)[:-1], "not_json", "$"),
    "an event and more": (raw_of(A) + b"x", "not_json", "$"),
    "two events": (raw_of(A) * 2, "not_json", "$"),
    "no UTF-8": (raw_of(A).replace(b"Dnipro", b"\xff"), "not_utf8", "$"),
    "NUL": (raw_of(A).replace(b"Dnipro", b"\\u0000"), "invalid", "$.data.place.name"),
    "a bare NUL": (raw_of(A).replace(b"Dnipro", b"\x00"), "not_json", "$"),
    "only NUL": (b"\x00", "not_json", "$"),
    "a byte order mark": (b"\xef\xbb\xbf" + raw_of(A), "not_json", "$"),
    "UTF-16": (json.dumps(A).encode("utf-16"), "not_utf8", "$"),
    "too deep": (raw_of(A).replace(b'"id":', b'"x":' + DEEP + b',"id":'), "too_deep", "$"),
    "an array": (batch(A), "invalid", "$"),
    "a number": (b"7", "invalid", "$"),
    "a field given twice": (b'{"id":"b",' + raw_of(A)[1:], "invalid", "$.id"),
    "NaN": (raw_of(strike("a", 0, 1, x=float("nan"))), "not_json", "$"),
    "another type": (raw_of({**A, "type": "x"}), "unknown_type", "$.type"),
    "latitude 999": (
        raw_of(strike("a", 0, 1, place={"lat": 999, "lon": 0})),
        "invalid",
        "$.data.place.lat",
    ),
    "64 KiB and one byte": (
        raw_of(A)[:-1] + b" " * (EVENT_BYTES_MAX + 1 - len(raw_of(A))) + b"}",
        "too_large",
        "$",
    ),
    "1 MB": (b"[" * BODY_BYTES_MAX, "too_large", "$"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_single_event_that_is_none_is_refused_and_kept(redis: Redis, case: str) -> None:
    raw, reason, path = REFUSED[case]
    (receipt,) = await publish(redis, raw, is_batch=False)

    assert (receipt.outcome, receipt.line) == ("refused", 1)
    (one,) = await kept(redis)
    assert (one.reason, one.path, one.message) == (receipt.reason, receipt.path, receipt.message)
    assert (one.reason, one.path) == (reason, path)
    assert one.event == raw[:EVENT_BYTES_MAX]
    assert (one.length, one.sha256) == (len(raw), sha256(raw).hexdigest())
    assert (one.stream, one.entry) == ("http", f"{KEY.id}:1")
    assert await log_of(redis) == []


BODIES: Final[dict[str, tuple[bytes, str]]] = {
    "nothing": (b"", "not_json"),
    "no JSON": (b"[", "not_json"),
    "a batch without its end": (batch(A)[:-1], "not_json"),
    "a comma too many": (b"[" + raw_of(A) + b",]", "not_json"),
    "a comma too few": (b"[" + raw_of(A) * 2 + b"]", "not_json"),
    "two batches": (batch(A) * 2, "not_json"),
    "NDJSON": (raw_of(A) + b"\n" + raw_of(A), "invalid"),
    "an element that is no JSON": (batch(A, b"{]"), "not_json"),
    "a byte order mark": (b"\xef\xbb\xbf" + batch(A), "not_json"),
    "NUL": (b"\x00", "not_json"),
    "an event": (raw_of(A), "invalid"),
    "a number": (b"7", "invalid"),
    "null": (b"null", "invalid"),
    "brackets": (b"[" * 100_000, "too_deep"),
    "an element of a million brackets": (
        b"[" + b"[" * 400_000 + b"]" * 400_000 + b"]",
        "too_deep",
    ),
}
TINY: Final = batch(*[b"1"] * 499_000)


@pytest.mark.parametrize("case", BODIES)
async def test_a_batch_that_cannot_be_cut_is_refused_as_a_whole_and_kept(
    redis: Redis, case: str
) -> None:
    """With one receipt, and nothing of it is recorded."""
    body, reason = BODIES[case]
    (receipt,) = await publish(redis, body)

    assert (receipt.line, receipt.outcome, receipt.reason) == (1, "refused", reason)
    assert (receipt.path, bool(receipt.message)) == ("$", True)
    (one,) = await kept(redis)
    assert one.event == body[:EVENT_BYTES_MAX]
    assert (one.reason, one.length) == (reason, len(body))
    assert one.sha256 == sha256(body).hexdigest()
    assert (one.stream, one.entry) == ("http", f"{KEY.id}:1")
    assert await log_of(redis) == []


async def test_a_bad_event_does_not_stop_the_others_of_its_batch(redis: Redis) -> None:
    bad = [raw for raw, _, _ in REFUSED.values() if _is_json(raw)]
    assert len(bad) >= 8
    body = batch(A, *bad, strike("z", 0, 1))
    receipts = await publish(redis, body)

    assert told(receipts)[0] == (1, "recorded", 1)
    assert told(receipts)[-1] == (len(bad) + 2, "recorded", 2)
    assert {one.outcome for one in receipts[1:-1]} == {"refused"}
    told_again = [(one.reason, one.path, one.message) for one in await kept(redis)]
    assert told_again == [(one.reason, one.path, one.message) for one in receipts[1:-1]]
    assert [one.entry for one in await kept(redis)] == [
        f"{KEY.id}:{one.line}" for one in receipts[1:-1]
    ]


def _is_json(raw: bytes) -> bool:
    """Whether a batch with it can be cut."""
    try:
        msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        return False
    return True


async def test_an_element_that_is_not_utf8_is_refused_alone(redis: Redis) -> None:
    bad = raw_of(strike("b", 0, 1)).replace(b"Dnipro", b"\xff\xfe")
    receipts = await publish(redis, batch(A, bad))

    assert told(receipts) == [(1, "recorded", 1), (2, "refused", "not_utf8")]
    assert [one.event for one in await kept(redis)] == [bad]


async def test_as_many_tiny_events_as_a_batch_may_have_are_each_refused(redis: Redis) -> None:
    receipts = await publish(redis, batch(*[b"{}"] * EVENTS_MAX))

    assert Counter(one.reason for one in receipts) == {"invalid": EVENTS_MAX}
    assert len(await kept(redis)) == EVENTS_MAX


@pytest.mark.parametrize("events", [EVENTS_MAX + 1, 499_000])
async def test_a_batch_of_more_events_than_it_may_have_is_not_taken(
    redis: Redis, events: int
) -> None:
    with pytest.raises(TooManyEventsError, match=f"{events} events; .* at most {EVENTS_MAX}"):
        await publish(redis, batch(*[b"1"] * events))

    assert await snapshot(redis) == {}


@pytest.mark.parametrize(
    ("body", "is_batch", "is_refused"),
    [
        (raw_of(A), False, False),
        (b"{", False, True),
        (raw_of({**A, "type": "x"}), False, True),
        (b"{", True, True),
        (batch(b"{}"), True, False),
        (batch(), True, False),
    ],
    ids=["an event", "no JSON", "no event", "no batch", "a batch of none", "an empty batch"],
)
async def test_what_is_refused_as_one_is_told_from_what_was_looked_at_one_by_one(
    redis: Redis, body: bytes, is_batch: bool, is_refused: bool
) -> None:
    published = await Gate(redis, POLICY).publish(KEY, body, is_batch=is_batch)

    assert published.is_refused == is_refused


@pytest.mark.parametrize("is_batch", [True, False])
async def test_a_body_of_more_than_a_megabyte_is_not_taken(redis: Redis, is_batch: bool) -> None:
    body = batch(A) + b" " * (BODY_BYTES_MAX + 1 - len(batch(A)))
    with pytest.raises(BodyTooLargeError, match="1000001 bytes") as raised:
        await publish(redis, body, is_batch=is_batch)

    assert raised.value.length == BODY_BYTES_MAX + 1
    assert await snapshot(redis) == {}
    assert told(await publish(redis, body[:-1])) == [(1, "recorded", 1)]


async def test_whatever_the_bytes_are_there_is_an_answer(redis: Redis) -> None:
    """Good batches with bytes changed, added or left out."""
    rng = seeded()
    gate = Gate(redis, POLICY)
    for number in range(300):
        body = bytearray(batch(strike(f"{number}", 0, 1), strike(f"{number}b", 0, 1)))
        for _ in range(rng.randint(1, 4)):
            spoil(body, rng)
        refused_before = len(await kept(redis))
        receipts, _ = await gate.publish(KEY, bytes(body), is_batch=rng.random() < 0.9)

        assert [one.line for one in receipts] == list(range(1, len(receipts) + 1))
        refused = sum(one.outcome == "refused" for one in receipts)
        assert len(await kept(redis)) == refused_before + refused


def spoil(body: bytearray, rng: Random) -> None:
    """Change, add or leave out a byte or a few."""
    at = rng.randrange(len(body))
    match rng.randrange(3):
        case 0:
            body[at] = rng.randrange(256)
        case 1:
            body.insert(at, rng.choice(b'[]{},:"\\\x00\xff'))
        case _:
            del body[at : at + 3]


async def test_the_fate_of_a_refused_event_can_be_asked_for(redis: Redis) -> None:
    await publish(redis, raw_of(strike("bad", 0, 1, scope="x")), is_batch=False)

    fate = await fate_of(redis, "ukraine", PRODUCER, "bad")
    assert fate is not None
    assert [(one.reason, one.path) for one in fate.refusals] == [("invalid", "$.data.scope")]


async def test_a_hostile_body_costs_little_memory(redis: Redis) -> None:
    gate = Gate(redis, POLICY)
    tracemalloc.start()
    try:
        for _ in range(5):
            await gate.publish(KEY, BODIES["brackets"][0], is_batch=True)
            with pytest.raises(TooManyEventsError):
                await gate.publish(KEY, TINY, is_batch=True)
        now, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert now < 8_000_000
    memory: Any = await redis.memory_usage("intake:refused")
    assert memory < 2_000_000


# Rate.


async def test_a_key_that_publishes_too_much_has_to_wait(redis: Redis) -> None:
    gate = Gate(redis, POLICY)
    slow = key(rate_per_s=1.0)
    await gate.publish(slow, batch(*(strike(f"{n}", 0, 1) for n in range(40))), is_batch=True)
    with pytest.raises(LimitedError) as raised:
        await gate.publish(slow, raw_of(A), is_batch=False)

    assert raised.value.retry_after_s == pytest.approx(30.0, abs=1.0)
    assert len(await log_of(redis)) == 40
    with pytest.raises(LimitedError):
        gate.admit(slow)
    gate.admit(key(id="another"))


async def test_a_batch_is_taken_whole_or_not_at_all(redis: Redis) -> None:
    """What is left in the bucket is not enough for it: nothing of it is recorded."""
    gate = Gate(redis, POLICY)
    slow = key(rate_per_s=5.0)  # Fifty at once.
    await gate.publish(slow, batch(*(strike(f"{n}", 0, 1) for n in range(30))), is_batch=True)
    more = batch(*(strike(f"more-{n}", 0, 1) for n in range(40)))
    with pytest.raises(LimitedError) as raised:
        await gate.publish(slow, more, is_batch=True)

    assert raised.value.retry_after_s == pytest.approx(4.0, abs=0.5)
    assert len(await log_of(redis)) == 30
    fitting = batch(*(strike(f"less-{n}", 0, 1) for n in range(20)))
    assert (await gate.publish(slow, fitting, is_batch=True)).receipts[-1].position == 50


async def test_bodies_that_hold_no_event_count_too(redis: Redis) -> None:
    gate = Gate(redis, POLICY)
    slow = key(rate_per_s=0.5)
    for body in (b"", b"[]", b"{", b"7", b"[7]"):
        await gate.publish(slow, body, is_batch=True)
    with pytest.raises(LimitedError):
        await gate.publish(slow, b"[]", is_batch=True)


# A broker that is away.


async def test_a_broker_that_is_away_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gates, "PATIENCE_S", 0.2)
    async with connect("unix:///nowhere/valkey.sock") as away:
        with pytest.raises(RedisConnectionError):
            await publish(away, batch(A))
