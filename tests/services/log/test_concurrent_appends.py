"""Many who append at once: each event once, positions without gaps, the same answer for all."""

import asyncio
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from random import Random

from redis.asyncio import Redis

from conflict_events.outcomes import Outcome, Recorded, Repeat
from conflict_timeline.broker import connect
from conflict_timeline.log.append import Appender
from conflict_timeline.log.follow import follow, head_of
from conflict_timeline.log.keys import ids_key
from tests.oracle.builders import strike
from tests.support import PROGRAM, Json, accepted, log_of, raw_of, seeded

APPENDERS = 8


def drawn(rng: Random, events: list[Json]) -> list[list[Json]]:
    """Most of the events, in any order, some twice, cut into batches."""
    mine = rng.sample(events, 4 * len(events) // 5)
    mine += rng.choices(mine, k=20)
    batches: list[list[Json]] = []
    while mine:
        size = rng.randint(1, 60)
        batches.append(mine[:size])
        mine = mine[size:]
    return batches


async def appended(url: str, batches: Iterable[list[Json]]) -> list[tuple[str, Outcome]]:
    """Append over a connection of one's own."""
    answers: list[tuple[str, Outcome]] = []
    async with connect(url) as client:
        appender = Appender(client)
        for batch in batches:
            outcomes = await appender.append([accepted(event) for event in batch])
            answers += zip((event["id"] for event in batch), outcomes, strict=True)
    return answers


def published(url: str, file: Path, events: list[Json]) -> list[tuple[str, Outcome]]:
    """Append from another process."""
    file.write_bytes(b"\n".join(raw_of(event) for event in events))
    told = subprocess.run(
        [PROGRAM, "publish", file, "--url", url], check=True, capture_output=True, timeout=60
    )
    receipts = [json.loads(line) for line in told.stdout.splitlines()]
    return [
        (one["id"], (Recorded if one["outcome"] == "recorded" else Repeat)(one["position"]))
        for one in receipts
    ]


async def test_what_many_append_at_once_is_recorded_once(
    redis: Redis, server: str, tmp_path: Path
) -> None:
    """Eight tasks and two processes, with most of the events in common."""
    rng = seeded()
    events = [strike(f"{n}", 0, 1, x_number=n) for n in range(1_200)]
    tasks = [appended(server, drawn(rng, events)) for _ in range(APPENDERS)]
    processes = [
        asyncio.to_thread(published, server, tmp_path / f"{n}", rng.sample(events, len(events)))
        for n in range(2)
    ]

    answers = [answer for made in await asyncio.gather(*tasks, *processes) for answer in made]

    recorded = {name: one.position for name, one in answers if isinstance(one, Recorded)}
    assert sum(isinstance(one, Recorded) for _, one in answers) == len(events)
    assert sorted(recorded.values()) == list(range(1, len(events) + 1))
    # Whoever came later was told the position of the first.
    assert all(
        not isinstance(one, Repeat) or one.position == recorded[name] for name, one in answers
    )
    in_log = [json.loads(raw)["id"] for raw in await log_of(redis)]
    assert {name: place for place, name in enumerate(in_log, 1)} == recorded
    assert await redis.hlen(ids_key("ukraine")) == len(events) + len(("head", "recorded_at"))


async def test_a_reader_never_sees_a_position_before_the_one_below_it(
    redis: Redis, server: str
) -> None:
    """One who reads while many append gets 1, 2, 3 ... and misses nothing."""
    rng = seeded()
    events = [strike(f"{n}", 0, 1) for n in range(600)]
    seen: list[int] = []

    async def read() -> None:
        while len(seen) < len(events):
            after = seen[-1] if seen else 0
            async for page in follow(redis, "ukraine", after=after, page_events_max=13):
                seen.extend(recorded.position for recorded in page)
            await asyncio.sleep(0)

    await asyncio.gather(
        asyncio.wait_for(read(), 30),
        *(appended(server, drawn(rng, events)) for _ in range(4)),
        appended(server, [events]),
    )

    assert seen == list(range(1, 601))
    assert (await head_of(redis, "ukraine")).position == 600
