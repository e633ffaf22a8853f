"""Live: one reader for all timelines that are subscribed to, and any number of subscribers."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_timeline.log.asof import BeyondKnownError
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.patience import AWAY
from conflict_timeline.timelines.errors import BrokenTimelineError, TimelineError
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.web.live.feed import Channel, Damage, Feed, Limits
from conflict_timeline.web.live.frames import Progress, Switched, progress_frame, switched_frame
from conflict_timeline.web.live.places import Place
from conflict_timeline.web.live.reading import (
    checkpoint_of,
    is_sound,
    look,
    noting_damage,
    read_new,
)
from conflict_timeline.web.live.subscription import Peer, Sent, Source, Subscription

log = structlog.get_logger()

LINGER_S: Final = 60.0
"""How long a timeline is read on whose last subscriber left: who lost a connection comes back."""

AGAIN_S: Final = 5.0
"""After so long a timeline that is broken is looked at again: somebody may have mended it."""

_LOOK_S: Final = 1.0
_TICK_S: Final = 0.25
_EARLY: Final = 0.8  # A progress comes a little before it is due, so that none comes late.
_CHUNK_BYTES_MAX: Final = 64 * 1024
_BUFFER_BYTES_MAX: Final = 32 * 1024 * 1024  # Of one timeline: entries may be long.

# The pool of a client has 100 connections, and others need some too.
_READING_CONFLICTS_MAX: Final = 32
_CATCHING_UP_MAX: Final = 8

_PAUSE_MAX_S: Final = 0.01


class StoppingError(TimelineError):
    """Nobody can subscribe any more."""

    def __init__(self) -> None:
        super().__init__("the service stops; ask again")


class _Start(NamedTuple):
    """Where a subscriber begins, and the progress that it is given first."""

    channel: Channel
    feed: Feed
    place: Place
    first: bytes


class Live:
    """Timelines as they grow. `run` reads them, `subscribe` gives what it reads.

    `cut` counts the subscribers that were ended because they did not read. A timeline that is
    broken ends its own subscriptions, and those of no other; it is looked at again and again, and
    can be subscribed to when it is mended.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        buffer_revisions: int = 10_000,
        queue_bytes_max: int = 256 * 1024,
        progress_s: float = 5.0,
        stalled_s: float = 30.0,
    ) -> None:
        """A timeline's last `buffer_revisions` are kept, or fewer if they are long.

        A subscriber is cut when it took nothing for `stalled_s`, or for `progress_s` while more
        than `queue_bytes_max` came to wait for it.
        """
        self.cut = 0
        self._redis = redis
        self._limits = Limits(
            buffer_revisions=buffer_revisions,
            buffer_bytes=_BUFFER_BYTES_MAX,
            queue_bytes_max=queue_bytes_max,
            chunk_bytes_max=min(queue_bytes_max, _CHUNK_BYTES_MAX),
            progress_s=progress_s,
            stalled_s=stalled_s,
        )
        self._sent = Sent()
        turns = asyncio.Semaphore(_CATCHING_UP_MAX)
        self._source = Source(redis, turns, self._limits, self._sent)
        self._turns = asyncio.Semaphore(_READING_CONFLICTS_MAX)
        self._channels: dict[tuple[str, str], Channel] = {}
        self._broken: dict[tuple[str, str], Damage] = {}
        self._is_stopping = False
        self._tasks: asyncio.TaskGroup | None = None
        self._reading: set[str] = set()

    @property
    def subscribers(self) -> int:
        """How many there are now."""
        return sum(len(channel.subscriptions) for channel in self._channels.values())

    @property
    def sent_bytes(self) -> int:
        """How much was given to subscribers, those of the past as well."""
        return self._sent.bytes

    @property
    def broken(self) -> dict[str, str]:
        """What is wrong with timelines that nobody can subscribe to, by name."""
        return {
            "/".join((*key, str(damage.version))): damage.why
            for key, damage in sorted(self._broken.items())
        }

    def stop(self) -> None:
        """End all subscriptions with a last frame, and let nobody subscribe any more."""
        self._is_stopping = True
        for channel in self._channels.values():
            channel.close("the service stops")
        self._channels.clear()

    async def run(self) -> None:
        """Read until cancelled, also while the broker is away. Then all subscriptions end."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                tasks.create_task(self._tick())
                tasks.create_task(self._look_again())
                for conflict, _ in list(self._channels):
                    self._read_on(conflict)
        finally:
            self._tasks = None
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()

    async def subscribe(
        self,
        conflict: str,
        projection: str,
        *,
        after: str | None,
        version: int | None = None,
        peer: Peer | None = None,
    ) -> Subscription:
        """Frames of a timeline from a place on; None is from now on. The first is a progress.

        `version` is the one that the subscriber had last: where another is served, the first frame
        is a switch to that. `peer` is whom the frames go to; it is hung up on when it is cut.

        Raises:
            What `check` raises.
        """
        while True:
            start = await self._start(conflict, projection, after)
            channel, feed = start.channel, start.feed
            # If it was switched, or dropped, while we looked: look again.
            if channel.feed is feed and not channel.is_closed:
                break
        channel.used_at = _now()
        place, first = start.place, start.first
        if version not in {None, feed.version}:
            position = place.complete_position
            place = Place.end_of(position)
            first = switched_frame(Switched(position=position, version=feed.version)) + first
        subscription = Subscription(self._source, channel, place, first, peer)
        self._read_on(conflict)
        return subscription

    async def check(self, conflict: str, projection: str, *, after: str | None) -> None:
        """Do as if somebody subscribed, as far as that can fail.

        Raises:
            UnservedError: no version is served yet.
            InvalidPlaceError: `after` is no id of a revision or a progress.
            BeyondKnownError: it lies beyond what the timeline has come to.
            BrokenTimelineError: the keys are not what they should be.
            StoppingError: nobody can subscribe any more.
            One of AWAY: the broker is away.
        """
        await self._start(conflict, projection, after)

    async def _start(self, conflict: str, projection: str, after: str | None) -> _Start:
        place = None if after is None else Place.parse(after)
        async with self._source.turns:
            channel = await self._channel(conflict, projection)
            feed = channel.feed
            stands = await checkpoint_of(feed.timeline)
        heed_cancellation()
        if self._is_stopping:
            raise StoppingError
        # Of a version that was removed in this moment, there is none.
        head = max(stands.position, feed.complete.position)
        if place is not None and place.position > head:
            raise BeyondKnownError(
                f"{place} is beyond position {head}, to which {projection!r} of {conflict!r} has"
                " come"
            )
        progress = Progress(position=head, version=feed.version)
        if head == stands.position:
            progress = Progress(position=head, version=feed.version, digest=stands.digest)
        first = progress_frame(progress, complete=place is None)
        return _Start(channel, feed, place or Place.end_of(head), first)

    async def _channel(self, conflict: str, projection: str) -> Channel:
        """The channel of a timeline, opened where the timeline stands if there is none.

        Raises:
            BrokenTimelineError: it is broken.
        """
        if (damage := self._broken.get((conflict, projection))) is not None:
            raise BrokenTimelineError(damage.why)
        channel = self._channels.get((conflict, projection))
        if channel is None:
            timeline = await Timeline.served(self._redis, conflict, projection)
            stands = await checkpoint_of(timeline)
            feed = Feed(timeline, Place.end_of(stands.position), stands.digest, self._limits)
            # Somebody else may have been faster.
            channel = self._channels.setdefault((conflict, projection), Channel(feed))
        channel.used_at = _now()
        return channel

    def _read_on(self, conflict: str) -> None:
        if self._tasks is not None and conflict not in self._reading:
            self._reading.add(conflict)
            self._tasks.create_task(self._read(conflict))

    async def _read(self, conflict: str) -> None:
        """Read the timelines of one conflict while anybody wants them."""
        try:
            while channels := self._wanted(conflict):
                heed_cancellation()
                try:
                    is_more = await self._read_some(channels)
                except AWAY as error:
                    log.warning("live.broker_away", conflict=conflict, error=str(error))
                    continue
                if not is_more:
                    await self._give_way()
        finally:
            self._reading.discard(conflict)

    async def _read_some(self, channels: Sequence[Channel]) -> bool:
        """Read what is new, look at what is due, and answer whether more can be read at once.

        Raises:
            One of AWAY: the broker stayed away.
        """
        is_more = False
        look_s = min(_LOOK_S, self._limits.progress_s / 2)
        try:
            async with self._turns:
                is_more = await read_new(self._redis, channels)
        except ResponseError:
            # One of them cannot be read. Which one is seen by looking at each.
            look_s = 0.0
            await asyncio.sleep(_TICK_S)
        for channel in channels:
            if channel.damage is None and _now() - channel.looked_at >= look_s:
                with noting_damage(channel):
                    await look(self._redis, channel, self._limits)
                channel.looked_at = _now()
            if channel.damage is not None:
                self._break(channel, channel.damage)
        return is_more

    def _break(self, channel: Channel, damage: Damage) -> None:
        """End what rests on a timeline that is broken."""
        conflict, projection = channel.timeline.conflict, channel.timeline.projection
        log.warning("live.broken", conflict=conflict, projection=projection, error=damage.why)
        if self._channels.get((conflict, projection)) is channel:
            del self._channels[conflict, projection]
            self._broken[conflict, projection] = damage
        channel.close(damage.why)

    async def _look_again(self) -> None:
        """Look at what is broken, and let it be subscribed to when it was mended."""
        while True:
            heed_cancellation()
            await asyncio.sleep(AGAIN_S)
            for (conflict, projection), damage in list(self._broken.items()):
                try:
                    if not await is_sound(self._redis, conflict, projection, damage, self._limits):
                        continue
                except AWAY:
                    break
                del self._broken[conflict, projection]
                log.info("live.mended", conflict=conflict, projection=projection)

    async def _give_way(self) -> None:
        """Let all who were woken take their frames, and then everybody else as long again.

        Waking hundreds for each revision alone would leave no time for anything else.
        """
        began = _now()
        await asyncio.sleep(0)  # All of them come before us now.
        await asyncio.sleep(min(_now() - began, _PAUSE_MAX_S))

    def _wanted(self, conflict: str) -> list[Channel]:
        """The channels of a conflict, without those that nobody has used for a while."""
        found = list[Channel]()
        for key, channel in list(self._channels.items()):
            if key[0] != conflict:
                continue
            if channel.subscriptions or _now() - channel.used_at < LINGER_S:
                found.append(channel)
            else:
                channel.close()
                del self._channels[key]
        return found

    async def _tick(self) -> None:
        """Give everybody a progress in time, also while the broker is away; cut who stalls."""
        limits = self._limits
        tick_s = min(_TICK_S, limits.progress_s / 10, limits.stalled_s / 10)
        while True:
            await asyncio.sleep(tick_s)
            for channel in list(self._channels.values()):
                if _now() - channel.beaten_at >= _EARLY * limits.progress_s:
                    channel.beat()
                # In a function of its own: between ticks, nobody here holds a subscription.
                self._cut_stalled(channel)

    def _cut_stalled(self, channel: Channel) -> None:
        for subscription in list(channel.subscriptions):
            if subscription.cut_if_stalled():
                self.cut += 1
                timeline = channel.timeline
                log.info(
                    "live.subscriber_cut",
                    conflict=timeline.conflict,
                    projection=timeline.projection,
                )


def _now() -> float:
    return asyncio.get_running_loop().time()
