"""The keyring: checks what is presented. It remembers keys for a moment, so that it is quick."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from redis.asyncio import Redis

from conflict_timeline.web.keys.errors import ExpiredKeyError, RevokedKeyError, UnknownKeyError
from conflict_timeline.web.keys.key import Kept, Row, parted
from conflict_timeline.web.keys.store import row_of

FRESH_S: Final = 1.5
"""How long a key is believed to be as it was. One that is revoked lets nobody in 2 s later."""

REMEMBERED_MAX: Final = 1_000
"""How many keys are remembered. What is no key never is: there is no end of those."""


class Keyring:
    """Checks keys of a server; one for each process."""

    def __init__(self, redis: Redis, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._clock = clock
        self._remembered: dict[str, tuple[float, Row]] = {}

    async def check(self, presented: str) -> Kept:
        """Whose key this is.

        Raises:
            UnknownKeyError: it is no key.
            RevokedKeyError: it was one, until it was revoked.
            ExpiredKeyError: it was one, for a time.
            redis.exceptions.RedisError: the broker is away.
            DamagedKeyError: what is stored of it cannot be read.
        """
        parts = parted(presented)
        if parts is None:
            raise UnknownKeyError
        key_id, secret = parts
        row = self._recalled(key_id)
        if row is None or not row.opens(secret, _now()):
            # Also when it was recalled: it may have got this secret since.
            row = await self._looked_up(key_id)
        now = _now()
        if row is None or not row.opens(secret, now):
            raise UnknownKeyError
        if row.revoked is not None:
            raise RevokedKeyError(key_id)
        if row.expires is not None and row.expires <= now:
            raise ExpiredKeyError(key_id)
        return row.kept(key_id)

    def _recalled(self, key_id: str) -> Row | None:
        found = self._remembered.get(key_id)
        if found is None or self._clock() - found[0] > FRESH_S:
            return None
        return found[1]

    async def _looked_up(self, key_id: str) -> Row | None:
        asked = self._clock()  # Not when the answer came: what it says is older.
        self._remembered.pop(key_id, None)
        row = await row_of(self._redis, key_id)
        if row is not None:
            self._remembered[key_id] = (asked, row)
            while len(self._remembered) > REMEMBERED_MAX:
                del self._remembered[next(iter(self._remembered))]
        return row


def _now() -> datetime:
    return datetime.now(UTC)
