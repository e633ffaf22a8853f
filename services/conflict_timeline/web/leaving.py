"""Leaving: what a client asked for is given up when it goes."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from litestar.types import Receive

from conflict_timeline.web.problems import AskedWronglyError

ResultT = TypeVar("ResultT")


async def unless_left(receive: Receive, asked: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Do what is asked for, by a request without a body, as long as its client is there.

    Raises:
        AskedWronglyError: it has gone. Nobody hears that, but it is counted.
    """
    doing = asyncio.create_task(asked)
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait((doing, leaving), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise AskedWronglyError("the connection ended before the answer")
    finally:
        for task in (doing, leaving):
            task.cancel()
        await asyncio.gather(doing, leaving, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
