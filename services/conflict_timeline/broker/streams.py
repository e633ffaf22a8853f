"""Reading streams: redis-py's own signatures leave open what comes back, ours do not."""

from typing import Any, cast

from redis.asyncio import Redis

StreamEntry = tuple[bytes, dict[bytes, bytes]]
"""An entry's id and fields."""


async def entries_of(
    redis: Redis, key: str, start: str = "-", end: str = "+", count: int | None = None
) -> list[StreamEntry]:
    """Entries of a stream from `start` to `end`, oldest first. A `(` before an id leaves it out."""
    found: Any = await redis.xrange(key, start, end, count=count)
    return cast("list[StreamEntry]", found)


async def last_of(redis: Redis, key: str, upto: str = "+") -> StreamEntry | None:
    """The last entry of a stream up to an id."""
    found: Any = await redis.xrevrange(key, upto, "-", count=1)
    return cast("StreamEntry", found[0]) if found else None


async def fields_of(redis: Redis, key: str, *names: str) -> list[bytes | None]:
    """Values of a hash, in the order of the names."""
    found: Any = await redis.hmget(key, list(names))
    return cast("list[bytes | None]", found)
