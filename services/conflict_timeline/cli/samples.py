"""The sample history: published as scrapers would, waited for, and three statements reported."""

import asyncio
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import chain, groupby, islice
from typing import Final, NamedTuple

import msgspec
from redis.asyncio import Redis

from conflict_events.codec import encode
from conflict_events.identity import event_key
from conflict_timeline.broker.subscribers import ServiceStoppedError
from conflict_timeline.cli.exits import NotFoundError
from conflict_timeline.cli.output import say
from conflict_timeline.cli.report import PAIRS_SHOWN_MAX, report
from conflict_timeline.cli.viewing import viewed
from conflict_timeline.connectors.connector import Options, Row
from conflict_timeline.connectors.registry import connector
from conflict_timeline.log.keys import INTAKE
from conflict_timeline.projector.status import ConflictStatus, status_of
from conflict_timeline.runtime.cancelling import heed_cancellation

CONFLICT: Final = "ukraine"
"""Whose statements are reported."""

CONFLICTS: Final = frozenset({CONFLICT, "lebanon"})

_EPISODES: Final = "https://conflict-timeline.example/samples/episodes"
_STATEMENTS: Final = "https://conflict-timeline.example/samples/statements"
REPORTED: Final = (
    (_EPISODES, "lavrov-riyadh-2025-02-18"),
    (_EPISODES, "kremlin-readout-2025-03-18"),
    (_STATEMENTS, "ua-2025-03-19-energy-2"),
)
"""Source and id of the statements that the demo reports."""

_SAMPLES: Final = files("conflict_timeline.samples")
_LOOK_S: Final = 0.05
_WAIT_S: Final = 0.005
_BATCH_EVENTS_MAX: Final = 500


class Sample(NamedTuple):
    """A set that ships with the project: events, or rows that a connector reads."""

    name: str
    file: str
    connector: str | None = None

    def events(self) -> Iterator[bytes]:
        """Its events, as a scraper would send them."""
        file = _SAMPLES / self.name / self.file
        if self.connector is None:
            yield from file.read_bytes().splitlines()
            return
        for row in connector(self.connector).read(str(file), Options()).rows:
            if isinstance(row, Row):
                yield from (encode(event) for event in row.events)


SAMPLES: Final = (
    Sample("episodes", "events.ndjson"),
    Sample("seed-article", "events.ndjson"),
    Sample("statements", "events.ndjson"),
    Sample("viina", "strikes_2022-2025.csv.gz", "viina"),
    Sample("lebanon-fpv", "fpv_drone_map_records.csv", "lebanon-fpv"),
    Sample("lebanon-fpv", "catalog.json", "lebanon-fpv"),
)
"""Every set, in the order published."""


async def publish_samples(redis: Redis) -> None:
    """Put the sample history into the intake streams, as scrapers would."""
    counts: dict[str, int] = {}
    for sample in SAMPLES:
        sent = await _send(redis, sample.events())
        counts[sample.name] = counts.get(sample.name, 0) + sent
    sets = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    say(f"{sum(counts.values()):,} sample events published to the intake streams: {sets}.")


async def _send(redis: Redis, events: Iterable[bytes]) -> int:
    """Send events in order, and see to it that they are recorded in that order.

    The streams are taken side by side, so one kind is sent when those before it are dealt with:
    every demo has the same log then, and the same digests.
    """
    count = 0
    for kind, run in groupby(events, key=lambda event: _TYPED.decode(event).type.split(".")[1]):
        await _dealt_with(redis)
        while batch := list(islice(run, _BATCH_EVENTS_MAX)):
            pipeline = redis.pipeline(transaction=False)
            for event in batch:
                pipeline.xadd(f"intake:{kind}", {"event": event})
            await pipeline.execute()
            count += len(batch)
    return count


async def _dealt_with(redis: Redis) -> None:
    while await _waiting(redis):
        heed_cancellation()
        await asyncio.sleep(_WAIT_S)


async def _waiting(redis: Redis) -> int:
    """How many events are in the intake streams; one leaves when it was dealt with."""
    return sum([await redis.xlen(stream) for stream in INTAKE])


class _Typed(msgspec.Struct):
    type: str


_TYPED: Final = msgspec.json.Decoder(_Typed)


async def caught_up(redis: Redis) -> None:
    """Wait until the streams are empty and the sample's timelines are at the heads of its logs.

    Raises:
        NotFoundError: intake recorded nothing of it for the conflict reported.
        ServiceStoppedError: a timeline of it is stuck.
    """
    while True:
        heed_cancellation()
        if not await _waiting(redis):
            found = await _sample_status(redis)
            if CONFLICT not in (one.conflict for one in found):
                raise NotFoundError(
                    f"nothing of the sample was recorded for {CONFLICT!r}: the setting `conflicts`"
                    " leaves it out, or its events were refused; `refused list` says why"
                )
            projections = list(chain.from_iterable(one.projections for one in found))
            if all(one.state == "idle" for one in projections):
                return
            for one in projections:
                if one.state == "stuck":
                    raise ServiceStoppedError(f"{one.projection} is stuck: {one.reason}")
        await asyncio.sleep(_LOOK_S)


async def report_samples(redis: Redis) -> None:
    """Print how far the timelines are, and what was reported after each chosen statement.

    Raises:
        NotFoundError: a statement is not in the log.
    """
    for conflict in (await status_of(redis)).conflicts:
        say(f"{conflict.conflict}: {conflict.head} events recorded, folded into")
        for one in conflict.projections:
            name = f"{one.projection}/{one.version}"
            say(f"  {name:<14}{one.revisions:>6} revisions   digest {one.digest[:16]}")
    view, beside = await viewed(redis, CONFLICT, None, beside=("pairings",))
    for source, event_id in REPORTED:
        key = event_key(source, event_id)
        if key not in view.statements:
            raise NotFoundError(f"{event_id} of the sample is not in the log of {CONFLICT!r}")
        pairs = [entry for entry in beside["pairings"] if entry.entry.startswith(key)]
        say("")
        for line in report(view, key, pairs, pairs_max=PAIRS_SHOWN_MAX):
            say(line)


async def _sample_status(redis: Redis) -> list[ConflictStatus]:
    return [one for one in (await status_of(redis)).conflicts if one.conflict in CONFLICTS]
