"""`/conflicts/{c}/timelines/{p}/live`: revisions as they are made, as server-sent events."""

import asyncio
from typing import Any

from litestar import Request, get
from litestar.response import Stream

from conflict_timeline.web.asking import one, only
from conflict_timeline.web.live import Live


@get("/conflicts/{conflict:str}/timelines/{projection:str}/live")
async def live(
    request: Request[Any, Any, Any], conflict: str, projection: str, live: Live
) -> Stream:
    """Revisions after a place, or from now on. It never ends by itself."""
    query = {name: request.query_params.getall(name) for name in request.query_params}
    only(query, ("after",))
    after = request.headers.get("last-event-id") or one(query, "after")
    # What is wrong with the question is answered before the stream begins.
    frames = await live.subscribe(conflict, projection, after=after, on_cut=_ended)
    return Stream(
        frames,
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


def _ended(serving: asyncio.Task[Any]) -> None:
    """End the task that waits for a peer which does not read."""
    serving.cancel()
