"""Feed: one version of a timeline while it is served; channel: the feeds of a timeline in turn."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Protocol, Self
from weakref import WeakSet

from msgspec import UNSET, Struct

from conflict_timeline.broker.streams import StreamEntry
from conflict_timeline.timelines.commit import Checkpoint
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.keys import timeline_key
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.web.live.frames import Progress, progress_frame, revision_frame
from conflict_timeline.web.live.places import Place
from conflict_timeline.web.live.ring import Ring


class Limits(Struct, frozen=True, kw_only=True):
    """What is kept and given at most, and for how long a subscriber may be silent."""

    buffer_revisions: int
    buffer_bytes: int
    queue_bytes_max: int
    chunk_bytes_max: int
    progress_s: float
    stalled_s: float


class Feed:
    """One version of a timeline, as far as it was read: its last frames, and how far they go.

    Everything that was made up to `complete` is in the ring or lies below its floor.
    """

    def __init__(
        self, timeline: Timeline, floor: Place, digest: str | None, limits: Limits
    ) -> None:
        """`floor` is where reading begins; `digest` is the one there (hex), if it is known."""
        self.timeline = timeline
        self.version = timeline.version
        self.key = timeline_key(timeline.conflict, timeline.projection, timeline.version)
        self.ring = Ring(
            floor,
            revisions_max=limits.buffer_revisions,
            bytes_max=limits.buffer_bytes,
            chunk_bytes_max=limits.chunk_bytes_max,
        )
        self.complete = floor
        self._digest = digest
        self._progress: dict[bool, bytes] = {}

    def take(self, entries: Sequence[StreamEntry], *, all_there_were: bool) -> None:
        """Keep what was read after the last frame.

        `all_there_were`: nothing followed when it was read. As all revisions of a position are
        committed together, that position is then complete.

        Raises:
            BrokenTimelineError: what was read is no revision.
        """
        for entry in entries:
            place = Place.of(entry[0])
            self.ring.append(place, revision_frame(self.timeline, entry))
        if entries and all_there_were:
            self._reach(self.ring.last.position, entries[-1][1].get(b"d", b"").decode() or None)

    def reach(self, checkpoint: Checkpoint) -> None:
        """Know that all up to a checkpoint was read, which stood when nothing more followed.

        Raises:
            BrokenTimelineError: we had come further.
        """
        if checkpoint.position < self.complete.position:
            raise BrokenTimelineError(
                f"{self.key} stood at position {self.complete.position}, and stands at"
                f" {checkpoint.position} now: the server lost what was committed, or is another"
            )
        self._reach(checkpoint.position, checkpoint.digest)

    def progress(self, *, complete: bool) -> bytes:
        """The frame that says how far this is; the same bytes for everybody."""
        if complete not in self._progress:
            progress = Progress(
                position=self.complete.position,
                version=self.version,
                digest=UNSET if self._digest is None else self._digest,
            )
            self._progress[complete] = progress_frame(progress, complete=complete)
        return self._progress[complete]

    def _reach(self, position: int, digest: str | None) -> None:
        self.complete = Place.end_of(position)
        self._digest = digest
        self._progress.clear()


class Damage(NamedTuple):
    """What is wrong with a timeline, and the place after which it was found."""

    why: str
    version: int
    after: Place

    @classmethod
    def of(cls, error: Exception, feed: Feed, after: Place) -> Self:
        """What came up while a feed was read."""
        is_told = isinstance(error, BrokenTimelineError)
        why = str(error) if is_told else f"{feed.key} cannot be read: {error}"
        return cls(why, feed.version, after)


class Subscriber(Protocol):
    """Who follows a channel."""

    def cut_if_stalled(self) -> bool:
        """End it if it does not come back for more, and tell whether that is so."""
        ...


class Channel:
    """A timeline that somebody subscribes to: the feed of the version served, and who follows it.

    Whoever has the old feed after a switch reads it to its end, and then takes the new one.
    """

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.timeline = feed.timeline
        self.subscriptions: WeakSet[Subscriber] = WeakSet()
        self.pulse = 0
        self.is_closed = False
        self.closed_because: str | None = None
        """What is told to subscribers when it is closed before they leave."""
        self.damage: Damage | None = None
        """Is put here by whoever finds any; the channel is closed for it."""
        self.used_at = self.looked_at = self.beaten_at = asyncio.get_running_loop().time()
        self._changed = asyncio.Event()

    async def change(self) -> None:
        """Wait until there is something new to see."""
        await self._changed.wait()

    def wake(self) -> None:
        """Let everybody look who waits for a change."""
        self._changed.set()
        self._changed.clear()

    def beat(self) -> None:
        """Let everybody have a progress."""
        self.beaten_at = asyncio.get_running_loop().time()
        self.pulse += 1
        self.wake()

    def close(self, because: str | None = None) -> None:
        """Let everybody end: nobody reads for them any more."""
        self.is_closed = True
        self.closed_because = because
        self.wake()
