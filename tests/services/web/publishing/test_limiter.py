"""The limiter: a key publishes at its rate, with a burst, and none can use up the memory."""

from datetime import UTC, datetime
from typing import Final

import pytest

from conflict_timeline.web.keys.key import Kept
from conflict_timeline.web.publishing.limiter import (
    BUCKETS_MAX,
    BURST_S,
    WAIT_S_MIN,
    LimitedError,
    Limiter,
)

THEN: Final = datetime(2025, 1, 1, tzinfo=UTC)


class Clock:
    """A clock that the test moves, in seconds."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now_s


def key(name: str = "a", rate_per_s: float = 10.0) -> Kept:
    """A key of this rate."""
    return Kept(id=name, name=name, sources=("a:b",), rate_per_s=rate_per_s, created=THEN)


def wait_s(limiter: Limiter, of: Kept) -> float:
    """How long a key has to wait."""
    with pytest.raises(LimitedError) as raised:
        limiter.admit(of)
    return raised.value.retry_after_s


def test_a_burst_is_let_in_and_then_the_rate() -> None:
    clock = Clock()
    limiter = Limiter(clock=clock)
    taken = 0
    for _ in range(20 * 60):  # A minute, in steps of 50 ms.
        clock.now_s += 0.05
        try:
            limiter.admit(key())
        except LimitedError:
            continue
        limiter.take(key(), 1)
        taken += 1

    assert taken == pytest.approx(10 * (BURST_S + 60), abs=2)


def test_a_batch_waits_until_the_bucket_has_as_much() -> None:
    clock = Clock()
    limiter = Limiter(clock=clock)
    limiter.take(key(), 70)

    with pytest.raises(LimitedError) as raised:
        limiter.take(key(), 50)
    assert raised.value.retry_after_s == pytest.approx(2.0)
    limiter.take(key(), 30)  # What is there may be had all the same.
    clock.now_s += 5.0
    limiter.take(key(), 50)


def test_a_batch_larger_than_the_bucket_waits_until_that_is_full() -> None:
    clock = Clock()
    limiter = Limiter(clock=clock)
    limiter.take(key(), 1)

    with pytest.raises(LimitedError) as raised:
        limiter.take(key(), 5_000)
    assert raised.value.retry_after_s == pytest.approx(0.1)
    clock.now_s += 0.1
    limiter.take(key(), 5_000)
    assert wait_s(limiter, key()) == pytest.approx(490.1)


def test_a_batch_larger_than_the_bucket_is_paid_for_afterwards() -> None:
    clock = Clock()
    limiter = Limiter(clock=clock)
    limiter.admit(key())
    limiter.take(key(), 500)

    assert wait_s(limiter, key()) == pytest.approx(40.1)
    clock.now_s += 40.0
    assert wait_s(limiter, key()) == pytest.approx(0.1)
    clock.now_s += 0.2
    limiter.admit(key())


def test_a_request_without_events_costs_one() -> None:
    limiter = Limiter(clock=Clock())
    for _ in range(int(10 * BURST_S)):
        limiter.admit(key())
        limiter.take(key(), 0)

    assert wait_s(limiter, key()) == WAIT_S_MIN


def test_keys_do_not_pay_for_each_other() -> None:
    limiter = Limiter(clock=Clock())
    limiter.take(key("a"), 10_000)

    limiter.admit(key("b"))


def test_a_slow_key_may_publish_one_event_at_once() -> None:
    limiter = Limiter(clock=Clock())
    slow = key(rate_per_s=0.01)
    limiter.admit(slow)
    limiter.take(slow, 1)

    assert wait_s(limiter, slow) == pytest.approx(100.0)


def test_buckets_are_bounded_and_the_one_in_use_stays() -> None:
    limiter = Limiter(clock=Clock())
    for number in range(BUCKETS_MAX + 100):
        limiter.take(key(f"{number}"), 1)
        limiter.take(key("busy", rate_per_s=100_000.0), 9)

    assert len(vars(limiter)["_buckets"]) == BUCKETS_MAX
    with pytest.raises(LimitedError):
        limiter.take(key("busy", rate_per_s=100_000.0), 950_000)
