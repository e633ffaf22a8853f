"""One site for all these tests: `ukraine` is only read, other conflicts are the tests' own."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import environment
from tests.services.web.http.site import Site, up

__all__ = ["environment"]


@pytest.fixture(scope="session")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    environment: dict[str, str],
) -> Iterator[Site]:
    """Give a site that serves the two episodes of the sample history."""
    with up(tmp_path_factory.mktemp("site"), environment) as running:
        yield running
