"""Replaying one conflict, as a command wants it: the entries, the digest, or a comparison."""

import time
from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from redis.asyncio import Redis

from conflict_events.timelines import Entry
from conflict_timeline.projections.registry import projection as registered
from conflict_timeline.projector.compare import Comparison, Standing, compare
from conflict_timeline.projector.replay import entries_of, replay

Wants = Literal["entries", "digest", "comparison"]


class Order(Struct, frozen=True, kw_only=True):
    """What to replay, how far, and what is wanted of it. `standing` is what to compare with."""

    conflict: str
    projection: str
    upto: int
    wants: Wants
    standing: Standing | None = None


class Digest(Struct, frozen=True, kw_only=True):
    """What `--digest` prints."""

    projection: str
    version: int
    conflict: str
    position: int
    revisions: int
    digest: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What a replay came to: what was wanted, one sentence, and whether all is well."""

    conflict: str
    position: int
    told: str
    is_well: bool = True
    digest: Digest | None = None
    entries: list[Entry] = []
    comparison: Comparison | None = None


async def carried_out(redis: Redis, order: Order, tell: Callable[[int], None]) -> Outcome:
    """Replay in this process.

    Raises:
        LogGapError, UnreadableEventError: the log cannot be read through.
    """
    fold = registered(order.projection)
    name = f"{order.conflict} {fold.name}/{fold.version}"
    began = time.monotonic()
    if order.standing is not None:
        comparison = await compare(
            redis, order.conflict, fold, order.standing, upto=order.upto, progress=tell
        )
        return Outcome(
            conflict=order.conflict,
            position=order.upto,
            told=_compared(name, comparison),
            is_well=comparison.equal,
            comparison=comparison,
        )
    keeps = order.wants == "entries"
    made = await replay(
        redis, order.conflict, fold, upto=order.upto, keep_entries=keeps, progress=tell
    )
    took_s = time.monotonic() - began
    return Outcome(
        conflict=order.conflict,
        position=made.fold.position,
        told=(
            f"{name} replayed to position {made.fold.position}:"
            f" {made.fold.revisions} revisions in {took_s:.1f} s"
        ),
        digest=Digest(
            projection=fold.name,
            version=fold.version,
            conflict=order.conflict,
            position=made.fold.position,
            revisions=made.fold.revisions,
            digest=made.fold.digest.hex(),
        ),
        entries=entries_of(made, order.conflict) if keeps else [],
    )


def _compared(name: str, comparison: Comparison) -> str:
    served = f"version {comparison.served}, which is served"
    if comparison.difference is not None:
        return (
            f"{name} replayed differs from {served}, at position"
            f" {comparison.difference.position}: {comparison.difference.message}"
        )
    return (
        f"{name} replayed equals {served}, at position {comparison.position}:"
        f" {comparison.revisions} revisions, digest {comparison.digest}"
    )
