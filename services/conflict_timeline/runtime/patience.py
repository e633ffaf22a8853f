"""Patience: what may be repeated is repeated while the broker is away, for a while."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import stamina
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError  # noqa: A004

from conflict_timeline.runtime.cancelling import heed_cancellation

PATIENCE_S: Final = 90.0
"""How long intake and projectors wait for their broker before they end with an error."""

AWAY: Final = (ConnectionError, TimeoutError, BusyLoadingError)
"""What redis-py raises while a server is away, restarts, or loads its file."""

ResultT = TypeVar("ResultT")


async def patiently(
    do: Callable[[], Awaitable[ResultT]], *, patience_s: float = PATIENCE_S
) -> ResultT:
    """Do something that may safely be done twice; again while the broker is away.

    Raises:
        One of AWAY: the broker stayed away for `patience_s` seconds.
        asyncio.CancelledError: we were cancelled meanwhile; it may have been done.
    """
    async for attempt in stamina.retry_context(
        on=AWAY, attempts=None, timeout=patience_s, wait_initial=0.1, wait_max=2.0
    ):
        with attempt:
            done = await do()
            heed_cancellation()
            return done
    raise AssertionError("retry_context ends by returning or raising")
