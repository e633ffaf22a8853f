"""A site for the tests of a module."""

from collections.abc import Iterator

import pytest

from tests.deploy.site import Site, site


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    """Give a site whose server runs."""
    with site() as made:
        yield made
