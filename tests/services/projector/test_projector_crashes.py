"""Projector processes that are killed: afterwards each timeline is what a replay gives."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from redis.asyncio import Redis

from conflict_timeline.broker import connect, embedded
from conflict_timeline.projections.registry import PROJECTIONS
from tests.oracle.histories import history
from tests.services.intake.offers import is_settled
from tests.services.projector.projecting import (
    busy,
    caught_up,
    projecting,
    raid,
    recorded,
    replay_printed,
)
from tests.support import (
    assert_as_folded,
    checkpoint_of,
    has_caught_up,
    log_of,
    offer,
    raw_of,
    running,
    seeded,
    until,
)

pytestmark = pytest.mark.timeout(120)

POINTS = {
    "projector.read": 2,
    "projector.before_commit": 3,
    "projector.after_commit": 3,
}
"""Where a process is killed, and which time that it comes there."""


@pytest.mark.parametrize("point", POINTS)
async def test_what_a_killed_projector_left_is_finished_by_the_next(
    redis: Redis, server: str, point: str
) -> None:
    """No revision doubled, none lost, in the middle of a backlog of three pages."""
    await recorded(redis, history(seeded().getrandbits(32), events=1_200))

    async with running("run", "projector", url=server, fault=f"{point}:kill:{POINTS[point]}") as it:
        assert await it.exit_code() == -signal.SIGKILL
    positions = {(await checkpoint_of(redis, name)).position for name in PROJECTIONS}
    assert min(positions) < 1_200
    async with projecting(server):
        await caught_up(redis)

    await assert_as_folded(redis)


async def test_twenty_kills_at_named_steps_leave_what_a_replay_gives(
    redis: Redis, server: str, tmp_path: Path
) -> None:
    """One after the other, on one folder of snapshots, while the log grows."""
    rng = seeded()
    events = busy(rng, 4_200)
    steps = [*POINTS, "snapshot.before_rename"]
    await recorded(redis, events[:200])
    for kill in range(20):
        await recorded(redis, events[200 + 200 * kill : 400 + 200 * kill])
        step = steps[kill % len(steps)]
        async with running(
            "run", "projector", url=server, data=tmp_path, fault=f"{step}:kill:1"
        ) as one:
            if step == "snapshot.before_rename":
                # Snapshots are made at the end.
                await caught_up(redis)
                await one.stop()
            assert await one.exit_code() == -signal.SIGKILL, step

    async with running("run", "projector", url=server, data=tmp_path) as last:
        await last.has_started()
        await caught_up(redis)
        assert await last.stop() == 0
    await assert_as_folded(redis)
    for name in PROJECTIONS:
        assert replay_printed(server, name) == await checkpoint_of(redis, name)


async def test_a_standby_commits_within_a_second_of_the_first_ones_death(
    redis: Redis, server: str
) -> None:
    async with (
        running("run", "projector", url=server) as first,
        running("run", "projector", url=server) as second,
    ):
        await first.has_started()
        await second.has_started()
        await recorded(redis, busy(seeded(), 300))
        await caught_up(redis)

        first.kill()
        await recorded(redis, [raid("after", 9_000)])
        await until(lambda: has_caught_up(redis), within_s=1)
        assert await second.stop() == 0


async def test_projectors_killed_at_random_times_leave_what_a_replay_gives(
    redis: Redis, server: str
) -> None:
    """Ten times, each followed by another, while 3,000 events come in."""
    rng = seeded()
    events = busy(rng, 3_000)

    async def publish() -> None:
        for start in range(0, len(events), 25):
            await recorded(redis, events[start : start + 25])
            await asyncio.sleep(0.09)

    publishing = asyncio.create_task(publish())
    for _ in range(10):
        async with running("run", "projector", url=server) as projector:
            await projector.has_started()
            await asyncio.sleep(rng.uniform(0, 0.2))
            projector.kill()
    await publishing
    async with running("run", "projector", url=server) as last:
        await caught_up(redis)
        assert await last.stop() == 0

    await assert_as_folded(redis)
    assert replay_printed(server, "pairings") == await checkpoint_of(redis, "pairings")


async def test_two_projectors_double_nothing_and_the_second_carries_on_alone(
    redis: Redis, server: str
) -> None:
    """A hot standby: it computes the same, loses the race, compares, and is there in time."""
    events = history(seeded().getrandbits(32), events=1_200)
    async with (
        running("run", "projector", url=server) as first,
        running("run", "projector", url=server) as second,
    ):
        await first.has_started()
        await second.has_started()
        for start in range(0, 600, 10):
            await recorded(redis, events[start : start + 10])
        await caught_up(redis)
        await assert_as_folded(redis)
        assert first.is_running()
        assert second.is_running()

        first.kill()
        await recorded(redis, events[600:], batch=20)
        await caught_up(redis)
        assert await second.stop() == 0

    await assert_as_folded(redis)


async def test_services_outlive_a_broker_that_comes_back(tmp_path: Path) -> None:
    """Its process is killed under intake and projector; another reads its file in time."""
    events = history(seeded().getrandbits(32), events=900)
    async with (
        embedded(tmp_path, "always") as url,
        connect(url) as redis,
        running("run", "intake", url=url) as intake,
        running("run", "projector", url=url) as projector,
    ):
        await intake.has_started()
        await projector.has_started()
        await offer(redis, events[:600])
        await until(lambda: _recorded(redis, 50))
        os.kill(int((tmp_path / "broker" / "valkey.pid").read_text()), signal.SIGKILL)
        await asyncio.sleep(0.3)
        async with embedded(tmp_path, "always"):
            await offer(redis, events[600:])
            await until(lambda: is_settled(redis), within_s=40)
            await caught_up(redis, within_s=40)
            assert await intake.stop() == 0
            assert await projector.stop() == 0

            kept = await log_of(redis)
            assert sorted(kept) == sorted(raw_of(event) for event in events)
            await assert_as_folded(redis)


async def _recorded(redis: Redis, count: int) -> bool:
    return len(await log_of(redis)) >= count
