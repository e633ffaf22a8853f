"""An index of intervals: what may overlap a time, at a cost that does not grow with the rest."""

from collections.abc import Iterator
from typing import Final, Generic, Protocol, TypeVar


class Interval(Protocol):
    """Anything with two ends, in microseconds; hashable by identity or value."""

    @property
    def earliest(self) -> int:
        """The lower end."""
        ...

    @property
    def latest(self) -> int:
        """The upper end, not before the lower one."""
        ...

    def __hash__(self) -> int: ...


IntervalT = TypeVar("IntervalT", bound=Interval)

_SHIFT_MIN: Final = 33
"""2^33 us are 2.4 hours: shorter intervals share the finest buckets."""

LEVEL_MAX: Final = 64 - _SHIFT_MIN


def level_of(length: int) -> int:
    """The level that intervals of a length (in us) are kept on: longer ones on higher levels."""
    level = length.bit_length() - _SHIFT_MIN
    return level if level > 0 else 0  # noqa: FURB136 - asked for at each step, and max() is slower


class IntervalIndex(Generic[IntervalT]):
    """Intervals in buckets of time, on one level for each doubling of their length.

    An interval is shorter than the buckets of its level, so it lies in the bucket of its lower end
    and at most in the next one.
    """

    def __init__(self) -> None:
        self._levels: dict[int, dict[int, dict[IntervalT, None]]] = {}

    def add(self, interval: IntervalT) -> None:
        """Put an interval in. Its ends must not change while it is here."""
        earliest = interval.earliest
        level = level_of(interval.latest - earliest)
        buckets = self._levels.get(level)
        if buckets is None:
            buckets = self._levels[level] = {}
        at = earliest >> (_SHIFT_MIN + level)
        bucket = buckets.get(at)
        if bucket is None:
            buckets[at] = {interval: None}
        else:
            bucket[interval] = None

    def remove(self, interval: IntervalT) -> None:
        """Take an interval out.

        Raises:
            KeyError: it is not here.
        """
        level = level_of(interval.latest - interval.earliest)
        buckets = self._levels[level]
        at = interval.earliest >> (_SHIFT_MIN + level)
        bucket = buckets[at]
        del bucket[interval]
        if not bucket:
            del buckets[at]
            if not buckets:
                del self._levels[level]

    def touching(
        self, earliest: int, latest: int, *, above: int = 0, below: int = LEVEL_MAX
    ) -> Iterator[IntervalT]:
        """Every interval on levels `above` to `below` that shares a point with [earliest, latest].

        Cost: O(levels + buckets in that time + intervals in them). The order means nothing.
        """
        for level, buckets in self._levels.items():
            if not above <= level <= below:
                continue
            shift = _SHIFT_MIN + level
            first, last = (earliest >> shift) - 1, latest >> shift
            if last - first < len(buckets):
                near = [buckets[at] for at in range(first, last + 1) if at in buckets]
            else:
                near = [bucket for at, bucket in buckets.items() if first <= at <= last]
            for bucket in near:
                for interval in bucket:
                    if interval.earliest <= latest and interval.latest >= earliest:
                        yield interval
