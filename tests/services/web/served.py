"""The web service in this process, and a client of it."""

import warnings
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from litestar.exceptions import LitestarDeprecationWarning
from redis.asyncio import Redis

from conflict_timeline.log.follow import head_of
from conflict_timeline.web.service import Web
from tests.support import POLICY, serving, until

Json = dict[str, Any]

ENTRIES_A_PAGE: Final = 50


class Client:
    """Asks one service."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **query: str | int) -> httpx.Response:
        """Ask."""
        return await self.http.get(path, params=query or None)

    async def told(self, path: str, **query: str | int) -> Json:
        """Ask for what is there."""
        answer = await self.get(path, **query)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def entries(self, projection: str, **query: str | int) -> list[Json]:
        """All entries of a timeline of `ukraine`, page by page."""
        path = f"/conflicts/ukraine/timelines/{projection}"
        page = await self.told(path, limit=ENTRIES_A_PAGE, **query)
        found: list[Json] = page["entries"]
        query.pop("as_of", None)
        while page["next"] is not None:
            page = await self.told(path, limit=ENTRIES_A_PAGE, cursor=page["next"], **query)
            found += page["entries"]
        return found


@asynccontextmanager
async def web(redis: Redis, folder: Path, **parts: Any) -> AsyncGenerator[Client]:
    """Run the service for a while."""
    with warnings.catch_warnings():  # Of what Litestar 3 will want to be told about handlers.
        warnings.simplefilter("ignore", LitestarDeprecationWarning)
        running = Web(redis, policy=POLICY, folder=folder, host="127.0.0.1", port=0, **parts)
    async with (
        serving(running.run()),
        httpx.AsyncClient(base_url=running.address, timeout=30) as http,
    ):
        yield Client(http)


async def settles(client: Client, redis: Redis) -> None:
    """Wait until an overview is as of the head."""
    head = (await head_of(redis, "ukraine")).position

    async def has_come() -> bool:
        answer = await client.get("/conflicts/ukraine/overview")
        return answer.status_code == 200 and answer.json()["position"] == head

    await until(has_come)
