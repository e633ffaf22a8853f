"""Words: whether they may be in an entry, told by its texts. Each text is looked at once."""

import sqlite3
from array import array
from collections import Counter
from collections.abc import Sequence
from typing import Final

from conflict_timeline.web.readmodel.stands import Stands
from conflict_timeline.web.readmodel.values import searched

_LOOKED_MIN: Final = 4_000
_RARE: Final = 200
"""Words that fewer than one in so many entries have, of so many looked at, are rare."""

_KEY_LENGTH: Final = 32

_TEXT: Final = "SELECT text FROM text WHERE timeline = ? AND facet = 'text' AND value = ?"
_SAID: Final = (
    "SELECT texts FROM revision WHERE timeline = ? AND entry = ? AND id <= ?"
    " ORDER BY id DESC LIMIT 1"
)


class Words:
    """The words that are asked for, and in which texts they were found so far.

    `said` is the chronology, where the quotes of statements are searched too: entries of pairings
    and reversals have the keys of their statements in their ids.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        at: Stands,
        said: Stands | None,
        words: Sequence[str],
    ) -> None:
        self._connection = connection
        self._at = at
        self._said = said
        self._words = [searched(word) for word in words]
        self._all = (1 << len(words)) - 1
        self._in_text: dict[int, int] = {}
        self._in_statement: dict[str, int] = {}
        self._looked = 0
        self._found: Counter[int] = Counter()

    @property
    def rarest(self) -> str:
        """The word that the fewest of the entries looked at have."""
        return min((self._entries_with(number), word) for number, word in enumerate(self._words))[1]

    def are_rare(self) -> bool:
        """Tell whether so few entries have them all that it is better to look one of them up."""
        return self._looked >= _LOOKED_MIN and self._found[self._all] * _RARE < self._looked

    def _entries_with(self, number: int) -> int:
        return sum(entries for found, entries in self._found.items() if found >> number & 1)

    def may_be_in(self, entry: str, texts: bytes) -> bool:
        """Tell whether an entry with these texts may have them all."""
        self._looked += 1
        found = self._in(self._at, texts)
        if found != self._all and self._said is not None:
            for key in entry.split(":"):
                if len(key) == _KEY_LENGTH:
                    found |= self._said_in(self._said, key)
        self._found[found] += 1
        return found == self._all

    def _in(self, at: Stands, texts: bytes) -> int:
        """A bit for each word that is in one of the texts."""
        found = 0
        for value in array("q", texts):
            held = self._in_text.get(value)
            if held is None:
                held = self._in_text[value] = self._look(at, value)
            found |= held
        return found

    def _look(self, at: Stands, value: int) -> int:
        row = self._connection.execute(_TEXT, (at.timeline, value)).fetchone()
        if row is None:
            return self._all
        (text,) = row
        return sum(1 << number for number, word in enumerate(self._words) if word in text)

    def _said_in(self, said: Stands, key: str) -> int:
        found = self._in_statement.get(key)
        if found is None:
            given = (said.timeline, key, said.base | said.seq)
            row = self._connection.execute(_SAID, given).fetchone()
            found = self._in_statement[key] = 0 if row is None else self._in(said, row[0])
        return found
