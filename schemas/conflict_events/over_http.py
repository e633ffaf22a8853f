"""Over HTTP: a batch goes to `POST /events`, which answers with a receipt for each event."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

from conflict_events.drafts import Ready
from conflict_events.outcomes import Outcome, Recorded, Refused, Repeat
from conflict_events.receipts import BATCH, Receipt
from conflict_events.sending import (
    ANSWER_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    AttemptError,
    NotSentError,
    patiently,
)

if TYPE_CHECKING:
    import httpx

ANSWER_BYTES_MAX: Final = 8_000_000
"""How long an answer may be: far more than the receipts of the largest batch."""

SAID_CHARS_MAX: Final = 300
"""How much is repeated of what the service says when it would not take a batch."""

_WHO: Final = "the service"
_TAKEN: Final = (HTTPStatus.OK, HTTPStatus.MULTI_STATUS)
_PASSING: Final = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_PORT_MAX: Final = 65_535
_SECONDS_DIGITS_MAX: Final = 9
_RECEIPTS: Final = msgspec.json.Decoder(list[Receipt])


class HttpIntake:
    """The service at an address, and the key that it is shown."""

    def __init__(self, client: "httpx.AsyncClient", patience_s: float) -> None:
        self._client = client
        self._patience_s = patience_s

    async def send(self, batch: Sequence[Ready]) -> list[Outcome]:
        """Post a batch; again, should the connection fail or the service ask to wait.

        Sent again after a lost answer, what was recorded is a repeat, at the position it has.

        Raises:
            NotSentError: the service is away, asks to wait too long, or would not take them.
        """
        body = b"[" + b",".join(one.raw for one in batch) + b"]"
        return await patiently(lambda: self._attempt(body, len(batch)), _WHO, self._patience_s)

    async def _attempt(self, body: bytes, events: int) -> list[Outcome]:
        import httpx  # noqa: PLC0415

        try:
            async with self._client.stream("POST", "events", content=body) as response:
                answer = await _whole(response)
        except httpx.RequestError as error:
            # Its text is empty where the time was up.
            raise AttemptError(str(error) or type(error).__name__) from error
        if response.status_code in _TAKEN:
            return _outcomes(answer, events)
        status = f"{response.status_code} {response.reason_phrase}".strip()
        if response.status_code in _PASSING:
            raise AttemptError(status, _wait_s(response.headers.get("retry-after")))
        said = _said(answer)
        raise NotSentError(f"{_WHO} would not take them: {status}{said and f': {said}'}")


def http_client(url: str, key: str) -> "httpx.AsyncClient":
    """A client that connects with its first request, and shows the key with each.

    Raises:
        ImportError: httpx is not installed.
        ValueError: the address is none of http or https, or the key has characters no key has.
    """
    try:
        import httpx  # noqa: PLC0415
    except ImportError as error:
        raise ImportError(
            "Publisher.over_http needs httpx: pip install 'conflict-events[http]'"
        ) from error
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL:
        base = httpx.URL()
    # Neither is repeated here: one may stand in the other's place.
    if (
        base.scheme not in {"http", "https"}
        or not base.host
        or base.userinfo
        or (base.port or 0) > _PORT_MAX
    ):
        raise ValueError("the address is none of http:// or https://, without a password")
    if not _KEY.fullmatch(key):
        raise ValueError("the key is none: keys are letters, digits, _ and -")
    return httpx.AsyncClient(
        base_url=base,
        headers={"authorization": f"Bearer {key}", "content-type": BATCH},
        timeout=httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
        follow_redirects=False,  # The key is for this address.
    )


async def _whole(response: "httpx.Response") -> bytes:
    answer = bytearray()
    async for chunk in response.aiter_bytes():
        answer += chunk
        if len(answer) > ANSWER_BYTES_MAX:
            raise NotSentError(f"{_WHO} answers with more than {ANSWER_BYTES_MAX} bytes")
    return bytes(answer)


def _outcomes(answer: bytes, events: int) -> list[Outcome]:
    """What the receipts say, if there is one for each event, in order."""
    try:
        receipts = _RECEIPTS.decode(answer)
        outcomes = [_outcome(receipt) for receipt in receipts]
    except (ValueError, RecursionError) as error:
        # It may have been cut; what was recorded is a repeat when it is sent again.
        raise AttemptError(f"its answer cannot be read: {error}") from error
    if [receipt.line for receipt in receipts] != list(range(1, events + 1)):
        raise AttemptError(f"it answers with other receipts than those of {events} events")
    return outcomes


def _outcome(receipt: Receipt) -> Outcome:
    match receipt:
        case Receipt(outcome="refused", reason=reason) if reason is not None:
            return Refused(reason, receipt.path or "$", receipt.message or "")
        case Receipt(outcome="recorded", position=int(position)):
            return Recorded(position)
        case Receipt(outcome="repeat", position=int(position)):
            return Repeat(position)
        case _:
            raise ValueError(f"receipt {receipt.line} has no position, or no reason")


def _wait_s(retry_after: str | None) -> float | None:
    """What `Retry-After` asks for: seconds, or a date (RFC 9110, 10.2.3)."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:_SECONDS_DIGITS_MAX])
    from datetime import UTC, datetime  # noqa: PLC0415
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _said(answer: bytes) -> str:
    """What a problem (RFC 9457) says, else nothing: a proxy's page helps nobody."""
    try:
        problem: Any = msgspec.json.decode(answer)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(problem, dict):
        return ""
    for name in ("detail", "title"):
        said: Any = problem.get(name)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if isinstance(said, str):
            return said[:SAID_CHARS_MAX]
    return ""
