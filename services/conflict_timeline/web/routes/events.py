"""`/conflicts/{c}/events/…`: what became of an event."""

import re
from typing import Any

import msgspec
from litestar import Request, Response, get
from redis.asyncio import Redis

from conflict_timeline.log.fate import fate_of
from conflict_timeline.log.follow import conflicts_of, position_of, recorded_at_position
from conflict_timeline.web.asking import one, only
from conflict_timeline.web.problems import AskedWronglyError, NotThereError


@get("/conflicts/{conflict:str}/events/{key:str}")
async def event_of_key(
    request: Request[Any, Any, Any], conflict: str, key: str, redis: Redis
) -> Response[bytes]:
    """A recorded event by its key: its bytes, position, and amendments."""
    only({name: [] for name in request.query_params}, ())
    is_key = re.fullmatch("[0-9a-f]{32}", key) is not None
    position = await position_of(redis, conflict, key) if is_key else None
    recorded = None if position is None else await recorded_at_position(redis, conflict, position)
    if recorded is None:
        raise NotThereError(f"{conflict!r} has recorded no event {key!r}")
    return await _fate(redis, conflict, recorded.event.source, recorded.event.id)


@get("/conflicts/{conflict:str}/events")
async def event_of_source(
    request: Request[Any, Any, Any], conflict: str, redis: Redis
) -> Response[bytes]:
    """An event by its source and id: what was recorded, or why it was refused."""
    source, event_id = _named(request)
    return await _fate(redis, conflict, source, event_id)


@get("/events")
async def event_anywhere(request: Request[Any, Any, Any], redis: Redis) -> Response[bytes]:
    """The same, in whichever conflict it was recorded or refused first, by name."""
    source, event_id = _named(request)
    for conflict in await conflicts_of(redis):
        if (fate := await fate_of(redis, conflict, source, event_id)) is not None:
            return Response(msgspec.json.encode(fate), media_type="application/json")
    raise NotThereError(f"nothing is known of {event_id!r} from {source!r}")


def _named(request: Request[Any, Any, Any]) -> tuple[str, str]:
    query = {name: request.query_params.getall(name) for name in request.query_params}
    only(query, ("source", "id"))
    source, event_id = one(query, "source"), one(query, "id")
    if source is None or event_id is None:
        raise AskedWronglyError("`source` and `id` name an event: give both")
    return source, event_id


async def _fate(redis: Redis, conflict: str, source: str, event_id: str) -> Response[bytes]:
    fate = await fate_of(redis, conflict, source, event_id)
    if fate is None:
        raise NotThereError(
            f"nothing is known of {event_id!r} from {source!r} for {conflict!r}: it was not"
            " published, names another conflict, or still waits in its intake stream"
        )
    return Response(msgspec.json.encode(fate), media_type="application/json")
