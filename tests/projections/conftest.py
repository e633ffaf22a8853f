"""Every test tells a story of its own."""

import pytest

from .kit import given


@pytest.fixture(autouse=True)
def _an_empty_log() -> None:
    given()
