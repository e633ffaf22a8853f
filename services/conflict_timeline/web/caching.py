"""Caching: an answer as of a position is the same for ever, as long as its version is served."""

import re
import time
from collections import OrderedDict
from http import HTTPStatus
from typing import Final, NamedTuple, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from conflict_timeline.web.packing import Encoding, negotiated
from conflict_timeline.web.readmodel import ReadModel

BYTES_MAX: Final = 64 * 1024 * 1024
ONE_BYTES_MAX: Final = 4 * 1024 * 1024
FRESH_S: Final = 1.0
"""After so long it is looked whether the version is still served."""

_HEAD_BYTES: Final = 2_000  # Of the head of an answer, and of keeping it at all.
_PINNED: Final = re.compile(rb"(^|&)(as_of=[0-9]{1,15}|cursor=[0-9a-f]+)(&|$)")
_TIMELINE: Final = re.compile(r"/conflicts/([^/]+)/timelines/([^/]+)")

_CONDITIONS: Final = frozenset({b"if-none-match", b"range"})

_Key = tuple[str, bytes, Encoding]
"""Path, query, and how the answer is packed."""


class _Kept(NamedTuple):
    """An answer as it was sent, the version that it is of, and when that was looked at."""

    start: Message
    body: bytes
    conflict: str
    projection: str
    version: int
    looked: float


class Cached:
    """Keeps whole answers to questions that name a position, in front of everything else."""

    def __init__(self, app: ASGIApp, model: ReadModel) -> None:
        self._app = app
        self._model = model
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or have it answered and keep that."""
        key = _key_of(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        kept = self._kept.get(key)
        if kept is not None and await self._is_fresh(key, kept):
            self._kept.move_to_end(key)
            await send(cast("Message", dict(kept.start)))
            await send({"type": "http.response.body", "body": kept.body, "more_body": False})
            return
        await self._keep(key, scope, receive, send)

    async def _is_fresh(self, key: _Key, kept: _Kept) -> bool:
        now = time.monotonic()
        if now - kept.looked <= FRESH_S:
            return True
        try:
            served = await self._model.served(kept.conflict, kept.projection)
        except LookupError:
            served = None
        if served is None or served.version != kept.version:
            self._forget(key)
            return False
        self._kept[key] = kept._replace(looked=now)
        return True

    async def _keep(self, key: _Key, scope: Scope, receive: Receive, send: Send) -> None:
        found = _TIMELINE.fullmatch(scope["path"])
        if found is None:
            await self._app(scope, receive, send)
            return
        try:
            version = (await self._model.served(found[1], found[2])).version
        except LookupError:
            version = None
        start: Message | None = None
        body = bytearray()

        async def heard(message: Message) -> None:
            nonlocal start, version
            if message["type"] == "http.response.start":
                start = cast("Message", dict(message))
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if len(body) > ONE_BYTES_MAX:
                    version = None
                    body.clear()
            await send(message)

        await self._app(scope, receive, heard)
        if start is None or version is None or start.get("status") != HTTPStatus.OK:
            return
        kept = _Kept(start, bytes(body), found[1], found[2], version, time.monotonic())
        self._forget(key)
        self._kept[key] = kept
        self._bytes += _cost(key, kept)
        while self._bytes > BYTES_MAX:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: _Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= _cost(key, kept)


def _cost(key: _Key, kept: _Kept) -> int:
    """About how many bytes are held: a long question may have a short answer."""
    path, query, _ = key
    return len(kept.body) + len(path) + len(query) + _HEAD_BYTES


def _key_of(scope: Scope) -> _Key | None:
    """What tells this question from others; None when its answer may change."""
    if scope["type"] != ScopeType.HTTP:
        return None
    if scope["method"] != "GET":
        return None
    query = scope["query_string"]
    if not _PINNED.search(query):
        return None
    headers = scope["headers"]
    if any(name in _CONDITIONS for name, _ in headers):
        return None
    return scope["path"], query, negotiated(headers)
