"""The web service: everything in one process, until it is told to stop."""

import asyncio
import logging
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import structlog
import uvicorn
from litestar.types import ASGIApp, Receive, Scope, Send
from redis.asyncio import Redis
from redis.exceptions import RedisError

from conflict_events.codec import Policy
from conflict_timeline.log.keys import INTAKE
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.web.app import application
from conflict_timeline.web.connection import Connection
from conflict_timeline.web.health import Health
from conflict_timeline.web.live import Live
from conflict_timeline.web.metrics import Metrics, Subscribed
from conflict_timeline.web.pages import BUILT, Pages
from conflict_timeline.web.prompt import prompt
from conflict_timeline.web.readmodel import ReadModel
from conflict_timeline.web.routes.publishing import Publishing

log = structlog.get_logger()

GRACE_S: Final = 5
"""How long answers may take that have begun when the service is told to stop."""

_LAST_FRAMES_S: Final = 0.5
"""How long live streams may take to end then."""

_COUNT_S: Final = 2.0
_BACKLOG: Final = 2_048


class PortTakenError(OSError):
    """The address cannot be listened on."""


class Web:
    """Serves timelines over HTTP. Any number of these may run side by side."""

    def __init__(  # noqa: PLR0913 - where to read, to write and to listen, and what is served
        self,
        redis: Redis,
        *,
        policy: Policy,
        folder: Path,
        host: str,
        port: int,
        page: Traversable = BUILT,
    ) -> None:
        """`folder` is for what this process keeps; nothing in it is needed at the next start.

        `page` has the files of the page.

        Raises:
            PortTakenError: the address cannot be listened on.
        """
        self._socket = _listening(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        folder = folder / str(self.port)
        folder.mkdir(parents=True, exist_ok=True)
        self._waiting: dict[str, int] = {}
        looking = prompt(redis, lambda: False)
        self._health = Health(looking, folder, lambda: {**self._live.broken, **self._model.broken})
        asking = prompt(redis, lambda: self._health.is_broker_away)
        writing = prompt(redis, lambda: self._health.is_broker_away, answer_s=None)
        self._looking = looking
        self._clients = (looking, asking, writing)
        self._model = ReadModel(asking, folder / "read-model.sqlite")
        self._live = Live(asking)
        metrics = Metrics(
            lambda: self._health.status,
            lambda: self._waiting,
            lambda: self._health.ready.ready,
            Subscribed(
                lambda: self._live.subscribers,
                lambda: self._live.cut,
                lambda: self._live.sent_bytes,
            ),
        )
        self._app = application(
            asking,
            model=self._model,
            live_timelines=self._live,
            health=self._health,
            metrics=metrics,
            publishing=Publishing(writing, policy, metrics),
            pages=Pages(page),
        )

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            TimelineError, LogError: keys are not what they should be; in an ExceptionGroup.
        """
        server = _Server(self._app, self._live.stop)
        try:
            async with asyncio.TaskGroup() as tasks:
                for part in (self._model.run(), self._live.run(), self._health.run()):
                    tasks.create_task(part)
                tasks.create_task(self._count())
                log.info("web.started", address=self.address)
                await server.serve_until_cancelled(self._socket)
        finally:
            self._socket.close()
            self._model.close()
            for client in self._clients:
                await client.aclose()
            log.info("web.stopped", address=self.address)

    async def _count(self) -> None:
        """Look now and then at how much waits in the intake streams, for the metrics."""
        while True:
            try:
                for stream in INTAKE:
                    self._waiting[stream] = await self._looking.xlen(stream)
            except (RedisError, OSError):  # What is not known is not told.
                self._waiting.clear()
            heed_cancellation()
            await asyncio.sleep(_COUNT_S)


class _Server(uvicorn.Server):
    """uvicorn, which leaves signals to us."""

    def __init__(self, app: ASGIApp, end_streams: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                _Guarded(app),
                http=Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._end_streams = end_streams
        # What it would log of an answer that failed is logged here in one line.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none: whoever runs this service cancels it."""
        yield

    async def serve_until_cancelled(self, listening: socket.socket) -> None:
        """Serve, and end in order when cancelled."""
        serving = asyncio.create_task(self.serve(sockets=[listening]))
        try:
            await asyncio.shield(serving)
        finally:
            self.should_exit = True
            self._end_streams()
            hanging_up = asyncio.create_task(self._hang_up())
            try:
                await serving
            finally:
                hanging_up.cancel()

    async def _hang_up(self) -> None:
        """Hang up on peers of live streams that do not read their last frame."""
        await asyncio.sleep(_LAST_FRAMES_S)
        for connection in list(self.server_state.connections):
            if isinstance(connection, Connection) and connection.is_live:
                connection.hang_up()


class _Guarded:
    """Logs what an application raises in the middle of an answer; the connection ends then."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:  # uvicorn does so when the grace is over.
            log.warning("web.answer_cut_off", path=scope["path"])
        except Exception as error:  # Whatever it is, others are served on.
            log.exception("web.failed", path=scope["path"], error=repr(error))


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # With its protocol: asyncio sets TCP_NODELAY only where that is named, and without it each
        # answer on a connection that is kept waits 40 ms for an acknowledgement.
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        raise PortTakenError(
            f"cannot listen on {host} port {port}: {error.strerror or error}"
        ) from error
    return listening
