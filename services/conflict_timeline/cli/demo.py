"""`demo`: the whole way from a scraper's event to the flagship timeline, on the sample history."""

import asyncio
import sys
from importlib.resources import files
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from conflict_events.identity import event_key
from conflict_timeline.broker.subscribers import ServiceStoppedError
from conflict_timeline.cli.output import say, visible
from conflict_timeline.cli.report import effective_statement, report
from conflict_timeline.cli.session import OK, Common, NotFoundError, Session, run
from conflict_timeline.cli.up import start_services
from conflict_timeline.log.follow import follow
from conflict_timeline.log.keys import INTAKE
from conflict_timeline.projector.status import status_of
from conflict_timeline.timelines.read import Timeline

CONFLICT: Final = "ukraine"
SOURCE: Final = "https://conflict-timeline.example/samples/episodes"
DENIAL: Final = "lavrov-riyadh-2025-02-18"

_LOOK_S: Final = 0.05


class _Ended(Exception):  # noqa: N818 - no error: the demo has shown what it shows
    """The demo is over and its services may stop."""


def demo(
    *,
    once: Annotated[
        bool, Parameter(negative="", help="End after printing instead of serving until Ctrl-C.")
    ] = False,
    common: Common | None = None,
) -> int:
    """Publish the sample history through the intake streams and print the flagship timeline.

    Run again on the same folder, every event is a repeat and the result the same.
    """

    async def work(session: Session) -> int:
        try:
            async with asyncio.TaskGroup() as tasks:
                start_services(tasks, session)
                await _publish(session)
                await _caught_up(session)
                await _report(session)
                if once:
                    _end()
                sys.stderr.write(
                    "Serving until Ctrl-C. In another terminal:"
                    f" conflict-timeline timeline pairings --conflict {CONFLICT}\n"
                )
        except* _Ended:
            pass
        return OK

    return run(common, work)


def _end() -> None:
    raise _Ended


async def _publish(session: Session) -> None:
    """Put the sample history into the intake streams, as a scraper would."""
    history = (files("conflict_timeline.samples") / "episodes" / "events.ndjson").read_bytes()
    pipeline = session.redis.pipeline(transaction=False)
    lines = history.splitlines()
    for line in lines:
        kind = msgspec.json.decode(line)["type"].split(".")[1]
        pipeline.xadd(f"intake:{kind}", {"event": line})
    await pipeline.execute()
    say(f"{len(lines)} sample events published to the intake streams.")


async def _caught_up(session: Session) -> None:
    """Wait until the streams are empty and every timeline is at the head of its log."""
    while True:
        waiting = [await session.redis.xlen(stream) for stream in INTAKE]
        if not any(waiting):
            status = await status_of(session.redis)
            timelines = [one for found in status.conflicts for one in found.projections]
            if timelines and all(one.state == "idle" for one in timelines):
                return
            stuck = [one for one in timelines if one.state == "stuck"]
            if stuck:
                raise ServiceStoppedError(f"{stuck[0].projection} is stuck: {stuck[0].reason}")
        await asyncio.sleep(_LOOK_S)


async def _report(session: Session) -> None:
    for conflict in (await status_of(session.redis)).conflicts:
        timelines = ", ".join(
            f"{one.projection}/{one.version} with {one.revisions} revisions, digest"
            f" {one.digest[:16]}"
            for one in conflict.projections
        )
        say(f"{conflict.conflict}: {conflict.head} events recorded; {timelines}.")
    pairings = await Timeline.served(session.redis, CONFLICT, "pairings")
    incidents = await Timeline.served(session.redis, CONFLICT, "incidents")
    # An answer over two timelines is as of the lower checkpoint.
    position = min((await pairings.checkpoint()).position, (await incidents.checkpoint()).position)
    key = event_key(SOURCE, DENIAL)
    events = [
        event async for page in follow(session.redis, CONFLICT, upto=position) for event in page
    ]
    statement = effective_statement(events, key)
    if statement is None:
        raise NotFoundError(f"{DENIAL} of the sample history is not in the log of {CONFLICT!r}")
    pairs = [
        entry for entry in await pairings.entries(upto=position) if entry.entry.startswith(key)
    ]
    say("")
    for line in report(statement, pairs, await incidents.entries(upto=position), position):
        say(visible(line))
