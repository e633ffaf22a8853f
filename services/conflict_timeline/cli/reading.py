"""Reading: what a command needs that reads timelines from a broker or from the HTTP service."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, Final

from conflict_events.subscriber import Timelines
from conflict_timeline.cli.exits import FAILURE, INTERRUPTED, OK, USAGE, complain
from conflict_timeline.cli.options import Common
from conflict_timeline.cli.pipes import silence_stdout
from conflict_timeline.cli.session import Session, on_being_told, run
from conflict_timeline.runtime import logs
from conflict_timeline.runtime.settings import SettingsError, load

Read = Callable[[Timelines], Coroutine[Any, Any, int]]

_SERVICE: Final = ("http://", "https://")


def read_timelines(common: Common | None, read: Read) -> int:
    """Do a command's work with timelines, and answer its exit code.

    Where `--url` is that of the service, no broker is needed, and none is started.
    """
    common = common or Common()
    try:
        settings = load(
            config=common.config,
            flags={"data": common.data, "url": common.url, "log_format": common.log_format},
        )
    except SettingsError as error:
        complain(str(error))
        return USAGE
    if settings.url is not None and settings.url.lower().startswith(_SERVICE):
        logs.configure(settings.log_format)
        return _without_broker(settings.url, read)

    async def work(session: Session) -> int:
        async with Timelines.connect(session.url) as timelines:
            return await read(timelines)

    return run(common, work)


def _without_broker(url: str, read: Read) -> int:
    try:
        return asyncio.run(_until_told(url, read))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone, and wants no more.
        silence_stdout()
        return OK
    except _NoAddressError as error:
        complain(str(error))
        return USAGE
    except UnicodeEncodeError:
        complain("an argument is not UTF-8 text")
        return USAGE
    except OSError as error:
        complain(error.strerror or str(error))
        return FAILURE


class _NoAddressError(ValueError):
    """The URL is none."""


async def _until_told(url: str, read: Read) -> int:
    """Read; on SIGTERM or a hang-up stop, as Ctrl-C does by itself."""
    us = asyncio.current_task()
    was_told = False

    def told() -> None:
        nonlocal was_told
        was_told = True
        if us is not None:
            us.cancel()

    on_being_told(told)
    try:
        async with AsyncExitStack() as stack:
            try:
                timelines = await stack.enter_async_context(Timelines.connect(url))
            except ValueError as error:
                raise _NoAddressError(str(error)) from error
            return await read(timelines)
    except asyncio.CancelledError:
        if was_told:
            return INTERRUPTED
        raise
