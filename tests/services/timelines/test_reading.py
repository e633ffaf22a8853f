"""Reading: what stood on a timeline as of any position."""

import json
from typing import cast

import pytest
from redis.asyncio import Redis

from conflict_events.timelines import Entry
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.timelines.commit import Committer
from conflict_timeline.timelines.errors import UnservedError
from conflict_timeline.timelines.keys import serving_key
from conflict_timeline.timelines.read import Timeline
from tests.oracle import semantics
from tests.oracle.builders import at, corrected, retracted, statement, strike
from tests.oracle.histories import history
from tests.support import Json, accepted, append, seeded


async def projected(redis: Redis, events: list[Json], name: str) -> Timeline:
    """Record events, fold them and commit what they make."""
    await append(redis, events)
    advancer = Advancer.over(redis, "ukraine", projection(name))
    await advancer.open()
    async for page in follow(redis, "ukraine"):
        await advancer.advance(page)
    return await Timeline.served(redis, "ukraine", name)


def body_of(entry: Entry) -> Json:
    """An entry's body, as a reader parses it."""
    return cast("Json", json.loads(bytes(entry.body)))


@pytest.mark.parametrize("name", PROJECTIONS)
async def test_as_of_any_position_it_stands_as_a_fold_that_stopped_there(
    redis: Redis, name: str
) -> None:
    """Of a random history; what came later does not change what was known then."""
    timeline = await projected(redis, history(seeded().getrandbits(32), events=120), name)
    fold, latest = Fold(projection(name)), dict[str, bytes]()

    async for page in follow(redis, "ukraine"):
        for recorded in page:
            latest |= {made.entry: made.raw for made in fold.apply(recorded)}
            known = [json.loads(raw) for raw in latest.values()]
            asserted = {one["entry"]: one for one in known if one["status"] == "asserted"}

            entries = await timeline.entries(upto=recorded.position)

            assert len(entries) == len(asserted)
            for entry in entries:
                meant = asserted[entry.entry]
                assert (entry.revision, entry.position) == (meant["revision"], meant["position"])
                assert body_of(entry) == meant["body"]
                assert list(entry.because) == meant["because"]
    assert await timeline.entries() == await timeline.entries(upto=120)
    assert await timeline.entries(upto=0) == []


@pytest.mark.parametrize("name", ["incidents", "pairings"])
async def test_its_revisions_are_those_that_the_semantics_ask_for(redis: Redis, name: str) -> None:
    """As computed by the oracle, which shares no code with the fold."""
    events = history(seeded().getrandbits(32), events=40)
    timeline = await projected(redis, events, name)

    revisions = [
        {
            "entry": one.entry,
            "number": one.revision,
            "position": one.position,
            "status": one.status,
            "because": list(one.because),
            "body": body_of(one),
        }
        async for one in timeline.revisions()
    ]

    expected = semantics.revisions(events, "incidents" if name == "incidents" else "pairings")
    assert revisions == expected


async def test_what_was_published_stays_readable_after_it_was_corrected_and_retracted(
    redis: Redis,
) -> None:
    """Corrections add."""
    denial, attack = (
        statement("s", 0, 1, "deny", about=["RUS"]),
        strike("a", 4, 5, attribution=[{"party": "RUS", "basis": "assessed"}]),
    )
    timeline = await projected(
        redis,
        [denial, attack, corrected("c", attack, targets=["rail"]), retracted("r", denial)],
        "pairings",
    )

    bodies = [[body_of(one) for one in await timeline.entries(upto=n)] for n in range(5)]

    assert [len(known) for known in bodies] == [0, 0, 1, 0, 0]
    assert bodies[2][0]["targets"] == ["energy_grid"]
    statuses = [one.status async for one in timeline.revisions()]
    assert statuses == ["asserted", "withdrawn"]


async def test_revisions_come_in_order_through_all_pages(redis: Redis) -> None:
    """More than one read gives, many of them made by one position."""
    denials = [statement(f"s{n}", 0, 1, "deny", about=["RUS"]) for n in range(700)]
    attack = strike("a", 4, 5, attribution=[{"party": "RUS", "basis": "assessed"}])
    events = [*denials, attack, corrected("c", attack, targets=["energy"])]
    timeline = await projected(redis, events, "pairings")

    made = [(one.position, one.entry) async for one in timeline.revisions()]

    assert len(made) == 1_400
    assert made == sorted(made)
    assert [one async for one in timeline.revisions(upto=701)] == [
        one async for one in timeline.revisions() if one.position <= 701
    ]
    assert len(await timeline.entries()) == 700


async def test_entries_come_by_event_time_then_id(redis: Redis) -> None:
    """Not in the order in which they were reported; fractions of a second count."""
    events = [
        strike("late", 9, 10),
        strike("early", 1, 2, place={"name": "Elsewhere", "country": "UA"}),
        *(strike(f"same{n}", 5, 6, place={"name": f"P{n}", "country": "UA"}) for n in range(5)),
    ]
    fraction = strike("fraction", 5, 6, place={"name": "Q", "country": "UA"})
    fraction["data"]["occurred"]["earliest"] = "2025-02-10T05:00:00.25Z"
    timeline = await projected(redis, [*events, fraction], "incidents")

    entries = await timeline.entries()

    starts = [body_of(entry)["core"]["earliest"] for entry in entries]
    assert starts == [
        "2025-02-10T01:00:00Z",
        *["2025-02-10T05:00:00Z"] * 5,
        "2025-02-10T05:00:00.250000Z",
        "2025-02-10T09:00:00Z",
    ]
    same = [entry.entry for entry in entries[1:6]]
    assert same == sorted(same)


async def test_an_entry_names_the_timeline_that_it_stands_on(redis: Redis) -> None:
    """A citation needs projection, version, conflict, id and position."""
    timeline = await projected(redis, [strike("a", 0, 1)], "incidents")

    (entry,) = await timeline.entries()

    assert (entry.projection, entry.version, entry.conflict) == ("incidents", 1, "ukraine")
    assert (entry.revision, entry.position, entry.status) == (1, 1, "asserted")


async def test_readers_get_the_version_that_is_served(redis: Redis) -> None:
    """Whichever was built last."""
    with pytest.raises(UnservedError, match="no timeline 'pairings' is served for 'ukraine'"):
        await Timeline.served(redis, "ukraine", "pairings")
    await Committer(redis, "ukraine", "pairings", 3).serve_if_first()

    assert (await Timeline.served(redis, "ukraine", "pairings")).version == 3
    await redis.hset(serving_key("ukraine"), "pairings", "2")
    assert (await Timeline.served(redis, "ukraine", "pairings")).version == 2


async def test_a_withdrawn_id_leads_to_what_it_was_merged_into(redis: Redis) -> None:
    """A citation of it stays good; as of before the merge it is what it was."""
    apart = [strike("a", 0, 2), strike("b", 30, 32), strike("c", 60, 62)]
    keys = [accepted(event).event.key for event in apart]
    timeline = await projected(
        redis,
        [
            *apart,
            corrected("c1", apart[2], occurred=apart[1]["data"]["occurred"]),
            corrected("c2", apart[1], occurred=apart[0]["data"]["occurred"]),
            corrected("c3", apart[2], time=at(101), occurred=apart[0]["data"]["occurred"]),
        ],
        "incidents",
    )

    now = await timeline.resolve(f"i-{keys[2]}")
    then = await timeline.resolve(f"i-{keys[2]}", upto=3)
    between = await timeline.resolve(f"i-{keys[2]}", upto=4)

    assert now is not None
    assert (now.entry, now.status) == (f"i-{keys[0]}", "asserted")
    assert then is not None
    assert (then.entry, then.position) == (f"i-{keys[2]}", 3)
    assert between is not None
    assert between.entry == f"i-{keys[1]}"


async def test_an_id_that_leads_nowhere_is_told_apart_from_one_that_never_was(redis: Redis) -> None:
    event = strike("a", 0, 2)
    timeline = await projected(redis, [event, retracted("r", event)], "incidents")

    gone = await timeline.resolve(f"i-{accepted(event).event.key}")

    assert gone is not None
    assert gone.status == "withdrawn"
    assert await timeline.resolve("i-" + "0" * 32) is None
