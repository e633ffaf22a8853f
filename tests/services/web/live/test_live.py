"""Live subscription: every revision once, in order, whatever breaks off on the way."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from conflict_timeline.broker import connect, embedded
from conflict_timeline.broker.streams import entries_of, last_of
from conflict_timeline.log.asof import BeyondKnownError
from conflict_timeline.timelines.errors import BrokenTimelineError, UnservedError
from conflict_timeline.timelines.keys import checkpoint_key, serving_key, timeline_key
from conflict_timeline.web.live import InvalidPlaceError, Live, Subscription
from conflict_timeline.web.live.live import StoppingError
from conflict_timeline.web.live.places import Place
from tests.services.web.live.living import Reader, Writer, frames_of, live_on, reading
from tests.support import checkpoint_of, seeded, until


async def test_who_subscribes_without_an_id_is_told_where_now_is_and_gets_what_follows(
    redis: Redis,
) -> None:
    writer = await Writer(redis).serve()
    await writer.commit(3, each=2)
    async with live_on(redis) as live:
        reader = await reading(live)
        before = writer.stands

        made = await writer.commit(2, each=3)

        assert await reader.read_ids(6) == made
        first = reader.frames[0]
        assert (first.event, first.id) == ("progress", str(Place.end_of(3)))
        assert first.data == {"position": 3, "version": 1, "digest": before.digest}
        assert reader.frames[1].data["entry"] == "p-4-0"


async def test_nothing_is_missed_and_nothing_doubled_from_any_id_on(redis: Redis) -> None:
    """From each revision and the end of each position; half of them lie before the buffer."""
    writer = await Writer(redis).serve()
    early = await writer.commit(12, each=3)
    async with live_on(redis) as live:
        keeper = await reading(live)
        made = [*early, *await writer.commit(12, each=3)]
        await keeper.read_ids(36)

        for count in range(len(made) + 1):
            after = "0-0" if count == 0 else made[count - 1]
            reader = await reading(live, after)
            if count < len(made):
                assert await reader.read_ids(len(made) - count) == made[count:]
            else:
                await reader.read_until(lambda: bool(reader.frames))  # noqa: B023
            assert (reader.frames[0].event, reader.frames[0].id) == ("progress", None)
        for position in range(24):
            reader = await reading(live, str(Place.end_of(position)))
            assert await reader.read_ids(72 - 3 * position) == made[3 * position :]


@pytest.mark.parametrize("buffer_revisions", [10_000, 200])
async def test_a_client_that_is_cut_off_50_times_gets_10_000_revisions_once_and_in_order(
    redis: Redis, buffer_revisions: int
) -> None:
    """Also when the buffer is much shorter than what it misses."""
    rng = seeded()
    writer = await Writer(redis).serve()
    made, got, places = list[str](), list[str | None](), list[str | None]()

    async def write() -> None:
        while len(made) < 10_000:
            positions = min(rng.randint(1, 60), (10_000 - len(made) + 1) // 2)
            made.extend(await writer.commit(positions, each=2))
            await asyncio.sleep(0.005)

    async with live_on(redis, buffer_revisions=buffer_revisions, progress_s=0.05) as live:
        writing = asyncio.create_task(write())
        after, cuts = "0-0", 0
        while len(got) < 10_000:
            reader = await reading(live, after)
            enough = rng.randint(1, 150) if cuts < 50 else 10_000
            await reader.read_until(
                lambda: len(reader.ids) >= enough or len(got) + len(reader.ids) >= 10_000  # noqa: B023
            )
            await reader.subscription.aclose()
            # A connection breaks off anywhere: also within what was sent at once.
            kept = (
                reader.frames[: rng.randint(1, len(reader.frames))]
                if cuts < 50
                else (reader.frames)
            )
            got += [frame.id for frame in kept if frame.event == "revision"]
            places += [frame.id for frame in kept if frame.id is not None]
            after, cuts = (places[-1] if places else None) or after, cuts + 1
            await asyncio.sleep(rng.random() * 0.05)
        await writing

    assert cuts > 50
    assert got == made
    assert places == sorted(places, key=lambda place: Place.parse(place or ""))


async def test_what_the_buffer_has_dropped_comes_from_the_stream(redis: Redis) -> None:
    """To one who stopped reading for a while, and to one who comes late; both go on live."""
    writer = await Writer(redis).serve()
    async with live_on(redis, buffer_revisions=50) as live:
        slow = await reading(live)
        made = await writer.commit(3)
        await slow.read_ids(3)
        for _ in range(10):
            made += await writer.commit(90, each=2, words="x" * 1_000)
        late = await reading(live, "0-0")

        assert await late.read_ids(1_803) == made
        assert await slow.read_ids(1_803) == made

        made += await writer.commit(1)
        assert await late.read_ids(1_804) == await slow.read_ids(1_804) == made
        assert live.cut == 0


async def test_progress_comes_also_when_nothing_happens_and_moves_with_the_checkpoint(
    redis: Redis,
) -> None:
    writer = await Writer(redis).serve()
    await writer.commit(1)
    async with live_on(redis, progress_s=0.25) as live:
        reader = await reading(live)
        began = asyncio.get_running_loop().time()
        await reader.read_until(lambda: len(reader.of("progress")) >= 9)
        took_s = asyncio.get_running_loop().time() - began

        assert took_s <= 8 * 0.25 + 0.1
        await writer.commit(5, each=0)
        await reader.read_until(lambda: reader.frames[-1].data["position"] == 6)
        last = reader.frames[-1]
        assert last.id == str(Place.end_of(6))
        assert last.data == {"position": 6, "version": 1, "digest": writer.stands.digest}
        made = await writer.commit(1)
        assert await reader.read_ids(1) == made


@pytest.mark.parametrize("after", ["", "7", "latest", "7-0-0", "$", "1-99999999999", "\x00"])
async def test_what_is_no_id_is_not_resumed_from(redis: Redis, after: str) -> None:
    await (await Writer(redis).serve()).commit(1)
    live = Live(redis)

    with pytest.raises(InvalidPlaceError):
        await live.subscribe("ukraine", "pairings", after=after)
    assert live.subscribers == 0


async def test_an_id_beyond_the_timeline_and_a_timeline_that_nobody_serves_are_told_apart(
    redis: Redis,
) -> None:
    await (await Writer(redis).serve()).commit(3)
    live = Live(redis)

    with pytest.raises(BeyondKnownError, match="4-0 is beyond position 3, to which 'pairings'"):
        await live.subscribe("ukraine", "pairings", after="4-0")
    with pytest.raises(UnservedError):
        await live.subscribe("sudan", "pairings", after=None)
    with pytest.raises(UnservedError):
        await live.subscribe("ukraine", "reversals", after="1-0")


async def test_who_left_or_was_forgotten_is_no_subscriber_any_more(redis: Redis) -> None:
    await (await Writer(redis).serve()).commit(1)
    async with live_on(redis) as live:
        one, other = await reading(live), await reading(live)
        await one.read_until(lambda: bool(one.frames))
        assert live.subscribers == 2

        await one.subscription.aclose()
        assert live.subscribers == 1
        del other
        assert live.subscribers == 0
        with pytest.raises(StopAsyncIteration):
            await anext(one.subscription)


async def test_who_gives_up_waiting_may_ask_again(redis: Redis) -> None:
    """Nothing is lost by a time limit that passed."""
    writer = await Writer(redis).serve()
    async with live_on(redis) as live:
        reader = await reading(live)
        await reader.read_until(lambda: bool(reader.frames))
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(reader.subscription), 0.02)
        made = await writer.commit(2)

        assert await reader.read_ids(2) == made


async def test_conflicts_are_read_apart(redis: Redis) -> None:
    writers = [await Writer(redis, conflict=f"c{number}").serve() for number in range(40)]
    async with live_on(redis) as live:
        readers = [await reading(live, conflict=f"c{number}") for number in range(40)]
        for writer in writers:
            await writer.commit(2)

        for number, reader in enumerate(readers):
            assert await reader.read_ids(2) == ["1-0", "2-0"]
            assert {frame.data["conflict"] for frame in reader.of("revision")} == {f"c{number}"}


async def test_a_broker_that_goes_away_and_comes_back_costs_time_and_no_revision(
    tmp_path: Path,
) -> None:
    async with embedded(tmp_path) as url, connect(url) as client:
        writer = await Writer(client).serve()
        made = await writer.commit(3)
    async with connect(url) as client, connect(url) as other:
        live = Live(client, progress_s=0.3)
        async with embedded(tmp_path):
            running = asyncio.create_task(live.run())
            readers = [await reading(live, "1-0") for _ in range(5)]
            for reader in readers:
                await reader.read_ids(2)
        beaten = len(readers[0].frames)
        await readers[0].read_until(lambda: len(readers[0].frames) >= beaten + 3)
        async with embedded(tmp_path):
            writer = Writer(other)
            writer.stands = await checkpoint_of(other, "pairings")
            made += await writer.commit(4, each=2)
            for reader in readers:
                assert await reader.read_ids(10) == made[1:]
            running.cancel()
            await asyncio.wait([running])
            for reader in readers:
                await reader.read_to_end()


BREAKAGES = {
    "it was trimmed": "holds 1 revisions, its checkpoint counts 3",
    "what is added is no revision": "holds 9-0, its checkpoint stands at 3",
    "what is added looks like a revision": "holds 4-0, its checkpoint stands at 3",
    "it is no stream": "ukraine}:timeline:pairings:1 cannot be read: ",
    "it moved back": "stood at position 3, and stands at 2 now",
    "nobody serves it": "was served, and now no version is",
    "its checkpoint is none": "is no checkpoint",
}


async def broken(redis: Redis, case: str) -> None:
    """Break the pairings of `ukraine`, which stand at 3."""
    key, checkpoint = (
        timeline_key("ukraine", "pairings", 1),
        checkpoint_key("ukraine", "pairings", 1),
    )
    match case:
        case "it was trimmed":
            await redis.xtrim(key, maxlen=1, approximate=False)
        case "what is added is no revision":
            await redis.xadd(key, {"r": "forged"}, id="9-0")
        case "what is added looks like a revision":
            last = await last_of(redis, key)
            assert last is not None
            raw = last[1][b"r"].replace(b'"position":3', b'"position":4')
            await redis.xadd(key, {"r": raw, "d": last[1][b"d"]}, id="4-0")
        case "it is no stream":
            await redis.set(key, "text")
        case "it moved back":
            await redis.xdel(key, "3-0")
            await redis.hset(checkpoint, mapping={"position": 2, "revisions": 2})
        case "nobody serves it":
            await redis.delete(serving_key("ukraine"))
        case _:
            await redis.hset(checkpoint, "position", b"\xff")


@pytest.mark.parametrize("case", BREAKAGES)
async def test_a_broken_timeline_ends_what_rests_on_it_and_no_other(
    redis: Redis, case: str
) -> None:
    """Loudly: whoever goes on would miss something."""
    await (await Writer(redis).serve()).commit(3)
    writer = await Writer(redis, conflict="sudan").serve()
    async with live_on(redis, progress_s=0.2) as live:
        reader, other = await reading(live), await reading(live, conflict="sudan")
        await broken(redis, case)

        await reader.read_to_end()

        assert reader.ids == []  # Nothing beyond the checkpoint was given.
        (cut,) = reader.of("cut")
        assert BREAKAGES[case] in cut.data["reason"]
        assert BREAKAGES[case] in live.broken["ukraine/pairings/1"]
        with pytest.raises(BrokenTimelineError):
            await live.subscribe("ukraine", "pairings", after=None)
        assert live.subscribers == 1
        assert await writer.commit(1) == await other.read_ids(1)
        assert live.cut == 0


async def test_a_timeline_that_was_mended_can_be_subscribed_to_again(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conflict_timeline.web.live.live.AGAIN_S", 0.2)
    writer = await Writer(redis).serve()
    await writer.commit(3)
    key = timeline_key("ukraine", "pairings", 1)
    before = await redis.dump(key)
    async with live_on(redis, progress_s=0.2) as live:
        reader = await reading(live)
        await redis.xadd(key, {"r": "forged"}, id="9-0")
        await reader.read_to_end()
        await asyncio.sleep(0.5)
        assert live.broken  # Looking again does not mend it.

        await redis.restore(key, 0, cast("bytes", before), replace=True)

        await until(lambda: not live.broken)
        again = await reading(live, "3-0")
        assert await writer.commit(1) == await again.read_ids(1)


async def test_what_was_damaged_long_ago_ends_who_comes_to_it_and_is_said(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many revisions as there were: only whoever reads them sees it."""
    monkeypatch.setattr("conflict_timeline.web.live.live.AGAIN_S", 0.2)
    await (await Writer(redis).serve()).commit(3)
    key = timeline_key("ukraine", "pairings", 1)
    kept = list(await entries_of(redis, key))
    before = await redis.dump(key)
    await redis.delete(key)
    for entry_id, fields in kept:
        forged = {b"r": b"forged"} if entry_id == b"2-0" else fields
        await redis.xadd(key, cast("dict[Any, Any]", forged), id=entry_id)
    async with live_on(redis, progress_s=0.2) as live:
        reader = await reading(live, "0-0")

        await reader.read_to_end()

        assert "holds no revision at 2-0" in reader.of("cut")[0].data["reason"]
        await asyncio.sleep(0.5)
        assert "holds no revision at 2-0" in live.broken["ukraine/pairings/1"]
        await redis.restore(key, 0, cast("bytes", before), replace=True)
        await until(lambda: not live.broken)
        assert await (await reading(live, "0-0")).read_ids(3) == ["1-0", "2-0", "3-0"]


async def test_all_streams_end_with_a_last_frame_when_told_to_stop(redis: Redis) -> None:
    await (await Writer(redis).serve()).commit(3)
    async with live_on(redis) as live:
        readers = [await reading(live, after) for after in (None, "0-0")]
        await readers[0].read_until(lambda: bool(readers[0].frames))

        live.stop()

        for reader in readers:
            await reader.read_to_end()
            assert reader.frames[-1].event == "cut"
            assert reader.frames[-1].data == {"reason": "the service stops"}
        assert (live.subscribers, live.cut) == (0, 0)
        with pytest.raises(StoppingError):
            await live.subscribe("ukraine", "pairings", after=None)


async def test_frames_are_encoded_once_and_shared(redis: Redis) -> None:
    writer = await Writer(redis).serve()
    async with live_on(redis) as live:
        subscriptions: list[Subscription] = [
            await live.subscribe("ukraine", "pairings", after=None) for _ in range(20)
        ]
        for one in subscriptions:
            await anext(one)
        made = await writer.commit(30)
        chunks = await asyncio.gather(*(anext(one) for one in subscriptions))

        assert len({id(chunk) for chunk in chunks}) == 1
        assert [frame.id for frame in frames_of(chunks[0])] == made
    assert all([await _has_ended(one) for one in subscriptions])


async def _has_ended(subscription: Subscription) -> bool:
    reader = Reader(subscription)
    await reader.read_to_end()
    return True


async def test_a_timeline_is_read_no_longer_when_nobody_wants_it(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conflict_timeline.web.live.live.LINGER_S", 0.2)
    await (await Writer(redis).serve()).commit(1)
    async with live_on(redis) as live:
        reader = await reading(live)
        await until(lambda: _blocked(redis))
        await reader.subscription.aclose()

        await asyncio.sleep(0.5)
        assert not [await _blocked(redis) for _ in range(10) if await _blocked(redis)]

        again = await reading(live, "0-0")
        assert await again.read_ids(1) == ["1-0"]


async def _blocked(redis: Redis) -> bool:
    clients = await redis.info("clients")
    return bool(clients["blocked_clients"])
