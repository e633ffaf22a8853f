"""`/livez`, `/readyz`, `/metrics`: for those who run this."""

import msgspec
from litestar import Response, get

from conflict_timeline.web.health import Health
from conflict_timeline.web.metrics import MEDIA_TYPE, Metrics


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
        headers={"cache-control": "no-store"},
    )


@get("/metrics")
async def metrics(metrics: Metrics) -> Response[bytes]:
    """What is measured, for Prometheus."""
    return Response(metrics.text(), media_type=MEDIA_TYPE)
