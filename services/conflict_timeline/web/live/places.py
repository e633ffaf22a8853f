"""Places: how far a subscriber has come in a timeline, as one id."""

import re
from typing import Final, NamedTuple

K_END: Final = 2**31 - 1
"""No position makes so many revisions: `<position>-<K_END>` is the place after all of them.

Streams take it for any other id, and a client that reads it as a number reads it exactly.
"""

_PLACE: Final = re.compile(r"(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,9})", re.ASCII)


class InvalidPlaceError(ValueError):
    """What was given is no place in a timeline."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:80]!r} is no place in a timeline: that is <position>-<k>, as in the id of"
            " a revision"
        )
        self.text = text


class Place(NamedTuple):
    """The place after the k-th revision that a position made. Places are in order."""

    position: int
    k: int

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Of an id that a client sent.

        Raises:
            InvalidPlaceError: it is none.
        """
        if (found := _PLACE.fullmatch(text)) is None or int(found[2]) > K_END:
            raise InvalidPlaceError(text)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, entry_id: bytes) -> "Place":
        """Of the id of a timeline's stream."""
        position, _, k = entry_id.partition(b"-")
        return cls(int(position), int(k))

    @classmethod
    def end_of(cls, position: int) -> "Place":
        """After all revisions that a position made."""
        return cls(position, K_END)

    @property
    def complete_position(self) -> int:
        """The last position of which nothing can be missing here."""
        return self.position if self.k == K_END else max(self.position - 1, 0)

    def __str__(self) -> str:
        return f"{self.position}-{self.k}"
