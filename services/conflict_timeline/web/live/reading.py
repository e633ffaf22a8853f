"""Reading: what was committed to the timelines of one conflict since they were last read."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, cast

import structlog
from redis.asyncio import Redis

from conflict_timeline.broker.streams import StreamEntry
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.patience import patiently
from conflict_timeline.timelines.commit import START, Checkpoint, Committer
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.keys import checkpoint_key, serving_key
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.web.live.feed import Channel, Feed, Limits
from conflict_timeline.web.live.places import Place

log = structlog.get_logger()

PAGE_REVISIONS_MAX: Final = 500

BLOCK_MS: Final = 100
"""How long a read waits for something new, and a new subscription for its first read."""


async def read_new(redis: Redis, channels: Sequence[Channel]) -> bool:
    """Read what follows in all channels of one conflict, waiting a moment for it.

    Their keys share a slot of a cluster. Answers whether more is there to be read at once.

    Raises:
        BrokenTimelineError: what was read is no revision.
        One of AWAY: the broker stayed away.
    """
    feeds = {channel.feed.key.encode(): channel for channel in channels}
    places = {channel.feed.key: str(channel.feed.ring.last) for channel in channels}
    found = await patiently(partial(_newer, redis, places))
    is_more = False
    for key, entries in found:
        is_full = len(entries) >= PAGE_REVISIONS_MAX
        feeds[key].feed.take(entries, all_there_were=not is_full)
        feeds[key].wake()
        is_more = is_more or is_full
    return is_more


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
    redis: Redis, places: Mapping[str, str]
) -> Iterable[tuple[bytes, list[StreamEntry]]]:
    streams: dict[Any, Any] = dict(places)
    found: Any = await redis.xread(streams, count=PAGE_REVISIONS_MAX, block=BLOCK_MS)
    return cast("list[tuple[bytes, list[StreamEntry]]]", found or [])


class _Seen(NamedTuple):
    """A timeline at one moment: all of it was read by one transaction."""

    serving: int | None
    checkpoint: Checkpoint
    length: int
    entries: list[StreamEntry]


async def _seen(redis: Redis, feed: Feed) -> _Seen:
    timeline = feed.timeline
    checkpoint = checkpoint_key(timeline.conflict, timeline.projection, timeline.version)
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
