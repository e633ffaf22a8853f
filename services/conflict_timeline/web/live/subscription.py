"""Subscription: one subscriber's place in a timeline, and what it gets next."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final, NamedTuple, Protocol, Self
from weakref import ref

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_timeline.broker.streams import entries_of
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.patience import AWAY, patiently
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.versions import built, served
from conflict_timeline.web.live.feed import Channel, Damage, Limits
from conflict_timeline.web.live.frames import Switched, cut_frame, revision_frame, switched_frame
from conflict_timeline.web.live.places import Place
from conflict_timeline.web.live.ring import Ring

_PAGE_REVISIONS_FIRST: Final = 32
_PAGE_REVISIONS_MIN: Final = 8
_PAGE_REVISIONS_MAX: Final = 500

_UNREAD_LOOK_S: Final = 1.0
_AWAY_PAUSE_S: Final = 0.5


class Peer(Protocol):
    """Whom the frames of a subscription go to."""

    def unread_bytes(self) -> int:
        """How much is on its way that the peer has not taken yet."""
        ...

    def hang_up(self, serving: "asyncio.Task[Any] | None") -> None:
        """End the connection at once. `serving` has frames for it, and does not come back."""
        ...


class Sent:
    """How much was given to all subscribers together."""

    def __init__(self) -> None:
        self.bytes = 0


class Source(NamedTuple):
    """Where what is no longer buffered is read, by how many at once, and within what bounds."""

    redis: Redis
    turns: asyncio.Semaphore
    limits: Limits
    sent: Sent


class Subscription(AsyncIterator[bytes]):
    """Frames for one subscriber: each answer is one or more of them, whole.

    It holds a place and no frames. What it gets next comes from the ring, at any pace, or from the
    stream if the ring has dropped it.
    """

    def __init__(
        self,
        source: Source,
        channel: Channel,
        place: Place,
        first: bytes,
        peer: Peer | None = None,
    ) -> None:
        """`first` is given first; then what follows `place`."""
        self._redis, self._turns, self._limits, self._sent = source
        self._channel = channel
        self._feed = channel.feed
        self._place = place
        self._first: bytes | None = first
        self._pulse = channel.pulse
        self._page_revisions = _PAGE_REVISIONS_FIRST
        self._peer = peer
        self._given_bytes = 0
        self._taken_bytes = 0
        self._taken_at = self._looked_at = _now()
        self._cut_because: str | None = None
        self._has_ended = False
        # Weakly: a task that was cancelled holds on to what it was doing.
        self._holder: ref[asyncio.Task[Any]] | None = None
        self._silent_since: float | None = _now()  # None while it waits for something new.
        channel.subscriptions.add(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """Wait for the next frames.

        It ends with a `cut` where it does not end because the subscriber left.
        """
        self._silent_since = None
        try:
            frames = await self._next()
        except asyncio.CancelledError:
            # It may ask again: nothing was given, and nothing is lost.
            self._silent_since = _now()
            raise
        except BaseException:
            await self.aclose()
            raise
        self._silent_since = _now()
        self._sent.bytes += len(frames)
        self._given_bytes += len(frames)
        if (task := asyncio.current_task()) is not None:
            self._holder = ref(task)
        return frames

    async def aclose(self) -> None:
        """End. Forgetting it does the same."""
        self._has_ended = True
        self._channel.used_at = _now()
        self._channel.subscriptions.discard(self)

    def cut_if_stalled(self) -> bool:
        """End it if it does not come back for more, and tell whether that is so."""
        silent_s = max(self._held_up_s(), self._unread_s())
        limits = self._limits
        if silent_s >= limits.stalled_s:
            reason = f"nothing was read for {limits.stalled_s:g} s"
        elif silent_s >= limits.progress_s and self.waiting_bytes > limits.queue_bytes_max:
            reason = (
                f"nothing was read for {limits.progress_s:g} s, while more than"
                f" {limits.queue_bytes_max} bytes came to wait"
            )
        else:
            return False
        self._cut_because = reason
        self._channel.subscriptions.discard(self)
        holder = None if self._holder is None else self._holder()
        if self._peer is not None:
            self._peer.hang_up(holder)
        return True

    def _held_up_s(self) -> float:
        """For how long whoever has the last frames has not come back for more."""
        return 0.0 if self._silent_since is None else _now() - self._silent_since

    def _unread_s(self) -> float:
        """For how long the peer has taken nothing, although something is on its way to it.

        Short frames do not hold anybody up for a long time: buffers on the way take them.
        """
        now = _now()
        if self._peer is not None and now - self._looked_at >= _UNREAD_LOOK_S:
            self._looked_at = now
            unread = self._peer.unread_bytes()
            if not unread or self._given_bytes - unread > self._taken_bytes:
                self._taken_bytes, self._taken_at = self._given_bytes - unread, now
        return 0.0 if self._peer is None else self._looked_at - self._taken_at

    @property
    def waiting_bytes(self) -> int:
        """How much is buffered that it has not been given; for all together, not for it alone."""
        return self.waits_in.waiting_bytes(self._place)

    @property
    def waits_in(self) -> Ring:
        """Where that is buffered."""
        return self._feed.ring

    async def _next(self) -> bytes:
        while True:
            if self._channel.is_closed and not self._has_ended:
                self._cut_because = self._cut_because or self._channel.closed_because
            if self._cut_because is not None:
                reason, self._cut_because, self._has_ended = self._cut_because, None, True
                return cut_frame(reason)
            if self._has_ended or self._channel.is_closed:
                raise StopAsyncIteration
            if self._first is not None:
                first, self._first = self._first, None
                return first
            is_buffered = self._feed.ring.reaches(self._place)
            frames = self._from_ring() if is_buffered else self._progress(complete=False)
            if frames is None and not is_buffered:
                frames = await self._from_stream()
            if frames is not None:
                return frames
            if is_buffered:
                await self._channel.change()
            heed_cancellation()

    def _from_ring(self) -> bytes | None:
        feed = self._feed
        if (chunk := feed.ring.after(self._place)) is not None:
            if (progress := self._progress(complete=False)) is not None:
                return progress
            self._place = chunk.upto
            return chunk.frames
        if feed is not self._channel.feed:
            self._place = max(self._place, feed.complete)
            return self._switch()
        if feed.complete < self._place:
            return self._progress(complete=False)
        if (progress := self._progress(complete=True)) is not None:
            self._place = feed.complete
        return progress

    def _progress(self, *, complete: bool) -> bytes | None:
        """A progress, if one is due."""
        if self._pulse == self._channel.pulse:
            return None
        self._pulse = self._channel.pulse
        return self._feed.progress(complete=complete)

    def _switch(self) -> bytes:
        position = self._place.complete_position
        self._feed = self._channel.feed
        self._place = Place.end_of(position)
        return switched_frame(Switched(position=position, version=self._feed.version))

    async def _from_stream(self) -> bytes | None:
        """What the ring has dropped; None when that is not to be had now."""
        feed, channel = self._feed, self._channel
        try:
            return await self._page_from_stream()
        except AWAY:
            await asyncio.sleep(_AWAY_PAUSE_S)
        except (BrokenTimelineError, ResponseError) as error:
            channel.damage = channel.damage or Damage.of(error, feed, self._place)
            while not channel.is_closed:  # Whoever reads the channel closes it.
                await channel.change()
        return None

    async def _page_from_stream(self) -> bytes | None:
        """Read a page of what the ring has dropped, never further than its floor.

        Raises:
            BrokenTimelineError: it holds what is no revision.
            One of AWAY: the broker stayed away.
        """
        feed, floor = self._feed, self._feed.ring.floor
        async with self._turns:
            page = await patiently(
                partial(
                    entries_of,
                    self._redis,
                    feed.key,
                    f"({self._place}",
                    f"{floor}",
                    self._page_revisions,
                ),
                patience_s=self._limits.progress_s / 2,
            )
            heed_cancellation()
            is_short = len(page) < self._page_revisions
            was_dropped = is_short and await patiently(
                self._was_dropped, patience_s=self._limits.progress_s / 2
            )
            # What does not fit is read again: nobody who stops reading holds a page.
            frames, length = list[bytes](), 0
            for entry in page:
                frame = revision_frame(feed.timeline, entry)
                length += len(frame)
                if frames and length > self._limits.chunk_bytes_max:
                    break
                frames.append(frame)
                self._place = Place.of(entry[0])
        if was_dropped and not frames:
            while feed is self._channel.feed and not self._channel.is_closed:
                await self._channel.change()
            return None if feed is self._channel.feed else self._switch()
        if is_short and not was_dropped and len(frames) == len(page):
            self._place = max(self._place, floor)
        if frames:
            fitting = self._limits.chunk_bytes_max * len(frames) // sum(map(len, frames))
            self._page_revisions = min(max(fitting, _PAGE_REVISIONS_MIN), _PAGE_REVISIONS_MAX)
        return b"".join(frames) or None

    async def _was_dropped(self) -> bool:
        """Whether the version that was read is gone, and what was missing with it."""
        timeline = self._feed.timeline
        if timeline.version in await built(self._redis, timeline.conflict, timeline.projection):
            return False
        now = await served(self._redis, timeline.conflict, timeline.projection)
        return now != timeline.version


def _now() -> float:
    return asyncio.get_running_loop().time()
