"""Foresee: what would become of events if they were appended now; nothing is written."""

from collections.abc import Sequence
from typing import Literal

from redis.asyncio import Redis

from conflict_events.codec import Accepted, same_value
from conflict_events.outcomes import Refused
from conflict_timeline.broker.streams import entries_of
from conflict_timeline.log.append import conflicting
from conflict_timeline.log.follow import position_of
from conflict_timeline.log.keys import log_key

Foreseen = Literal["recorded", "repeat"] | Refused
"""An outcome without a position: it would get one when it is recorded."""


class Foresight:
    """Compares events with their logs, and with those that it was shown before."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._shown: dict[tuple[str, str], bytes] = {}

    async def outcomes(self, events: Sequence[Accepted]) -> list[Foreseen]:
        """What would become of each, in order.

        Raises:
            redis.exceptions.RedisError: the server is away.
        """
        return [await self._outcome(accepted) for accepted in events]

    async def _outcome(self, accepted: Accepted) -> Foreseen:
        event = accepted.event
        first = self._shown.get((event.conflict, event.key))
        if first is None:
            position = await position_of(self._redis, event.conflict, event.key)
            if position is None:
                self._shown[event.conflict, event.key] = accepted.raw
                return "recorded"
            at = f"{position}-0"
            entries = await entries_of(self._redis, log_key(event.conflict), at, at)
            same = any(same_value(fields[b"e"], accepted.raw) for _, fields in entries)
            return "repeat" if same else conflicting(position)
        return "repeat" if same_value(first, accepted.raw) else conflicting(None)
