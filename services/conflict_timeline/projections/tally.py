"""Tallies: what the members of a group say together, kept up to date as they come and go."""

from bisect import bisect_left, insort

Fact = tuple[str, ...]
"""Something that a report says, such as (`targets`, `energy`)."""


class Tally:
    """Counts the facts of a group's members. Cost of a change: O(facts of the report)."""

    __slots__ = ("_facts", "_first", "_positions", "keys")

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._facts: dict[Fact, int] = {}
        self._positions: dict[str, int] = {}
        self._first: str | None = None

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
            self._facts[fact] = self._facts.get(fact, 0) + 1

    def remove(self, key: str, facts: tuple[Fact, ...]) -> None:
        """Count a member out."""
        del self.keys[bisect_left(self.keys, key)]
        del self._positions[key]
        if self._first == key:
            self._first = None
        for fact in facts:
            if self._facts[fact] == 1:
                del self._facts[fact]
            else:
                self._facts[fact] -= 1

    def said(self) -> dict[str, list[Fact]]:
        """The facts by their first word, each list sorted, without that word."""
        by_word: dict[str, list[Fact]] = {}
        for word, *rest in self._facts:
            by_word.setdefault(word, []).append(tuple(rest))
        for facts in by_word.values():
            facts.sort()
        return by_word
