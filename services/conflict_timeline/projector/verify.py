"""Verify: everything that is kept of a conflict, against its log. Nothing is written."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, Literal

from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from conflict_timeline.log.errors import BrokenLogError
from conflict_timeline.log.follow import head_of
from conflict_timeline.log.keys import CONFLICTS, ids_key, log_key
from conflict_timeline.log.verify import verify_log
from conflict_timeline.projections.projection import Projection
from conflict_timeline.projections.registry import (
    BrokenPluginError,
    UnknownProjectionError,
    projection,
)
from conflict_timeline.projector.compare import Standing, compare
from conflict_timeline.timelines.commit import START, Checkpoint
from conflict_timeline.timelines.errors import DroppedError
from conflict_timeline.timelines.keys import checkpoint_key, serving_key, timeline_key
from conflict_timeline.timelines.versions import built, served

Bar = Callable[[str, int], Callable[[int], None]]
"""Given what is verified and how many positions it has, answers what to tell each position."""

_NUMBER: Final = re.compile(rb"0|[1-9][0-9]{0,14}")
_DIGEST: Final = re.compile(rb"[0-9a-f]{64}")


class Verified(Struct, frozen=True, kw_only=True):
    """One thing that was verified, up to a position; of a fault the message is the first one.

    `what` is `log`, `ids` (where repeats are found), `serving`, or a timeline as in `pairings/1`.
    """

    conflict: str
    what: str
    position: int
    result: Literal["ok", "fault"]
    message: str


class _FaultError(Exception):
    """What is wrong with the thing that is verified, in a sentence."""


async def conflicts_kept(redis: Redis) -> list[str]:
    """The conflicts that anything is kept of, by name; one that lost its log is among them."""
    names: Any = await redis.smembers(CONFLICTS)
    found = sorted(name.decode(errors="replace") for name in names)
    # A name is announced just before its first append.
    return [name for name in found if await is_kept(redis, name)]


async def is_kept(redis: Redis, conflict: str) -> bool:
    """Tell whether anything is kept of a conflict, be it whole or not."""
    keys = (log_key(conflict), ids_key(conflict), serving_key(conflict))
    return bool(await redis.exists(*keys))


async def verify(
    redis: Redis, conflict: str, *, progress: Bar = lambda _what, _total: lambda _: None
) -> AsyncIterator[Verified]:
    """Verify the log of a conflict, its ids, and by a replay each timeline that is served.

    Finds what was damaged or lost. It is no proof against somebody who can write every key: who
    changes an event, its digest and all that follows from it leaves nothing to compare with.

    Cost: a pass over the log, and for each timeline another one, its fold, and a pass over its
    revisions. No more than a page of either is held beside the fold.
    """
    head = (await _head(redis, conflict)) or 0
    found = await verify_log(redis, conflict, progress=progress(f"{conflict} log", head))
    for what, fault, fine in (
        ("log", found.log_fault, f"{found.head} events without a gap"),
        ("ids", found.ids_fault, f"{found.head} keys with the digests of their events"),
    ):
        yield _verified(conflict, what, found.head, fault, fine)
    if (kind := await _kind(redis, serving_key(conflict))) not in ("hash", "none"):
        fault = f"{serving_key(conflict)} is a {kind}, no hash"
        yield _verified(conflict, "serving", found.head, fault)
        return
    serving: Any = await redis.hgetall(serving_key(conflict))
    for name, version in sorted(serving.items()):
        what = f"{_shown(name)}/{_shown(version)}"
        if (why := _unusable(name)) is not None:
            yield _verified(conflict, what, 0, why)
        elif not _NUMBER.fullmatch(version):
            yield _verified(conflict, what, 0, f"{_shown(version)!r} is no version")
        else:
            yield await _served(redis, conflict, name.decode(), int(version), progress)


def _unusable(name: bytes) -> str | None:
    """Why this program cannot fold a timeline of that name, if it cannot."""
    try:
        projection(name.decode(errors="replace"))
    except UnknownProjectionError:
        return f"this program has no projection {_shown(name)!r}"
    except BrokenPluginError as error:
        return str(error)
    return None


def _verified(
    conflict: str, what: str, position: int, fault: str | None, fine: str = ""
) -> Verified:
    return Verified(
        conflict=conflict,
        what=what,
        position=position,
        result="ok" if fault is None else "fault",
        message=fine if fault is None else fault,
    )


async def _served(redis: Redis, conflict: str, name: str, version: int, progress: Bar) -> Verified:
    """A timeline of the version that is served, or of the one that was meanwhile switched to."""
    try:
        return await _timeline(redis, conflict, projection(name), version, progress)
    except DroppedError as error:
        now = await served(redis, conflict, name)
        if now is None or now == version:
            return _verified(conflict, f"{name}/{version}", 0, str(error))
        return await _served(redis, conflict, name, now, progress)


async def _timeline(
    redis: Redis, conflict: str, replayed: Projection, version: int, progress: Bar
) -> Verified:
    """One timeline, up to its checkpoint."""
    what = f"{replayed.name}/{version}"
    position = 0
    try:
        await _refuse_other_code(redis, conflict, replayed, version)
        kept = await _kept(redis, conflict, replayed.name, version)
        position = kept.checkpoint.position
        fine = await _compared(
            redis, conflict, replayed, kept, progress(f"{conflict} {what}", position)
        )
    except DroppedError:
        raise
    except _FaultError as error:
        return _verified(conflict, what, position, str(error))
    except Exception as error:
        # A broken log may raise anything in a fold. A server that is away is no fault of the log.
        if isinstance(error, RedisError) and not _is_wrong_type(error):
            raise
        fault = f"it cannot be replayed up to its checkpoint: {error or repr(error)}"
        return _verified(conflict, what, position, fault)
    return _verified(conflict, what, position, None, fine)


async def _refuse_other_code(
    redis: Redis, conflict: str, replayed: Projection, version: int
) -> None:
    code = (await built(redis, conflict, replayed.name)).get(version, version)
    if code != replayed.version:
        raise _FaultError(
            f"it is made by version {code} of {replayed.name}, and this program has"
            f" {replayed.version}: verify it with the program that made it, or rebuild it"
        )


class _Kept(Struct, frozen=True):
    """What is kept of a timeline beside its revisions, all at one moment."""

    version: int
    checkpoint: Checkpoint
    waiting: bytes | None
    length: int
    last_id: str | None


async def _kept(redis: Redis, conflict: str, name: str, version: int) -> _Kept:
    noted_at, revisions_at = (
        checkpoint_key(conflict, name, version),
        timeline_key(conflict, name, version),
    )
    for key, expected in ((noted_at, "hash"), (revisions_at, "stream")):
        if (kind := await _kind(redis, key)) not in (expected, "none"):
            raise _FaultError(f"{key} is a {kind}, no {expected}")
    async with redis.pipeline(transaction=True) as pipe:
        pipe.hmget(noted_at, ["position", "digest", "revisions", "waiting"])
        pipe.xlen(revisions_at)
        pipe.xrevrange(revisions_at, "+", "-", count=1)
        answer: list[Any] = await pipe.execute()
    (*noted, waiting), length, last = answer
    last_id = last[0][0].decode() if last else None
    return _Kept(version, _checkpoint(noted_at, noted), waiting, length, last_id)


def _checkpoint(key: str, noted: list[bytes | None]) -> Checkpoint:
    if noted == [None, None, None]:
        return START
    for name, value, shape in zip(
        ("position", "digest", "revisions"), noted, (_NUMBER, _DIGEST, _NUMBER), strict=True
    ):
        if value is None or not shape.fullmatch(value):
            raise _FaultError(f"{name} of {key} is {_shown(value)}, which is none")
    position, digest, revisions = (value or b"" for value in noted)
    return Checkpoint(int(position), digest.decode(), int(revisions))


async def _compared(
    redis: Redis,
    conflict: str,
    replayed: Projection,
    kept: _Kept,
    tell: Callable[[int], None],
) -> str:
    """What to say of a timeline that is as it should be."""
    reached = kept.checkpoint.position
    # Read after the checkpoint: the log is never behind it.
    head = await _head(redis, conflict)
    if head is None:
        raise _FaultError("it cannot be replayed: the ids do not say how long the log is")
    if reached > head:
        raise _FaultError(f"its checkpoint is at position {reached}, the log ends at {head}")
    standing = Standing(version=kept.version, checkpoint=kept.checkpoint)
    comparison = await compare(redis, conflict, replayed, standing, upto=reached, progress=tell)
    if comparison.difference is not None:
        raise _FaultError(comparison.difference.message)
    if kept.last_id is not None and int(kept.last_id.partition("-")[0]) > reached:
        raise _FaultError(f"it runs to entry {kept.last_id}, beyond its checkpoint at {reached}")
    if kept.length != kept.checkpoint.revisions:
        raise _FaultError(
            f"it holds {kept.length} revisions, its checkpoint counts {kept.checkpoint.revisions}"
        )
    if kept.waiting is not None and kept.waiting != b"%d" % replayed.waiting:
        raise _FaultError(
            f"its checkpoint at position {reached} counts {_shown(kept.waiting)} events that are"
            f" amended but not recorded, the replay {replayed.waiting}"
        )
    return f"{comparison.revisions} revisions with digest {comparison.digest}"


async def _head(redis: Redis, conflict: str) -> int | None:
    """The head of the log; None where it cannot be told, which is a fault of the ids."""
    try:
        return (await head_of(redis, conflict)).position
    except BrokenLogError:
        return None
    except RedisError as error:
        if _is_wrong_type(error):
            return None
        raise


def _is_wrong_type(error: RedisError) -> bool:
    return isinstance(error, ResponseError) and "WRONGTYPE" in str(error)


async def _kind(redis: Redis, key: str) -> str:
    found: Any = await redis.type(key)
    return str(found.decode())


def _shown(value: bytes | None) -> str:
    return "nothing" if value is None else value[:80].decode(errors="backslashreplace")
