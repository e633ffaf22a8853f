"""`/livez`, `/readyz`, `/metrics`, `/status`, `/refused`: for those who run this."""

from typing import Any, Final, get_args

import msgspec
from litestar import Request, Response, get

from conflict_events.errors import Reason
from conflict_timeline.web.asking import LIMIT, limit_of, one, only
from conflict_timeline.web.health import Health, StatusTold
from conflict_timeline.web.metrics import MEDIA_TYPE, Metrics
from conflict_timeline.web.problems import AskedWronglyError, problem
from conflict_timeline.web.refused import Asked, RefusedEvents

_REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
_NOT_KEPT: Final = {"cache-control": "no-store"}


@get("/livez")
async def livez() -> Response[bytes]:
    """Whether this process answers at all."""
    return Response(b'{"live":true}', media_type="application/json")


@get("/readyz")
async def readyz(health: Health) -> Response[bytes]:
    """Whether broker, projectors and disk are as they should be; 503 and the reasons if not."""
    ready = health.ready
    return Response(
        msgspec.json.encode(ready),
        status_code=200 if ready.ready else 503,
        media_type="application/json",
        headers=_NOT_KEPT,
    )


@get("/metrics")
async def metrics(metrics: Metrics) -> Response[bytes]:
    """What is measured, for Prometheus."""
    return Response(metrics.text(), media_type=MEDIA_TYPE)


@get("/status")
async def status(request: Request[Any, Any, Any], health: Health) -> Response[bytes]:
    """How far each timeline has come, as it was seen last, and what is wrong."""
    only({name: [] for name in request.query_params}, ())
    seen, ready = health.status, health.ready
    if seen is None:
        reasons = "; ".join(trouble.reason for trouble in ready.troubles)
        return problem(503, reasons or "nothing was looked at yet", headers={"Retry-After": "1"})
    told = StatusTold(
        refused=seen.refused,
        conflicts=seen.conflicts,
        ready=ready.ready,
        troubles=ready.troubles,
    )
    return Response(msgspec.json.encode(told), media_type="application/json", headers=_NOT_KEPT)


@get("/refused")
async def refused_events(
    request: Request[Any, Any, Any], refused: RefusedEvents
) -> Response[bytes]:
    """Events that were not recorded, the newest first, without their bytes."""
    query = {name: request.query_params.getall(name) for name in request.query_params}
    only(query, ("source", "reason", "limit"))
    asked = Asked(one(query, "source"), _reason(one(query, "reason")), limit_of(query) or LIMIT)
    return Response(await refused.told(asked), media_type="application/json", headers=_NOT_KEPT)


def _reason(text: str | None) -> Reason | None:
    for known in _REASONS:
        if text == known:
            return known
    if text is not None:
        raise AskedWronglyError(f"there is no reason {text!r}; there are {', '.join(_REASONS)}")
    return None
