"""Connection: one of the service's, and what is special about it while it carries a live stream."""

import asyncio
import fcntl
import socket
import struct
import termios
from contextlib import suppress
from typing import Any, Final

from litestar.types import Scope

from conflict_timeline.web.protocol import BoundedProtocol

LIVE_BUFFER_BYTES: Final = 64 * 1024
"""What the system holds for the peer of a live stream; Linux doubles it for its own needs.

Left to itself the system holds megabytes for each peer that does not read."""

_AT_ONCE: Final = struct.pack("ii", 1, 0)  # It lingers for 0 s.
_KEY: Final = "connection"


class Connection(BoundedProtocol):
    """A connection that its requests can find in their scope."""

    is_live = False

    def on_headers_complete(self) -> None:
        """Let the request find this."""
        self.scope.setdefault("state", {})[_KEY] = self
        self.is_live = False
        super().on_headers_complete()

    def carry_live(self) -> None:
        """Hold little for the peer from now on."""
        self.is_live = True
        carrier = self.transport.get_extra_info("socket")
        with suppress(OSError):  # The peer has gone already: that is noticed where it is sent to.
            carrier.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LIVE_BUFFER_BYTES)

    def unread_bytes(self) -> int:
        """How much was sent that the peer's system has not taken yet."""
        waiting = self.transport.get_write_buffer_size()
        carrier = self.transport.get_extra_info("socket")
        try:
            queued = fcntl.ioctl(carrier.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
        except (OSError, ValueError):  # Closed, or a system that does not tell.
            return waiting
        return waiting + int(struct.unpack("i", queued)[0])

    def hang_up(self, serving: "asyncio.Task[Any] | None" = None) -> None:  # noqa: ARG002 - it ends by itself
        """End the connection at once, whatever is on its way."""
        carrier = self.transport.get_extra_info("socket")
        with suppress(OSError):  # It may be closed already.
            # Else the system holds what was sent for minutes, though nobody takes it.
            carrier.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()


def connection_of(scope: Scope) -> Connection | None:
    """The connection that a request came in by, where it is one of the service's."""
    found: Any = scope.get("state", {}).get(_KEY)
    return found if isinstance(found, Connection) else None
