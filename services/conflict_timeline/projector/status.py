"""Status: how far each timeline has come, against the head of its log."""

from typing import Literal, cast

from msgspec import Struct
from msgspec.structs import replace
from redis.asyncio import Redis

from conflict_events.instants import format_us
from conflict_timeline.log.follow import Head, conflicts_of, head_of, recorded_at_position
from conflict_timeline.log.refuse import refused_count
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector.rebuild import is_rebuilding
from conflict_timeline.projector.stuck import Stuck
from conflict_timeline.timelines.commit import Committer
from conflict_timeline.timelines.keys import serving_key
from conflict_timeline.timelines.versions import built, served

State = Literal["running", "idle", "stuck", "rebuilding", "absent"]
"""`running`: behind the head; `idle`: at the head; `absent`: nothing was ever committed; `stuck`:
its fold raised, or two folds of its log made other bytes; `rebuilding`: not served yet."""


class ProjectionStatus(Struct, frozen=True, kw_only=True):
    """One timeline: its checkpoint, and its lag behind the head in events and in seconds.

    `lag_s` is the recorded time between the checkpoint and the head; `waiting` counts the events
    that are amended but not recorded yet.
    """

    projection: str
    version: int
    served: bool
    position: int
    lag_events: int
    lag_s: float
    revisions: int
    digest: str
    state: State
    reason: str | None
    waiting: int
    stuck: Stuck | None = None


class ConflictStatus(Struct, frozen=True, kw_only=True):
    """One conflict: the head of its log, and its timelines."""

    conflict: str
    head: int
    recorded_at: str | None
    projections: list[ProjectionStatus]


class Status(Struct, frozen=True, kw_only=True):
    """All of it. `refused` counts the refused events that are kept."""

    refused: int
    conflicts: list[ConflictStatus]


async def status_of(redis: Redis) -> Status:
    """Look at everything. Cost: a few reads a timeline."""
    return Status(
        refused=await refused_count(redis),
        conflicts=[await _conflict(redis, conflict) for conflict in await conflicts_of(redis)],
    )


async def _conflict(redis: Redis, conflict: str) -> ConflictStatus:
    head = await head_of(redis, conflict)
    return ConflictStatus(
        conflict=conflict,
        head=head.position,
        recorded_at=None if head.recorded_at_ms is None else format_us(head.recorded_at_ms * 1000),
        projections=[
            row
            for name in (*PROJECTIONS, *await _others_served(redis, conflict))
            for row in await _rows(redis, conflict, name, head)
        ],
    )


async def _others_served(redis: Redis, conflict: str) -> list[str]:
    """The projections that do not ship and have a timeline; their code may be elsewhere."""
    names = cast("list[bytes]", await redis.hkeys(serving_key(conflict)))
    return sorted({name.decode() for name in names if name.isascii()} - PROJECTIONS.keys())


async def _rows(redis: Redis, conflict: str, name: str, head: Head) -> list[ProjectionStatus]:
    """The version that is served, and one that is being built."""
    now = await served(redis, conflict, name)
    version = projection(name).version if now is None else now
    rows = [await _version(redis, conflict, name, version, head, is_served=now is not None)]
    if await is_rebuilding(redis, conflict, name):
        newest = max(await built(redis, conflict, name), default=version)
        if newest != version:
            row = await _version(redis, conflict, name, newest, head, is_served=False)
            rows.append(replace(row, state="rebuilding"))
    return rows


async def _version(  # noqa: PLR0913 - what to look at
    redis: Redis, conflict: str, name: str, version: int, head: Head, *, is_served: bool
) -> ProjectionStatus:
    committer = Committer(redis, conflict, name, version)
    checkpoint = await committer.checkpoint()
    why = await committer.stuck()
    stuck = None if why is None else Stuck.read(why)
    # A checkpoint may pass the head that was read a moment before.
    lag_events = max(0, head.position - checkpoint.position)
    state: State = "running" if lag_events else "idle"
    diverged = await committer.diverged()
    if stuck is not None or diverged is not None:
        state = "stuck"
    elif not checkpoint.position:
        state = "absent"
    return ProjectionStatus(
        projection=name,
        version=version,
        served=is_served,
        position=checkpoint.position,
        lag_events=lag_events,
        lag_s=await _lag_s(redis, conflict, checkpoint.position, head) if lag_events else 0.0,
        revisions=checkpoint.revisions,
        digest=checkpoint.digest,
        state=state,
        reason=diverged if stuck is None else stuck.sentence(),
        waiting=await committer.waiting(),
        stuck=stuck,
    )


async def _lag_s(redis: Redis, conflict: str, position: int, head: Head) -> float:
    reached = await recorded_at_position(redis, conflict, max(position, 1))
    if reached is None or head.recorded_at_ms is None:
        return 0.0
    return (head.recorded_at_ms - reached.recorded_at_ms) / 1000
