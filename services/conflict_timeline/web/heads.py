"""Heads: `HEAD` wherever there is `GET`, with everything of its answer but the body.

And `OPTIONS` everywhere: which methods there are.
"""

from http import HTTPStatus
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_KEY: Final = "is_head"

_NO_METHOD: Final = "NONE"
"""No path has it: whoever asks with it is told those that there are."""


def wants_head(scope: Scope) -> bool:
    """Whether only the head of an answer will be sent: what has no end need not begin then."""
    return bool(scope.get("state", {}).get(_KEY))


class Headed:
    """Asks an application for what `GET` would get, and keeps the body back.

    `OPTIONS` is answered with what the application says that it allows; what Litestar answers by
    itself leaves out methods of paths with several handlers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; whatever tells that there is GET tells that there is HEAD."""
        if scope["type"] != ScopeType.HTTP or scope["method"] == "GET":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            scope = {**scope, "method": _NO_METHOD}  # type: ignore[typeddict-item]
            await self._app(scope, receive, _Allowing(send).answer)
            return
        is_head = scope["method"] == "HEAD"
        if is_head:
            state = {**scope.get("state", {}), _KEY: True}
            scope = {**scope, "method": "GET", "state": state}
        has_ended = False

        async def answer(message: Message) -> None:
            nonlocal has_ended
            if message["type"] == "http.response.start":
                message["headers"] = [_allowing_head(*header) for header in message["headers"]]
            elif message["type"] == "http.response.body" and is_head:
                if has_ended:
                    return
                has_ended = True
                message["body"], message["more_body"] = b"", False
            await send(message)

        await self._app(scope, receive, answer)


class _Allowing:
    """Makes of an answer that a method is not allowed one that tells those that are."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._is_ours = False

    async def answer(self, message: Message) -> None:
        """Pass an answer on."""
        if message["type"] == "http.response.start":
            self._is_ours = message["status"] == HTTPStatus.METHOD_NOT_ALLOWED
            if self._is_ours:
                headers = [_allowing_head(*one) for one in message["headers"] if one[0] == b"allow"]
                message["status"], message["headers"] = HTTPStatus.NO_CONTENT.value, headers
        elif message["type"] == "http.response.body" and self._is_ours:
            message["body"] = b""
        await self._send(message)


def _allowing_head(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name != b"allow":
        return name, value
    methods = [one.strip() for one in value.split(b",")]
    if b"GET" in methods and b"HEAD" not in methods:
        methods.append(b"HEAD")
    return name, b", ".join(sorted(methods))
