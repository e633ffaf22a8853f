"""The sample history: published as a scraper would, waited for, and one statement reported."""

import asyncio
from importlib.resources import files
from typing import Final

import msgspec
from redis.asyncio import Redis

from conflict_events.identity import event_key
from conflict_timeline.broker.subscribers import ServiceStoppedError
from conflict_timeline.cli.exits import NotFoundError
from conflict_timeline.cli.output import say
from conflict_timeline.cli.report import effective_statement, report
from conflict_timeline.log.follow import follow
from conflict_timeline.log.keys import INTAKE
from conflict_timeline.projector.status import ConflictStatus, status_of
from conflict_timeline.timelines.read import Timeline

CONFLICT: Final = "ukraine"
SOURCE: Final = "https://conflict-timeline.example/samples/episodes"
DENIAL: Final = "lavrov-riyadh-2025-02-18"

_LOOK_S: Final = 0.05


async def publish_sample(redis: Redis) -> None:
    """Put the sample history into the intake streams, as a scraper would."""
    history = (files("conflict_timeline.samples") / "episodes" / "events.ndjson").read_bytes()
    pipeline = redis.pipeline(transaction=False)
    lines = history.splitlines()
    for line in lines:
        kind = msgspec.json.decode(line)["type"].split(".")[1]
        pipeline.xadd(f"intake:{kind}", {"event": line})
    await pipeline.execute()
    say(f"{len(lines)} sample events published to the intake streams.")


async def caught_up(redis: Redis) -> None:
    """Wait until the streams are empty and the sample's timelines are at the head of its log.

    Raises:
        NotFoundError: intake recorded nothing of it.
        ServiceStoppedError: a timeline of it is stuck.
    """
    while True:
        waiting = [await redis.xlen(stream) for stream in INTAKE]
        if not any(waiting):
            # An event leaves its stream after it was recorded.
            found = await _sample_status(redis)
            if found is None:
                raise NotFoundError(
                    f"nothing of the sample was recorded for {CONFLICT!r}: the setting `conflicts`"
                    " leaves it out, or its events were refused; `refused list` says why"
                )
            if all(one.state == "idle" for one in found.projections):
                return
            for one in found.projections:
                if one.state == "stuck":
                    raise ServiceStoppedError(f"{one.projection} is stuck: {one.reason}")
        await asyncio.sleep(_LOOK_S)


async def report_denial(redis: Redis) -> None:
    """Print how far the timelines are, and what was reported after the denial.

    Raises:
        NotFoundError: the denial is not in the log.
    """
    for conflict in (await status_of(redis)).conflicts:
        timelines = ", ".join(
            f"{one.projection}/{one.version} with {one.revisions} revisions, digest"
            f" {one.digest[:16]}"
            for one in conflict.projections
        )
        say(f"{conflict.conflict}: {conflict.head} events recorded; {timelines}.")
    pairings = await Timeline.served(redis, CONFLICT, "pairings")
    incidents = await Timeline.served(redis, CONFLICT, "incidents")
    # An answer over two timelines is as of the lower checkpoint.
    position = min((await pairings.checkpoint()).position, (await incidents.checkpoint()).position)
    key = event_key(SOURCE, DENIAL)
    events = [event async for page in follow(redis, CONFLICT, upto=position) for event in page]
    statement = effective_statement(events, key)
    if statement is None:
        raise NotFoundError(f"{DENIAL} of the sample history is not in the log of {CONFLICT!r}")
    pairs = [
        entry for entry in await pairings.entries(upto=position) if entry.entry.startswith(key)
    ]
    say("")
    for line in report(statement, pairs, await incidents.entries(upto=position), position):
        say(line)


async def _sample_status(redis: Redis) -> ConflictStatus | None:
    found = (await status_of(redis)).conflicts
    return next((one for one in found if one.conflict == CONFLICT), None)
