"""Each store in turn."""

import pytest

from tests.conformance.stores import (
    Log,
    LogInMemory,
    LogInRedis,
    Timeline,
    TimelineInMemory,
    TimelineInRedis,
)
from tests.services.conftest import redis, server

__all__ = ("redis", "server")


@pytest.fixture(params=["redis", "memory"])
def log(request: pytest.FixtureRequest) -> Log:
    """Give a log in which nothing is recorded."""
    if request.param == "memory":
        return LogInMemory()
    return LogInRedis(request.getfixturevalue("redis"))


@pytest.fixture(params=["redis", "memory"])
def timeline(request: pytest.FixtureRequest) -> Timeline:
    """Give a timeline to which nothing is committed."""
    if request.param == "memory":
        return TimelineInMemory()
    return TimelineInRedis(request.getfixturevalue("redis"))
