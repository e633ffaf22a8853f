"""A session: what a command needs before it can begin, and how it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, NoReturn

from cyclopts import Parameter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from conflict_events.codec import Policy
from conflict_events.errors import WindowTextError
from conflict_timeline.broker import (
    BrokerAwayError,
    BrokerError,
    BrokerUrlError,
    check,
    connect,
    embedded,
    redacted,
)
from conflict_timeline.broker.subscribers import ServiceStoppedError
from conflict_timeline.log.errors import LogError, UnknownConflictError
from conflict_timeline.projections.registry import UnknownProjectionError
from conflict_timeline.projector.errors import CheckpointMovedBackError, DivergedError
from conflict_timeline.runtime import logs
from conflict_timeline.runtime.patience import AWAY
from conflict_timeline.runtime.settings import Settings, SettingsError, load
from conflict_timeline.timelines.errors import TimelineError, UnservedError

OK: Final = 0
FAILURE: Final = 1
USAGE: Final = 2
NOT_FOUND: Final = 3
SOME_REFUSED: Final = 5
BROKER_AWAY: Final = 75
INTERRUPTED: Final = 130


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Options that every command takes."""

    data: Annotated[
        str | None,
        Parameter(help="Folder of the embedded broker, used without --url [./.conflict-timeline]."),
    ] = None
    url: Annotated[
        str | None,
        Parameter(help="Redis or Valkey to use instead: redis://, rediss:// or unix://."),
    ] = None
    config: Annotated[
        Path | None, Parameter(help="TOML file with settings; CONFLICT_TIMELINE_* and flags win.")
    ] = None
    log_format: Annotated[
        Literal["console", "json"] | None, Parameter(help="How logs on standard error look.")
    ] = None


@dataclass(frozen=True)
class Session:
    """Settings, and a broker that answers."""

    settings: Settings
    url: str
    redis: Redis

    @property
    def policy(self) -> Policy:
        """What this deployment allows beyond the contract."""
        allowed = self.settings.conflicts
        return Policy(
            editors=frozenset(self.settings.editors),
            conflicts=None if allowed is None else frozenset(allowed),
        )


class NotFoundError(LookupError):
    """What was asked for is not there."""


class UsageError(ValueError):
    """What was asked for cannot be understood."""


Work = Callable[[Session], Awaitable[int]]

_EXIT: Final[tuple[tuple[type[BaseException], int], ...]] = (
    (BrokerUrlError, USAGE),
    (SettingsError, USAGE),
    (UsageError, USAGE),
    (WindowTextError, USAGE),
    (NotFoundError, NOT_FOUND),
    (UnknownConflictError, NOT_FOUND),
    (UnknownProjectionError, NOT_FOUND),
    (UnservedError, NOT_FOUND),
    (FileNotFoundError, NOT_FOUND),
    (BrokerAwayError, BROKER_AWAY),
    *((away, BROKER_AWAY) for away in AWAY),
    (BrokerError, FAILURE),
    (DivergedError, FAILURE),
    (CheckpointMovedBackError, FAILURE),
    (LogError, FAILURE),
    (TimelineError, FAILURE),
    (ServiceStoppedError, FAILURE),
    (RedisError, FAILURE),
    (OSError, FAILURE),
)
"""The first row that fits gives the exit code; what fits none is a defect: it keeps its trace."""


def run(common: Common | None, work: Work) -> int:
    """Do a command's work with a broker, and answer its exit code.

    What people should read is one line on standard error.
    """
    common = common or Common()
    try:
        settings = load(
            config=common.config,
            flags={"data": common.data, "url": common.url, "log_format": common.log_format},
        )
        logs.configure(settings.log_format)
        return asyncio.run(_with_broker(settings, work))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:  # noqa: BLE001 - raised again unless a row of _EXIT fits
        return _explained(error, common)


async def _with_broker(settings: Settings, work: Work) -> int:
    async with _address(settings) as url:
        redis = connect(url)
        try:
            await check(redis)
            return await _until_told(work(Session(settings, url, redis)))
        finally:
            await redis.aclose()


@asynccontextmanager
async def _address(settings: Settings) -> AsyncIterator[str]:
    if settings.url is not None:
        yield settings.url
        return
    async with embedded(Path(settings.data), durability=settings.durability) as url:
        yield url


async def _until_told(work: Awaitable[int]) -> int:
    """Do the work; on SIGTERM cancel it, tidy up and end well."""
    task = asyncio.ensure_future(work)
    told = False

    def stop() -> None:
        nonlocal told
        told = True
        task.cancel()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if told:
            return OK
        raise


def _explained(error: BaseException, common: Common) -> int:
    """The exit code of an error, after saying what it was."""
    error = _first(error)
    for kind, code in _EXIT:
        if isinstance(error, kind):
            sentence = str(error) or type(error).__name__
            if code == BROKER_AWAY and not isinstance(error, BrokerError) and common.url:
                sentence = f"the broker at {redacted(common.url)} is away: {sentence}"
            if isinstance(error, OSError) and error.filename is not None:
                sentence = f"{error.filename}: {error.strerror}"
            complain(sentence)
            return code
    raise error


def _first(error: BaseException) -> BaseException:
    """The first error of a group: services run side by side and may fail together."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    cause = error.__cause__
    if isinstance(error, ServiceStoppedError) and cause is not None:
        return cause if isinstance(cause, tuple(kind for kind, _ in _EXIT)) else error
    return error


def complain(sentence: str) -> None:
    """One line on standard error."""
    line = " ".join(sentence.split())
    sys.stderr.write(f"conflict-timeline: {line}\n")


def usage(sentence: str) -> NoReturn:
    """Refuse what cannot be understood.

    Raises:
        UsageError: always.
    """
    raise UsageError(sentence)
