"""Tallies: what the members of a group say together, kept up to date as they come and go."""

from bisect import bisect_left, insort

Fact = tuple[str, ...]
"""Something that a report says, such as (`targets`, `energy`)."""


class Tally:
    """Counts the facts of a group's members. Cost of a change: O(facts of the report)."""

    __slots__ = ("_facts", "_first", "_positions", "_said", "keys")

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._facts: dict[Fact, int] = {}
        self._positions: dict[str, int] = {}
        self._first: str | None = None
        self._said: dict[str, list[Fact]] | None = None

    @property
    def first(self) -> str:
        """The member whose own event has the lowest position."""
        if self._first is None:
            self._first = min(self._positions, key=self._positions.__getitem__)
        return self._first

    def add(self, position: int, key: str, facts: tuple[Fact, ...]) -> None:
        """Count a member in."""
        insort(self.keys, key)
        self._positions[key] = position
        if self._first is not None and position < self._positions[self._first]:
            self._first = key
        for fact in facts:
            if fact in self._facts:
                self._facts[fact] += 1
            else:
                self._facts[fact] = 1
                self._said = None

    def remove(self, key: str, facts: tuple[Fact, ...]) -> None:
        """Count a member out."""
        del self.keys[bisect_left(self.keys, key)]
        del self._positions[key]
        if self._first == key:
            self._first = None
        for fact in facts:
            if self._facts[fact] == 1:
                del self._facts[fact]
                self._said = None
            else:
                self._facts[fact] -= 1

    def said(self) -> dict[str, list[Fact]]:
        """The facts by their first word, each list sorted, without that word.

        Most members say nothing that is new to their group: the answer is kept for the next time.
        """
        if self._said is None:
            self._said = {}
            for word, *rest in sorted(self._facts):
                self._said.setdefault(word, []).append(tuple(rest))
        return self._said
