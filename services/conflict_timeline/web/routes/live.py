"""`/conflicts/{c}/timelines/{p}/live`: revisions as they are made, as server-sent events."""

import asyncio
from typing import Any, Final

from litestar import Request, get
from litestar.response import Stream

from conflict_timeline.web.asking import one, only
from conflict_timeline.web.heads import wants_head
from conflict_timeline.web.live import Live
from conflict_timeline.web.problems import AskedWronglyError

_MEDIA_TYPE: Final = "text/event-stream"
_HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}
_VERSION_DIGITS_MAX: Final = 6


@get("/conflicts/{conflict:str}/timelines/{projection:str}/live")
async def live(
    request: Request[Any, Any, Any], conflict: str, projection: str, live: Live
) -> Stream:
    """Revisions after a place, or from now on. It never ends by itself."""
    query = {name: request.query_params.getall(name) for name in request.query_params}
    only(query, ("after", "version"))
    version = _version(one(query, "version"))
    after = request.headers.get("last-event-id") or one(query, "after")
    if wants_head(request.scope):
        await live.check(conflict, projection, after=after)
        return Stream(iter(()), media_type=_MEDIA_TYPE, headers=_HEADERS)
    # What is wrong with the question is answered before the stream begins.
    frames = await live.subscribe(conflict, projection, after=after, version=version, on_cut=_ended)
    return Stream(frames, media_type=_MEDIA_TYPE, headers=_HEADERS)


def _version(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _VERSION_DIGITS_MAX and int(text)):
        raise AskedWronglyError("`version` is a whole number from 1 to 999999")
    return int(text)


def _ended(serving: asyncio.Task[Any]) -> None:
    """End the task that waits for a peer which does not read."""
    serving.cancel()
