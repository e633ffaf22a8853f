"""What the publisher's tests publish, and how they look at what arrived."""

import contextlib
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import redis

from conflict_events import (
    ArticlePublished,
    Body,
    Draft,
    EventRef,
    Outlet,
    Place,
    Publisher,
    Queued,
    Speaker,
    StatementMade,
    StrikeReported,
    Window,
)

SOURCE = "https://scraper.example/odesa"
NIGHT = Window.parse("2025-02-18T23:30:00Z/2025-02-19T05:00:00Z")
ODESA = Place(name="Odesa", country="UA", lat=46.48, lon=30.73)
STRIKE = StrikeReported(occurred=NIGHT, place=ODESA, targets=("energy_grid",))
ARTICLE = ArticlePublished(
    url="https://a.example/1", outlet=Outlet(name="A"), published=Window.parse("2025-02-19")
)
STATEMENT = StatementMade(
    speaker=Speaker(name="S", party="RUS"),
    said=Window.parse("2025-02-18"),
    act="deny",
    proposition="No strikes on energy.",
)
NOON = datetime(2025, 2, 18, 12, tzinfo=UTC)
MOSCOW_1850 = datetime(1850, 1, 1, tzinfo=ZoneInfo("Europe/Moscow"))  # +02:30:17
OWN = EventRef(source=SOURCE, id="first")
ANOTHERS = EventRef(source="https://other.example/", id="first")


@contextlib.asynccontextmanager
async def publishing(url: str, **options: Any) -> AsyncGenerator[Publisher[Queued]]:
    """A publisher of these tests."""
    settings: dict[str, Any] = {
        "source": SOURCE,
        "conflict": "ukraine",
        "patience_s": 5.0,
    } | options
    async with Publisher.over_redis(url, **settings) as publisher:
        yield publisher


def entries(url: str, stream: str) -> list[tuple[str, dict[bytes, bytes]]]:
    """What stands in a stream: entry ids and fields."""
    with contextlib.closing(redis.Redis.from_url(url)) as client:
        found = cast(list[tuple[bytes, dict[bytes, bytes]]], client.xrange(stream))
    return [(entry.decode(), fields) for entry, fields in found]


def events(url: str, stream: str) -> list[dict[str, Any]]:
    """The events in a stream, as JSON."""
    return [json.loads(fields[b"event"]) for _, fields in entries(url, stream)]


def allow(admin: redis.Redis, keys: str) -> None:
    """Let in a user `scraper`, who may XADD to these keys and nothing else."""
    rights = ("on", ">secret", "-@all", "+xadd", "resetkeys", *keys.split())
    admin.execute_command("ACL", "SETUSER", "scraper", *rights)  # type: ignore[no-untyped-call]


def drafts(count: int, body: Body = STRIKE) -> list[Draft]:
    """So many drafts of one body."""
    return [Draft(id=f"n{number}", body=body) for number in range(count)]
