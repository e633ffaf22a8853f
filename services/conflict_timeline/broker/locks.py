"""Locks between processes that cannot go stale: the kernel drops them with their holder."""

import asyncio
import fcntl
import os
from pathlib import Path
from typing import Self

POLL_S = 0.01


class Lock:
    """An flock on a file, made when missing; owned by this object, not by the process.

    Programs that we start do not inherit it, unless handed `fileno` on purpose: then they hold
    it too, until they end.

    Raises:
        OSError: the file can neither be opened nor made.
    """

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_shared(self) -> bool:
        """Take the lock together with others, or say at once that somebody has it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_exclusive(self) -> bool:
        """Take the lock alone, or say at once that somebody else has it."""
        return self._try(fcntl.LOCK_EX)

    async def exclusive_within(self, seconds: float) -> bool:
        """Take the lock alone, or say after so many seconds that it was never free."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + seconds
        while not self.try_exclusive():
            if loop.time() > give_up:
                return False
            await asyncio.sleep(POLL_S)
        return True

    def release(self) -> None:
        """Give the lock up everywhere, also where a forked or started process inherited it."""
        fcntl.flock(self._fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file; who inherited the lock keeps it."""
        os.close(self._fd)

    def fileno(self) -> int:
        """Return the descriptor that holds the lock."""
        return self._fd

    def is_at(self, path: Path) -> bool:
        """Tell whether the path still leads to this lock's file."""
        try:
            return os.path.samestat(path.stat(), os.fstat(self._fd))
        except OSError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
