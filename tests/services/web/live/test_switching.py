"""Another version is served: where the old one ends, and where the new one goes on."""

import asyncio

import pytest
from redis.asyncio import Redis

from conflict_timeline.broker.streams import entries_of
from conflict_timeline.projections.registry import projection
from conflict_timeline.projector.rebuild import Rebuild
from conflict_timeline.timelines.keys import timeline_key
from conflict_timeline.timelines.versions import drop
from conflict_timeline.web.live.places import Place
from tests.services.projector.projecting import advanced, denial, projecting, raid, recorded
from tests.services.web.live.living import Frame, Reader, Writer, live_on, reading
from tests.support import Stored, stored, until


async def two_versions(redis: Redis, positions: int) -> tuple[Writer, Writer]:
    """One that is served with two revisions a position, and one with three."""
    old, new = await Writer(redis).serve(), await Writer(redis, version=2).serve()
    await old.commit(positions, each=2)
    await new.commit(positions, each=3)
    return old, new


def by_version(reader: Reader, version: int) -> list[str | None]:
    """The ids of the revisions of a version."""
    return [one.id for one in reader.of("revision") if one.data["version"] == version]


async def switched(reader: Reader) -> Frame:
    """Read on to the switch."""
    await reader.read_until(lambda: bool(reader.of("switched")))
    return reader.of("switched")[0]


async def test_the_new_version_goes_on_after_the_position_where_the_old_one_ended(
    redis: Redis,
) -> None:
    old, new = await two_versions(redis, 5)
    async with live_on(redis) as live:
        reader, late = await reading(live), await reading(live, "2-1")
        await old.commit(2, each=2)
        await new.commit(2, each=3)
        await new.switch(1)

        assert (await switched(reader)).data == {"position": 7, "version": 2}
        assert (await switched(late)).data == {"position": 7, "version": 2}
        made = await new.commit(2, each=3)

        for one, first in ((reader, 6), (late, 3)):
            await one.read_until(lambda: len(by_version(one, 2)) >= 6)  # noqa: B023
            assert by_version(one, 2) == made
            assert by_version(one, 1) == [f"{n}-{k}" for n in range(first, 8) for k in range(2)]
            assert one.of("switched")[0].id == str(Place.end_of(7))
        resumed = await reading(live, str(Place.end_of(7)))
        assert await resumed.read_ids(6) == made
        assert resumed.frames[0].data["version"] == 2


@pytest.mark.parametrize(("old_at", "new_at"), [(4, 9), (9, 4)])
async def test_a_new_version_may_be_ahead_or_behind(redis: Redis, old_at: int, new_at: int) -> None:
    """What lies between them comes from the new one, once."""
    old, new = await Writer(redis).serve(), await Writer(redis, version=2).serve()
    await old.commit(old_at)
    await new.commit(new_at, each=2)
    async with live_on(redis, progress_s=0.2) as live:
        reader = await reading(live)
        await new.switch(1)

        assert (await switched(reader)).data == {"position": old_at, "version": 2}
        beaten = len(reader.of("progress"))
        await reader.read_until(lambda: len(reader.of("progress")) > beaten + 2)
        for progress in reader.of("progress")[beaten:]:
            assert (progress.id is None) == (progress.data["position"] < old_at)
        await new.commit(12 - new_at, each=2)

        count = 2 * (12 - old_at)
        await reader.read_until(lambda: len(reader.ids) >= count)
        assert reader.ids == [f"{n}-{k}" for n in range(old_at + 1, 13) for k in range(2)]


async def test_a_version_that_is_removed_at_once_takes_nothing_with_it_that_was_read(
    redis: Redis,
) -> None:
    old, new = await two_versions(redis, 5)
    async with live_on(redis) as live:
        reader = await reading(live)
        await old.commit(1, each=2)
        await reader.read_ids(2)
        await new.commit(1, each=3)

        await new.switch(1)
        await drop(redis, "ukraine", "pairings", 1)

        assert (await switched(reader)).data == {"position": 6, "version": 2}
        assert await reading_on(reader, new) == ["7-0", "7-1", "7-2"]


async def reading_on(reader: Reader, writer: Writer) -> list[str | None]:
    """Commit one more position, and read it."""
    made = await writer.commit(1, each=3)
    await reader.read_until(lambda: made[-1] in reader.ids)
    return by_version(reader, writer.version)


async def test_who_is_far_behind_when_a_version_is_removed_goes_on_with_the_new_one(
    redis: Redis,
) -> None:
    """From the last position that was sent as a whole: nothing is missed."""
    old, new = await two_versions(redis, 5)
    await old.commit(995, each=2, words="x" * 1_000)
    await new.commit(995, each=3)
    async with live_on(redis, buffer_revisions=10) as live:
        reader = await reading(live, "0-0")
        await reader.read_ids(5)
        await new.switch(1)
        await drop(redis, "ukraine", "pairings", 1)

        position = (await switched(reader)).data["position"]
        assert 1 <= position < 1_000
        count = 3 * (1_000 - position)
        await reader.read_until(lambda: len(by_version(reader, 2)) >= count)
        assert by_version(reader, 2) == [
            f"{n}-{k}" for n in range(position + 1, 1_001) for k in range(3)
        ]
        assert by_version(reader, 1)[: 2 * position] == [
            f"{n}-{k}" for n in range(1, position + 1) for k in range(2)
        ]
        assert len(by_version(reader, 1)) <= 2 * (position + 1)


async def test_several_switches_in_a_row_lose_nothing(redis: Redis) -> None:
    """A subscriber that did not read meanwhile goes from the first to the last."""
    writers = [await Writer(redis, version=version).serve() for version in (1, 2, 3)]
    for writer in writers:
        await writer.commit(3)
    async with live_on(redis, progress_s=0.2) as live:
        eager, idle = await reading(live), await reading(live)
        for before, writer in enumerate(writers[1:], 1):
            await writer.switch(before)
            await eager.read_until(lambda: len(eager.of("switched")) == before)  # noqa: B023
            for one in writers:
                await one.commit(2)
            await eager.read_until(lambda: len(eager.ids) == 2 * before)  # noqa: B023

        await idle.read_ids(4)

    assert eager.ids == idle.ids == [f"{n}-0" for n in range(4, 8)]
    assert [one.data["version"] for one in eager.of("switched")] == [2, 3]
    assert [one.data for one in idle.of("switched")] == [{"position": 3, "version": 3}]


async def test_a_rebuild_under_a_running_projector_is_followed(redis: Redis, server: str) -> None:
    """All that the projector makes comes once, from one version or the other."""
    await recorded(redis, [denial("d", 0)])
    await advanced(redis, "pairings")
    async with projecting(server, ["pairings"]), live_on(redis, progress_s=0.5) as live:
        reader = await reading(live, "0-0")
        for number in range(100):
            await recorded(redis, [raid(f"r{number}", number + 2)])
            if number == 50:
                await Rebuild(redis, "ukraine", lambda: projection("pairings")).run()
            await asyncio.sleep(0.01)
        await until(lambda: _has_made(redis, 100))
        made = [one.id for one in await second_version(redis)]
        await reader.read_ids(len(made))

    (switch,) = reader.of("switched")
    position = switch.data["position"]
    assert reader.ids == made
    assert [Place.parse(one or "").position <= position for one in by_version(reader, 1)] == [
        True
    ] * len(by_version(reader, 1))
    assert [Place.parse(one or "").position > position for one in by_version(reader, 2)] == [
        True
    ] * len(by_version(reader, 2))


async def second_version(redis: Redis) -> list[Stored]:
    """All that the version holds that was built beside the first."""
    return stored(await entries_of(redis, timeline_key("ukraine", "pairings", 2)))


async def _has_made(redis: Redis, position: int) -> bool:
    made = await second_version(redis)
    return bool(made) and Place.parse(made[-1].id).position > position


@pytest.mark.parametrize(("place", "after"), [("3-0", 2), ("3-2147483647", 3), (None, 5)])
async def test_who_says_which_version_it_had_is_told_of_another_one_first(
    redis: Redis, place: str | None, after: int
) -> None:
    """A position of which something is missing comes anew: its revisions may be other ones."""
    _, new = await two_versions(redis, 5)
    await new.switch(1)
    async with live_on(redis) as live:
        reader = Reader(await live.subscribe("ukraine", "pairings", after=place, version=1))
        made = await new.commit(1, each=3)
        expected = [f"{n}-{k}" for n in range(after + 1, 6) for k in range(3)] + made

        assert await reader.read_ids(len(expected)) == expected
        assert [one.event for one in reader.frames[:2]] == ["switched", "progress"]
        assert reader.of("switched")[0].data == {"position": after, "version": 2}
        assert reader.of("switched")[0].id == str(Place.end_of(after))
        assert len(reader.of("switched")) == 1
        same = Reader(await live.subscribe("ukraine", "pairings", after=place, version=2))
        await same.read_until(lambda: bool(same.frames))
        assert same.frames[0].event == "progress"
