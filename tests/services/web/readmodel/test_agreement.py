"""Agreement: what is read here is what stands on the timelines, whatever is asked."""

from pathlib import Path

import pytest
from redis.asyncio import Redis

from conflict_events.timelines import Entry
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.queries.filters import FilterError, Filters
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.web.readmodel import Asked, pages, wanted, words
from tests.oracle.histories import history
from tests.oracle.wide_histories import wide_history
from tests.services.web.readmodel.reading import chosen, fed, filters_for, reading, recorded, walked
from tests.support import seeded

LIMITS = (1, 7, 100)


@pytest.fixture(params=["as it is", "small"])
def bounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have short histories go the ways of long ones too: much is looked up, and little at once."""
    if request.param == "small":
        monkeypatch.setattr(pages, "FEW_VALUES", 2)
        monkeypatch.setattr(pages, "VALUES_MAX", 9)
        monkeypatch.setattr(wanted, "VALUES_MAX", 9)
        monkeypatch.setattr(pages, "_ROWS_MAX", 30)
        monkeypatch.setattr(pages, "_VALUES_MAX", 1)
        monkeypatch.setattr(words, "_LOOKED_MIN", 3)
        monkeypatch.setattr(words, "_RARE", 3)


@pytest.mark.parametrize("number", range(3))
@pytest.mark.usefixtures("bounds")
async def test_every_page_of_every_projection_is_as_its_timeline_says(
    redis: Redis, tmp_path: Path, number: int
) -> None:
    """Of random histories, at many positions, by random filters, in pages of any length."""
    rng = seeded()
    make = history if number % 2 else wide_history
    await recorded(redis, make(rng.getrandbits(32), events=150))

    async with reading(redis, tmp_path / "read.sqlite") as model:
        await fed(model, redis)
        for position in (0, 1, *rng.sample(range(2, 150), 8), 150):
            held: dict[str, list[Entry]] = {
                name: await (await Timeline.served(redis, "ukraine", name)).entries(upto=position)
                for name in PROJECTIONS
            }
            for name, entries in held.items():
                limit = rng.choice(LIMITS)
                assert await walked(model, name, position, Filters(), limit) == entries
                for _ in range(8 if entries else 0):
                    filters = filters_for(rng, name, entries)
                    meant = chosen(name, entries, filters, held["chronology"])
                    limit = rng.choice(LIMITS)
                    found = await walked(model, name, position, filters, limit)
                    assert found == meant, (name, position, filters, limit)


async def test_every_revision_of_an_entry_is_there_up_to_a_position(
    redis: Redis, tmp_path: Path
) -> None:
    rng = seeded()
    await recorded(redis, history(rng.getrandbits(32), events=100))

    async with reading(redis, tmp_path / "read.sqlite") as model:
        await fed(model, redis)
        for name in PROJECTIONS:
            timeline = await Timeline.served(redis, "ukraine", name)
            made = [one async for one in timeline.revisions()]
            for entry in {one.entry for one in rng.sample(made, min(20, len(made)))}:
                upto = rng.randrange(101)
                found = await model.revisions("ukraine", name, entry, upto=upto)
                assert found == [x for x in made if x.entry == entry and x.position <= upto]
        assert await model.revisions("ukraine", "incidents", "i-none", upto=100) == []


async def test_a_view_is_that_of_its_position_and_is_made_once(
    redis: Redis, tmp_path: Path
) -> None:
    await recorded(redis, history(seeded().getrandbits(32), events=60))

    async with reading(redis, tmp_path / "read.sqlite") as model:
        await fed(model, redis)
        view = await model.view("ukraine", 30)

        assert view is await model.view("ukraine", 30)
        assert view.as_of.position == 30
        assert view.as_of.versions == {"chronology": 1, "incidents": 1}
        timeline = await Timeline.served(redis, "ukraine", "chronology")
        assert set(view.happenings) == {one.entry for one in await timeline.entries(upto=30)}


async def test_a_filter_that_a_projection_does_not_have_is_refused(
    redis: Redis, tmp_path: Path
) -> None:
    await recorded(redis, history(1, events=10))

    async with reading(redis, tmp_path / "read.sqlite") as model:
        await fed(model, redis)
        with pytest.raises(FilterError, match="coverage cannot be filtered by 'party'"):
            await model.page(Asked("ukraine", "coverage", 1, Filters(party=("RUS",)), 10))
