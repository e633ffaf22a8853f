"""`/status` and `/refused` tell what the commands of these names print."""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from redis.asyncio import Redis

from conflict_events.codec import accept
from conflict_events.outcomes import Refused
from conflict_timeline.log.keys import REFUSED
from conflict_timeline.log.refuse import refuse, refused_fields
from conflict_timeline.timelines.commit import Committer
from tests.oracle.builders import PRODUCER, strike
from tests.services.web.http.site import Site, within
from tests.services.web.readmodel.reading import recorded
from tests.services.web.served import Client, web
from tests.support import raw_of, until

Json = dict[str, Any]

OTHER: Final = "https://scrapers.example/other"
BYTES: Final = [
    b"{",
    raw_of(strike("far", 0, 1, place={"lat": 999})),
    raw_of(strike("near", 0, 1, place={"lat": 999}, source=OTHER)),
    b"[1, 2]",
    raw_of(strike("again", 0, 1, targets=["nothing"])),
]


async def keep(redis: Redis, *raws: bytes) -> None:
    """Keep events as refused."""
    for raw in raws:
        outcome = accept(raw)
        assert isinstance(outcome, Refused)
        await refuse(redis, refused_fields(raw, outcome, "intake:strike", "1-1"))


def test_status_is_what_the_command_prints(site: Site) -> None:
    def agrees() -> bool:
        told = site.asked("/status")
        printed = site.console("status", "--output", "json").one
        ready = {name: told.pop(name) for name in ("ready", "troubles")}
        return told == printed and ready == site.get("/readyz").json()

    within(20, agrees)


def test_refused_is_what_the_command_lists(site: Site) -> None:
    event = strike("no place on earth", 0, 1, place={"lat": 999})
    assert site.publish(event)[0]["outcome"] == "refused"

    told = site.asked("/refused", limit=1_000)
    printed = site.console("refused", "list", "--output", "ndjson").rows

    assert told["total"] == len(printed) == sum(told["by_reason"].values())
    assert len(told["refused"]) == min(len(printed), 1_000)
    for one, row in zip(told["refused"], reversed(printed), strict=False):
        assert one.pop("bytes") == row.pop("length")
        assert one.pop("refused_at").endswith("Z")
        assert one == row


async def test_the_newest_come_first_and_all_are_counted(redis: Redis, tmp_path: Path) -> None:
    await keep(redis, *BYTES)

    async with web(redis, tmp_path) as client:
        everything = await client.told("/refused")
        last = await client.told("/refused", limit=2)

    assert everything["total"] == last["total"] == 5
    assert everything["by_reason"] == last["by_reason"]
    assert sum(everything["by_reason"].values()) == 5
    found = [(one["bytes"], one["sha256"]) for one in everything["refused"]]
    assert found == [(len(raw), sha256(raw).hexdigest()) for raw in reversed(BYTES)]
    assert last["refused"] == everything["refused"][:2]
    assert [one["id"] for one in last["refused"]] == ["again", None]


async def test_they_are_found_by_producer_and_reason(redis: Redis, tmp_path: Path) -> None:
    await keep(redis, *BYTES)

    async with web(redis, tmp_path) as client:
        of_other = await client.told("/refused", source=OTHER)
        invalid = await client.told("/refused", reason="invalid", source=PRODUCER)
        none = await client.told("/refused", reason="not_owner")
        not_json = await client.told("/refused", reason="not_json")

    assert [one["id"] for one in of_other["refused"]] == ["near"]
    assert (of_other["total"], of_other["by_reason"]) == (1, {"invalid": 1})
    assert [one["id"] for one in invalid["refused"]] == ["again", "far"]
    assert none == {"total": 0, "by_reason": {}, "refused": []}
    assert {one["reason"] for one in not_json["refused"]} == {"not_json"}


async def test_what_was_kept_or_removed_meanwhile_is_seen(redis: Redis, tmp_path: Path) -> None:
    async with web(redis, tmp_path) as client:
        totals = [(await client.told("/refused"))["total"]]
        await keep(redis, *BYTES[:2])
        totals.append((await client.told("/refused"))["total"])
        await keep(redis, BYTES[2])
        totals.append((await client.told("/refused"))["total"])
        newest = (await client.told("/refused"))["refused"][0]["refused"]
        await redis.xdel(REFUSED, newest)
        totals.append((await client.told("/refused"))["total"])

    assert totals == [0, 2, 3, 2]


@pytest.mark.parametrize(
    "path",
    [
        *("/refused?limit=0", "/refused?limit=1001", "/refused?reason=bad", "/refused?source="),
        *("/refused?x=1", "/refused?limit=1&limit=2", "/status?x=1"),
    ],
)
def test_what_cannot_be_asked_is_told(site: Site, path: str) -> None:
    assert site.get(path).status_code == 400


async def test_a_fold_that_is_stuck_is_in_the_status(redis: Redis, tmp_path: Path) -> None:
    await recorded(redis, [strike("one", 0, 1)])
    await Committer(redis, "ukraine", "figures", 1).note_diverged("another fold made other bytes")

    async def tells(client: Client) -> bool:
        answer = await client.get("/status")
        return answer.status_code == 200 and not answer.json()["ready"]

    async with web(redis, tmp_path) as client:
        await until(lambda: tells(client))
        status = await client.told("/status")

    (trouble,) = status["troubles"]
    assert (trouble["projection"], trouble["conflict"]) == ("figures", "ukraine")
    assert trouble["reason"] == "another fold made other bytes"
    (conflict,) = status["conflicts"]
    states = {one["projection"]: one["state"] for one in conflict["projections"]}
    assert states["figures"] == "stuck"
