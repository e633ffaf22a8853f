"""The publisher, against a real server: what is queued, what is refused, what is lost."""

import contextlib
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
import pytest
import redis

from conflict_events import (
    ArticleCorrected,
    ArticlePublished,
    ArticleRetracted,
    Body,
    Draft,
    Figure,
    Place,
    Policy,
    Queued,
    Refused,
    Speaker,
    StatementCorrected,
    StatementMade,
    StatementRetracted,
    StrikeCorrected,
    StrikeReported,
    StrikeRetracted,
    Window,
    examine,
)
from conflict_events.codec import EVENT_BYTES_MAX
from conflict_events.publisher import BATCH_EVENTS_MAX
from tests.schemas.conftest import Valkey
from tests.schemas.publishing import (
    ANOTHERS,
    ARTICLE,
    MOSCOW_1850,
    NIGHT,
    NOON,
    ODESA,
    OWN,
    SOURCE,
    STATEMENT,
    STRIKE,
    allow,
    drafts,
    entries,
    events,
    publishing,
)

# What is sent.


async def test_an_event_is_queued_in_its_stream_as_the_contract_wants_it(valkey: Valkey) -> None:
    """One field, `event`, whose bytes intake will accept; the outcome says where it stands."""
    async with publishing(valkey.url) as publisher:
        outcome = await publisher.publish_one(Draft(id="2025-02-19/odesa/1", body=STRIKE))

    [(entry, fields)] = entries(valkey.url, "intake:strike")
    assert outcome == Queued("intake:strike", entry)
    assert list(fields) == [b"event"]
    accepted = examine(fields[b"event"], Policy(kind="strike"))
    assert accepted.event.data == STRIKE
    assert accepted.unknown_fields == ()


async def test_the_publisher_fills_the_envelope(valkey: Valkey) -> None:
    """Source, conflict and type; `time` is now, in UTC, unless it is given."""
    given = datetime(2025, 2, 19, 8, tzinfo=timezone(timedelta(hours=2)))
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    before = datetime.now(UTC)
    async with publishing(valkey.url) as publisher:
        await publisher.publish(
            [
                Draft(id="now", body=STRIKE),
                Draft(id="then", body=STRIKE, time=given, traceparent=trace),
            ]
        )

    now, then = events(valkey.url, "intake:strike")
    assert before <= datetime.fromisoformat(now["time"]) <= datetime.now(UTC)
    assert now["time"].endswith("Z")
    for event in (now, then):
        assert event.pop("data")["place"]["name"] == "Odesa"
    assert then == {
        "specversion": "1.0",
        "id": "then",
        "source": SOURCE,
        "type": "conflict.strike.reported.v1",
        "time": "2025-02-19T08:00:00+02:00",
        "conflict": "ukraine",
        "traceparent": trace,
    }


async def test_each_of_the_nine_bodies_goes_to_the_stream_of_its_kind(valkey: Valkey) -> None:
    """In one call, and answered in the order they were given."""
    bodies: list[Body] = [
        StrikeReported(occurred=NIGHT, place=ODESA),
        ArticlePublished(url=ARTICLE.url, outlet=ARTICLE.outlet, published=NIGHT),
        StatementCorrected(corrects=OWN, reason="x", replacement=STATEMENT),
        StrikeCorrected(corrects=OWN, reason="x", replacement=STRIKE),
        ArticleRetracted(retracts=OWN, reason="x"),
        StatementMade(speaker=Speaker(name="S"), said=NIGHT, act="other", proposition="x"),
        StrikeRetracted(retracts=OWN, reason="x"),
        ArticleCorrected(corrects=OWN, reason="x", replacement=ARTICLE),
        StatementRetracted(retracts=OWN, reason="x"),
    ]
    async with publishing(valkey.url) as publisher:
        outcomes = await publisher.publish(
            Draft(id=f"n{number}", body=body) for number, body in enumerate(bodies)
        )

    found = {
        (stream, entry): examine(fields[b"event"]).event.data
        for stream in ("intake:article", "intake:statement", "intake:strike")
        for entry, fields in entries(valkey.url, stream)
    }
    assert len(found) == len(bodies)
    for body, outcome in zip(bodies, outcomes, strict=True):
        assert isinstance(outcome, Queued)
        assert found[outcome.stream, outcome.entry] == body
        assert type(body).__name__.lower().startswith(outcome.stream.removeprefix("intake:"))


async def test_many_events_are_queued_in_order(valkey: Valkey) -> None:
    """In several batches, of which the last is not full."""
    count = 2 * BATCH_EVENTS_MAX + 1
    async with publishing(valkey.url) as publisher:
        outcomes = await publisher.publish(drafts(count))

    stored = entries(valkey.url, "intake:strike")
    assert outcomes == [Queued("intake:strike", entry) for entry, _ in stored]
    assert [event["id"] for event in events(valkey.url, "intake:strike")] == [
        f"n{number}" for number in range(count)
    ]


async def test_publishing_nothing_asks_for_no_server(stopped_valkey: Valkey) -> None:
    """A scraper that found nothing need not care."""
    async with publishing(stopped_valkey.url) as publisher:
        assert await publisher.publish([]) == []


async def test_a_server_is_reached_by_tcp_and_password(stopped_valkey: Valkey) -> None:
    """As by socket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stopped_valkey.start("--port", str(port), "--requirepass", "secret")
    async with publishing(f"redis://:secret@127.0.0.1:{port}/0") as publisher:
        assert isinstance(await publisher.publish_one(Draft(id="a", body=STRIKE)), Queued)


async def test_a_producer_needs_no_right_but_to_add_to_the_intake_streams(valkey: Valkey) -> None:
    """The access list of a deployment gives it no more."""
    rights = "%W~intake:article %W~intake:statement %W~intake:strike"
    with contextlib.closing(redis.Redis.from_url(valkey.url)) as admin:
        allow(admin, rights)
    url = f"unix://scraper:secret@{valkey.socket}"
    async with publishing(url) as publisher:
        assert isinstance(await publisher.publish_one(Draft(id="a", body=STRIKE)), Queued)


# What is refused here.


async def test_a_refused_event_is_not_sent_and_keeps_its_place_among_the_outcomes(
    valkey: Valkey,
) -> None:
    """One fault among many events costs the others nothing."""
    bad = msgspec.structs.replace(STRIKE, targets=cast(Any, ("harbour",)))
    async with publishing(valkey.url) as publisher:
        outcomes = await publisher.publish(
            [
                Draft(id="a b", body=STRIKE),
                Draft(id="good", body=STRIKE),
                Draft(id="bad", body=bad),
                Draft(id="better", body=STRIKE),
            ]
        )

    first, second, third, fourth = outcomes
    assert isinstance(first, Refused)
    assert (first.reason, first.path) == ("invalid", "$.id")
    assert isinstance(third, Refused)
    assert (third.reason, third.path) == ("invalid", "$.data.targets[0]")
    stored = entries(valkey.url, "intake:strike")
    assert [second, fourth] == [Queued("intake:strike", entry) for entry, _ in stored]
    assert [event["id"] for event in events(valkey.url, "intake:strike")] == ["good", "better"]


def with_place(**fields: Any) -> StrikeReported:
    """A strike whose place has these fields, checked or not."""
    return msgspec.structs.replace(STRIKE, place=msgspec.structs.replace(ODESA, **fields))


def counted(as_of: Any) -> StrikeReported:
    """A strike with a figure as of then."""
    figure = Figure(measure="killed", unit="people", best=1, claimant="OVA", as_of=as_of)
    return msgspec.structs.replace(STRIKE, figures=(figure,))


UNSENDABLE: list[tuple[str, Any, str, str]] = [
    ("no body", {"place": "Odesa"}, "unknown_type", "$.type"),
    ("an envelope", ODESA, "unknown_type", "$.type"),
    ("latitude 999", with_place(lat=999.0), "invalid", "$.data.place.lat"),
    ("a number as text", with_place(lat="46.48"), "invalid", "$.data.place.lat"),
    ("half a NaN point", with_place(lat=float("nan")), "invalid", "$.data.place"),
    ("a NaN radius", with_place(radius_m=float("nan")), "invalid", "$"),
    ("an infinite radius", with_place(radius_m=float("inf")), "invalid", "$"),
    ("a lone surrogate", with_place(name="\ud800"), "invalid", "$"),
    ("a bidi override", with_place(name="\u202e"), "invalid", "$.data.place.name"),
    ("bytes", with_place(country=b"UA"), "invalid", "$.data.place.country"),
    ("an object", with_place(name=object()), "invalid", "$"),
    ("2^70", with_place(geonames=2**70), "invalid", "$.data.place.geonames"),
    ("a naive time", counted(NOON.replace(tzinfo=None)), "invalid", "$.data.figures[0].as_of"),
    ("a date", counted(NOON.date()), "invalid", "$.data.figures[0].as_of"),
    ("an offset with seconds", counted(MOSCOW_1850), "invalid", "$"),
    (
        "too large",
        msgspec.structs.replace(STRIKE, articles=("https://a.example/" + "x" * 1900,) * 40),
        "too_large",
        "$",
    ),
    (
        "another's strike",
        StrikeRetracted(retracts=ANOTHERS, reason="x"),
        "not_owner",
        "$.data.retracts.source",
    ),
]


@pytest.mark.parametrize(
    ("body", "reason", "path"),
    [case[1:] for case in UNSENDABLE],
    ids=[case[0] for case in UNSENDABLE],
)
async def test_what_intake_would_refuse_is_refused_before_it_is_sent(
    stopped_valkey: Valkey, body: Any, reason: str, path: str
) -> None:
    """And what JSON cannot hold, which would arrive as something else. No server is asked."""
    async with publishing(stopped_valkey.url) as publisher:
        outcome = await publisher.publish_one(Draft(id="a", body=body))
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.path) == (reason, path)
    assert outcome.message


@pytest.mark.parametrize(
    ("field", "value"), [("source", "a b"), ("source", ""), ("conflict", "Ukraine")]
)
async def test_a_publisher_of_no_valid_name_is_refused_every_event(
    stopped_valkey: Valkey, field: str, value: str
) -> None:
    """The path names what to mend."""
    async with publishing(stopped_valkey.url, **{field: value}) as publisher:
        outcome = await publisher.publish_one(Draft(id="a", body=STRIKE))
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.path) == ("invalid", f"$.{field}")


async def test_an_editor_may_amend_what_others_reported(valkey: Valkey) -> None:
    """The deployment has the last word; the publisher only must not stand in the way."""
    async with publishing(valkey.url, editor=True) as publisher:
        outcome = await publisher.publish_one(
            Draft(id="a", body=StrikeRetracted(retracts=ANOTHERS, reason="x"))
        )
    assert isinstance(outcome, Queued)


async def test_what_python_makes_easy_is_accepted(valkey: Valkey) -> None:
    """Lists for tuples, whole numbers for floats, and times in a zone of whole minutes."""
    body = StrikeReported(
        occurred=Window(
            earliest=datetime(2025, 2, 18, 23, tzinfo=ZoneInfo("Europe/Kyiv")),
            latest=datetime(2025, 2, 19, 5, tzinfo=ZoneInfo("Asia/Kathmandu")),
        ),
        place=Place(lat=46, lon=30),
        targets=cast(Any, ["port", "energy_grid"]),
        figures=cast(Any, [Figure(measure="killed", unit="people", best=0, claimant="OVA")]),
    )
    async with publishing(valkey.url) as publisher:
        assert isinstance(await publisher.publish_one(Draft(id="a", body=body)), Queued)
    [event] = events(valkey.url, "intake:strike")
    assert event["data"]["occurred"]["earliest"] == "2025-02-18T23:00:00+02:00"


async def test_an_event_of_64_kib_is_queued(valkey: Valkey) -> None:
    """The bound itself is allowed, one byte more is not."""

    def of_size(length: int) -> Draft:
        urls = ["https://a.example/" + "x" * 1900] * 33
        return Draft(
            id="a",
            body=msgspec.structs.replace(
                STRIKE, articles=(*urls, "https://a.example/" + "x" * length)
            ),
            time=datetime(2025, 2, 19, tzinfo=UTC),
        )

    async with publishing(valkey.url) as publisher:
        await publisher.publish_one(of_size(1))
        [(_, fields)] = entries(valkey.url, "intake:strike")
        room = EVENT_BYTES_MAX - len(fields[b"event"]) + 1
        assert isinstance(await publisher.publish_one(of_size(room)), Queued)
        assert isinstance(await publisher.publish_one(of_size(room + 1)), Refused)


# What is installed.


@pytest.mark.parametrize("url", ["http://a.example", "valkey.sock", ""])
async def test_a_url_that_is_none_is_an_error_at_once(url: str) -> None:
    """Before anything is published."""
    with pytest.raises(ValueError, match="scheme"):
        async with publishing(url):
            pass


def run(program: str) -> Iterator[str]:
    """What a program prints, line by line, in a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    yield from done.stdout.splitlines()


def test_without_the_redis_extra_the_error_names_it() -> None:
    """The rest of the package works without."""
    program = """
import asyncio, sys
sys.modules["redis"] = None  # As if it were not installed.
from conflict_events import Publisher

async def main():
    async with Publisher.over_redis("redis://localhost", source="a:b", conflict="c"):
        pass

try:
    asyncio.run(main())
except ImportError as error:
    print(error)
"""
    [line] = run(program)
    assert line.endswith("pip install 'conflict-events[redis]'")


def test_redis_is_imported_when_it_is_used_and_nothing_of_the_application_ever() -> None:
    """A scraper installs two small packages."""
    program = """
import asyncio, sys
from conflict_events import Publisher
assert "redis" not in sys.modules

async def main():
    async with Publisher.over_redis("redis://localhost", source="a:b", conflict="c"):
        pass

asyncio.run(main())
assert "redis" in sys.modules
print([name for name in ("faststream", "pydantic", "conflict_timeline") if name in sys.modules])
"""
    assert list(run(program)) == ["[]"]


def test_the_readmes_example_works(valkey: Valkey) -> None:
    """As it stands, but for the address of the server."""
    readme = (Path(__file__).parents[2] / "schemas" / "README.md").read_text()
    [program] = [
        shown
        for shown in re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
        if "over_redis" in shown
    ]
    lines = list(run(program.replace("redis://localhost:6379", valkey.url)))
    [(entry, _)] = entries(valkey.url, "intake:strike")
    assert lines == [f"queued as {entry} in intake:strike"]
