"""Versions: which timelines of a projection there are, and which one readers get."""

from importlib.resources import files
from typing import Any, Final

from redis.asyncio import Redis

from conflict_timeline.broker.streams import fields_of
from conflict_timeline.timelines.errors import BrokenTimelineError, DroppedError, ServedError
from conflict_timeline.timelines.keys import (
    checkpoint_key,
    serving_key,
    timeline_key,
    versions_key,
)

_SWITCH: Final = (files("conflict_timeline.timelines") / "switch.lua").read_text()
_DROP: Final = (files("conflict_timeline.timelines") / "drop.lua").read_text()


async def served(redis: Redis, conflict: str, projection: str) -> int | None:
    """The version that readers get; None when none is served yet.

    Raises:
        BrokenTimelineError: it is no number; somebody else wrote there.
    """
    (version,) = await fields_of(redis, serving_key(conflict), projection)
    return None if version is None else _number(serving_key(conflict), version)


async def built(redis: Redis, conflict: str, projection: str) -> dict[int, int]:
    """Every version there is, by number, with the version of the code that makes it."""
    found: dict[int, int] = {}
    fields: dict[Any, Any] = await redis.hgetall(versions_key(conflict))
    for field, code in fields.items():
        name, _, version = field.decode().rpartition(":")
        if name == projection:
            key = versions_key(conflict)
            found[_number(key, version.encode())] = _number(key, code)
    return dict(sorted(found.items()))


def _number(key: str, value: bytes) -> int:
    try:
        return int(value)
    except ValueError:
        raise BrokenTimelineError(f"{key} holds {value!r} where a version belongs") from None


async def announce(redis: Redis, conflict: str, projection: str, version: int, code: int) -> None:
    """Say that a version is made by this version of the projection's code."""
    await redis.hsetnx(versions_key(conflict), f"{projection}:{version}", str(code))


async def switch(
    redis: Redis, conflict: str, projection: str, *, expected: int | None, version: int
) -> bool:
    """Have readers get another version from now on; False when `expected` is served no more.

    Raises:
        DroppedError: there is no such version (any more).
    """
    script = redis.register_script(_SWITCH)
    before = "" if expected is None else str(expected)
    keys = [serving_key(conflict), versions_key(conflict)]
    answer = await script(keys=keys, args=[projection, before, str(version)])
    if answer < 0:
        raise DroppedError(projection, conflict, version)
    return bool(answer)


async def drop(redis: Redis, conflict: str, projection: str, version: int) -> None:
    """Remove a version: its revisions and its checkpoint at once.

    Raises:
        ServedError: it is the one that readers get.
    """
    keys = [
        serving_key(conflict),
        versions_key(conflict),
        timeline_key(conflict, projection, version),
        checkpoint_key(conflict, projection, version),
    ]
    if not await redis.register_script(_DROP)(keys=keys, args=[projection, str(version)]):
        raise ServedError(projection, conflict, version)
