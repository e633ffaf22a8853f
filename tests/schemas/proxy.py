"""A proxy that cuts connections, or keeps silent, as a test wants it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

_CHUNK_BYTES: Final = 65_536


class Proxy:
    """Passes bytes on between clients and a server.

    Each connection gets the next of `allowances`: how many bytes may come back before it is cut;
    once there are none, it is left alone. While `is_mute`, nothing comes back. `is_away` cuts
    whoever connects.
    """

    def __init__(self, url: str) -> None:
        self.allowances: Iterator[int] = iter(())
        self.is_mute = False
        self.is_away = False
        self.connections = 0
        self.cuts = 0
        self.port = 0
        self._behind = urlsplit(url)
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where it listens, as a client is told."""
        scheme = "redis" if self._behind.scheme == "unix" else self._behind.scheme
        return f"{scheme}://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Cut everybody off."""
        for writer in list(self._open):
            writer.transport.abort()

    async def serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Serve a connection until one side ends it, or it is cut."""
        self.connections += 1
        allowed = next(self.allowances, None)
        with contextlib.suppress(OSError):
            if not self.is_away:
                server, onward = await self._connected()
                self._open |= {back, onward}
                asking = asyncio.create_task(_pump(client, onward))
                await self._answer(server, back, allowed)
                asking.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await asking
                onward.transport.abort()
                self._open -= {back, onward}
        back.transport.abort()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._behind.scheme == "unix":
            return await asyncio.open_unix_connection(self._behind.path)
        return await asyncio.open_connection(self._behind.hostname, self._behind.port)

    async def _answer(
        self, server: asyncio.StreamReader, back: asyncio.StreamWriter, allowed: int | None
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await server.read(_CHUNK_BYTES):
                if self.is_mute:
                    continue
                back.write(chunk[:allowed])
                await back.drain()
                if allowed is not None and (allowed := allowed - len(chunk)) <= 0:
                    self.cuts += 1
                    await asyncio.sleep(0)
                    return


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(_CHUNK_BYTES):
        target.write(chunk)
        await target.drain()
    # A client that is gone wants nothing more.
    target.transport.abort()


@asynccontextmanager
async def proxied(url: str) -> AsyncGenerator[Proxy]:
    """Stand between a server and its clients for a while."""
    proxy = Proxy(url)
    listening = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = listening.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listening.close()
        proxy.cut()
