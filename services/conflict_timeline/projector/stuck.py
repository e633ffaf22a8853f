"""Stuck: why a timeline stays where it is, kept beside its checkpoint."""

from traceback import format_exception

import msgspec
from msgspec import Struct

from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.fold import Fold, RevisionMade

TRACEBACK_CHARS_MAX = 8_000
"""Of a longer traceback the end is kept: it names the line that raised."""


class Stuck(Struct, frozen=True, kw_only=True):
    """The event that a fold could not take, and what it raised.

    `position` and `key` are those of the event; `traceback` is for whoever mends the fold.
    """

    position: int
    key: str
    error: str
    traceback: str

    @classmethod
    def at(cls, recorded: RecordedEvent, error: BaseException) -> "Stuck":
        """What a fold raised at an event."""
        return cls(
            position=recorded.position,
            key=recorded.key,
            error=repr(error),
            traceback="".join(format_exception(error))[-TRACEBACK_CHARS_MAX:],
        )

    @classmethod
    def read(cls, why: str) -> "Stuck":
        """What was kept beside a checkpoint."""
        try:
            return msgspec.json.decode(why, type=cls)
        except msgspec.DecodeError:
            return cls(position=0, key="", error=why, traceback="")

    def written(self) -> str:
        """As it is kept beside a checkpoint."""
        return msgspec.json.encode(self).decode()

    def sentence(self) -> str:
        """For people."""
        return f"position {self.position} (event {self.key}): {self.error}"


def applied(fold: Fold, recorded: RecordedEvent) -> list[RevisionMade]:
    """Fold an event where nobody keeps the timeline.

    Raises:
        FoldError: whatever the projection raised is its cause.
    """
    try:
        return fold.apply(recorded)
    except (Exception, SystemExit) as error:
        raise FoldError(recorded, error) from error


class FoldError(Exception):
    """A fold raised. What it raised is the cause; everything before that event was committed."""

    def __init__(self, recorded: RecordedEvent, error: BaseException) -> None:
        super().__init__(
            f"the fold raised at position {recorded.position} (event {recorded.key}): {error!r}"
        )
        self.recorded = recorded
