"""Readiness: red, with the reason, when answers cannot be relied on; alive all the same."""

import asyncio
import os
import re
import resource
import signal
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from redis.asyncio import Redis

from conflict_events.recorded import RecordedEvent
from conflict_timeline.broker import connect, embedded
from conflict_timeline.projections.coverage import Coverage
from conflict_timeline.projections.projection import Change
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.timelines.commit import START, Committer
from conflict_timeline.web import health
from conflict_timeline.web.health import Health
from tests.services.projector.projecting import caught_up, projecting, raid, recorded
from tests.services.web.http.site import Json
from tests.support import (
    Program,
    accepted,
    checkpoint_of,
    dump_of,
    offer,
    running,
    serving,
    until,
)

WITHIN_S: Final = 5.0

STARTED: Final = ("intake", "projector", "web")

FULL_BYTES: Final = 100
"""What a file may have on a disk that is full, more or less."""


class Brittle(Coverage):
    """One with a defect: it cannot bear the third event."""

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield what the sound one does."""
        if recorded.position == 3:
            raise ZeroDivisionError("no such thing as 3")
        yield from super().apply(recorded)


class Watched:
    """A web service in a process of its own."""

    def __init__(self, program: Program, http: httpx.AsyncClient) -> None:
        self.program = program
        self.http = http

    async def ready(self) -> tuple[int, list[Json]]:
        """The status of `/readyz`, and the troubles."""
        assert self.program.is_running(), self.program.told()
        answer = await self.http.get("/readyz")
        assert answer.headers["cache-control"] == "no-store"
        said = answer.json()
        assert said["ready"] is (answer.status_code == 200)
        return answer.status_code, said["troubles"]

    async def is_red(self) -> bool:
        """Tell whether it is not ready; it has to live whatever is wrong."""
        assert self.program.is_running(), self.program.told()
        assert (await self.http.get("/livez")).json() == {"live": True}
        return (await self.ready())[0] == 503

    async def is_green(self) -> bool:
        """Tell whether it is ready."""
        return not await self.is_red()


@asynccontextmanager
async def web(url: str) -> AsyncGenerator[Watched]:
    """Run one against a broker."""
    async with running("run", "web", "--port", "0", url=url) as program:
        await until(lambda: "web.started" in program.told(), program.told)
        found = re.search(r"web\.started .*?(http://[\w.:]+)", program.told())
        assert found is not None, program.told()
        async with httpx.AsyncClient(base_url=found[1], timeout=10) as http:
            yield Watched(program, http)


async def test_without_the_broker_it_is_red_and_green_when_it_is_back(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        async with embedded(tmp_path) as url:
            async with connect(url) as redis, projecting(url):
                await recorded(redis, [raid("a", 1)])
                await caught_up(redis)
            watched = await stack.enter_async_context(web(url))
            await until(watched.is_green, watched.program.told)
        # Nobody uses the broker any more: it has stopped.

        await until(watched.is_red, within_s=WITHIN_S)

        _, troubles = await watched.ready()
        assert [one["what"] for one in troubles] == ["broker"]
        asked = await watched.http.get("/conflicts")
        assert asked.status_code == 503
        assert asked.headers["content-type"] == "application/problem+json"
        assert int(asked.headers["retry-after"]) >= 1
        assert str(tmp_path) not in asked.text
        assert "conflict_timeline_ready 0.0" in (await watched.http.get("/metrics")).text
        async with embedded(tmp_path):
            await until(watched.is_green, watched.program.told)
            assert watched.program.is_running()


async def test_a_stuck_projector_makes_it_red_with_event_position_and_traceback(
    redis: Redis, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROJECTIONS, "coverage", Brittle)
    events = [raid(f"{number}", number) for number in range(5)]
    await recorded(redis, events[:2])
    async with projecting(server), web(server) as watched:
        await caught_up(redis)
        await until(watched.is_green, watched.program.told)
        await recorded(redis, events[2:])

        await until(watched.is_red, within_s=WITHIN_S)
        await asyncio.sleep(health.LOOK_S)

        status, (trouble,) = await watched.ready()
        metrics = (await watched.http.get("/metrics")).text
        timeline = await watched.http.get("/conflicts/ukraine/timelines/incidents")

    assert status == 503
    assert trouble["what"] == "projector"
    assert (trouble["conflict"], trouble["projection"]) == ("ukraine", "coverage")
    assert trouble["position"] == 3
    assert trouble["key"] == accepted(events[2]).event.key
    assert "ZeroDivisionError: no such thing as 3" in trouble["traceback"]
    assert "in apply" in trouble["traceback"]
    assert trouble["reason"]
    stuck = 'conflict_timeline_stuck{conflict="ukraine",projection="%s",version="1"} %s'
    assert stuck % ("coverage", "1.0") in metrics
    assert stuck % ("incidents", "0.0") in metrics
    assert timeline.status_code == 200  # The others go on.


async def test_a_timeline_that_stays_behind_its_log_makes_it_red(
    redis: Redis, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although no fold has raised: there may be no projector at all."""
    monkeypatch.setattr(health, "STALLED_S", 0.2)
    monkeypatch.setattr(health, "LOOK_S", 0.1)
    looking = Health(redis, tmp_path)
    await recorded(redis, [raid("a", 1)])
    async with projecting(server):
        await caught_up(redis)
    async with serving(looking.run()):
        await until(lambda: looking.ready.ready)
        await recorded(redis, [raid("b", 2)])

        await until(lambda: not looking.ready.ready)

        troubles = looking.ready.troubles
        assert {one.projection for one in troubles} == set(PROJECTIONS)
        assert {(one.what, one.position) for one in troubles} == {("projector", 1)}
        async with projecting(server):
            await until(lambda: looking.ready.ready)


async def test_a_projector_that_stands_still_makes_it_red_in_five_seconds(
    redis: Redis, server: str
) -> None:
    await recorded(redis, [raid("a", 1)])
    async with running("run", "projector", url=server) as projector, web(server) as watched:
        await caught_up(redis)
        await until(watched.is_green, watched.program.told)
        os.kill(projector.pid, signal.SIGSTOP)

        await recorded(redis, [raid("b", 2)])

        await until(watched.is_red, within_s=WITHIN_S)
        _, troubles = await watched.ready()
        assert {one["what"] for one in troubles} == {"projector"}
        os.kill(projector.pid, signal.SIGCONT)
        await until(watched.is_green, watched.program.told)


async def test_a_projector_that_catches_up_is_no_trouble(
    redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is behind all the while, and moves."""
    monkeypatch.setattr(health, "STALLED_S", 0.2)
    monkeypatch.setattr(health, "LOOK_S", 0.05)
    await recorded(redis, [raid(f"{number}", number) for number in range(20)])
    stands = START
    committer = Committer(redis, "ukraine", "coverage", 1)
    await committer.serve_if_first()
    looking, seen = Health(redis, tmp_path), list[bool]()
    async with serving(looking.run()):
        await until(lambda: looking.status is not None)
        for position in range(1, 20):
            reached = stands._replace(position=position)
            stands = await committer.commit(stands, reached, [])
            await asyncio.sleep(0.1)
            seen.append(looking.ready.ready)
        assert all(seen)

        await until(lambda: not looking.ready.ready)  # It has stopped.


async def test_a_log_that_somebody_else_wrote_to_makes_it_red(redis: Redis, server: str) -> None:
    """Nothing can be recorded there until it is mended."""
    await recorded(redis, [raid("a", 1)])
    async with projecting(server):
        await caught_up(redis)
    async with web(server) as watched:
        await until(watched.is_green, watched.program.told)
        before = await dump_of(redis, "{ukraine}:log")
        await redis.xadd("{ukraine}:log", {"x": "y"}, id="9999-0")

        await until(watched.is_red, within_s=WITHIN_S)

        _, (trouble,) = await watched.ready()
        assert (trouble["what"], trouble["conflict"]) == ("keys", "ukraine")
        assert "{ukraine}:log ends at 9999-0, but {ukraine}:ids says at 1" in trouble["reason"]
        await redis.restore("{ukraine}:log", 0, before, replace=True)
        await until(watched.is_green, watched.program.told)


QUESTIONS: Final = (
    "/conflicts",
    "/refused",
    "/status",
    "/conflicts/ukraine/overview",
    "/conflicts/ukraine/events/" + "0" * 32,
    "/conflicts/ukraine/timelines/incidents/live",
)


async def test_a_broker_that_is_frozen_is_known_soon_and_then_costs_nobody_time(
    tmp_path: Path,
) -> None:
    """What was read is answered all the while, and everything when the broker is back."""
    async with embedded(tmp_path) as url, connect(url) as redis:
        await recorded(redis, [raid("a", 1)])
        async with projecting(url):
            await caught_up(redis)
        pid = int((await redis.info("server"))["process_id"])
        async with web(url) as watched:
            await until(watched.is_green, watched.program.told)
            os.kill(pid, signal.SIGSTOP)
            try:
                unknowing = time.monotonic()
                assert (await watched.http.get("/conflicts")).status_code == 503
                unknowing_s = time.monotonic() - unknowing
                await until(watched.is_red, within_s=WITHIN_S)
                _, troubles = await watched.ready()
                assert [one["what"] for one in troubles] == ["broker"]

                took_s = list[float]()
                for path in QUESTIONS:
                    began = time.monotonic()
                    asked = await watched.http.get(path)
                    took_s.append(time.monotonic() - began)
                    assert asked.status_code == 503, path
                fed = await watched.http.get("/conflicts/ukraine/timelines/incidents")
            finally:
                os.kill(pid, signal.SIGCONT)
            await until(watched.is_green, watched.program.told)
            assert (await watched.http.get("/conflicts")).status_code == 200
    print(f"unknowing {unknowing_s:.2f} s, then at most {max(took_s):.3f} s")
    assert fed.status_code == 200
    assert unknowing_s <= 4
    assert max(took_s) <= 0.5


async def test_all_services_carry_on_when_the_broker_was_frozen(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Longer than an answer may take; with `--long` for more than a minute."""
    frozen_s = 65 if pytestconfig.getoption("--long") else 13
    async with embedded(tmp_path) as url, connect(url) as redis:
        pid = int((await redis.info("server"))["process_id"])
        async with running("up", "--port", "0", url=url) as program:
            await until(
                lambda: all(f"{name}.started" in program.told() for name in STARTED), program.told
            )
            await recorded(redis, [raid("a", 1)])
            await caught_up(redis)
            os.kill(pid, signal.SIGSTOP)
            try:
                for _ in range(frozen_s):
                    await asyncio.sleep(1)
                    assert program.is_running(), program.told()
            finally:
                os.kill(pid, signal.SIGCONT)
            await offer(redis, [raid("b", 2)])

            async def is_folded() -> bool:
                return (await checkpoint_of(redis, "incidents")).position == 2

            await until(is_folded, program.told)
            assert program.is_running(), program.told()


async def test_a_full_disk_makes_a_real_process_red_and_green_when_there_is_room(
    redis: Redis, server: str
) -> None:
    """Whether or not its log is on that disk as well, as it is here."""
    await recorded(redis, [raid("a", 1)])
    async with projecting(server), web(server) as watched:
        await caught_up(redis)
        await until(watched.is_green, watched.program.told)
        limits = resource.prlimit(watched.program.pid, resource.RLIMIT_FSIZE)

        resource.prlimit(watched.program.pid, resource.RLIMIT_FSIZE, (FULL_BYTES, limits[1]))

        await until(watched.is_red, within_s=WITHIN_S)
        await asyncio.sleep(health.LOOK_S)
        _, troubles = await watched.ready()
        assert [one["what"] for one in troubles] == ["disk"]
        assert troubles[0]["reason"] == "the disk refuses writes: File too large"
        assert (await watched.http.get("/conflicts/ukraine/timelines/incidents")).status_code == 200
        resource.prlimit(watched.program.pid, resource.RLIMIT_FSIZE, limits)
        await until(watched.is_green, watched.program.told)


async def test_a_disk_that_refuses_writes_makes_it_red(redis: Redis, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    looking = Health(redis, tmp_path / "file")

    async with serving(looking.run()):
        await until(lambda: looking.status is not None)
        await until(lambda: [one.what for one in looking.ready.troubles] == ["disk"])
