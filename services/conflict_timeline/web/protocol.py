"""The protocol: uvicorn's, with bounds on the head of a request and on how long a request may take.

Without them a head may be of any size, and a request that never ends holds its connection for ever.
"""

import asyncio
from http import HTTPStatus
from typing import Final, NoReturn

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from conflict_timeline.web.problems import HEADERS, MEDIA_TYPE, Problem

HEAD_BYTES_MAX: Final = 64 * 1024
"""More is answered with 431; framing counts as well as what is in it."""

TARGET_BYTES_MAX: Final = 16 * 1024
"""How long what is asked for may be, path and query. More is answered with 414."""

HEAD_S: Final = 30.0
"""How long the head of a request may take to come, and a connection to begin one."""

BODY_S: Final = 60.0
"""How long the body of a request may take to come, after its head."""

BODY_PAUSE_S: Final = 30.0
"""How long nothing of a body may come."""


LINGER_S: Final = 1.0
"""How long more is taken in and forgotten after a head was refused: a peer that still sends would
else see its connection break, and no answer."""

_LINE_BYTES: Final = len(b"GET  HTTP/1.1\r\n")
_FIELD_BYTES: Final = len(b": \r\n")

_TARGET: Final = (
    HTTPStatus.REQUEST_URI_TOO_LONG,
    f"path and query have at most {TARGET_BYTES_MAX} bytes",
)
_HEAD: Final = (
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"the head of a request has at most {HEAD_BYTES_MAX} bytes",
)
_HOST: Final = (HTTPStatus.BAD_REQUEST, "a request of HTTP/1.1 names one host: Host")


class _RefusedError(Exception):
    """A head that is not taken: the parser goes no further."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    def connection_made(  # type: ignore[override]  # As the class above has it.
        self, transport: asyncio.Transport
    ) -> None:
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._read_bytes = self._parsed_bytes = 0
        self._in_head = True
        self._began = False
        self._fault: tuple[HTTPStatus, str] | None = None
        self._lingers = False
        self._body_until: float | None = None
        self._late = self.loop.call_later(HEAD_S, self._too_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._late.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        if not self._in_head:
            self._late = self.loop.call_later(HEAD_S, self._too_late)
        self._in_head = self._began = True
        self._read_bytes = 0
        self._parsed_bytes = _LINE_BYTES

    def on_url(self, url: bytes) -> None:
        """Some of what is asked for."""
        super().on_url(url)
        self._parsed_bytes += len(url)
        if len(self.url) > TARGET_BYTES_MAX:
            self._stop(_TARGET)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field of the head."""
        super().on_header(name, value)
        self._parsed_bytes += len(name) + len(value) + _FIELD_BYTES
        if self._parsed_bytes > HEAD_BYTES_MAX:
            self._stop(_HEAD)

    def on_headers_complete(self) -> None:
        """The head is over, and a body may follow."""
        hosts = sum(name == b"host" for name, _ in self.headers)
        version: str = self.parser.get_http_version()  # pyright: ignore[reportOptionalMemberAccess]
        if hosts > 1 or (hosts == 0 and version == "1.1"):  # RFC 9112, 3.2
            self._stop(_HOST)
        self._in_head = False
        self._late.cancel()
        self._body_until = self.loop.time() + BODY_S
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of a request has come."""
        self._body_until = None
        self._late.cancel()
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head has become too long; wait for more of a body, for a while."""
        if self._lingers:
            return
        self._began = False
        super().data_received(data)
        # The parser tells a field when it has all of it, and one may have no end. Where in a read a
        # head began is not known: that read is not counted here.
        if self._in_head and not self._began:
            self._read_bytes += len(data)
            if self._read_bytes > HEAD_BYTES_MAX and not self._is_over():
                self._refuse(*_HEAD)
        elif self._body_until is not None and not self._is_over():
            self._late.cancel()
            by = min(self._body_until, self.loop.time() + BODY_PAUSE_S)
            self._late = self.loop.call_at(by, self._too_late)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, or is not taken, as any other problem."""
        self._refuse(*(self._fault or (HTTPStatus.BAD_REQUEST, msg)))

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: who asks for another protocol is answered by this one (RFC 9110, 7.8)."""

    def _stop(self, fault: tuple[HTTPStatus, str]) -> NoReturn:
        """Have the parser stop, and what is wrong be told."""
        self._fault = fault
        raise _RefusedError

    def _too_late(self) -> None:
        if not self._is_over():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the request did not come in time")

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Answer with a problem, unless another answer is on its way, and hang up."""
        if self._is_free():
            body = msgspec.json.encode(
                Problem(status=status.value, title=status.phrase, detail=detail)
            )
            lines = [
                f"HTTP/1.1 {status.value} {status.phrase}".encode(),
                b"content-type: " + MEDIA_TYPE.encode(),
                b"content-length: " + str(len(body)).encode(),
                b"connection: close",
                *(name + b": " + value for name, value in HEADERS),
            ]
            self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
            if self._body_until is None and self.transport.can_write_eof():
                self._linger()
                return
        self.transport.close()

    def _linger(self) -> None:
        self._lingers = True
        self._late.cancel()
        self._unset_keepalive_if_required()
        self.transport.write_eof()
        self._late = self.loop.call_later(LINGER_S, self.transport.close)

    def _is_over(self) -> bool:
        return self._lingers or self.transport.is_closing()

    def _is_free(self) -> bool:
        """Whether what is refused is the one thing that waits for an answer."""
        if self.pipeline:
            return False
        if self.cycle is None:  # pyright: ignore[reportUnnecessaryComparison] - before the first
            return True
        if self._body_until is None:  # It is the head of a request after that one.
            return self.cycle.response_complete
        return not self.cycle.response_started
