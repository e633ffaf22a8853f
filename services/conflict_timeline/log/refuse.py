"""Refuse: keep what would not be recorded, with the reason and the original bytes."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any, Final, NamedTuple

from msgspec import Struct
from redis.asyncio import Redis

from conflict_events.codec import EVENT_BYTES_MAX, names_of
from conflict_events.outcomes import Refused
from conflict_timeline.broker.streams import entries_of
from conflict_timeline.log.keys import REFUSED

Fields = dict[Any, Any]
"""Fields of a stream entry, as redis-py takes them."""

_PAGE_ENTRIES_MAX: Final = 500


class Whole(NamedTuple):
    """How long the offered bytes were, and their SHA-256 (hex)."""

    length: int
    sha256: str


class RefusedEvent(Struct, frozen=True, kw_only=True):
    """An event that was refused: `entry` is its id among the refused, `stream` where it came in.

    `source`, `id` and `conflict` are what the bytes name, as far as they can be read. Of an event
    that was too large, `event` is the beginning; `length` and `sha256` are those of the whole.
    """

    refused: str
    reason: str
    path: str
    message: str
    stream: str
    entry: str
    source: str | None
    id: str | None
    conflict: str | None
    length: int
    sha256: str
    event: bytes


def refused_fields(
    raw: bytes, refused: Refused, stream: str, entry: str, whole: Whole | None = None
) -> Fields:
    """The fields under which a refused event is kept. `entry` is its place in `stream`.

    `whole` is given where `raw` is only the beginning of what was offered.
    """
    whole = whole or Whole(len(raw), sha256(raw).hexdigest())
    source, event_id, conflict = names_of(raw)
    fields: Fields = {
        "event": raw[:EVENT_BYTES_MAX],
        "reason": refused.reason,
        "path": refused.path,
        "message": refused.message,
        "stream": stream,
        "entry": entry,
        "length": whole.length,
        "sha256": whole.sha256,
    }
    named = {"source": source, "id": event_id, "conflict": conflict}
    # Lone surrogates can be named in JSON but not written as UTF-8.
    fields |= {k: v.encode(errors="replace") for k, v in named.items() if v is not None}
    return fields


async def refuse(redis: Redis, *refused: Fields) -> None:
    """Keep refused events that did not come by an intake stream, in order."""
    if not refused:
        return
    async with redis.pipeline(transaction=False) as pipe:
        for fields in refused:
            pipe.xadd(REFUSED, fields)
        # Raised here and not there, where the message would repeat the event.
        answers: list[Any] = await pipe.execute(raise_on_error=False)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer


async def refusals(
    redis: Redis, *, source: str | None = None, reason: str | None = None
) -> AsyncIterator[RefusedEvent]:
    """Every refused event that is kept, oldest first; or those of a producer, or for a reason."""
    start = "-"
    while True:
        entries = await entries_of(redis, REFUSED, start, "+", _PAGE_ENTRIES_MAX)
        for entry_id, fields in entries:
            one = _refused(entry_id, fields)
            if source in (None, one.source) and reason in (None, one.reason):
                yield one
            start = f"({entry_id.decode()}"
        if len(entries) < _PAGE_ENTRIES_MAX:
            return


async def refusal(redis: Redis, refused: str) -> RefusedEvent | None:
    """One refused event by its id among the refused."""
    entries = await entries_of(redis, REFUSED, refused, refused)
    for entry_id, fields in entries:
        return _refused(entry_id, fields)
    return None


async def refused_count(redis: Redis) -> int:
    """How many refused events are kept."""
    return int(await redis.xlen(REFUSED))


def _refused(entry_id: bytes, fields: dict[bytes, bytes]) -> RefusedEvent:
    def text(name: bytes) -> str:
        return fields.get(name, b"").decode(errors="replace")

    def named(name: bytes) -> str | None:
        return text(name) if name in fields else None

    return RefusedEvent(
        refused=entry_id.decode(),
        reason=text(b"reason"),
        path=text(b"path"),
        message=text(b"message"),
        stream=text(b"stream"),
        entry=text(b"entry"),
        source=named(b"source"),
        id=named(b"id"),
        conflict=named(b"conflict"),
        length=int(fields.get(b"length", b"0")),
        sha256=text(b"sha256"),
        event=fields.get(b"event", b""),
    )
