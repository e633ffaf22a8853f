"""Places: how far a subscriber has come in a timeline, as one id."""

from typing import Self

from conflict_events.frames import At
from conflict_events.subscribing import TimelinesError


class InvalidPlaceError(ValueError):
    """What was given is no place in a timeline."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:80]!r} is no place in a timeline: that is <position>-<k>, as in the id of"
            " a revision"
        )
        self.text = text


class Place(At):
    """A place as subscribers know it, of the ids that a server holds and a client sends."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of an id that a client sent.

        Raises:
            InvalidPlaceError: it is none.
        """
        try:
            return super().parse(text)
        except TimelinesError as error:
            raise InvalidPlaceError(text) from error

    @classmethod
    def of(cls, entry_id: bytes) -> Self:
        """Of the id of a timeline's stream."""
        position, _, k = entry_id.partition(b"-")
        return cls(int(position), int(k))
