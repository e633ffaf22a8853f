"""The protocol: uvicorn's, with bounds on the head of a request and on how long a request may take.

Without them a head may be of any size, and a request that never ends holds its connection for ever.
"""

import asyncio
from http import HTTPStatus
from typing import Final

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from conflict_timeline.web.problems import HEADERS, MEDIA_TYPE, Problem

HEAD_BYTES_MAX: Final = 64 * 1024
"""More is answered with 431. What came in one read beyond it has been read already."""

HEAD_S: Final = 30.0
"""How long the head of a request may take to come, and a connection to begin one."""

BODY_S: Final = 60.0
"""How long the body of a request may take to come, after its head."""

BODY_PAUSE_S: Final = 30.0
"""How long nothing of a body may come."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    def connection_made(  # type: ignore[override]  # As the class above has it.
        self, transport: asyncio.Transport
    ) -> None:
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._head_bytes = 0
        self._in_head = True
        self._began = False
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
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """The head is over, and a body may follow."""
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
        self._began = False
        super().data_received(data)
        # Where in a read a head began is not known: that read is not counted.
        if self._in_head and not self._began:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
                self._refuse(
                    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    f"the head of a request has at most {HEAD_BYTES_MAX} bytes",
                )
        elif self._body_until is not None and not self.transport.is_closing():
            self._late.cancel()
            by = min(self._body_until, self.loop.time() + BODY_PAUSE_S)
            self._late = self.loop.call_at(by, self._too_late)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP as any other problem."""
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def _too_late(self) -> None:
        if not self.transport.is_closing():
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
        self.transport.close()

    def _is_free(self) -> bool:
        """Whether what is refused is the one thing that waits for an answer."""
        if self.pipeline:
            return False
        if self.cycle is None:  # pyright: ignore[reportUnnecessaryComparison] - before the first
            return True
        if self._body_until is None:  # It is the head of a request after that one.
            return self.cycle.response_complete
        return not self.cycle.response_started
