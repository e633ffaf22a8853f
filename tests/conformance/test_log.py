"""What every log promises, wherever it keeps its events."""

import json

import pytest

from conflict_events.outcomes import Recorded, Refused, Repeat
from conflict_timeline.log.append import BATCH_EVENTS_MAX
from conflict_timeline.log.errors import LogGapError
from conflict_timeline.log.follow import Head
from tests.conformance.stores import FUTURE_MS, Log
from tests.oracle.builders import strike
from tests.oracle.histories import history, shuffled
from tests.support import Json, accepted, raw_of, seeded


async def record(log: Log, events: list[Json]) -> None:
    """Record events that are new, in one batch."""
    outcomes = await log.append([accepted(event) for event in events])
    assert all(isinstance(one, Recorded) for one in outcomes)


def strikes(first: int, last: int) -> list[Json]:
    """Reports by number."""
    return [strike(f"{number}", 0, 1) for number in range(first, last + 1)]


async def read(
    log: Log, *, after: int = 0, upto: int | None = None, page_events_max: int = 500
) -> list[list[int]]:
    """The positions of each page."""
    pages = log.follow(after=after, upto=upto, page_events_max=page_events_max)
    return [[recorded.position for recorded in page] async for page in pages]


# Append


async def test_positions_are_1_2_3_without_gaps_in_the_order_given(log: Log) -> None:
    """Over any number of batches, and with repeats and refusals among them."""
    rng = seeded()
    events = history(rng.getrandbits(32), events=60)
    offered = [*events, *rng.choices(events, k=30)]
    rng.shuffle(offered)
    positions: list[int] = []
    while offered:
        batch = [accepted(offered.pop()) for _ in range(min(len(offered), rng.randint(1, 9)))]
        outcomes = await log.append(batch)
        positions += [one.position for one in outcomes if isinstance(one, Recorded)]

    assert positions == list(range(1, 61))
    assert await read(log) == [positions]


async def test_a_repeat_is_answered_with_the_position_of_the_first(log: Log) -> None:
    """From an earlier batch, and from the same one."""
    one, two, three = (accepted(event) for event in strikes(1, 3))
    await log.append([one, two])

    assert await log.append([two, three, one, three]) == [
        Repeat(2),
        Recorded(3),
        Repeat(1),
        Repeat(3),
    ]
    assert (await log.head()).position == 3


async def test_a_batch_whose_answer_was_lost_may_be_appended_again(log: Log) -> None:
    """What was recorded then is a repeat now, in the same order."""
    batch = [accepted(event) for event in strikes(1, 5)]
    await log.append(batch)

    assert await log.append(batch) == [Repeat(position) for position in range(1, 6)]
    assert (await log.head()).position == 5


async def test_other_blanks_or_another_order_of_fields_make_a_repeat(log: Log) -> None:
    """The bytes that came first stay."""
    event = strike("a", 0, 1)
    await record(log, [event])
    backwards = dict(reversed(event.items()))
    again = [json.dumps(event, indent=2).encode(), json.dumps(backwards).encode()]

    assert await log.append([accepted(raw) for raw in again]) == [Repeat(1), Repeat(1)]
    assert [one.raw async for page in log.follow() for one in page] == [raw_of(event)]


@pytest.mark.parametrize("together", [True, False])
async def test_another_body_under_a_recorded_id_is_refused_and_told_where_the_first_is(
    log: Log, *, together: bool
) -> None:
    """In one batch or in two; it takes no position, and the first stays as it was."""
    first, other, next_one = strike("a", 0, 1), strike("a", 0, 2), strike("b", 0, 1)
    batches = [[first, other, next_one]] if together else [[first], [other, next_one]]

    outcomes = [
        one for batch in batches for one in await log.append([accepted(each) for each in batch])
    ]

    refused = outcomes[1]
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.path) == ("conflicting_body", "$")
    assert "position 1" in refused.message
    assert outcomes[::2] == [Recorded(1), Recorded(2)]
    assert [one.raw async for page in log.follow() for one in page] == [
        raw_of(first),
        raw_of(next_one),
    ]


async def test_the_same_name_by_another_producer_is_another_event(log: Log) -> None:
    """Identity is source and id."""
    await record(log, [strike("a", 0, 1), strike("a", 0, 1, source="urn:example:other")])

    assert (await log.head()).position == 2


async def test_more_than_one_script_may_take_is_answered_in_order(log: Log) -> None:
    """Nobody who appends has to know how much that is."""
    batch = [accepted(event) for event in strikes(1, BATCH_EVENTS_MAX + 3)]

    outcomes = await log.append([*batch, batch[0], batch[-1]])

    assert outcomes[: len(batch)] == [Recorded(number) for number in range(1, len(batch) + 1)]
    assert outcomes[len(batch) :] == [Repeat(1), Repeat(len(batch))]


async def test_appending_nothing_changes_nothing(log: Log) -> None:
    """Not even the clock."""
    assert await log.append([]) == []
    assert await log.head() == Head(0, None)


async def test_recorded_at_never_falls_when_the_clock_does(log: Log) -> None:
    """As after a clock that ran ahead was set right."""
    await record(log, strikes(1, 2))
    await log.append_in_the_future([accepted(strike("ahead", 0, 1))])
    await record(log, strikes(3, 4))

    times = [one.recorded_at_ms async for page in log.follow() for one in page]

    assert times == sorted(times)
    assert times[1] < times[2]
    assert times[2:] == [FUTURE_MS] * 3
    assert await log.head() == Head(5, FUTURE_MS)


# Follow


@pytest.mark.parametrize(
    ("after", "upto", "page_events_max", "pages"),
    [
        (0, None, 500, [[1, 2, 3, 4, 5, 6, 7]]),
        (0, None, 1, [[1], [2], [3], [4], [5], [6], [7]]),
        (0, None, 3, [[1, 2, 3], [4, 5, 6], [7]]),
        (0, None, 7, [[1, 2, 3, 4, 5, 6, 7]]),
        (2, None, 3, [[3, 4, 5], [6, 7]]),
        (7, None, 3, []),
        (0, 4, 3, [[1, 2, 3], [4]]),
        (0, 3, 3, [[1, 2, 3]]),
        (2, 5, 500, [[3, 4, 5]]),
        (5, 5, 500, []),
        (6, 5, 500, []),
        (0, 0, 500, []),
        (5, 99, 500, [[6, 7]]),
    ],
)
async def test_events_come_in_pages_from_after_one_position_up_to_another(
    log: Log, after: int, upto: int | None, page_events_max: int, pages: list[list[int]]
) -> None:
    """Each page but the last is full, none is empty."""
    await record(log, strikes(1, 7))

    assert await read(log, after=after, upto=upto, page_events_max=page_events_max) == pages


async def test_an_event_comes_as_it_was_sent_with_its_key_and_what_it_says(log: Log) -> None:
    """Of a random history: several alphabets, fractions, offsets, unknown fields."""
    rng = seeded()
    sent = [accepted(event) for event in shuffled(history(rng.getrandbits(32), events=200), 1)]
    await log.append(sent)

    found = [one async for page in log.follow(page_events_max=37) for one in page]

    assert [(one.raw, one.event, one.key) for one in found] == [
        (one.raw, one.event, one.event.key) for one in sent
    ]


async def test_an_empty_log_has_no_pages_and_no_head(log: Log) -> None:
    """It may get one later."""
    assert await read(log) == []
    assert await log.head() == Head(0, None)


async def test_called_again_it_reads_on_where_it_was(log: Log) -> None:
    """As a projector does each time that the bell rings."""
    await record(log, strikes(1, 3))
    assert await read(log) == [[1, 2, 3]]
    assert await read(log, after=3) == []
    await record(log, strikes(4, 5))

    assert await read(log, after=3) == [[4, 5]]


async def test_what_is_recorded_while_following_is_read_in_the_same_pass(log: Log) -> None:
    """A pass ends at the head as it is then."""
    await record(log, strikes(1, 4))
    seen: list[int] = []

    async for page in log.follow(page_events_max=2):
        seen += [one.position for one in page]
        if seen[-1] == 4:
            await record(log, strikes(5, 7))

    assert seen == [1, 2, 3, 4, 5, 6, 7]


async def test_a_log_that_ends_before_its_reader_stops_it(log: Log) -> None:
    """As after a failover that lost writes."""
    await record(log, strikes(1, 3))

    with pytest.raises(LogGapError, match="position 5 was expected, but the log ends before it"):
        await read(log, after=5)
