"""Read models in this process, and what they must agree with."""

import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from redis.asyncio import Redis

from conflict_events.taxonomy import TOPICS
from conflict_events.timelines import Entry
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.queries.facts import FACTS, plain
from conflict_timeline.queries.filters import APPLY, Filters, chooser
from conflict_timeline.timelines.errors import UnservedError
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.web.readmodel import Asked, Place, ReadModel
from tests.services.projector.projecting import advanced
from tests.support import Json, append, serving, until


@asynccontextmanager
async def reading(redis: Redis, path: Path) -> AsyncGenerator[ReadModel]:
    """Run a read model in this process for a while."""
    model = ReadModel(redis, path)
    try:
        async with serving(model.run()):
            yield model
    finally:
        model.close()


async def recorded(redis: Redis, events: Sequence[Json]) -> None:
    """Record events, and commit what all projections make of them."""
    await append(redis, events)
    for name in PROJECTIONS:
        await advanced(redis, name)


async def is_fed(model: ReadModel, redis: Redis, names: Sequence[str] = tuple(PROJECTIONS)) -> bool:
    """Tell whether a read model has all that stands on the served timelines."""
    for name in names:
        timeline = await Timeline.served(redis, "ukraine", name)
        try:
            served = await model.served("ukraine", name)
        except UnservedError:
            return False
        if served != (timeline.version, (await timeline.checkpoint()).position):
            return False
    return True


async def fed(model: ReadModel, redis: Redis, names: Sequence[str] = tuple(PROJECTIONS)) -> None:
    """Wait until a read model has all."""
    await until(lambda: is_fed(model, redis, names))


async def walked(
    model: ReadModel, name: str, position: int, filters: Filters, limit: int
) -> list[Entry]:
    """All entries, page by page."""
    after: Place | None = None
    found: list[Entry] = []
    while True:
        page = await model.page(Asked("ukraine", name, position, filters, limit, after))
        assert len(page.entries) <= limit
        found += page.entries
        if page.after is None:
            return found
        assert len(page.entries) == limit
        assert page.after.entry == page.entries[-1].entry
        after = page.after


def chosen(
    name: str, entries: Sequence[Entry], filters: Filters, chronology: Sequence[Entry]
) -> list[Entry]:
    """The same by the filters themselves, over all entries."""
    texts = {
        entry.entry: tuple(quote["text"] for quote in json.loads(bytes(entry.body))["quotes"])
        for entry in chronology
        if b'"quotes"' in bytes(entry.body)
    }
    is_chosen = chooser(name, filters, texts=texts)
    return [entry for entry in entries if is_chosen(entry)]


def filters_for(rng: Random, name: str, entries: Sequence[Entry]) -> Filters:
    """One to three filters that a projection has, mostly by what some entry holds."""
    decoder, facts_of = FACTS[name]
    given: dict[str, Any] = {}
    for filter_name in rng.sample(APPLY[name], rng.choice((1, 1, 2, 3))):
        entry = rng.choice(entries)
        facts = facts_of(entry.entry, decoder.decode(entry.body), {})
        given[filter_name] = rng.choice(list(_offers(rng, filter_name, facts)))
    if "from" in given and "to" in given and given["from"] > given["to"]:
        del given["to"]
    return msgspec.convert(given, Filters)


def _offers(rng: Random, name: str, facts: Any) -> Iterator[Any]:  # noqa: C901 - one a filter
    match name:
        case "from" | "to":
            yield f"2025-0{rng.choice('123')}-{rng.randrange(1, 28):02}"
            yield f"2025-02-{rng.randrange(1, 28):02}T{rng.randrange(24):02}:00:00Z"
            yield "2025"
        case "party":
            yield from ([one] for one in (*(facts.party or ()), "XXX"))
            yield ["RUS", "UKR"]
        case "topic":
            yield [rng.choice(list(TOPICS))]
            yield from ([one] for one in facts.topic or ())
        case "region":
            yield ["UA"]
            yield from ([one] for one in facts.region or ())
        case "act":
            yield from ([one] for one in facts.act or ("deny",))
            yield ["deny", "accuse"]
        case "speaker":
            yield ["e"]
            yield from ([one.name[1:6]] for one in facts.speaker or ())
            yield from ([one.id or "none"] for one in facts.speaker or ())
        case "order":
            yield from ("after", "unknown")
        case "within":
            yield from ("24h", "72h", "7d", "30d")
        case "statement":
            yield from facts.statement
            yield "0" * 32
        case "incident":
            yield from facts.incident
        case "disputed":
            yield from (True, False)
        case _:
            yield from _words(rng, facts)


def _words(rng: Random, facts: Any) -> Iterator[str]:
    words = [word for part in facts.q or () if part for word in plain(part).split()]
    yield "nowhere"
    for word in rng.sample(words, min(len(words), 6)):
        yield word.upper()
        low = rng.randrange(len(word))
        yield word[low : low + rng.randrange(1, 8)]
