"""A session: what a command needs before it can begin, and how it ends."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import structlog
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
from conflict_timeline.cli.exits import (
    BROKER_AWAY,
    FAILURE,
    INTERRUPTED,
    NOT_FOUND,
    OK,
    USAGE,
    NotFoundError,
    UsageError,
    complain,
)
from conflict_timeline.cli.options import Common
from conflict_timeline.cli.pipes import silence_stdout
from conflict_timeline.connectors.errors import (
    MissingOptionError,
    NotThisSetError,
    UnknownSetError,
)
from conflict_timeline.log.asof import BeyondKnownError
from conflict_timeline.log.errors import LogError, UnknownConflictError
from conflict_timeline.projections.registry import BrokenPluginError, UnknownProjectionError
from conflict_timeline.projector.errors import (
    CheckpointMovedBackError,
    DivergedError,
    RebuildError,
)
from conflict_timeline.projector.stuck import FoldError
from conflict_timeline.queries.filters import FilterError
from conflict_timeline.queries.view import UnknownStatementError
from conflict_timeline.runtime import logs
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.collecting import collect_seldom
from conflict_timeline.runtime.patience import AWAY
from conflict_timeline.runtime.settings import Settings, SettingsError, load
from conflict_timeline.timelines.errors import (
    DroppedError,
    ServedError,
    TimelineError,
    UnservedError,
)

log = structlog.get_logger()


@dataclass(frozen=True)
class Session:
    """Settings, and a broker that answers."""

    settings: Settings
    url: str
    redis: Redis

    def folder(self, name: str) -> Path:
        """Where this machine keeps what belongs to the broker: each has its own logs."""
        folder = Path(self.settings.data) / name
        if self.settings.url is None:
            return folder
        return folder / sha256(redacted(self.settings.url).encode()).hexdigest()[:16]

    @property
    def policy(self) -> Policy:
        """What this deployment allows beyond the contract."""
        allowed = self.settings.conflicts
        return Policy(
            editors=frozenset(self.settings.editors),
            conflicts=None if allowed is None else frozenset(allowed),
        )


Work = Callable[[Session], Coroutine[Any, Any, int]]


def run(common: Common | None, work: Work, *, serves: bool = False) -> int:
    """Do a command's work with a broker, and answer its exit code.

    What people should read is one line on standard error. One that `serves` ends well on SIGTERM;
    any other has not done its work then.
    """
    collect_seldom()
    common = common or Common()
    url = common.url
    try:
        settings = load(
            config=common.config,
            flags={"data": common.data, "url": common.url, "log_format": common.log_format},
        )
        url = settings.url
        logs.configure(settings.log_format)
        return asyncio.run(_until_told(settings, work, OK if serves else INTERRUPTED))
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - raised again unless a row of _EXITS fits
        return _explained(error, url)


def on_being_told(stop: Callable[[], object]) -> None:
    """Have something called on SIGTERM and on a hang-up."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Under nohup a hang-up is to be ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop)


class _Life:
    """What a command is doing: beginning or at work, then tidying up."""

    def __init__(self) -> None:
        self.is_leaving = False

    async def lead(self, settings: Settings, work: Work) -> int:
        """Live it."""
        async with _address(settings) as url:
            redis = connect(url)
            try:
                await check(redis)
                heed_cancellation()
                return await work(Session(settings, url, redis))
            finally:
                self.is_leaving = True
                await redis.aclose()


def _not_awaited(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Keep a failure to ourselves that nobody waits for, if it is about the broker only.

    FastStream, stopped while it starts, leaves tasks behind; the connection goes from under them.
    """
    error = context.get("exception")
    if isinstance(error, AWAY):
        log.debug("session.task_failed", error=repr(error))
    else:
        loop.default_exception_handler(context)


async def _until_told(settings: Settings, work: Work, when_told: int) -> int:
    """Do the work; on a signal stop it, leave the broker in order, and answer an exit code.

    A first SIGINT cancels this task (asyncio does that), a second one ends it all at once. What is
    tidying up already is left to it: a broker must not be left behind without users.
    """
    loop = asyncio.get_running_loop()
    us = asyncio.current_task()
    code = INTERRUPTED

    def told() -> None:
        nonlocal code
        code = when_told
        if us is not None:
            us.cancel()

    on_being_told(told)
    loop.set_exception_handler(_not_awaited)
    life = _Life()
    task = loop.create_task(life.lead(settings, work))
    while True:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                return code
            if not life.is_leaving:
                task.cancel()


@asynccontextmanager
async def _address(settings: Settings) -> AsyncGenerator[str]:
    if settings.url is not None:
        yield settings.url
        return
    async with embedded(Path(settings.data), durability=settings.durability) as url:
        yield url


_EXITS: Final[tuple[tuple[type[BaseException], int], ...]] = (
    (BrokerUrlError, USAGE),
    (MissingOptionError, USAGE),
    (SettingsError, USAGE),
    (UsageError, USAGE),
    (FilterError, USAGE),
    (WindowTextError, USAGE),
    (NotFoundError, NOT_FOUND),
    (BeyondKnownError, NOT_FOUND),
    (UnknownConflictError, NOT_FOUND),
    (UnknownProjectionError, NOT_FOUND),
    (UnservedError, NOT_FOUND),
    (UnknownStatementError, NOT_FOUND),
    (UnknownSetError, NOT_FOUND),
    (FileNotFoundError, NOT_FOUND),
    (BrokerAwayError, BROKER_AWAY),
    *((away, BROKER_AWAY) for away in AWAY),
    (BrokenPluginError, FAILURE),
    (BrokerError, FAILURE),
    (DivergedError, FAILURE),
    (CheckpointMovedBackError, FAILURE),
    (NotThisSetError, FAILURE),
    (LogError, FAILURE),
    (TimelineError, FAILURE),
    (RebuildError, FAILURE),
    (FoldError, FAILURE),
    (DroppedError, FAILURE),
    (ServedError, FAILURE),
    (RedisError, FAILURE),
    (OSError, FAILURE),
)
"""The first row that fits gives the exit code; what fits none is a defect: it keeps its trace."""


def _explained(error: BaseException, url: str | None) -> int:
    """The exit code of an error, after saying what it was.

    Raises:
        The error itself: it is a defect of ours.
    """
    error = _first(error)
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has gone, and wants no more.
        silence_stdout()
        return OK
    if isinstance(error, UnicodeEncodeError):
        # An argument that is not UTF-8 comes with surrogates in place of its bytes.
        complain("an argument is not UTF-8 text")
        return USAGE
    told = told_of(error, url)
    if told is None:
        raise error
    complain(told.sentence)
    return told.code


class Told(NamedTuple):
    """How a command ends that failed: its exit code, and the sentence for people."""

    code: int
    sentence: str


def told_of(error: BaseException, url: str | None) -> Told | None:
    """What to tell of an error; None when it is a defect of ours."""
    known = _known(_first(error))
    if known is None:
        return None
    error, code = known
    return Told(code, _sentence(error, code, url))


def _first(error: BaseException) -> BaseException:
    """The first error of a group: services run side by side, and may fail together."""
    if isinstance(error, BaseExceptionGroup):
        errors = cast("BaseExceptionGroup[BaseException]", error).exceptions
        return _first(errors[0])
    return error


def _known(error: BaseException) -> tuple[BaseException, int] | None:
    """What to tell of an error, and its exit code; None when it has none."""
    for kind, code in _EXITS:
        if isinstance(error, kind):
            return error, code
    # Here, because it costs 300 ms and only services raise it.
    from conflict_timeline.broker.subscribers import ServiceStoppedError

    if isinstance(error, ServiceStoppedError):
        why = None if error.__cause__ is None else _known(error.__cause__)
        return why or (error, FAILURE)
    return None


def _sentence(error: BaseException, code: int, url: str | None) -> str:
    sentence = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.strerror is not None:
        where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
        sentence = f"{where}{error.strerror}"
    if code == BROKER_AWAY and not isinstance(error, BrokerError) and url:
        return f"the broker at {redacted(url)} is away: {sentence}"
    return sentence
