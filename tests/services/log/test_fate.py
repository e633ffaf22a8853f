"""What became of an event: recorded, amended, refused, both, or nothing is known."""

import pytest
from redis.asyncio import Redis

from conflict_events.outcomes import Refused
from conflict_timeline.log.errors import LogGapError
from conflict_timeline.log.fate import fate_of
from conflict_timeline.log.follow import recorded_at_position
from conflict_timeline.log.keys import log_key
from conflict_timeline.log.refuse import refuse, refused_fields
from tests.oracle.builders import EDITOR, PRODUCER, at, corrected, retracted, strike
from tests.support import append, of, raw_of

STRIKE = strike("a", 0, 1)


async def offered(redis: Redis, *events: dict[str, object]) -> None:
    """Record what may be, keep what is refused, as intake does."""
    for event in events:
        (outcome,) = await append(redis, [event])
        if isinstance(outcome, Refused):
            fields = refused_fields(raw_of(event), outcome, "intake:strike", "1-1")
            await refuse(redis, fields)


async def test_nothing_is_known_of_an_event_that_never_came(redis: Redis) -> None:
    """Nor of one that another producer reported under the same id, or for another conflict."""
    await offered(redis, STRIKE)

    assert await fate_of(redis, "ukraine", PRODUCER, "b") is None
    assert await fate_of(redis, "ukraine", EDITOR, "a") is None
    assert await fate_of(redis, "sudan", PRODUCER, "a") is None


async def test_a_recorded_event_is_given_with_its_position_and_its_bytes(redis: Redis) -> None:
    """And with the moment from which readers could know of it."""
    await offered(redis, strike("z", 0, 1), STRIKE)

    fate = await fate_of(redis, "ukraine", PRODUCER, "a")

    recorded = await recorded_at_position(redis, "ukraine", 2)
    assert fate is not None
    assert recorded is not None
    assert (fate.outcome, fate.position, fate.key) == ("recorded", 2, recorded.key)
    assert fate.recorded_at is not None
    assert fate.recorded_at.endswith("Z")
    assert fate.event is not None
    assert bytes(fate.event) == raw_of(STRIKE)
    assert (fate.amendments, fate.refusals) == ([], [])


async def test_amendments_are_listed_in_the_order_recorded(redis: Redis) -> None:
    """Those of other events are not, nor those of the same name in another log."""
    other = strike("b", 0, 1)
    await offered(
        redis,
        retracted("r", STRIKE, time=at(7)),
        STRIKE,
        other,
        corrected("c-other", other),
        corrected("c", STRIKE, source=EDITOR, time=at(5), targets=["rail"]),
        of("sudan", retracted("r", STRIKE)),
    )

    fate = await fate_of(redis, "ukraine", PRODUCER, "a")

    assert fate is not None
    assert [(one.position, one.type, one.time, one.source, one.id) for one in fate.amendments] == [
        (1, "conflict.strike.retracted.v1", at(7), PRODUCER, "r"),
        (5, "conflict.strike.corrected.v1", at(5), EDITOR, "c"),
    ]
    assert fate.position == 2


async def test_an_event_that_was_offered_again_with_another_body_is_recorded_and_refused(
    redis: Redis,
) -> None:
    """The first holds; each refusal can be looked up."""
    await offered(redis, STRIKE, strike("a", 0, 2), strike("a", 0, 3))

    fate = await fate_of(redis, "ukraine", PRODUCER, "a")

    assert fate is not None
    assert (fate.outcome, fate.position) == ("recorded", 1)
    assert [one.reason for one in fate.refusals] == ["conflicting_body"] * 2
    assert len({one.refused for one in fate.refusals}) == 2


async def test_an_event_that_was_only_refused_has_no_position(redis: Redis) -> None:
    """Also where the refused bytes do not say of which conflict they are."""
    invalid = strike("a", 0, 1, place={"lat": 999})
    homeless = {name: value for name, value in invalid.items() if name != "conflict"}
    for event in (invalid, homeless, of("sudan", invalid), {**invalid, "id": "b"}):
        outcome = Refused("invalid", "$.data.place.lat", "too large")
        await refuse(redis, refused_fields(raw_of(event), outcome, "intake:strike", "1-1"))

    fate = await fate_of(redis, "ukraine", PRODUCER, "a")

    assert fate is not None
    assert (fate.outcome, fate.position, fate.recorded_at) == ("refused", None, None)
    assert [one.path for one in fate.refusals] == ["$.data.place.lat"] * 2


async def test_of_a_recorded_event_whose_entry_is_gone_nobody_says_that_it_never_came(
    redis: Redis,
) -> None:
    """The log has a gap there, and that is what is said."""
    await offered(redis, STRIKE, strike("b", 0, 1))
    await redis.xdel(log_key("ukraine"), "1-0")

    with pytest.raises(LogGapError, match="position 1 was expected"):
        await fate_of(redis, "ukraine", PRODUCER, "a")
