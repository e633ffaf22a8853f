"""Subscribers: every revision once, in order, over Redis as over HTTP, whatever breaks on the way.

Broker and service are real ones; revisions are made up, and committed as projectors commit them.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final, cast

import pytest
from redis.asyncio import Redis

from conflict_events import Followed, Switched, Timelines, TimelinesError
from conflict_events.frames import K_END
from conflict_timeline.broker import connect
from conflict_timeline.timelines.versions import drop
from tests.schemas.proxy import Proxy, proxied
from tests.schemas.timelines_served import places, taken, up
from tests.services.web.live.living import Writer
from tests.support import seeded, served, until

_NUMBERS: Final = count(1)
_READER: Final = ("+hget", "+xrange", "+xread", "+multi", "+exec")

pytestmark = pytest.mark.long  # Real processes.


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a broker that the tests share."""
    with served(tmp_path_factory.mktemp("broker")) as url:
        yield url


@pytest.fixture(scope="module")
def service(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a service on that broker."""
    with up(tmp_path_factory.mktemp("service"), "--url", broker) as url:
        yield url


@pytest.fixture(params=["redis", "http"])
def url(request: pytest.FixtureRequest, broker: str) -> str:
    """Give the address that a subscriber is told: of the broker, or of the service."""
    if request.param == "redis":
        return broker
    address: str = request.getfixturevalue("service")
    return address


@pytest.fixture
def conflict() -> str:
    """Give a conflict of this test alone."""
    return f"conflict-{next(_NUMBERS)}"


@pytest.fixture
async def redis(broker: str) -> AsyncIterator[Redis]:
    """Give a client of the broker."""
    client = connect(broker)
    yield client
    await client.aclose()


@pytest.fixture
async def writer(redis: Redis, conflict: str) -> Writer:
    """Give who commits to the version that is served."""
    return await Writer(redis, conflict=conflict).serve()


@pytest.fixture
async def proxy(url: str) -> AsyncIterator[Proxy]:
    """Give a proxy between the subscriber and what it subscribes to."""
    async with proxied(url) as made:
        yield made


class Follower:
    """Follows in the background, and keeps what it gets."""

    def __init__(
        self, timelines: Timelines, conflict: str, projection: str = "pairings", **options: Any
    ) -> None:
        self.revisions: list[Followed] = []
        self.switches: list[Switched] = []
        self._followed = timelines.follow(
            projection, conflict=conflict, on_switched=self._switched, **options
        )
        self.task = asyncio.create_task(self._follow())

    async def has(self, number: int) -> list[str]:
        """Wait until it has so many revisions; where they stand."""
        await until(lambda: len(self.revisions) >= number or self.task.done(), within_s=30)
        if self.task.done():
            self.task.result()
        return places(self.revisions)

    async def end(self) -> None:
        """Follow no more."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self._followed.aclose()

    async def _follow(self) -> None:
        async for revision in self._followed:
            self.revisions.append(revision)

    async def _switched(self, switched: Switched) -> None:
        self.switches.append(switched)


# What is followed.


async def test_every_revision_comes_once_and_in_order_and_then_each_that_is_made(
    url: str, conflict: str, writer: Writer
) -> None:
    made = await writer.commit(400, each=3)
    async with Timelines.connect(url) as timelines:
        follower = Follower(timelines, conflict, after="0-0")
        assert await follower.has(1200) == made
        made += await writer.commit(2, each=2)
        assert await follower.has(1204) == made
        await follower.end()

    last = follower.revisions[-1]
    assert (last.projection, last.version, last.conflict) == ("pairings", 1, conflict)
    assert (last.entry, last.at, last.position, last.revision) == ("p-402-1", "402-1", 402, 1)
    assert bytes(last.body) == b'{"words":""}'


async def test_without_a_place_only_what_is_made_from_now_on_comes(
    url: str, conflict: str, writer: Writer
) -> None:
    await writer.commit(5)
    async with Timelines.connect(url) as timelines:
        follower = Follower(timelines, conflict)
        await asyncio.sleep(1)
        made = await writer.commit(2, each=2)
        assert await follower.has(4) == made
        await follower.end()


async def test_it_goes_on_after_any_revision(url: str, conflict: str, writer: Writer) -> None:
    made = await writer.commit(4, each=2)
    async with Timelines.connect(url) as timelines:
        for number in range(len(made) - 1):
            following = timelines.follow("pairings", conflict=conflict, after=made[number])
            left = len(made) - number - 1
            assert places(await taken(following, left)) == made[number + 1 :]


async def test_revisions_up_to_the_head_come_and_then_it_ends(
    url: str, conflict: str, writer: Writer
) -> None:
    made = await writer.commit(1200, each=1)
    async with Timelines.connect(url) as timelines:
        head = await timelines.head("pairings", conflict=conflict)
        found = [one async for one in timelines.revisions("pairings", conflict=conflict)]
        upto = timelines.revisions("pairings", conflict=conflict, after="3-0", upto=7)
        some = [one async for one in upto]

    assert (head.position, head.version) == (1200, 1)
    assert places(found) == made
    assert places(some) == made[3:7]


async def test_of_a_timeline_at_its_head_nothing_comes_and_it_ends_at_once(
    url: str, conflict: str, writer: Writer
) -> None:
    await writer.commit(2)
    async with Timelines.connect(url) as timelines, asyncio.timeout(3):
        end = timelines.revisions("pairings", conflict=conflict, after=f"2-{K_END}")
        assert [one async for one in end] == []


# What breaks.


async def test_cut_off_20_times_in_the_middle_every_revision_comes_once_and_in_order(
    proxy: Proxy, conflict: str, writer: Writer
) -> None:
    rng = seeded()
    made = await writer.commit(3000, words="x" * 200)
    proxy.allowances = (rng.randint(10_000, 60_000) for _ in range(20))
    async with Timelines.connect(proxy.url) as timelines:
        follower = Follower(timelines, conflict, after="0-0")
        await until(lambda: proxy.cuts >= 20, within_s=60)
        made += await writer.commit(5, each=2)
        assert await follower.has(3010) == made
        await follower.end()

    assert proxy.cuts == 20


async def test_a_server_that_comes_back_costs_time_and_no_revision(
    proxy: Proxy, conflict: str, writer: Writer
) -> None:
    made = await writer.commit(3)
    async with Timelines.connect(proxy.url) as timelines:
        follower = Follower(timelines, conflict, after="0-0")
        await follower.has(3)
        proxy.is_away = True
        proxy.cut()
        made += await writer.commit(4, each=2)
        await asyncio.sleep(4)
        assert len(follower.revisions) == 3
        proxy.is_away = False
        assert await follower.has(11) == made
        await follower.end()


async def test_a_connection_that_is_silent_is_given_up_for_another(
    proxy: Proxy, conflict: str, writer: Writer
) -> None:
    made = await writer.commit(3)
    async with Timelines.connect(proxy.url, silence_s=6) as timelines:
        follower = Follower(timelines, conflict, after="0-0")
        await follower.has(3)
        before = proxy.connections
        proxy.is_mute = True
        made += await writer.commit(2)
        await until(lambda: proxy.connections > before, within_s=20)
        proxy.is_mute = False
        assert await follower.has(5) == made
        await follower.end()


async def test_one_that_stays_away_is_given_up_after_the_patience(
    proxy: Proxy, conflict: str, writer: Writer
) -> None:
    await writer.commit(3)
    async with Timelines.connect(proxy.url, patience_s=2) as timelines:
        follower = Follower(timelines, conflict, after="0-0")
        await follower.has(3)
        proxy.is_away = True
        proxy.cut()
        with pytest.raises(TimelinesError, match=r"is away \(\d+ s, \d+ attempts\): ") as told:
            await asyncio.wait_for(follower.task, 10)

    assert told.value.reason == "away"


# Another version.


async def test_a_switch_is_told_and_what_follows_is_of_the_new_version(
    url: str, conflict: str, redis: Redis, writer: Writer
) -> None:
    old = await writer.commit(4, each=2)
    async with Timelines.connect(url) as timelines:
        follower = Follower(timelines, conflict, after="0-0")
        await follower.has(8)
        newer = await Writer(redis, version=2, conflict=conflict).serve()
        await newer.commit(4, each=3)
        await newer.switch(before=1)
        await until(lambda: follower.switches != [], within_s=20)
        made = await newer.commit(2, each=3)
        assert await follower.has(14) == [*old, *made]
        await follower.end()

    assert follower.switches == [Switched(position=4, version=2)]
    assert [one.version for one in follower.revisions] == [1] * 8 + [2] * 6


@pytest.mark.parametrize("is_dropped", [False, True])
async def test_a_switch_while_nobody_listened_is_told_too(
    proxy: Proxy, conflict: str, redis: Redis, writer: Writer, *, is_dropped: bool
) -> None:
    old = await writer.commit(4, each=2)
    async with Timelines.connect(proxy.url) as timelines:
        follower = Follower(timelines, conflict, after="0-0")
        await follower.has(8)
        proxy.is_away = True
        proxy.cut()
        newer = await Writer(redis, version=2, conflict=conflict).serve()
        await newer.commit(4, each=3)
        await newer.switch(before=1)
        if is_dropped:
            await drop(redis, conflict, "pairings", 1)
        made = await newer.commit(1, each=3)
        proxy.is_away = False
        await until(lambda: follower.switches != [], within_s=20)
        made += await newer.commit(1, each=3)
        (switched,) = follower.switches
        # It may have known that position 4 was complete, or not.
        again = [f"4-{k}" for k in range(3)] if switched.position == 3 else []
        expected = [*old, *again, *made]
        assert await follower.has(len(expected)) == expected
        await follower.end()

    assert switched.version == 2


async def test_who_resumes_from_a_place_of_another_version_gets_that_position_anew(
    url: str, conflict: str, redis: Redis, writer: Writer
) -> None:
    await writer.commit(4, each=2)
    newer = await Writer(redis, version=2, conflict=conflict).serve()
    made = await newer.commit(4, each=3)
    await newer.switch(before=1)
    async with Timelines.connect(url) as timelines:
        follower = Follower(timelines, conflict, after="3-0", version=1)
        assert await follower.has(6) == made[6:]
        await follower.end()
        same = Follower(timelines, conflict, after="3-0", version=2)
        assert await same.has(5) == made[7:]
        await same.end()

    assert follower.switches == [Switched(position=2, version=2)]
    assert same.switches == []


# What is asked wrongly.


async def test_what_is_not_there_is_told_at_once(url: str, conflict: str, writer: Writer) -> None:
    await writer.commit(3)
    async with Timelines.connect(url) as timelines, asyncio.timeout(5):
        for unknown in (
            timelines.follow("pairings", conflict="nowhere"),
            timelines.follow("nothing", conflict=conflict),
            timelines.follow("pairings", conflict=conflict, after="9-0"),
            timelines.revisions("pairings", conflict=conflict, after="9-0"),
        ):
            with pytest.raises(TimelinesError) as told:
                await anext(unknown)
            assert told.value.reason == "not_there"


@pytest.mark.parametrize("after", ["", "x", "3", "3-", "-1-0", "03-0", "3-9999999999"])
async def test_what_is_no_place_is_refused(broker: str, after: str) -> None:
    async with Timelines.connect(broker) as timelines:
        with pytest.raises(TimelinesError, match="is no place") as told:
            await anext(timelines.follow("pairings", conflict="ukraine", after=after))

    assert told.value.reason == "asked_wrongly"


@pytest.mark.parametrize("scheme", ["redis", "http"])
async def test_a_port_at_which_nobody_listens_is_away_within_seconds(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"{scheme}://127.0.0.1:{free.getsockname()[1]}"
    async with Timelines.connect(url) as timelines, asyncio.timeout(10):
        with pytest.raises(TimelinesError, match="is away") as followed:
            await anext(timelines.follow("pairings", conflict="ukraine"))
        with pytest.raises(TimelinesError, match="is away") as asked:
            await timelines.query("pairings", conflict="ukraine")

    assert (followed.value.reason, asked.value.reason) == ("away", "away")


@pytest.mark.parametrize(
    "url",
    [
        *("", "ukraine", "ftp://host", "http://", "http:///path", "http://host:99999999"),
        *("https://someone:secret@host", "redis://host:secret", "http://host?x=1"),
    ],
)
async def test_what_is_no_address_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(ValueError, match="the address") as told:
        async with Timelines.connect(url):
            pass

    assert "secret" not in str(told.value)


# Entries over Redis.


async def entries_of(timelines: Timelines, conflict: str, **asked: Any) -> list[str]:
    """The ids of all entries that are an answer."""
    page = await timelines.query("pairings", conflict=conflict, **asked)
    return [entry.entry async for entry in page]


async def test_over_redis_a_timeline_is_folded_as_of_any_position(
    broker: str, conflict: str, writer: Writer
) -> None:
    await writer.commit(6, each=2)
    every = sorted(f"p-{position}-{k}" for position in range(1, 7) for k in range(2))
    async with Timelines.connect(broker) as timelines:
        assert await entries_of(timelines, conflict) == every
        assert await entries_of(timelines, conflict, limit=5) == every
        then = await timelines.as_of("pairings", 2, conflict=conflict)
        page = await timelines.query("pairings", conflict=conflict, as_of=4, limit=3)
        after_it = await page.next()

    assert [entry.entry for entry in then] == ["p-1-0", "p-1-1", "p-2-0", "p-2-1"]
    assert (page.position, page.version, len(page.entries), page.is_last) == (4, 1, 3, False)
    assert after_it is not None
    assert len(after_it.entries) == 3


async def test_over_redis_filters_and_times_and_what_is_beyond_are_refused(
    broker: str, conflict: str, writer: Writer
) -> None:
    await writer.commit(2)
    async with Timelines.connect(broker) as timelines:
        for asked, reason in (
            ({"party": "RUS"}, "asked_wrongly"),
            ({"as_of": datetime(2025, 2, 18, tzinfo=UTC)}, "asked_wrongly"),
            ({"as_of": 3}, "not_there"),
        ):
            with pytest.raises(TimelinesError) as told:
                await entries_of(timelines, conflict, **asked)
            assert told.value.reason == reason


async def test_over_redis_what_is_no_revision_is_told_and_not_passed_over(
    broker: str, conflict: str, redis: Redis, writer: Writer
) -> None:
    await writer.commit(1)
    await redis.xadd(f"{{{conflict}}}:timeline:pairings:1", {"r": "nothing"}, id="2-0")
    async with Timelines.connect(broker) as timelines:
        with pytest.raises(TimelinesError, match="no revision at 2-0") as told:
            await taken(timelines.follow("pairings", conflict=conflict, after="0-0"), 2)

    assert told.value.reason == "unreadable"


async def test_over_redis_a_password_that_is_wrong_is_told_at_once_and_not_repeated(
    broker: str,
) -> None:
    address = broker.replace("unix://", "unix://somebody:hunter2@")
    async with Timelines.connect(address) as timelines:
        with pytest.raises(TimelinesError) as told:
            await anext(timelines.follow("pairings", conflict="ukraine"))

    assert told.value.reason == "refused"
    assert "hunter2" not in str(told.value)


async def test_over_redis_a_subscriber_needs_few_rights(
    broker: str, conflict: str, redis: Redis, writer: Writer
) -> None:
    """Those that the package's README names."""
    made = await writer.commit(3)
    rights = ["on", ">pass", "-@all", "resetkeys", *_READER]
    keys = [f"%R~{{*}}:{name}" for name in ("serving", "checkpoint:*", "timeline:*")]
    await cast("Any", redis).execute_command("ACL", "SETUSER", conflict, *rights, *keys)
    address = broker.replace("unix://", f"unix://{conflict}:pass@")
    async with Timelines.connect(address) as timelines:
        following = timelines.follow("pairings", conflict=conflict, after="0-0")
        assert places(await taken(following, 3)) == made
        assert len(await timelines.as_of("pairings", 2, conflict=conflict)) == 2
