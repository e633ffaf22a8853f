"""Refused: the events that were not recorded, counted and listed, without their bytes."""

import asyncio
from collections import Counter, OrderedDict, deque
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct
from redis.asyncio import Redis

from conflict_events.errors import Reason
from conflict_events.instants import format_us
from conflict_timeline.log.keys import REFUSED
from conflict_timeline.log.refuse import RefusedEvent, refusals

_KEPT_MAX: Final = 8


class RefusedTold(Struct, frozen=True, kw_only=True):
    """An event that was refused, and when; `bytes` is how long it was, `sha256` (hex) is of all.

    `refused` is its id, with which `refused show` prints it; `entry` its place in `stream`, where
    it came in. `source`, `id` and `conflict` are what the bytes name, as far as they can be read.
    """

    refused: str
    reason: str
    path: str
    message: str
    source: str | None
    id: str | None
    conflict: str | None
    stream: str
    entry: str
    refused_at: str
    bytes: int
    sha256: str


class RefusedPage(Struct, frozen=True, kw_only=True):
    """Refused events, the newest first; how many there are of those asked for, and of each reason.

    `total` and `by_reason` count what the filters leave, also beyond the limit.
    """

    total: int
    by_reason: dict[str, int]
    refused: list[RefusedTold]


class Asked(NamedTuple):
    """Which refused events, and how many of them at most."""

    source: str | None
    reason: Reason | None
    limit: int


_State = tuple[int, str]
"""How many are kept, and the id of the newest ever: as long as they stay, so does every answer."""


class RefusedEvents:
    """The last answers. Whoever asks first goes through all that are kept; others wait."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._kept: OrderedDict[Asked, tuple[_State, bytes]] = OrderedDict()
        self._looking = asyncio.Lock()

    async def told(self, asked: Asked) -> bytes:
        """A `RefusedPage` as JSON. Cost: a pass over what is kept, unless nothing has changed.

        Raises:
            redis.exceptions.RedisError: the broker is away.
        """
        async with self._looking:
            state = await self._state()
            kept = self._kept.pop(asked, None)
            if kept is None or kept[0] != state:
                kept = state, msgspec.json.encode(await self._page(asked))
            self._kept[asked] = kept
            if len(self._kept) > _KEPT_MAX:
                self._kept.popitem(last=False)
            return kept[1]

    async def _state(self) -> _State:
        if not await self._redis.exists(REFUSED):
            return 0, ""
        found: Any = await self._redis.xinfo_stream(REFUSED)
        return int(found["length"]), str(found["last-generated-id"])

    async def _page(self, asked: Asked) -> RefusedPage:
        reasons = Counter[str]()
        newest = deque[RefusedTold](maxlen=asked.limit)
        async for one in refusals(self._redis, source=asked.source, reason=asked.reason):
            reasons[one.reason] += 1
            newest.appendleft(_told(one))
        return RefusedPage(
            total=reasons.total(), by_reason=dict(sorted(reasons.items())), refused=list(newest)
        )


def _told(one: RefusedEvent) -> RefusedTold:
    refused_at_ms = int(one.refused.partition("-")[0])
    return RefusedTold(
        refused=one.refused,
        reason=one.reason,
        path=one.path,
        message=one.message,
        source=one.source,
        id=one.id,
        conflict=one.conflict,
        stream=one.stream,
        entry=one.entry,
        refused_at=format_us(refused_at_ms * 1_000),
        bytes=one.length,
        sha256=one.sha256,
    )
