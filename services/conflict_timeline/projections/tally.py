"""Tallies: what the members of a group say together, kept up to date as they come and go."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from conflict_events.place import Place

Fact = tuple[str, ...]
"""Something that a report says, such as (`targets`, `energy`)."""

Rank = tuple[int, int, str]
"""Window length in us, earliest in us, event key."""


class Report(Struct, eq=False, gc=False):
    """What grouping needs of one effective strike report. Times in us; `parties` is a bit set.

    It refers to no group: Python's collector of cycles need not look at it.
    """

    key: str
    position: int
    earliest: int
    latest: int
    parties: int
    facts: tuple[Fact, ...]
    place: Place
    rank: Rank


class Tally(Struct, eq=False):
    """Counts the facts of a group's members. Cost of a change: O(facts of the report).

    `keys` are the members' event keys, sorted; `first` is the one whose own event has the lowest
    position.
    """

    keys: list[str] = msgspec.field(default_factory=list[str])
    first: Report | None = None
    _facts: dict[Fact, int] = msgspec.field(default_factory=dict[Fact, int])
    _said: dict[str, list[Fact]] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle without the answer that is kept: it is most of what there is to load."""
        return Tally, (self.keys, self.first, self._facts)

    def add(self, report: Report) -> None:
        """Count a member in."""
        insort(self.keys, report.key)
        if self.first is None or report.position < self.first.position:
            self.first = report
        counts = self._facts
        for fact in report.facts:
            if fact in counts:
                counts[fact] += 1
            else:
                counts[fact] = 1
                self._said = None

    def remove(self, report: Report, left: Iterable[Report]) -> None:
        """Count a member out; `left` are those that stay."""
        del self.keys[bisect_left(self.keys, report.key)]
        if self.first is report:
            self.first = min(left, key=_position, default=None)
        counts = self._facts
        for fact in report.facts:
            if counts[fact] == 1:
                del counts[fact]
                self._said = None
            else:
                counts[fact] -= 1

    def said(self) -> dict[str, list[Fact]]:
        """The facts by their first word, each list sorted, without that word.

        Most members say nothing that is new to their group: the answer is kept for the next time.
        """
        if self._said is None:
            self._said = {}
            for word, *rest in sorted(self._facts):
                self._said.setdefault(word, []).append(tuple(rest))
        return self._said


def _position(report: Report) -> int:
    return report.position
