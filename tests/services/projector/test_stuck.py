"""A fold that raises stops its own timeline, and `status` says where and why."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_events.recorded import RecordedEvent
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.projection import Change
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.projector.service import Projector
from conflict_timeline.projector.status import ProjectionStatus, status_of
from conflict_timeline.projector.stuck import FoldError
from tests.oracle.histories import history
from tests.services.projector.projecting import advanced, projecting, raid, recorded, stands
from tests.support import accepted, checkpoint_of, folded, running, seeded, timeline_of, until


class Seen(Struct):
    """An event was seen."""

    position: int


class Brittle:
    """A projection with a defect: it cannot bear position 23."""

    name = "brittle"
    version = 1
    breaks_at = 23
    waiting = 0

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield that the event was seen."""
        yield Change(recorded.key, Seen(recorded.position))
        if recorded.position == self.breaks_at:
            raise ZeroDivisionError("no such thing as 23")


class Mended(Brittle):
    """The same without the defect."""

    breaks_at = 0


@pytest.fixture
def brittle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register it beside the others."""
    monkeypatch.setitem(PROJECTIONS, "brittle", Brittle)


async def statuses(redis: Redis) -> dict[str, ProjectionStatus]:
    """What `status` says of each timeline."""
    (conflict,) = (await status_of(redis)).conflicts
    return {one.projection: one for one in conflict.projections}


async def both_stand(redis: Redis, position: int) -> bool:
    """Tell whether the sound timelines have come to a position."""
    return all([await stands(redis, name, position) for name in ("incidents", "pairings")])


async def is_stuck(redis: Redis) -> bool:
    """Tell whether the defect was met."""
    return (await statuses(redis))["brittle"].state == "stuck"


@pytest.mark.usefixtures("brittle")
@pytest.mark.parametrize("batch", [1, 10, 500])
async def test_a_fold_that_raises_stops_its_own_timeline_only(
    redis: Redis, server: str, batch: int
) -> None:
    """The others go on, also with what comes later."""
    events = history(seeded().getrandbits(32), events=60)
    async with projecting(server, tuple(PROJECTIONS)):
        await recorded(redis, events[:40], batch=batch)
        await until(lambda: is_stuck(redis))
        await recorded(redis, events[40:])
        await until(lambda: both_stand(redis, 60))

        said = await statuses(redis)

    stuck = said["brittle"].stuck
    assert stuck is not None
    assert (stuck.position, stuck.key) == (23, accepted(events[22]).event.key)
    assert stuck.error == "ZeroDivisionError('no such thing as 23')"
    assert "in apply" in stuck.traceback
    assert said["brittle"].reason == f"position 23 (event {stuck.key}): {stuck.error}"
    assert (said["brittle"].lag_events, said["brittle"].position) == (38, 22)
    assert {said[name].state for name in ("incidents", "pairings")} == {"idle"}
    for name in ("incidents", "pairings"):
        assert (await timeline_of(redis, name), await checkpoint_of(redis, name)) == await folded(
            redis, name
        )


@pytest.mark.usefixtures("brittle")
@pytest.mark.parametrize("page_events_max", [1, 7, 500])
async def test_it_comes_as_far_as_it_can_wherever_the_pages_are_cut(
    redis: Redis, page_events_max: int
) -> None:
    """To the event before the one that it cannot bear."""
    await recorded(redis, [raid(f"{number}", number) for number in range(40)])

    with pytest.raises(FoldError):
        await advanced(redis, "brittle", page_events_max=page_events_max)

    assert (await checkpoint_of(redis, "brittle")).position == 22
    assert [one.id for one in await timeline_of(redis, "brittle")] == [
        f"{position}-0" for position in range(1, 23)
    ]


async def test_once_mended_it_goes_on_and_is_stuck_no_more(
    redis: Redis, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it committed before still holds."""
    monkeypatch.setitem(PROJECTIONS, "brittle", Brittle)
    await recorded(redis, [raid(f"{number}", number) for number in range(40)])
    async with projecting(server, ["brittle"]):
        await until(lambda: is_stuck(redis))
    before = await timeline_of(redis, "brittle")

    monkeypatch.setitem(PROJECTIONS, "brittle", Mended)
    async with projecting(server, ["brittle"]):
        await until(lambda: is_idle(redis))

    assert (await statuses(redis))["brittle"].reason is None
    made, reached = await folded(redis, "brittle")
    assert await timeline_of(redis, "brittle") == made
    assert await checkpoint_of(redis, "brittle") == reached
    assert made[: len(before)] == before


async def is_idle(redis: Redis) -> bool:
    """Tell whether it stands at the head."""
    return (await statuses(redis))["brittle"].state == "idle"


async def test_a_full_server_ends_the_projector_and_leaves_no_timeline_stuck(
    redis: Redis, server: str
) -> None:
    """That a commit is refused is no defect of a fold: started again, it goes on."""
    await recorded(redis, [raid(f"{number}", number) for number in range(40)])
    try:
        await redis.config_set("maxmemory", "1")
        async with running("run", "projector", url=server) as projector:
            assert await projector.exit_code() == 1
            assert "maxmemory" in projector.told().splitlines()[-1]
    finally:
        await redis.config_set("maxmemory", "0")

    assert {one.state for one in (await statuses(redis)).values()} == {"absent"}
    async with projecting(server):
        await until(lambda: both_stand(redis, 40))


async def test_a_commit_that_the_server_refuses_ends_the_projector(
    redis: Redis, server: str
) -> None:
    """It may not write streams: no fold is to blame, and no timeline is called stuck."""
    await recorded(redis, [raid(f"{number}", number) for number in range(5)])
    projector = Projector(server, redis, projections=["incidents", "pairings"])
    client: Any = redis
    await client.execute_command("ACL SETUSER", "default", "-xadd")
    try:
        with pytest.RaisesGroup(pytest.RaisesExc(ResponseError, match="ACL|permission")):
            await asyncio.wait_for(projector.run(), 10)
    finally:
        await client.execute_command("ACL SETUSER", "default", "+xadd")

    assert {one.state for one in (await statuses(redis)).values()} == {"absent"}


async def test_status_tells_how_far_each_timeline_is_behind(redis: Redis, server: str) -> None:
    """In events and in recorded time; `absent` where nothing was ever committed."""
    assert (await status_of(redis)).conflicts == []
    await recorded(redis, [raid("a", 1), raid("b", 2)])
    assert {one.state for one in (await statuses(redis)).values()} == {"absent"}
    async with projecting(server, tuple(PROJECTIONS)):
        for name in PROJECTIONS:
            await until(partial(stands, redis, name, 2))
    assert {one.state for one in (await statuses(redis)).values()} == {"idle"}
    await redis.hset("{ukraine}:ids", "recorded_at", "4102444800000")
    await recorded(redis, [raid("c", 3)])

    said = await statuses(redis)

    assert {(one.state, one.lag_events, one.position) for one in said.values()} == {
        ("running", 1, 2)
    }
    pages = [page async for page in follow(redis, "ukraine")]
    lag_s = (4102444800000 - pages[0][1].recorded_at_ms) / 1000
    assert {one.lag_s for one in said.values()} == {lag_s}


class Uncounted(Brittle):
    """A projection whose count of waiting events has a defect, and whose fold may exit."""

    breaks_at = 0
    exits_at = 0

    @property
    def waiting(self) -> int:  # type: ignore[override]  # A property, so that it can raise.
        """Raise."""
        raise KeyError("waiting")


class Exiting(Brittle):
    """A projection that thinks that it is alone in the process."""

    breaks_at = 0

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Exit."""
        yield from super().apply(recorded)
        if recorded.position == 23:
            raise SystemExit(7)


@pytest.mark.parametrize("made", [Uncounted, Exiting])
async def test_whatever_else_a_projection_raises_stops_its_own_timeline_only(
    redis: Redis, server: str, monkeypatch: pytest.MonkeyPatch, made: type[Brittle]
) -> None:
    monkeypatch.setitem(PROJECTIONS, "brittle", made)
    await recorded(redis, history(seeded().getrandbits(32), events=60))

    async with projecting(server, tuple(PROJECTIONS)):
        await until(lambda: is_stuck(redis))
        await until(lambda: both_stand(redis, 60))
