"""Leaving: who goes before the answer has come stops what was done for it."""

import asyncio

import pytest

from conflict_timeline.web.leaving import unless_left
from conflict_timeline.web.problems import AskedWronglyError
from tests.support import Json

PATIENCE_S = 10.0


class Connection:
    """What a server tells of a request without a body: all of it, then that the client went."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self._told = False

    async def receive(self) -> Json:
        """The next message."""
        if not self._told:
            self._told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}


class Work:
    """What takes long, and whether it was given up."""

    def __init__(self) -> None:
        self.was_left = False

    async def __call__(self) -> str:
        """Do it."""
        try:
            await asyncio.sleep(PATIENCE_S)
        except asyncio.CancelledError:
            self.was_left = True
            raise
        return "done"


async def test_work_is_given_up_when_the_client_goes() -> None:
    connection, work = Connection(), Work()
    asyncio.get_running_loop().call_later(0.05, connection.gone.set)

    with pytest.raises(AskedWronglyError):
        async with asyncio.timeout(PATIENCE_S / 2):
            await unless_left(connection.receive, work())  # type: ignore[arg-type]  # ASGI.

    assert work.was_left


async def test_work_that_is_done_is_answered_and_so_is_its_error() -> None:
    async def quick(*, fails: bool) -> str:
        if fails:
            raise LookupError("not there")
        return "done"

    connection = Connection()
    assert await unless_left(connection.receive, quick(fails=False)) == "done"  # type: ignore[arg-type]  # ASGI.
    with pytest.raises(LookupError, match="not there"):
        await unless_left(Connection().receive, quick(fails=True))  # type: ignore[arg-type]  # ASGI.


async def test_work_is_given_up_with_the_request() -> None:
    work = Work()
    asking = asyncio.create_task(unless_left(Connection().receive, work()))  # type: ignore[arg-type]  # ASGI.
    await asyncio.sleep(0.05)
    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert work.was_left
