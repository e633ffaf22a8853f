"""A real server for each module of tests that imports, emptied before each test that uses it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from conflict_timeline.broker import connect
from tests.support import served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of an embedded broker that the tests of a module share."""
    with served(tmp_path_factory.mktemp("broker")) as url:
        yield url


@pytest.fixture
async def redis(server: str) -> AsyncIterator[Redis]:
    """Give a client of the shared broker, on which nothing is stored."""
    client = connect(server)
    await client.flushall()
    yield client
    await client.aclose()
