"""Append: the one way into a log. Positions, repeats and the entry itself in one script."""

import os
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_events.codec import Accepted, same_value
from conflict_events.identity import body_digest
from conflict_events.outcomes import Outcome, Recorded, Refused, Repeat
from conflict_timeline.broker.streams import entries_of
from conflict_timeline.log.errors import BrokenLogError
from conflict_timeline.log.keys import BELL, CONFLICTS, ids_key, log_key

BATCH_EVENTS_MAX: Final = 500
"""Events in one call of the script: larger ones hold up everybody else on the server."""

BELL_ENTRIES_MAX: Final = 10_000

_SALT_BYTES: Final = 16
_SCRIPT: Final = (files("conflict_timeline.log") / "append.lua").read_text()
_SAME, _NEW = 0, 1


def conflicting(position: int | None) -> Refused:
    """The refusal of another body under a recorded id; without a position, one offered just now."""
    first = "offered before" if position is None else f"recorded at position {position}"
    return Refused(
        "conflicting_body",
        "$",
        f"this id was {first} with another body; publish a correction instead",
    )


class Appender:
    """Appends accepted events to logs, over one connection."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        # EVALSHA; on NOSCRIPT the script is loaded and called again.
        self._script = redis.register_script(_SCRIPT)
        self._announced: set[str] = set()

    async def append(self, events: Sequence[Accepted]) -> list[Outcome]:
        """Record events, each in the log of its conflict; answer what became of each, in order.

        A repeat is answered with the position of the first. Safe to call again after a lost answer:
        what was recorded then is a repeat now.

        Raises:
            BrokenLogError: a log's keys are not what they should be; nothing was written to it.
            redis.exceptions.RedisError: the server is away or out of memory.
        """
        outcomes: dict[int, Outcome] = {}
        by_conflict: dict[str, list[int]] = {}
        for index, accepted in enumerate(events):
            by_conflict.setdefault(accepted.event.conflict, []).append(index)
        for conflict, indexes in by_conflict.items():
            for start in range(0, len(indexes), BATCH_EVENTS_MAX):
                batch = indexes[start : start + BATCH_EVENTS_MAX]
                made = await self._append(conflict, [events[index] for index in batch])
                outcomes.update(zip(batch, made, strict=True))
        return [outcomes[index] for index in range(len(events))]

    async def _append(self, conflict: str, events: Sequence[Accepted]) -> list[Outcome]:
        if conflict not in self._announced:
            # Before the first append: a log that nobody lists would never be projected.
            await self._redis.sadd(CONFLICTS, conflict)
            self._announced.add(conflict)
        salts = os.urandom(_SALT_BYTES * len(events))
        arguments: list[Any] = []
        for index, accepted in enumerate(events):
            salt = salts[index * _SALT_BYTES : (index + 1) * _SALT_BYTES]
            arguments += [accepted.event.key, body_digest(accepted.raw), accepted.raw, salt]
        try:
            answer = await self._script(keys=[log_key(conflict), ids_key(conflict)], args=arguments)
        except ResponseError as error:
            if str(error).startswith("BROKENLOG "):
                raise BrokenLogError(conflict, str(error).removeprefix("BROKENLOG ")) from error
            raise
        head, _, *codes = answer
        if _NEW in codes[::2]:
            await self._redis.xadd(
                BELL,
                {"c": conflict, "p": head},
                maxlen=BELL_ENTRIES_MAX,
                approximate=True,
            )
        return [
            await self._outcome(conflict, accepted, code, position)
            for accepted, code, position in zip(events, codes[::2], codes[1::2], strict=True)
        ]

    async def _outcome(
        self, conflict: str, accepted: Accepted, code: int, position: int
    ) -> Outcome:
        if code == _NEW:
            return Recorded(position)
        if code == _SAME or await self._says_the_same(conflict, accepted, position):
            return Repeat(position)
        return conflicting(position)

    async def _says_the_same(self, conflict: str, accepted: Accepted, position: int) -> bool:
        """Compare as JSON values: other blanks or another order of fields make no other event."""
        at = f"{position}-0"
        entries = await entries_of(self._redis, log_key(conflict), at, at)
        return any(same_value(fields[b"e"], accepted.raw) for _, fields in entries)
