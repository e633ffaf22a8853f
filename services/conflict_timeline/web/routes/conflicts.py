"""`/conflicts`: which there are."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from redis.asyncio import Redis

from conflict_events.instants import format_us
from conflict_timeline.log.follow import conflicts_of, head_of, recorded_at_position
from conflict_timeline.web.answers import ConflictKnown
from conflict_timeline.web.asking import only


@get("/conflicts")
async def conflicts(request: Request[Any, Any, Any], redis: Redis) -> Response[bytes]:
    """Every conflict that has a log, by name."""
    only({name: [] for name in request.query_params}, ())
    found = [await _known(redis, conflict) for conflict in await conflicts_of(redis)]
    return Response(msgspec.json.encode(found), media_type="application/json")


async def _known(redis: Redis, conflict: str) -> ConflictKnown:
    head = await head_of(redis, conflict)
    first = await recorded_at_position(redis, conflict, 1)
    return ConflictKnown(
        conflict=conflict,
        head=head.position,
        first_recorded_at=None if first is None else format_us(first.recorded_at_ms * 1_000),
        last_recorded_at=None
        if head.recorded_at_ms is None
        else format_us(head.recorded_at_ms * 1_000),
    )
