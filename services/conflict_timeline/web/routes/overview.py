"""`/conflicts/{c}/overview`: all statements and incidents at once, for a page that draws them."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request, Response, get
from redis.asyncio import Redis

from conflict_events.edtf import parse_bounds
from conflict_timeline.queries.filters import Filters, chooser
from conflict_timeline.web.asking import one, only, position_asked
from conflict_timeline.web.overview import Overviews, Times, moment_of
from conflict_timeline.web.packing import negotiated
from conflict_timeline.web.tags import known_as, packed_tag


@get("/conflicts/{conflict:str}/overview")
async def overview(
    request: Request[Any, Any, Any], conflict: str, overviews: Overviews, redis: Redis
) -> Response[bytes]:
    """All statements and incidents as of a moment, in columns, and how dense they are."""
    query = {name: request.query_params.getall(name) for name in request.query_params}
    only(query, ("as_of", "from", "to"))
    times = _times(query)
    versions, limit = await overviews.standing(conflict)
    position = await position_asked(redis, conflict, one(query, "as_of"), limit=limit)
    moment = await moment_of(redis, conflict, position, versions)
    tag = overviews.tag(moment, times)
    headers = {"etag": tag, "cache-control": "no-cache", "x-position": str(position)}
    if (known := known_as(request.headers.get("if-none-match", ""), tag)) is not None:
        return Response(b"", status_code=304, headers={**headers, "etag": known})
    encoding = negotiated(request.scope["headers"])
    told = await overviews.told(moment, times, encoding)
    if encoding != "identity":
        headers |= {"etag": packed_tag(tag, encoding), "content-encoding": encoding}
    return Response(told, media_type="application/json", headers=headers)


def _times(query: Mapping[str, Sequence[str]]) -> Times:
    """The times asked for, understood as the filters of timelines are."""
    from_, to = one(query, "from"), one(query, "to")
    chooser("chronology", Filters(from_=from_, to=to))  # Says what is wrong with them.
    return Times(
        None if from_ is None else parse_bounds(from_, None).earliest_us,
        None if to is None else parse_bounds(to, None).latest_us,
    )
