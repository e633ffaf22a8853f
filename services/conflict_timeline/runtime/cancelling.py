"""Cancelling: what was told to stop stops, though a library swallowed the message."""

import asyncio


def heed_cancellation() -> None:
    """Raise a cancellation of the current task that was swallowed on its way.

    redis-py sends with `asyncio.wait_for`, which before Python 3.12 forgets a cancellation that
    comes just when the sending ends (python/cpython#86296). A service that waits on would never
    end: call this in each round of a loop, and before whatever waits for long.

    Raises:
        asyncio.CancelledError: the task was cancelled.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
