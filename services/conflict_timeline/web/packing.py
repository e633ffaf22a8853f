"""Packing: answers in fewer bytes, for clients that say what they can unpack."""

import re
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal, Protocol, cast

import zstandard
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

Encoding = Literal["identity", "gzip", "zstd"]
"""As `Content-Encoding` names it; `identity` is not packed, and not named."""

Headers = Iterable[tuple[bytes, bytes]]

PACKINGS: Final[tuple[Encoding, ...]] = ("zstd", "gzip")
"""Who wants both as much gets the first."""

BYTES_MIN: Final = 500
"""What is shorter is not worth it."""

_ACCEPTS_BYTES_MAX: Final = 1_000  # A longer list is no client's that can unpack anything.
_ACCEPTS_KEPT: Final = 128
_GZIP_LEVEL: Final = 5
_GZIP_WBITS: Final = 31  # zlib's manual, deflateInit2: 15 bits of window, and gzip around it.
_ZSTD_LEVEL: Final = 3  # Its window is 2 MiB; browsers take up to 8 (RFC 9659).
_UNPACKABLE: Final = b"text/event-stream"  # A packer would hold events back.
_WEIGHT: Final = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII | re.IGNORECASE)


def negotiated(headers: Headers) -> Encoding:
    """How a client wants its answer (RFC 9110, 12.5.3): by weight, zstd before gzip.

    It is `identity` where nothing else is wanted, also where that was refused: an answer that may
    be of no use is better than none.
    """
    given = b",".join(value for name, value in headers if name == b"accept-encoding")
    return "identity" if len(given) > _ACCEPTS_BYTES_MAX else _wanted(given)


@lru_cache(_ACCEPTS_KEPT)
def _wanted(accepts: bytes) -> Encoding:
    weights: dict[str, float] = {}
    for part in accepts.decode("latin-1").split(","):
        name, _, parameter = part.partition(";")
        name = name.strip().lower()
        weights.setdefault("gzip" if name == "x-gzip" else name, _weight(parameter.strip()))
    others = weights.get("*", 0.0)
    best: Encoding = "identity"
    most = weights.get(best, 0.0)
    for one in reversed(PACKINGS):  # The last of those that are wanted as much.
        weight = weights.get(one, others)
        if weight and weight >= most:
            best, most = one, weight
    return best


def _weight(parameter: str) -> float:
    """The weight of a coding; one that cannot be read wants nothing."""
    if not parameter:
        return 1.0
    found = _WEIGHT.fullmatch(parameter)
    return 0.0 if found is None else float(found[1])


class _Packer(Protocol):
    """What zlib and zstandard have in common."""

    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


def _packer(encoding: Encoding) -> _Packer:
    if encoding == "zstd":
        return cast("_Packer", zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj())
    return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WBITS)


def packed(body: bytes, encoding: Encoding) -> bytes:
    """A whole answer, packed; it is left as it is where nothing else is wanted."""
    if encoding == "identity":
        return body
    packer = _packer(encoding)
    return packer.compress(body) + packer.flush()


class Packed:
    """Packs what an application answers, as its client wants it."""

    def __init__(self, app: ASGIApp, *, never: frozenset[str] = frozenset()) -> None:
        """`never` are paths whose answers stay as they are."""
        self._app = app
        self._never = never

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, packed or not."""
        if scope["type"] == ScopeType.HTTP and scope["path"] not in self._never:
            encoding = negotiated(scope["headers"])
            if encoding != "identity":
                send = _Packing(encoding, send).hear
        await self._app(scope, receive, send)


class _Packing:
    """One answer on its way. Its head is held back until it is known whether to pack it."""

    def __init__(self, encoding: Encoding, send: Send) -> None:
        self._encoding: Encoding = encoding
        self._send = send
        self._start: Message | None = None
        self._held = bytearray()
        self._packer: _Packer | None = None

    async def hear(self, message: Message) -> None:
        """Take a message of the application, and pass on what comes of it."""
        if message["type"] == "http.response.start":
            if _is_packable(message["headers"]):
                self._start = message
                return
        elif message["type"] == "http.response.body":
            if self._packer is not None:
                await self._go_on(message["body"], is_more=message["more_body"])
                return
            if self._start is not None:
                await self._begin(message["body"], is_more=message["more_body"])
                return
        await self._send(message)

    async def _begin(self, body: bytes, *, is_more: bool) -> None:
        """Collect until there is enough to be packed, or the end."""
        self._held += body
        if self._start is None or (is_more and len(self._held) < BYTES_MIN):
            return
        start, body, self._start = self._start, bytes(self._held), None
        self._held.clear()
        if len(body) < BYTES_MIN:
            await self._send(start)
            await self._send({"type": "http.response.body", "body": body, "more_body": False})
            return
        packer = _packer(self._encoding)
        if is_more:
            self._packer = packer
            await self._send(_as_packed(start, self._encoding, None))
            await self._go_on(body, is_more=True)
            return
        packed = packer.compress(body) + packer.flush()
        await self._send(_as_packed(start, self._encoding, len(packed)))
        await self._send({"type": "http.response.body", "body": packed, "more_body": False})

    async def _go_on(self, body: bytes, *, is_more: bool) -> None:
        """Pack a piece of a stream; pieces go out as the packer has filled them."""
        if self._packer is None:
            raise AssertionError("nothing was begun")
        packed = self._packer.compress(body)
        if not is_more:
            packed += self._packer.flush()
        if packed or not is_more:
            await self._send({"type": "http.response.body", "body": packed, "more_body": is_more})


def _is_packable(headers: Headers) -> bool:
    """Whether an answer is neither packed already nor one that may not wait."""
    return not any(
        name == b"content-encoding" or (name == b"content-type" and value.startswith(_UNPACKABLE))
        for name, value in headers
    )


def _as_packed(start: Message, encoding: Encoding, length: int | None) -> Message:
    """The head of an answer, of its packed bytes. They have a strong tag of their own."""
    if start["type"] != "http.response.start":
        raise AssertionError("an answer begins with its head")
    headers = [(b"content-encoding", encoding.encode())]
    for name, value in start["headers"]:
        if name == b"etag" and value.endswith(b'"'):
            headers.append((name, value[:-1] + b"-" + encoding.encode() + b'"'))
        elif name != b"content-length":
            headers.append((name, value))
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {"type": "http.response.start", "status": start["status"], "headers": headers}
