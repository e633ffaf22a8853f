"""Overviews are bounded, made once for all who ask, and survive what they cannot read."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from conflict_timeline.web.overview import Overviews, Times, moment_of
from conflict_timeline.web.readmodel import ReadModel
from conflict_timeline.web.readmodel.overview import Survey, Surveyed
from tests.oracle.builders import MIDNIGHT, statement, strike
from tests.services.web.overview.meant import read
from tests.services.web.readmodel.reading import fed, recorded
from tests.support import serving, until

Json = dict[str, Any]

NAMES = ("chronology", "incidents")
ALL = Times(None, None)
HOUR_US = 3_600_000_000
EVENTS = [
    *(statement(f"words-{n}", 24 * n, 24 * n + 1, "deny", about=["RUS"]) for n in range(4)),
    *(strike(f"raid-{n}", 24 * n + 2, 24 * n + 3) for n in range(10)),
]


class CountingModel(ReadModel):
    """A read model that counts how often all of it was looked at."""

    surveys = 0

    async def survey(self, asked: Survey) -> Surveyed:
        """The same."""
        self.surveys += 1
        return await super().survey(asked)


async def told(overviews: Overviews, redis: Redis, times: Times = ALL) -> Json:
    """An overview of now."""
    versions, position = await overviews.standing("ukraine")
    moment = await moment_of(redis, "ukraine", position, versions)
    found: Json = json.loads(await overviews.told(moment, times, "identity"))
    return found


@pytest.fixture
def model(redis: Redis, tmp_path: Path) -> CountingModel:
    """Give a read model that does not run yet."""
    return CountingModel(redis, tmp_path / "read.sqlite")


async def test_of_too_many_there_is_the_density_alone_and_a_narrower_time_has_marks(
    redis: Redis, model: CountingModel
) -> None:
    await recorded(redis, EVENTS)

    async with serving(model.run()):
        await fed(model, redis, NAMES)
        overviews = Overviews(model, marks_max=4)
        everything = await told(overviews, redis)
        two_days = Times(MIDNIGHT, MIDNIGHT + 48 * HOUR_US)
        narrow = await told(overviews, redis, two_days)
    model.close()

    assert everything["incidents"] == {"total": 10, "marks": None}
    assert sum(everything["density"]["incidents"]) == 10
    assert len(read(everything, "statements")) == 4
    assert [narrow[kind]["total"] for kind in ("statements", "incidents")] == [2, 2]
    assert len(read(narrow, "incidents")) == 2
    assert narrow["extent"] == everything["extent"]
    assert narrow["density"]["from_s"] * 1_000_000 == MIDNIGHT


async def test_a_body_that_cannot_be_read_is_left_out_and_counted(
    redis: Redis, model: CountingModel, tmp_path: Path
) -> None:
    await recorded(redis, EVENTS)

    async with serving(model.run()):
        await fed(model, redis, NAMES)
        whole = await told(Overviews(model), redis)
        spoilt = whole["incidents"]["marks"]["entry"][3]
        with closing(sqlite3.connect(tmp_path / "read.sqlite")) as file, file:
            file.execute(
                "UPDATE body SET raw = ? WHERE id IN (SELECT id FROM revision WHERE entry = ?)",
                (b'{"revision":1,"position":1,"body":{"core":1}}', spoilt),
            )
        part = await told(Overviews(model), redis)
    model.close()

    assert (whole["unreadable"], part["unreadable"]) == (0, 1)
    assert part["incidents"]["total"] == whole["incidents"]["total"] == 10
    kept = [row for row in read(whole, "incidents") if row["entry"] != spoilt]
    assert read(part, "incidents") == kept
    assert read(part, "statements") == read(whole, "statements")


async def test_a_hundred_who_ask_at_once_cost_one_look(redis: Redis, model: CountingModel) -> None:
    await recorded(redis, EVENTS)

    async with serving(model.run()):
        await fed(model, redis, NAMES)
        overviews = Overviews(model)
        found = await asyncio.gather(*(told(overviews, redis) for _ in range(100)))
        later = await told(overviews, redis)
    model.close()

    assert model.surveys == 1
    assert all(one == later for one in found)


async def test_who_goes_away_while_it_is_made_keeps_nobody_else_from_it(
    redis: Redis, model: CountingModel
) -> None:
    await recorded(redis, EVENTS)

    async with serving(model.run()):
        await fed(model, redis, NAMES)
        overviews = Overviews(model)
        asking = [asyncio.create_task(told(overviews, redis)) for _ in range(3)]
        await until(lambda: bool(model.surveys))
        asking[0].cancel()
        first, *others = await asyncio.gather(*asking, return_exceptions=True)
    model.close()

    assert isinstance(first, (asyncio.CancelledError, dict))  # It may have been too late.
    for other in others:
        assert isinstance(other, dict)
        assert other["incidents"]["total"] == 10


@pytest.mark.parametrize(("bytes_max", "surveys"), [(0, 2), (1_000_000, 1)])
async def test_no_more_is_kept_than_may_be(
    redis: Redis, model: CountingModel, bytes_max: int, surveys: int
) -> None:
    await recorded(redis, EVENTS)

    async with serving(model.run()):
        await fed(model, redis, NAMES)
        overviews = Overviews(model, bytes_max=bytes_max)
        assert await told(overviews, redis) == await told(overviews, redis)
    model.close()

    assert model.surveys == surveys
