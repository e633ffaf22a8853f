"""Serving: which timelines are served, and how far each has come, asked in a few round trips."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_timeline.log.keys import CONFLICTS
from conflict_timeline.timelines.commit import START, Checkpoint
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.keys import checkpoint_key, serving_key


class Standing(NamedTuple):
    """A timeline that is served, and its checkpoint."""

    conflict: str
    projection: str
    version: int
    checkpoint: Checkpoint


async def standing(redis: Redis) -> list[Standing]:
    """Every timeline that is served, of every conflict that has a log.

    Raises:
        BrokenTimelineError: a key is not what it should be.
    """
    (names,) = await _all(redis, [("SMEMBERS", CONFLICTS)])
    conflicts = sorted(name.decode() for name in names)
    answers = await _all(redis, [("HGETALL", serving_key(one)) for one in conflicts])
    served = [
        (conflict, name.decode(), _number(serving_key(conflict), version))
        for conflict, answer in zip(conflicts, answers, strict=True)
        for name, version in sorted(answer.items())
    ]
    checkpoints = await checkpoints_of(redis, served)
    return [
        Standing(*timeline, checkpoint)
        for timeline, checkpoint in zip(served, checkpoints, strict=True)
    ]


async def checkpoints_of(
    redis: Redis, timelines: Sequence[tuple[str, str, int]]
) -> list[Checkpoint]:
    """How far timelines have come.

    Raises:
        BrokenTimelineError: a key is not what it should be.
    """
    keys = [checkpoint_key(*timeline) for timeline in timelines]
    asked = [("HMGET", key, "position", "digest", "revisions") for key in keys]
    return [
        _checkpoint(key, values) for key, values in zip(keys, await _all(redis, asked), strict=True)
    ]


async def _all(redis: Redis, commands: Sequence[tuple[str, ...]]) -> list[Any]:
    if not commands:
        return []
    async with redis.pipeline(transaction=False) as pipe:
        for command in commands:
            pipe.execute_command(*command)
        answers = await pipe.execute(raise_on_error=False)
    for command, answer in zip(commands, answers, strict=True):
        if isinstance(answer, ResponseError):
            raise BrokenTimelineError(f"{command[1]} cannot be read: {answer}") from answer
        if isinstance(answer, Exception):
            raise answer
    return list(answers)


def _checkpoint(key: str, values: Sequence[bytes | None]) -> Checkpoint:
    position, digest, revisions = values
    if position is None or digest is None or revisions is None:
        return START
    try:
        return Checkpoint(int(position), digest.decode(), int(revisions))
    except ValueError as error:
        raise BrokenTimelineError(f"{key} is no checkpoint: {error}") from error


def _number(key: str, value: bytes) -> int:
    try:
        return int(value)
    except ValueError:
        raise BrokenTimelineError(f"{key} holds {value!r} where a version belongs") from None
