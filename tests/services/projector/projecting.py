"""Projectors in this process, and histories that give them work."""

import json
import os
import subprocess
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from random import Random

from redis.asyncio import Redis

from conflict_events.identity import body_digest
from conflict_events.outcomes import Recorded
from conflict_timeline.broker import connect
from conflict_timeline.log.follow import follow
from conflict_timeline.log.keys import CONFLICTS, ids_key, log_key
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.projector.service import Projector
from conflict_timeline.projector.snapshots import Snapshots
from conflict_timeline.timelines.commit import Checkpoint
from tests.oracle.builders import corrected, retracted, statement, strike
from tests.support import (
    PROGRAM,
    Json,
    accepted,
    append,
    checkpoint_of,
    has_caught_up,
    serving,
    until,
)


@asynccontextmanager
async def projecting(
    url: str,
    projections: Sequence[str] = tuple(PROJECTIONS),
    conflicts: Sequence[str] | None = None,
    snapshots: Snapshots | None = None,
) -> AsyncGenerator[None]:
    """Run a projector in this process for a while."""
    async with connect(url) as client:
        projector = Projector(
            url, client, projections=projections, conflicts=conflicts, snapshots=snapshots
        )
        async with serving(projector.run()):
            yield


async def advanced(
    redis: Redis, name: str, conflict: str = "ukraine", *, page_events_max: int = 500
) -> Advancer:
    """Bring a timeline to the head of its log, and keep the fold."""
    advancer = Advancer.over(redis, conflict, projection(name))
    await advancer.open()
    async for page in follow(redis, conflict, page_events_max=page_events_max):
        await advancer.advance(page)
    return advancer


async def caught_up(redis: Redis, *, within_s: float = 20) -> None:
    """Wait until every timeline stands at the head of its log."""
    await until(lambda: has_caught_up(redis), within_s=within_s)


async def stands(redis: Redis, name: str, position: int, conflict: str = "ukraine") -> bool:
    """Tell whether a timeline stands at a position."""
    return (await checkpoint_of(redis, name, conflict)).position == position


async def recorded(redis: Redis, events: Sequence[Json], *, batch: int = 500) -> None:
    """Record events in batches of a size."""
    for start in range(0, len(events), batch):
        outcomes = await append(redis, events[start : start + batch])
        assert all(isinstance(one, Recorded) for one in outcomes)


async def recorded_in_silence(redis: Redis, event: Json) -> None:
    """Record an event as one does who is killed before it rings."""
    script = (files("conflict_timeline.log") / "append.lua").read_text()
    found = accepted(event)
    arguments: list[bytes | str] = [
        found.event.key,
        body_digest(found.raw),
        found.raw,
        os.urandom(16),
    ]
    await redis.sadd(CONFLICTS, found.event.conflict)
    keys = [log_key(found.event.conflict), ids_key(found.event.conflict)]
    await redis.register_script(script)(keys=keys, args=arguments)


def replay_printed(url: str, name: str) -> Checkpoint:
    """Where a replay in another process comes to."""
    options = ["--conflict", "ukraine", "--digest", "--output", "json", "--url", url]
    told = subprocess.run(
        [PROGRAM, "replay", name, *options], check=True, capture_output=True, timeout=60
    )
    line = json.loads(told.stdout)
    return Checkpoint(line["position"], line["digest"], line["revisions"])


def busy(rng: Random, count: int) -> list[Json]:
    """A long history that is quick to fold: raids, denials, and amendments of them."""
    reports = [
        denial(f"{number}", 12 * number) if number % 20 == 0 else raid(f"{number}", 2 * number)
        for number in range(count * 4 // 5)
    ]
    amendments = [
        retracted(f"r{number}", event)
        if rng.random() < 0.3
        else corrected(f"c{number}", event, x_number=number, topics=["energy"], targets=["energy"])
        for number, event in enumerate(rng.choices(reports, k=count - len(reports)))
    ]
    events = [*reports, *amendments]
    # A little out of order, so that some amendments come before their events.
    return sorted(events, key=lambda event: int(event["id"].strip("cr")) + rng.uniform(0, 50))


def raid(name: str, hour: int) -> Json:
    """A strike that is attributed, so that words can be paired with it."""
    return strike(name, hour, hour + 1, attribution=[{"party": "RUS", "basis": "assessed"}])


def denial(name: str, hour: int) -> Json:
    """A denial that such strikes happen."""
    return statement(name, hour, hour + 1, "deny", about=["RUS"])
