"""`demo`: the whole way from a scraper's event to the flagship timeline, on the sample history."""

import asyncio
import sys
from importlib.resources import files
from typing import Annotated, Any, Final

import msgspec
from cyclopts import Parameter

from conflict_events.identity import event_key
from conflict_events.timelines import Entry
from conflict_timeline.cli.entries import held, lag, place_name, span
from conflict_timeline.cli.output import say, visible
from conflict_timeline.cli.session import OK, Common, Session, run
from conflict_timeline.cli.up import start_services
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
                raise RuntimeError(f"{stuck[0].projection} is stuck: {stuck[0].reason}")
        await asyncio.sleep(_LOOK_S)


async def _report(session: Session) -> None:
    for conflict in (await status_of(session.redis)).conflicts:
        timelines = ", ".join(
            f"{one.projection}/{one.version} with {one.revisions} revisions, digest"
            f" {one.digest[:16]}"
            for one in conflict.projections
        )
        say(f"{conflict.conflict}: {conflict.head} events recorded; {timelines}.")
    served = await Timeline.served(session.redis, CONFLICT, "pairings")
    key = event_key(SOURCE, DENIAL)
    position = (await served.checkpoint()).position
    entries = await served.entries(upto=position)
    for line in report([entry for entry in entries if entry.entry.startswith(key)], position):
        say(visible(line))


def report(entries: list[Entry], position: int) -> list[str]:
    """One statement and what was reported after it, as lines."""
    pairs: list[dict[str, Any]] = [msgspec.json.decode(entry.body) for entry in entries]
    if not pairs:
        return ["No strike is paired with this statement."]
    first = pairs[0]
    speaker = first["speaker"]
    lines = [
        "",
        f"{speaker['name']}, {speaker.get('role', speaker.get('party', ''))}",
        f"  act: {first['act']}   said: {span(first['said'])}",
        f"  {first['proposition']}",
        f"Reported after it (rules {first['rules']}, as of position {position}):",
    ]
    for order, title in (("after", ""), ("unknown", "  order unknown, not counted:")):
        chosen = [pair for pair in pairs if pair["order"] == order]
        if chosen and title:
            lines.append(title)
        for pair in chosen:
            fits = ", ".join(f"{fit} within {name}" for name, fit in pair["windows"].items())
            lines += [
                f"  {place_name(pair['place'])}: {', '.join(pair['targets'])}",
                f"    core {span(pair['core'])}   lag {lag(pair['lag_min_s'], pair['lag_max_s'])}",
                f"    {fits or 'beyond 30d'}",
                f"    attributed to {held(pair['parties'])}",
            ]
    return lines
