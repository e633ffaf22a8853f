"""`/conflicts/{c}/timelines/{p}/live`: revisions as they are made, as server-sent events."""

from typing import Any, Final

from litestar import Request, get
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import Receive, Send

from conflict_timeline.web.asking import one, only
from conflict_timeline.web.connection import connection_of
from conflict_timeline.web.heads import wants_head
from conflict_timeline.web.live import Live, Subscription
from conflict_timeline.web.problems import AskedWronglyError

_MEDIA_TYPE: Final = "text/event-stream"
_HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}
_VERSION_DIGITS_MAX: Final = 6


class LiveResponse(ASGIStreamingResponse):
    """Frames as they come. However it ends, nobody is subscribed afterwards."""

    def __init__(self, frames: Subscription | None) -> None:
        """None is a head alone."""
        super().__init__(
            iterator=iter(()) if frames is None else frames,
            media_type=_MEDIA_TYPE,
            headers=_HEADERS,
        )
        self._frames = frames

    async def send_body(self, send: Send, receive: Receive) -> None:
        """Send frames until there are no more, or the peer has left."""
        try:
            await super().send_body(send, receive)
        finally:
            if self._frames is not None:
                await self._frames.aclose()


@get("/conflicts/{conflict:str}/timelines/{projection:str}/live")
async def live(
    request: Request[Any, Any, Any], conflict: str, projection: str, live: Live
) -> LiveResponse:
    """Revisions after a place, or from now on. It ends when this service does."""
    query = {name: request.query_params.getall(name) for name in request.query_params}
    only(query, ("after", "version"))
    version = _version(one(query, "version"))
    after = request.headers.get("last-event-id") or one(query, "after")
    if wants_head(request.scope):
        await live.check(conflict, projection, after=after)
        return LiveResponse(None)
    connection = connection_of(request.scope)
    # What is wrong with the question is answered before the stream begins.
    frames = await live.subscribe(
        conflict, projection, after=after, version=version, peer=connection
    )
    if connection is not None:
        connection.carry_live()
    return LiveResponse(frames)


def _version(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _VERSION_DIGITS_MAX and int(text)):
        raise AskedWronglyError("`version` is a whole number from 1 to 999999")
    return int(text)
