"""The application: routes, and what every answer has in common. It decides nothing itself."""

import time
from collections.abc import Callable
from typing import Any

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from redis.asyncio import Redis

from conflict_timeline.web.addresses import Addressed
from conflict_timeline.web.caching import Cached
from conflict_timeline.web.heads import Headed
from conflict_timeline.web.health import Health
from conflict_timeline.web.live import Live
from conflict_timeline.web.metrics import Metrics
from conflict_timeline.web.overview import Overviews
from conflict_timeline.web.packing import Packed
from conflict_timeline.web.pages import Pages
from conflict_timeline.web.problems import HEADERS, handle
from conflict_timeline.web.readmodel import ReadModel
from conflict_timeline.web.refused import RefusedEvents
from conflict_timeline.web.routes import (
    conflicts,
    documents,
    events,
    live,
    operations,
    overview,
    page,
    statements,
    timelines,
)
from conflict_timeline.web.routes.publishing import Publishing, publish


def application(  # noqa: PLR0913 - the parts, wired here
    redis: Redis,
    *,
    model: ReadModel,
    live_timelines: Live,
    health: Health,
    metrics: Metrics,
    publishing: Publishing,
    pages: Pages,
) -> ASGIApp:
    """The ASGI application."""
    parts: dict[str, Any] = {
        "redis": redis,
        "model": model,
        "live": live_timelines,
        "overviews": Overviews(model),
        "health": health,
        "metrics": metrics,
        "publishing": publishing,
        "refused": RefusedEvents(redis),
        "pages": pages,
    }
    router = Router(
        path="/",
        route_handlers=[
            conflicts.conflicts,
            timelines.timeline,
            timelines.entry_history,
            live.live,
            overview.overview,
            statements.baserate,
            statements.before,
            statements.mirror,
            events.event_of_key,
            events.event_of_source,
            events.event_anywhere,
            publish,
            operations.livez,
            operations.readyz,
            operations.metrics,
            operations.status,
            operations.refused_events,
            documents.openapi_document,
            documents.asyncapi_document,
            page.page,
            page.page_file,
        ],
    )
    app = Litestar(
        route_handlers=[router],
        dependencies={
            name: Provide(_giving(part), sync_to_thread=False) for name, part in parts.items()
        },
        exception_handlers={Exception: handle},
        request_max_body_size=None,  # Publishing reads no further than it takes.
        openapi_config=None,
        logging_config=None,
    )
    packed = Packed(app, never=frozenset({"/metrics"}))
    return _Answering(Headed(Addressed(Cached(packed, model))), metrics)


def _giving(part: Any) -> Callable[[], Any]:
    def give() -> Any:
        return part

    return give


class _Answering:
    """Adds to every answer what all have in common, and counts it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        method = str(scope["method"])
        began = time.perf_counter()
        is_live = scope["path"].endswith("/live")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [header for header in message["headers"] if header[0] != b"vary"]
                names = {name for name, _ in own}  # The page has a policy of its own.
                common = [header for header in HEADERS if header[0] not in names]
                message["headers"] = [*own, *common]
                self._metrics.requests.labels(method, str(message["status"])).inc()
                if not is_live:
                    self._metrics.seconds.observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, answer)
