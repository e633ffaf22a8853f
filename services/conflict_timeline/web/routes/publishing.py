"""`POST /events`: events in, a receipt for each out."""

import math
from collections import Counter
from typing import Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.exceptions import InternalServerException
from redis.asyncio import Redis

from conflict_events.codec import Policy
from conflict_events.receipts import BATCH, BODY_BYTES_MAX, SINGLE
from conflict_timeline.web.keys.errors import KeyRefusedError
from conflict_timeline.web.keys.keyring import Keyring
from conflict_timeline.web.metrics import Metrics
from conflict_timeline.web.problems import AskedWronglyError, problem
from conflict_timeline.web.publishing.body import TooManyEventsError
from conflict_timeline.web.publishing.gate import BodyTooLargeError, Gate
from conflict_timeline.web.publishing.limiter import LimitedError

_BEARER: Final = "bearer "
_NOT_OURS: Final = frozenset({"", "identity"})


class Publishing:
    """What `POST /events` needs."""

    def __init__(self, redis: Redis, policy: Policy, metrics: Metrics) -> None:
        self.keyring = Keyring(redis)
        self.gate = Gate(redis, policy)
        self.metrics = metrics


@post("/events", status_code=207)
async def publish(request: Request[Any, Any, Any], publishing: Publishing) -> Response[bytes]:
    """Record events. Safe to repeat: what was recorded is a repeat then.

    What is refused as a whole, one event or a body that is no batch, answers 422.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in {SINGLE, BATCH} or _is_packed(request):
        return problem(415, f"events come as {SINGLE} or {BATCH}, and not packed")
    presented = request.headers.get("authorization", "")
    if presented[: len(_BEARER)].lower() != _BEARER:
        return _refused("an API key is needed: Authorization: Bearer ctk_…")
    try:
        key = await publishing.keyring.check(presented[len(_BEARER) :].strip())
    except KeyRefusedError as error:
        return _refused(str(error))
    try:
        publishing.gate.admit(key)
        body = await _body(request)
        receipts, is_refused = await publishing.gate.publish(
            key, body, is_batch=content_type == BATCH
        )
    except (BodyTooLargeError, TooManyEventsError) as error:
        return problem(413, str(error))
    except LimitedError as error:
        wait_s = max(1, math.ceil(error.retry_after_s))
        return problem(429, str(error), headers={"Retry-After": str(wait_s)})
    for outcome, count in Counter(receipt.outcome for receipt in receipts).items():
        publishing.metrics.published.labels(outcome).inc(count)
    for receipt in receipts:
        if receipt.reason is not None:
            publishing.metrics.refused.labels(receipt.reason).inc()
    return Response(
        msgspec.json.encode(receipts),
        status_code=422 if is_refused else 207,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


def _is_packed(request: Request[Any, Any, Any]) -> bool:
    return request.headers.get("content-encoding", "").strip().lower() not in _NOT_OURS


def _refused(detail: str) -> Response[bytes]:
    return problem(401, detail, headers={"WWW-Authenticate": "Bearer"})


async def _body(request: Request[Any, Any, Any]) -> bytes:
    """The body, read no further than it may be long.

    Raises:
        BodyTooLargeError: it is longer.
        AskedWronglyError: the rest does not come any more. Nobody hears that, but it is counted.
    """
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told[:20]) > BODY_BYTES_MAX:
        raise BodyTooLargeError(int(told[:20]))
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_BYTES_MAX:
                raise BodyTooLargeError(len(body))
    except InternalServerException as error:  # What Litestar raises when the client has gone.
        raise AskedWronglyError("the connection ended before the body had come") from error
    return bytes(body)
