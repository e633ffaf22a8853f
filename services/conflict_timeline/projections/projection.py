"""What a projection is: a pure fold from the log of a conflict to changes of entries."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple, Protocol

from msgspec import Struct

from conflict_events.recorded import RecordedEvent


class Change(NamedTuple):
    """What an entry is now: its body, or None when it is gone.

    `merged_into` names the entry that a reader of a gone one should look at.
    """

    entry: str
    body: Struct | None
    merged_into: str | None = None


class Projection(Protocol):
    """A fold. It sees recorded events in order and nothing else.

    No clock, no random, no network, no file, no locale, no iteration over a set: the same log gives
    the same bytes. When the meaning changes, `version` rises.
    """

    name: ClassVar[str]
    """The projection's name, as in `pairings`."""

    version: ClassVar[int]
    """From 1; another version is another timeline."""

    @property
    def waiting(self) -> int:
        """How many events are amended but not recorded yet."""
        ...

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the entries that one recorded event may have changed, each once, in any order.

        A change that leaves an entry as it was is no revision and may be yielded.
        """
        ...
