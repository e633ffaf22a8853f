"""The limiter: how many events a key may publish, by a bucket of tokens for each key."""

import time
from collections.abc import Callable
from typing import Final

from conflict_timeline.web.keys.key import Kept

BURST_S: Final = 10.0
"""A bucket holds what its key may publish in so many seconds."""

BUCKETS_MAX: Final = 10_000
"""How many buckets are kept; the one that was used longest ago goes, and would be full mostly."""

WAIT_S_MIN: Final = 0.1
"""The shortest wait that is worth asking for."""

_SLACK: Final = 1e-6


class LimitedError(Exception):
    """A key has published more than it may, and has to wait for `retry_after_s` seconds."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"this key has published more than it may: wait {retry_after_s:.1f} s")
        self.retry_after_s = retry_after_s


class Limiter:
    """The buckets of one process: with n processes a key may publish n times as much.

    A request takes a token for each event, and waits until there are so many. One with more events
    than a bucket holds waits until it is full, and the next ones until that is paid for: no batch
    is too large for a slow key, and the rate holds.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def admit(self, key: Kept) -> None:
        """Let a request in whose events were not counted yet, or not; takes nothing.

        Raises:
            LimitedError: the bucket is empty.
        """
        self._wait_for(key, 1)

    def take(self, key: Kept, events: int) -> None:
        """Take out what a request costs: one for each event, and at least one.

        Raises:
            LimitedError: there is not so much in the bucket, and it is not full; nothing is taken.
        """
        tokens = self._wait_for(key, events) - max(1, events)
        self._buckets.pop(key.id, None)
        self._buckets[key.id] = (self._clock(), tokens)
        while len(self._buckets) > BUCKETS_MAX:
            del self._buckets[next(iter(self._buckets))]

    def _wait_for(self, key: Kept, events: int) -> float:
        """How many tokens there are, if they will do."""
        tokens = self._tokens(key)
        needed = min(max(1, events), _full(key))
        # A bucket that fills up in fractions is full a little before it is.
        if needed - tokens > _SLACK:
            raise LimitedError(max(WAIT_S_MIN, (needed - tokens) / key.rate_per_s))
        return tokens

    def _tokens(self, key: Kept) -> float:
        full = _full(key)
        found = self._buckets.get(key.id)
        if found is None:
            return full
        then, tokens = found
        return min(full, tokens + (self._clock() - then) * key.rate_per_s)


def _full(key: Kept) -> float:
    return max(1.0, key.rate_per_s * BURST_S)
