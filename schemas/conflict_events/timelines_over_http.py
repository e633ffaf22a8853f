"""Timelines over HTTP: the service's pages, and its live stream of server-sent events."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

import msgspec
from msgspec import Struct

from conflict_events.following import Frames, Source
from conflict_events.frames import At, Frame, frame_of
from conflict_events.instants import format_us, to_us
from conflict_events.pages import Page, Question
from conflict_events.sending import (
    ANSWER_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    AttemptError,
    NotSentError,
    patiently,
)
from conflict_events.sse import EventStream, EventTooLongError, ServerSentEvent
from conflict_events.subscribing import TimelinesError, TimelinesReason
from conflict_events.timelines import Entry

if TYPE_CHECKING:
    import httpx

ANSWER_BYTES_MAX: Final = 256_000_000
"""How long an answer may be: more than a page of the longest entries."""

SAID_BYTES_MAX: Final = 64_000
"""How much is read of what the service says when it does not give what was asked for."""

_SAID_CHARS_MAX: Final = 300
_PORT_MAX: Final = 65_535
_WAIT_DIGITS_MAX: Final = 6
_PASSING: Final = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
_REASONS: Final[dict[int, TimelinesReason]] = {
    HTTPStatus.BAD_REQUEST: "asked_wrongly",
    HTTPStatus.NOT_FOUND: "not_there",
}


class _Answer(Struct):
    """A page as the service sends it."""

    position: int
    version: int
    entries: list[Entry]
    next: str | None


class _Problem(Struct):
    """A problem (RFC 9457)."""

    detail: str | None = None
    title: str | None = None


_ANSWER: Final = msgspec.json.Decoder(_Answer)
_PROBLEM: Final = msgspec.json.Decoder(_Problem)


class HttpTimelines(Source):
    """The timelines of a service."""

    who = "the service"

    def __init__(self, client: "httpx.AsyncClient", patience_s: float, silence_s: float) -> None:
        self._client = client
        self._patience_s = patience_s
        self._silence_s = silence_s

    def frames(self, projection: str, conflict: str, after: At | None) -> Frames:
        """What the live stream of a timeline sends over one connection."""
        return _LiveFrames(
            self._client, f"{_path(projection, conflict)}/live", after, self._silence_s
        )

    async def query(self, question: Question) -> Page:
        """Ask for entries; the pages that follow are of the same position."""
        asked: list[tuple[str, str]] = []
        for name, value in question.filters.items():
            asked += _parameters(name.removesuffix("_"), value)
        asked += _parameters("limit", question.limit)
        return await self._page(question, asked, _parameters("as_of", question.as_of))

    async def _page(
        self, question: Question, asked: list[tuple[str, str]], where: list[tuple[str, str]]
    ) -> Page:
        path = _path(question.projection, question.conflict)
        raw = await self._get(path, [*asked, *where])
        try:
            answer = _ANSWER.decode(raw)
        except (ValueError, RecursionError) as error:
            raise TimelinesError("unreadable", f"the answer is no page: {error}") from error
        following = answer.next

        async def more() -> Page:
            return await self._page(question, asked, _parameters("cursor", following))

        return Page(
            answer.entries,
            position=answer.position,
            version=answer.version,
            more=None if following is None else more,
        )

    async def _get(self, path: str, asked: Sequence[tuple[str, str]]) -> bytes:
        import httpx  # noqa: PLC0415

        async def attempt() -> bytes:
            try:
                async with self._client.stream("GET", path, params=tuple(asked)) as answer:
                    await _refuse_other(answer, "application/json")
                    return await _whole(answer, ANSWER_BYTES_MAX)
            except httpx.RequestError as error:
                raise AttemptError(str(error) or type(error).__name__) from error

        try:
            return await patiently(attempt, self.who, self._patience_s)
        except NotSentError as error:
            raise TimelinesError("away", str(error)) from error


class _LiveFrames:
    """The frames of one answer.

    No generator, and none is made of `httpx.AsyncClient.stream`; see `Following`.
    """

    def __init__(
        self, client: "httpx.AsyncClient", path: str, after: At | None, silence_s: float
    ) -> None:
        self._client = client
        self._path = path
        self._after = after
        self._silence_s = silence_s
        self._answer: httpx.Response | None = None
        self._chunks: AsyncIterator[bytes] | None = None
        self._stream = EventStream()
        self._events: Iterator[ServerSentEvent] = iter(())

    async def __anext__(self) -> Frame:
        """Wait for the next frame."""
        import httpx  # noqa: PLC0415

        try:
            if self._chunks is None:
                self._chunks = await self._begun()
            while True:
                for event in self._events:
                    if event.event == "cut":
                        raise AttemptError(f"the service ended the stream: {event.data}")
                    if (frame := frame_of(*event)) is not None:
                        return frame
                self._events = self._stream.feed(await anext(self._chunks))
        except httpx.RequestError as error:
            # Its text is empty where the time was up.
            raise AttemptError(str(error) or type(error).__name__) from error
        except EventTooLongError as error:
            raise TimelinesError("unreadable", str(error)) from error

    async def aclose(self) -> None:
        """Hang up."""
        if self._answer is not None:
            await self._answer.aclose()

    async def _begun(self) -> AsyncIterator[bytes]:
        """What the answer brings, if it is the one that was asked for."""
        import httpx  # noqa: PLC0415

        headers = {"accept": "text/event-stream", "accept-encoding": "identity"}
        if self._after is not None:
            headers["last-event-id"] = str(self._after)
        limits = httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S, read=self._silence_s)
        request = self._client.build_request("GET", self._path, headers=headers, timeout=limits)
        self._answer = await self._client.send(request, stream=True)
        await _refuse_other(self._answer, "text/event-stream")
        return self._answer.aiter_bytes()


def http_timelines(
    url: str, patience_s: float, silence_s: float
) -> "tuple[HttpTimelines, httpx.AsyncClient]":
    """The timelines of the service at an address, and the client that is to be closed.

    Raises:
        ImportError: httpx is not installed.
        ValueError: the address cannot be one.
    """
    try:
        import httpx  # noqa: PLC0415
    except ImportError as error:
        raise ImportError(
            "Timelines over HTTP need httpx: pip install 'conflict-events[http]'"
        ) from error
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL:
        base = httpx.URL()
    if not base.host or base.userinfo or base.query or (base.port or 0) > _PORT_MAX:
        # Not repeated here: there may be a password in it.
        raise ValueError("the address of the service is none: http://HOST or https://HOST")
    client = httpx.AsyncClient(
        base_url=base, timeout=httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    )
    return HttpTimelines(client, patience_s, silence_s), client


def _path(projection: str, conflict: str) -> str:
    return f"conflicts/{quote(conflict, safe='')}/timelines/{quote(projection, safe='')}"


def _parameters(name: str, value: Any) -> list[tuple[str, str]]:
    """A parameter as the service reads it: a list gives its name more than once.

    Raises:
        TimelinesError: it is a time without a zone.
    """
    match value:
        case None:
            return []
        case bool():
            return [(name, "true" if value else "false")]
        case datetime():
            if value.tzinfo is None:
                raise TimelinesError("asked_wrongly", f"`{name}` is a time without a zone")
            return [(name, format_us(to_us(value)))]
        case list() | tuple():
            several = cast("Iterable[Any]", value)
            return [pair for one in several for pair in _parameters(name, one)]
        case _:
            return [(name, str(value))]


async def _refuse_other(answer: "httpx.Response", wanted: str) -> None:
    """Refuse an answer that is not the one asked for.

    Raises:
        AttemptError: the next may be.
        TimelinesError: it will not be.
    """
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status_code == HTTPStatus.OK:
        if kind != wanted:
            raise TimelinesError(
                "unreadable", f"{answer.url.host} answers with {kind or 'nothing'}, not {wanted}"
            )
        return
    status = f"{answer.status_code} {answer.reason_phrase}".strip()
    said = ""
    if kind == "application/problem+json":
        said = _said(await _whole(answer, SAID_BYTES_MAX))
    if answer.status_code in _PASSING:
        raise AttemptError(said or status, _wait_s(answer.headers.get("retry-after", "")))
    reason = _REASONS.get(answer.status_code, "refused")
    raise TimelinesError(reason, said or f"{answer.url.host} answers {status}")


async def _whole(answer: "httpx.Response", bytes_max: int) -> bytes:
    whole = bytearray()
    async for chunk in answer.aiter_bytes():
        whole += chunk
        if len(whole) > bytes_max:
            raise TimelinesError("unreadable", f"an answer of more than {bytes_max} bytes")
    return bytes(whole)


def _said(raw: bytes) -> str:
    try:
        problem = _PROBLEM.decode(raw)
    except (ValueError, RecursionError):
        return ""
    return (problem.detail or problem.title or "")[:_SAID_CHARS_MAX]


def _wait_s(retry_after: str) -> float | None:
    """How many seconds `Retry-After` asks for; a date is left to our own pauses."""
    text = retry_after.strip()
    return float(text[:_WAIT_DIGITS_MAX]) if text.isascii() and text.isdecimal() else None
