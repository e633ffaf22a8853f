"""Problems: what went wrong, as RFC 9457 has it."""

import math
from http import HTTPStatus
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Send
from msgspec import Struct

from conflict_timeline.broker.errors import BrokerAwayError
from conflict_timeline.log.asof import BeyondKnownError
from conflict_timeline.log.errors import LogError, UnknownConflictError
from conflict_timeline.queries.filters import FilterError
from conflict_timeline.queries.view import UnknownStatementError
from conflict_timeline.runtime.patience import AWAY
from conflict_timeline.timelines.errors import DroppedError, TimelineError, UnservedError
from conflict_timeline.web.keys.errors import DamagedKeyError
from conflict_timeline.web.live import InvalidPlaceError
from conflict_timeline.web.readmodel import BehindError, TookTooLongError

log = structlog.get_logger()

MEDIA_TYPE: Final = "application/problem+json"

HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"vary", b"accept-encoding"),  # Also where nothing is packed: another client's would be.
)
"""What every answer says to a browser. There is no CORS header: other origins read nothing."""

DETAIL_CHARS_MAX: Final = 1_000
"""A detail repeats what was asked, and that may be long."""


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem. `title` names its kind, `detail` is a sentence about this one."""

    status: int
    title: str
    detail: str
    type: str = "about:blank"


class AskedWronglyError(ValueError):
    """A request that cannot be understood: a parameter is unknown, or its value is none."""


class NotThereError(LookupError):
    """What was asked for is not there."""


class PassedError(LookupError):
    """A cursor of a version that is not served any more; asking again does not bring it back."""

    def __init__(self, projection: str, version: int) -> None:
        super().__init__(
            f"`cursor` is of {projection}/{version}, which is not served: begin at the first page"
        )


_STATUSES: Final[tuple[tuple[type[BaseException], HTTPStatus], ...]] = (
    (AskedWronglyError, HTTPStatus.BAD_REQUEST),
    (FilterError, HTTPStatus.BAD_REQUEST),
    (NotThereError, HTTPStatus.NOT_FOUND),
    (PassedError, HTTPStatus.GONE),
    (BeyondKnownError, HTTPStatus.NOT_FOUND),
    (UnknownConflictError, HTTPStatus.NOT_FOUND),
    (UnservedError, HTTPStatus.NOT_FOUND),
    (UnknownStatementError, HTTPStatus.NOT_FOUND),
    (InvalidPlaceError, HTTPStatus.BAD_REQUEST),
    (DroppedError, HTTPStatus.SERVICE_UNAVAILABLE),
    (BehindError, HTTPStatus.SERVICE_UNAVAILABLE),
    (TookTooLongError, HTTPStatus.SERVICE_UNAVAILABLE),
    (DamagedKeyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (BrokerAwayError, HTTPStatus.SERVICE_UNAVAILABLE),
    *((away, HTTPStatus.SERVICE_UNAVAILABLE) for away in AWAY),
    (LogError, HTTPStatus.SERVICE_UNAVAILABLE),
    (TimelineError, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""The first row that fits gives the status; what fits none is a defect of ours: 500, and logged."""


def problem(
    status: HTTPStatus | int, detail: str, *, headers: dict[str, str] | None = None
) -> Response[bytes]:
    """An answer that tells a problem."""
    status = HTTPStatus(status)
    body = Problem(status=status.value, title=status.phrase, detail=_bounded(detail))
    return Response(
        msgspec.json.encode(body),
        status_code=status.value,
        media_type=MEDIA_TYPE,
        headers=headers or {},
    )


async def answer(send: Send, status: HTTPStatus | int, detail: str) -> None:
    """Answer with a problem, where no request has been made of it yet."""
    told = problem(status, detail)
    body = bytes(told.content)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send(
        {"type": "http.response.start", "status": told.status_code or 500, "headers": headers}
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})


def handle(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer an error with its problem."""
    if isinstance(error, HTTPException):
        detail = error.detail or HTTPStatus(error.status_code).phrase
        return problem(error.status_code, detail, headers=dict(error.headers or {}))
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            headers: dict[str, str] = {}
            if status is HTTPStatus.SERVICE_UNAVAILABLE:
                # What took so long will not be quicker in a moment.
                wait_s = math.ceil(error.after_s) if isinstance(error, TookTooLongError) else 1
                headers = {"Retry-After": str(wait_s)}
            return problem(status, _sentence(error, status), headers=headers)
    log.error("web.failed", path=request.url.path, error=repr(error), exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "a defect of this service; it is in its log")


def _bounded(detail: str) -> str:
    return detail if len(detail) <= DETAIL_CHARS_MAX else detail[: DETAIL_CHARS_MAX - 1] + "…"


def _sentence(error: BaseException, status: HTTPStatus) -> str:
    if isinstance(error, UnservedError):
        # What it says itself is for those who run this.
        return f"{error.conflict!r} has no timeline {error.projection!r} here, or not yet"
    if isinstance(error, AWAY):
        # What the client library says may name addresses.
        return "the broker is away; ask again"
    return str(error) or status.phrase
