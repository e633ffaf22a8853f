"""Appending: each event once, in one order, and an answer for each."""

import json
from collections import Counter

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot

from conflict_events.outcomes import Recorded, Refused, Repeat
from conflict_timeline.broker.streams import entries_of
from conflict_timeline.log.append import BATCH_EVENTS_MAX, BELL_ENTRIES_MAX, Appender
from conflict_timeline.log.follow import conflicts_of, head_of
from conflict_timeline.log.keys import BELL, CONFLICTS, ids_key, log_key
from tests.oracle.builders import statement, strike
from tests.oracle.histories import history
from tests.support import accepted, append, log_of, of, raw_of, seeded, snapshot

LOG = log_key("ukraine")
IDS = ids_key("ukraine")


async def test_events_get_the_positions_1_2_3_in_the_order_given(redis: Redis) -> None:
    """And are kept byte by byte."""
    events = [strike("b", 0, 1), statement("a", 2, 3, "deny"), strike("c", 4, 5)]

    assert await append(redis, events) == [Recorded(1), Recorded(2), Recorded(3)]

    assert await log_of(redis) == [raw_of(event) for event in events]
    ids = [entry_id for entry_id, _ in await entries_of(redis, LOG)]
    assert ids == [b"1-0", b"2-0", b"3-0"]


async def test_a_repeat_is_answered_with_the_position_of_the_first(redis: Redis) -> None:
    """However often, in whatever company, by whichever appender."""
    first, second, third = (strike(name, 0, 1) for name in "abc")
    await append(redis, [first, second])

    assert await append(redis, [second, third, first]) == [Repeat(2), Recorded(3), Repeat(1)]
    assert await append(redis, [first]) == [Repeat(1)]

    assert len(await log_of(redis)) == 3


async def test_a_repeat_within_one_batch_is_a_repeat(redis: Redis) -> None:
    """The script sees what it has just written."""
    one, other = strike("a", 0, 1), strike("b", 0, 1)

    outcomes = await append(redis, [one, one, other, one])

    assert outcomes == [Recorded(1), Repeat(1), Recorded(2), Repeat(1)]


async def test_other_blanks_or_another_order_of_fields_make_no_other_event(redis: Redis) -> None:
    """The first bytes stay."""
    event = strike("a", 0, 1)
    await append(redis, [event])
    backwards = dict(reversed(event.items()))

    again = [json.dumps(event, indent=2).encode(), json.dumps(backwards).encode()]

    assert await append(redis, again) == [Repeat(1), Repeat(1)]
    assert await log_of(redis) == [raw_of(event)]


async def test_the_same_id_with_another_body_is_refused_and_told_where_the_first_is(
    redis: Redis,
) -> None:
    """Also when both come in one batch; what was recorded stays as it was."""
    first, other = strike("a", 0, 1), strike("a", 0, 2)

    outcomes = await append(redis, [strike("z", 0, 1), first, other])

    refused = outcomes[2]
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.path) == ("conflicting_body", "$")
    assert "position 2" in refused.message
    assert await log_of(redis) == [raw_of(strike("z", 0, 1)), raw_of(first)]


@pytest.mark.parametrize("lenient", [b"true", b"1.0000001", b'"1"', b"null"])
async def test_a_value_that_only_looks_alike_is_another_body(redis: Redis, lenient: bytes) -> None:
    """To Python `1 == True`; to an archive they are two reports."""
    raw = raw_of(strike("a", 0, 1, x_grade=1))
    assert b'"x_grade":1' in raw
    await append(redis, [raw])

    (outcome,) = await append(redis, [raw.replace(b'"x_grade":1', b'"x_grade":' + lenient)])

    assert isinstance(outcome, Refused)
    assert outcome.reason == "conflicting_body"


async def test_the_same_name_by_another_producer_is_another_event(redis: Redis) -> None:
    """Identity is source and id."""
    ours, theirs = strike("a", 0, 1), strike("a", 0, 1, source="urn:example:other")

    assert await append(redis, [ours, theirs]) == [Recorded(1), Recorded(2)]


async def test_more_than_one_script_may_take_is_split_and_answered_in_order(redis: Redis) -> None:
    """Repeats across the cut included."""
    events = [strike(f"{n}", 0, 1) for n in range(2 * BATCH_EVENTS_MAX + 7)]
    repeats = [*events, events[0], events[-1]]

    outcomes = await append(redis, repeats)

    assert outcomes[: len(events)] == [Recorded(n + 1) for n in range(len(events))]
    assert outcomes[len(events) :] == [Repeat(1), Repeat(len(events))]
    assert await log_of(redis) == [raw_of(event) for event in events]


async def test_each_conflict_has_a_log_of_its_own_and_answers_keep_the_callers_order(
    redis: Redis,
) -> None:
    """One call may speak of several conflicts."""
    rng = seeded()
    conflicts = ("ukraine", "sudan", "gaza-2")
    events = [of(rng.choice(conflicts), strike(f"{n}", 0, 1)) for n in range(60)]

    outcomes = await append(redis, events)

    expected: Counter[str] = Counter()
    for event, outcome in zip(events, outcomes, strict=True):
        expected[event["conflict"]] += 1
        assert outcome == Recorded(expected[event["conflict"]])
    for conflict in conflicts:
        theirs = [raw_of(event) for event in events if event["conflict"] == conflict]
        assert await log_of(redis, conflict) == theirs
    assert await conflicts_of(redis) == sorted(conflicts)


async def test_a_log_goes_on_after_its_entries_were_trimmed(redis: Redis) -> None:
    """The head is the last position ever given, not that of the last entry."""
    await append(redis, [strike(name, 0, 1) for name in "abc"])
    await redis.xtrim(LOG, maxlen=0, approximate=False)
    assert await append(redis, [strike("d", 0, 1)]) == [Recorded(4)]
    await redis.xdel(LOG, "4-0")

    assert await append(redis, [strike("e", 0, 1), strike("b", 0, 1)]) == [Recorded(5), Repeat(2)]
    assert (await head_of(redis, "ukraine")).position == 5


async def test_recorded_at_never_falls_when_the_servers_clock_does(redis: Redis) -> None:
    """As after a clock that ran ahead was set right."""
    await append(redis, [strike("a", 0, 1)])
    ahead = 4_102_444_800_000  # 2100-01-01
    await redis.hset(IDS, "recorded_at", str(ahead))

    await append(redis, [strike("b", 0, 1), strike("c", 0, 1)])

    times = [int(fields[b"t"]) for _, fields in await entries_of(redis, LOG)]
    assert times == sorted(times)
    assert times[1:] == [ahead, ahead]
    assert (await head_of(redis, "ukraine")).recorded_at_ms == ahead


async def test_recorded_at_is_the_servers_clock(redis: Redis) -> None:
    """Not the producer's, whose events may be a year late."""
    seconds, _ = await redis.time()
    await append(redis, [strike("a", 0, 1)])

    recorded_at_ms = (await head_of(redis, "ukraine")).recorded_at_ms

    assert recorded_at_ms is not None
    assert 0 <= recorded_at_ms - 1000 * int(seconds) < 60_000


async def test_an_appender_goes_on_after_the_server_forgot_the_script(redis: Redis) -> None:
    """As after a failover."""
    appender = Appender(redis)
    await appender.append([accepted(strike("a", 0, 1))])
    await redis.script_flush()

    assert await appender.append([accepted(strike("b", 0, 1))]) == [Recorded(2)]


async def test_a_batch_rings_the_bell_once_with_its_conflict_and_head(redis: Redis) -> None:
    """Repeats and refusals ring nothing: there is nothing to read."""
    await append(redis, [strike(name, 0, 1) for name in "abc"])
    await append(redis, [of("sudan", strike("a", 0, 1)), strike("d", 0, 1)])
    await append(redis, [strike("a", 0, 1), strike("b", 0, 9)])

    bells = [fields for _, fields in await entries_of(redis, BELL)]

    assert bells == [
        {b"c": b"ukraine", b"p": b"3"},
        {b"c": b"sudan", b"p": b"1"},
        {b"c": b"ukraine", b"p": b"4"},
    ]


async def test_the_bell_is_bounded(redis: Redis) -> None:
    """It carries no truth, so nobody needs what it said an hour ago."""
    async with redis.pipeline(transaction=False) as pipe:
        for _ in range(BELL_ENTRIES_MAX + 2_000):
            pipe.xadd(BELL, {"c": "ukraine", "p": "1"})
        await pipe.execute()

    await append(redis, [strike("a", 0, 1)])

    # About: a stream is trimmed by nodes of a hundred entries.
    assert BELL_ENTRIES_MAX <= await redis.xlen(BELL) <= BELL_ENTRIES_MAX + 200


async def test_every_event_gets_16_random_bytes_of_salt(redis: Redis) -> None:
    """With them its leaf can be kept when its bytes have to go."""
    await append(redis, [strike(f"{n}", 0, 1) for n in range(200)])

    salts = {fields[b"s"] for _, fields in await entries_of(redis, LOG)}

    assert {len(salt) for salt in salts} == {16}
    assert len(salts) == 200
    # None of the sixteen is a constant or a counter. By chance this fails less than once in 2^500.
    assert all(len({salt[place] for salt in salts}) > 50 for place in range(16))


async def test_all_keys_of_one_conflict_lie_in_one_slot_of_a_cluster(redis: Redis) -> None:
    """Or no script could touch two of them; and conflicts spread."""
    await append(redis, [of(name, strike("a", 0, 1)) for name in ("ukraine", "sudan")])

    keys = [key.decode() for key in await snapshot(redis, "recorded", "conflicts")]
    slots = {
        name: {key_slot(key.encode()) for key in keys if name in key}
        for name in ("ukraine", "sudan")
    }

    assert len(keys) == 4
    assert all(len(slot) == 1 for slot in slots.values())
    assert slots["ukraine"] != slots["sudan"]


async def test_a_random_history_is_recorded_as_it_was_sent(redis: Redis) -> None:
    """Whatever it holds: several alphabets, fractions, offsets, unknown fields."""
    events = history(seeded().getrandbits(32), events=300)

    outcomes = await append(redis, events)

    assert outcomes == [Recorded(n) for n in range(1, 301)]
    assert await log_of(redis) == [raw_of(event) for event in events]
    assert await redis.hlen(IDS) == 300 + len(("head", "recorded_at"))
    assert await redis.smembers(CONFLICTS) == {b"ukraine"}
