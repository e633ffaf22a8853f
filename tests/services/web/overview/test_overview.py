"""An overview is what a client would make of the pages of both timelines, at any moment."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from redis.asyncio import Redis

from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.timelines.commit import Committer
from tests.oracle.builders import strike
from tests.oracle.histories import history
from tests.oracle.wide_histories import wide_history
from tests.services.projector.projecting import advanced
from tests.services.web.overview.meant import (
    counts_of,
    extent_of,
    read,
    rows_of,
    statements_of,
)
from tests.services.web.readmodel.reading import recorded
from tests.services.web.served import Client, settles, web
from tests.support import append, seeded

Json = dict[str, Any]
Query = dict[str, str | int]

OVERVIEW = "/conflicts/ukraine/overview"


def times_for(rng: Random) -> Query:
    """Some times to ask for, or none."""
    days = sorted(f"2025-02-{rng.randrange(1, 28):02}" for _ in range(2))
    found: list[Query] = [
        {},
        {"from": days[0], "to": days[1]},
        {"from": f"{days[0]}T{rng.randrange(24):02}:30:00Z"},
        {"to": days[1]},
        {"from": "1990", "to": "1991"},
        {"from": "2100"},
    ]
    return rng.choice(found)


async def agrees(client: Client, position: int, times: Query) -> None:
    """Check an overview against the pages of the timelines."""
    overview = await client.told(OVERVIEW, as_of=position, **times)
    asked: Query = {"as_of": position, **times}
    statements = statements_of(await client.entries("chronology", **asked))
    incidents = await client.entries("incidents", **asked)
    everything = [
        *statements_of(await client.entries("chronology", as_of=position)),
        *await client.entries("incidents", as_of=position),
    ]

    assert overview["conflict"] == "ukraine"
    assert overview["position"] == position
    assert overview["versions"] == {"chronology": 1, "incidents": 1}
    assert overview["extent"] == extent_of(everything)
    assert overview["unreadable"] == 0
    for kind, entries in (("statements", statements), ("incidents", incidents)):
        assert overview[kind]["total"] == len(entries)
        assert read(overview, kind) == rows_of(entries)
    assert len(set(overview["names"])) == len(overview["names"])
    density = overview["density"]
    if not everything:
        assert density is None
        return
    steps = len(density["statements"])
    assert 1 <= steps <= 400
    assert density["statements"] == counts_of(statements, density, steps)
    assert density["incidents"] == counts_of(incidents, density, steps)
    if not times:
        assert density["from_s"] == overview["extent"]["from_s"]
        end_s = density["from_s"] + steps * density["step_s"]
        assert 0 <= end_s - overview["extent"]["to_s"] < density["step_s"]


@pytest.mark.parametrize("number", range(3))
async def test_it_is_what_the_pages_of_both_timelines_say(
    redis: Redis, tmp_path: Path, number: int
) -> None:
    rng = seeded()
    make = history if number % 2 else wide_history
    await recorded(redis, make(rng.getrandbits(32), events=120))

    async with web(redis, tmp_path) as client:
        await settles(client, redis)
        await agrees(client, 0, {})
        await agrees(client, 120, {})
        for _ in range(8):
            await agrees(client, rng.randrange(1, 121), times_for(rng))


async def test_a_moment_is_the_position_that_was_recorded_last_by_then(
    redis: Redis, tmp_path: Path
) -> None:
    await recorded(redis, history(seeded().getrandbits(32), events=30))

    async with web(redis, tmp_path) as client:
        await settles(client, redis)
        now = await client.get(OVERVIEW)
        then = await client.get(OVERVIEW, as_of=now.json()["recorded_at"])
        assert then.content == now.content
        assert then.headers["etag"] == now.headers["etag"]
        assert then.headers["x-position"] == "30"

        before = await client.told(OVERVIEW, as_of="2020-01-01T00:00:00Z")
        assert (before["position"], before["recorded_at"]) == (0, None)
        assert before["extent"] is before["density"] is None
        assert before["statements"]["total"] == before["incidents"]["total"] == 0


async def test_digests_are_those_of_every_timeline_that_has_come_so_far(
    redis: Redis, tmp_path: Path
) -> None:
    events = history(seeded().getrandbits(32), events=40)
    await recorded(redis, events[:20])
    await append(redis, events[20:])
    for name in ("chronology", "incidents", "figures"):
        await advanced(redis, name)

    async with web(redis, tmp_path) as client:
        await settles(client, redis)
        for position, names in ((40, {"chronology", "incidents", "figures"}), (20, PROJECTIONS)):
            overview = await client.told(OVERVIEW, as_of=position)
            assert overview["digests"] == {
                name: await Committer(redis, "ukraine", name, 1).digest_at(position)
                for name in names
            }
            assert overview["head"] == 40


async def test_it_is_as_of_the_lower_checkpoint_and_tells_where_the_log_is(
    redis: Redis, tmp_path: Path
) -> None:
    await recorded(redis, [strike("first", 0, 1)])

    async with web(redis, tmp_path) as client:
        await settles(client, redis)
        before = await client.get(OVERVIEW)
        await append(redis, [strike("second", 24, 25)])
        await advanced(redis, "chronology")
        after = await client.get(OVERVIEW)

    assert (after.json()["position"], after.json()["head"]) == (1, 2)
    assert {**after.json(), "head": 1} == before.json()
    assert after.headers["etag"] != before.headers["etag"]


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
async def test_what_a_client_has_is_not_sent_again(
    redis: Redis, tmp_path: Path, encoding: str
) -> None:
    await recorded(redis, history(seeded().getrandbits(32), events=30))
    wanted = {"accept-encoding": encoding}

    async with web(redis, tmp_path) as client:
        await settles(client, redis)
        plain = await client.http.get(OVERVIEW, headers={"accept-encoding": "identity"})
        answer = await client.http.get(OVERVIEW, headers=wanted)
        tag = answer.headers["etag"]
        again = await client.http.get(OVERVIEW, headers={**wanted, "if-none-match": tag})
        other = await client.http.get(
            OVERVIEW, headers={**wanted, "if-none-match": tag}, params={"as_of": 29}
        )
        head = await client.http.head(OVERVIEW, headers=wanted)

    assert answer.headers.get("content-encoding", "identity") == encoding
    assert answer.json() == plain.json()
    assert answer.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert other.status_code == 200
    assert (head.content, head.headers["etag"]) == (b"", tag)
    assert head.headers["content-length"] == answer.headers["content-length"]


@pytest.mark.parametrize(
    "query",
    [
        *(
            "x=1",
            "party=RUS",
            "limit=1",
            "as_of=",
            "as_of=-1",
            "as_of=2025-01-01",
            "as_of=1&as_of=1",
        ),
        *("from=", "from=tomorrow", "to=9999-12-31", "from=2026&to=2020", "from=2025&from=2025"),
    ],
)
async def test_what_cannot_be_asked_is_told(redis: Redis, tmp_path: Path, query: str) -> None:
    await recorded(redis, [strike("one", 0, 1)])

    async with web(redis, tmp_path) as client:
        await settles(client, redis)
        answer = await client.get(f"{OVERVIEW}?{query}")

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_is_not_there_is_told(redis: Redis, tmp_path: Path) -> None:
    await recorded(redis, [strike("one", 0, 1)])

    async with web(redis, tmp_path) as client:
        await settles(client, redis)
        for path, query in (
            ("/conflicts/nowhere/overview", {}),
            (OVERVIEW, {"as_of": "2"}),
            (OVERVIEW, {"as_of": "2190-01-01T00:00:00Z"}),
        ):
            assert (await client.get(path, **query)).status_code == 404
