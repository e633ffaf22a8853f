"""Reading: what was committed to the timelines of one conflict since they were last read."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, NamedTuple

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_timeline.broker.streams import StreamEntry, entries_of
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.patience import patiently
from conflict_timeline.timelines.commit import START, Checkpoint, Committer
from conflict_timeline.timelines.errors import BrokenTimelineError, UnservedError
from conflict_timeline.timelines.keys import checkpoint_key, serving_key
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.web.live.feed import Channel, Damage, Feed, Limits
from conflict_timeline.web.live.frames import revision_frame
from conflict_timeline.web.live.places import Place

log = structlog.get_logger()

PAGE_REVISIONS_MAX: Final = 500

BLOCK_MS: Final = 100
"""How long a read waits for something new, and a new subscription for its first read."""


async def read_new(redis: Redis, channels: Sequence[Channel]) -> bool:
    """Read what follows in all channels of one conflict, waiting a moment for it.

    Their keys share a slot of a cluster. Answers whether more is there to be read at once. What is
    wrong with one of them is noted there, and the others are read.

    Raises:
        redis.exceptions.ResponseError: one of them is no stream. It does not say which.
        One of AWAY: the broker stayed away.
    """
    following = {channel.feed.key.encode(): channel for channel in channels}
    found, positions = await patiently(partial(_newer, redis, channels))
    is_more = False
    for key, entries in found:
        channel, position = following[key], positions[key]
        is_full = len(entries) >= PAGE_REVISIONS_MAX
        with noting_damage(channel):
            if position is None:  # It was removed in this moment: `look` finds what is served now.
                continue
            refuse_beyond(channel.feed, entries, position)
            channel.feed.take(entries, all_there_were=not is_full)
            channel.wake()
            is_more = is_more or is_full
    return is_more


@contextmanager
def noting_damage(channel: Channel) -> Generator[None]:
    """Note on a channel what turns out to be wrong with its timeline."""
    after = channel.feed.ring.last
    try:
        yield
    except (BrokenTimelineError, ResponseError) as error:
        channel.damage = channel.damage or Damage.of(error, channel.feed, after)


def refuse_beyond(feed: Feed, entries: Sequence[StreamEntry], position: int) -> None:
    """Refuse what no projector has committed.

    Raises:
        BrokenTimelineError: the last entry lies beyond the position of the checkpoint.
    """
    if entries and Place.of(entries[-1][0]).position > position:
        raise BrokenTimelineError(
            f"{feed.key} holds {entries[-1][0].decode()}, its checkpoint stands at {position}:"
            " somebody else wrote there"
        )


async def look(redis: Redis, channel: Channel, limits: Limits) -> None:
    """Read on to the checkpoint, see that the timeline is whole, and follow a switch.

    Raises:
        BrokenTimelineError: it is not whole, or moved back, or no version is served any more.
        One of AWAY: the broker stayed away.
    """
    while True:
        heed_cancellation()
        feed = channel.feed
        seen = await patiently(partial(_seen, redis, feed))
        if seen.checkpoint != START:  # Else it was removed.
            refuse_beyond(feed, seen.entries, seen.checkpoint.position)
        all_there_were = len(seen.entries) < PAGE_REVISIONS_MAX
        feed.take(seen.entries, all_there_were=all_there_were)
        if seen.entries:
            channel.wake()
        if not all_there_were:
            continue
        if seen.serving == feed.version:
            if seen.length != seen.checkpoint.revisions:
                raise BrokenTimelineError(
                    f"{feed.key} holds {seen.length} revisions, its checkpoint counts"
                    f" {seen.checkpoint.revisions}"
                )
            feed.reach(seen.checkpoint)
            return
        if seen.serving is None:
            raise BrokenTimelineError(f"{feed.key} was served, and now no version is")
        if seen.checkpoint != START:  # It was not removed yet.
            feed.reach(seen.checkpoint)
        await _follow_switch(redis, channel, seen.serving, limits)


async def is_sound(
    redis: Redis, conflict: str, projection: str, damage: Damage, limits: Limits
) -> bool:
    """Tell whether a timeline that was broken can be read again, where it was broken and beyond.

    Raises:
        One of AWAY: the broker stayed away.
    """
    try:
        timeline = await Timeline.served(redis, conflict, projection)
        stands = await checkpoint_of(timeline)
        feed = Feed(timeline, Place.end_of(stands.position), stands.digest, limits)
        if timeline.version == damage.version:
            start = f"({damage.after}"
            page = await entries_of(redis, feed.key, start, "+", PAGE_REVISIONS_MAX)
            for entry in page:
                revision_frame(timeline, entry)
        await look(redis, Channel(feed), limits)
    except (BrokenTimelineError, UnservedError, ResponseError):
        return False
    return True


async def checkpoint_of(timeline: Timeline) -> Checkpoint:
    """How far a timeline has come.

    Raises:
        BrokenTimelineError: what says so is not what it should be.
    """
    try:
        return await timeline.checkpoint()
    except ResponseError as error:
        name = f"{timeline.projection}/{timeline.version} of {timeline.conflict!r}"
        raise BrokenTimelineError(f"the checkpoint of {name} cannot be read: {error}") from error


async def _follow_switch(redis: Redis, channel: Channel, version: int, limits: Limits) -> None:
    """Begin the feed of another version, no later than where the one before it ends."""
    old, timeline = channel.feed, channel.timeline
    conflict, projection = timeline.conflict, timeline.projection
    committer = Committer(redis, conflict, projection, version)
    stands = await patiently(committer.checkpoint)
    position = min(stands.position, old.complete.position)
    digest = stands.digest if position == stands.position else None
    channel.feed = Feed(
        Timeline(redis, conflict, projection, version), Place.end_of(position), digest, limits
    )
    channel.wake()
    log.info(
        "live.switched",
        conflict=conflict,
        projection=projection,
        version=version,
        before=old.version,
        position=old.complete.position,
    )


async def _newer(
    redis: Redis, channels: Sequence[Channel]
) -> tuple[Iterable[tuple[bytes, list[StreamEntry]]], Mapping[bytes, int | None]]:
    """What follows, by key, and where the checkpoints stand then; None where there is none."""
    feeds = [channel.feed for channel in channels]
    streams: dict[Any, Any] = {feed.key: str(feed.ring.last) for feed in feeds}
    async with redis.pipeline(transaction=False) as pipe:
        pipe.xread(streams, count=PAGE_REVISIONS_MAX, block=BLOCK_MS)
        # A commit moves both at once: this is asked afterwards, and is not older.
        for feed in feeds:
            pipe.hget(_checkpoint_of(feed), "position")
        answers: list[Any] = await pipe.execute()
    found: list[tuple[bytes, list[StreamEntry]]] = answers[0] or []
    noted = {feed.key.encode(): at for feed, at in zip(feeds, answers[1:], strict=True)}
    # Of one that is no number, `look` says so.
    return found, {
        key: int(at) if at is not None and at.isdigit() else None for key, at in noted.items()
    }


def _checkpoint_of(feed: Feed) -> str:
    timeline = feed.timeline
    return checkpoint_key(timeline.conflict, timeline.projection, timeline.version)


class _Seen(NamedTuple):
    """A timeline at one moment: all of it was read by one transaction."""

    serving: int | None
    checkpoint: Checkpoint
    length: int
    entries: list[StreamEntry]


async def _seen(redis: Redis, feed: Feed) -> _Seen:
    timeline = feed.timeline
    checkpoint = _checkpoint_of(feed)
    async with redis.pipeline(transaction=True) as pipe:
        pipe.hget(serving_key(timeline.conflict), timeline.projection)
        pipe.hmget(checkpoint, ["position", "digest", "revisions"])
        pipe.xlen(feed.key)
        pipe.xrange(feed.key, f"({feed.ring.last}", "+", count=PAGE_REVISIONS_MAX)
        serving: Any
        noted: Any
        length: Any
        entries: Any
        serving, noted, length, entries = await pipe.execute()
    position, digest, revisions = noted
    try:
        stands = (
            START
            if position is None or digest is None or revisions is None
            else Checkpoint(int(position), digest.decode(), int(revisions))
        )
        return _Seen(None if serving is None else int(serving), stands, length, entries)
    except ValueError as error:
        raise BrokenTimelineError(
            f"{checkpoint} is no checkpoint, or {serving!r} no version: {error}"
        ) from error
