"""The store: keys by id, in the hash `keys`. Each change compares what it changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import msgspec
from msgspec.structs import replace
from redis.asyncio import Redis
from redis.exceptions import WatchError

from conflict_timeline.web.keys.errors import DamagedKeyError, EndedKeyError, NoSuchKeyError
from conflict_timeline.web.keys.key import (
    EARLIER_MAX,
    Earlier,
    Grant,
    Kept,
    Row,
    hash_of,
    new_id,
    new_secret,
    text_of,
)

KEYS: Final = "keys"
"""The hash of keys: id -> JSON of a `Row`."""

OVERLAP: Final = timedelta(hours=24)
"""How long a secret is valid after it was rotated away, by default."""

_ROWS: Final = msgspec.json.Decoder(Row)


async def create(redis: Redis, grant: Grant) -> tuple[str, Kept]:
    """Make a key; the whole of it, which is nowhere kept, and what is.

    Raises:
        ValueError: the grant has a name, a source, a conflict or a rate that is none.
    """
    grant = msgspec.convert(msgspec.to_builtins(grant), Grant)
    key_id, secret = new_id(), new_secret()
    row = Row(**msgspec.structs.asdict(grant), hash=hash_of(secret), created=_now())
    await redis.hset(KEYS, key_id, msgspec.json.encode(row))
    return text_of(key_id, secret), row.kept(key_id)


async def list_(redis: Redis) -> list[Kept]:
    """All keys, also those that are expired or revoked, the oldest first.

    Raises:
        DamagedKeyError: one of them cannot be read.
    """
    found: Any = await redis.hgetall(KEYS)
    stored = cast("dict[bytes, bytes]", found)
    rows = {key_id.decode(errors="replace"): raw for key_id, raw in stored.items()}
    kept = [_row(key_id, raw).kept(key_id) for key_id, raw in rows.items()]
    return sorted(kept, key=lambda one: (one.created, one.id))


async def row_of(redis: Redis, key_id: str) -> Row | None:
    """A key as it is stored; None when there is none of this id.

    Raises:
        DamagedKeyError: it cannot be read.
    """
    raw: Any = await redis.hget(KEYS, key_id)
    return None if raw is None else _row(key_id, cast("bytes", raw))


async def rotate(redis: Redis, key_id: str, overlap: timedelta = OVERLAP) -> tuple[str, Kept]:
    """Give a key another secret; the whole of it, and what is kept.

    All its secrets until now are valid for `overlap` yet, or as long as they were, if that is less.

    Raises:
        NoSuchKeyError: there is no key of this id.
        EndedKeyError: it was revoked.
    """
    secret = new_secret()
    now = _now()

    def rotated(row: Row) -> Row:
        if row.revoked is not None:
            raise EndedKeyError(key_id)
        ends = now + overlap
        earlier = [
            Earlier(hash=row.hash, until=ends),
            *(Earlier(hash=one.hash, until=min(one.until, ends)) for one in row.earlier),
        ]
        valid = tuple(one for one in earlier if now < one.until)[:EARLIER_MAX]
        return replace(row, hash=hash_of(secret), earlier=valid)

    row = await _changed(redis, key_id, rotated)
    return text_of(key_id, secret), row.kept(key_id)


async def revoke(redis: Redis, key_id: str) -> Kept:
    """End a key, with all its secrets. Once more changes nothing.

    Raises:
        NoSuchKeyError: there is no key of this id.
    """
    now = _now()

    def revoked(row: Row) -> Row:
        return row if row.revoked is not None else replace(row, revoked=now, earlier=())

    return (await _changed(redis, key_id, revoked)).kept(key_id)


async def _changed(redis: Redis, key_id: str, change: Callable[[Row], Row]) -> Row:
    """Store what a change makes of a key, unless another change came first: then of that."""
    while True:
        async with redis.pipeline() as pipe:
            await pipe.watch(KEYS)
            raw: Any = await pipe.hget(KEYS, key_id)  # pyright: ignore[reportGeneralTypeIssues]
            if raw is None:
                raise NoSuchKeyError(key_id)
            row = change(_row(key_id, cast("bytes", raw)))
            pipe.multi()  # type: ignore[no-untyped-call]  # redis-py
            pipe.hset(KEYS, key_id, cast("Any", msgspec.json.encode(row)))
            try:
                await pipe.execute()
            except WatchError:
                continue
            return row


def _row(key_id: str, raw: bytes) -> Row:
    try:
        return _ROWS.decode(raw)
    except (ValueError, RecursionError) as error:
        raise DamagedKeyError(key_id, str(error)) from error


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
