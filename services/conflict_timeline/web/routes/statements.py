"""`/conflicts/{c}/statements/{key}/…`: what a reader needs beside the pairs of one statement."""

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Request, Response, get
from msgspec import Struct
from redis.asyncio import Redis

from conflict_timeline.queries.view import View
from conflict_timeline.web.asking import one, only, position_asked
from conflict_timeline.web.readmodel import ReadModel


@get("/conflicts/{conflict:str}/statements/{key:str}/baserate")
async def baserate(
    request: Request[Any, Any, Any], conflict: str, key: str, model: ReadModel, redis: Redis
) -> Response[bytes]:
    """How often such strikes came anyway."""
    return await _answer(request, conflict, key, model, redis, View.base_rate)


@get("/conflicts/{conflict:str}/statements/{key:str}/before")
async def before(
    request: Request[Any, Any, Any], conflict: str, key: str, model: ReadModel, redis: Redis
) -> Response[bytes]:
    """The incidents before the words."""
    return await _answer(request, conflict, key, model, redis, View.before)


@get("/conflicts/{conflict:str}/statements/{key:str}/mirror")
async def mirror(
    request: Request[Any, Any, Any], conflict: str, key: str, model: ReadModel, redis: Redis
) -> Response[bytes]:
    """The same rule for the other side."""
    return await _answer(request, conflict, key, model, redis, View.mirror)


async def _answer(  # noqa: PLR0913, PLR0917 - what the three routes share
    request: Request[Any, Any, Any],
    conflict: str,
    key: str,
    model: ReadModel,
    redis: Redis,
    ask: Callable[[View, str], Struct],
) -> Response[bytes]:
    query = {name: request.query_params.getall(name) for name in request.query_params}
    only(query, ("as_of",))
    reached = [
        (await model.served(conflict, name)).position for name in ("chronology", "incidents")
    ]
    position = await position_asked(redis, conflict, one(query, "as_of"), limit=min(reached))
    view = await model.view(conflict, position)
    return Response(msgspec.json.encode(ask(view, key)), media_type="application/json")
