"""Frames: what comes in while a timeline is followed, whichever way."""

import re
from typing import Final, NamedTuple, Self

import msgspec
from msgspec import Struct

from conflict_events.subscribing import TimelinesError
from conflict_events.timelines import Entry

K_END: Final = 2**31 - 1
"""No position makes so many revisions: `<position>-<K_END>` is the place after all of them.

Streams take it for any other id, and a client that reads it as a number reads it exactly.
"""

_AT: Final = re.compile(r"(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,9})", re.ASCII)


class At(NamedTuple):
    """A place in a timeline: after the k-th revision that a position made. Places are in order."""

    position: int
    k: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `<position>-<k>`.

        Raises:
            TimelinesError: it is none.
        """
        if (found := _AT.fullmatch(text)) is None or int(found[2]) > K_END:
            raise TimelinesError(
                "asked_wrongly",
                f"{text[:80]!r} is no place in a timeline: that is <position>-<k>, as in `at` of a"
                " revision",
            )
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def end_of(cls, position: int) -> Self:
        """After all revisions that a position made."""
        return cls(position, K_END)

    @property
    def complete_position(self) -> int:
        """The last position of which nothing can be missing here."""
        return self.position if self.k == K_END else max(self.position - 1, 0)

    def __str__(self) -> str:
        return f"{self.position}-{self.k}"


START: Final = At(0, 0)
"""Before the first revision."""


class Followed(Entry, frozen=True, kw_only=True):
    """A revision as a follower gets it. `at` is its place, `<position>-<k>`: where to resume."""

    at: str

    @classmethod
    def of_entry(cls, entry: Entry, at: At) -> "Followed":
        """A revision that stands at a place."""
        return cls(**{name: getattr(entry, name) for name in Entry.__struct_fields__}, at=str(at))


class Progress(Struct, frozen=True, kw_only=True):
    """How far a timeline has come.

    With `at`, all up to there has come in; without it, some of that may still be on its way.
    """

    position: int
    version: int
    at: At | None = None


class Switched(Struct, frozen=True, kw_only=True):
    """Another version of the timeline is served, and goes on after this position.

    It may tell the same events otherwise: read its timeline as of this position anew.
    """

    position: int
    version: int


Frame = Followed | Progress | Switched

_ENTRY: Final = msgspec.json.Decoder(Entry)
_PROGRESS: Final = msgspec.json.Decoder(Progress)
_SWITCHED: Final = msgspec.json.Decoder(Switched)


def frame_of(event: str, data: str, at: str) -> Frame | None:
    """A frame from the name, the data and the id of a server-sent event; None for other names.

    Raises:
        TimelinesError: it cannot be read.
    """
    try:
        match event:
            case "revision":
                return Followed.of_entry(_ENTRY.decode(data), At.parse(at))
            case "progress":
                progress = _PROGRESS.decode(data)
                place = At.parse(at) if at else None
                return Progress(position=progress.position, version=progress.version, at=place)
            case "switched":
                return _SWITCHED.decode(data)
            case _:
                return None
    except (ValueError, RecursionError, TimelinesError) as error:
        raise TimelinesError("unreadable", f"a {event} cannot be read: {error}") from error
