"""Every test tells a story of its own, and the oracle reads every time only once."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.oracle import times

from .kit import given


@pytest.fixture(autouse=True)
def _an_empty_log() -> None:
    given()


@pytest.fixture(autouse=True, scope="package")
def _a_quicker_oracle() -> Iterator[None]:
    """Its definition asks again and again when a window was: half of its time goes there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(times, "microseconds", cache(times.microseconds))
        yield
