"""One service on the sample history, and a browser: a fresh window for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.cli.conftest import environment
from tests.cli.console import Console
from tests.services.web.http.site import Site
from tests.services.web.page.browsing import Visit, started, visiting

__all__ = ["environment"]


@pytest.fixture(scope="session")
def service(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Site]:
    """Give a site that serves what the demo shows. `ukraine` and `lebanon` are only read."""
    console = Console(tmp_path_factory.mktemp("service"), environment)
    try:
        done = console("demo", "--once")
        assert done.code == 0, done
        site = Site(console, console.start("up", "--port", "0"))
        with site.http:
            site.settles("ukraine")
            site.settles("lebanon")
            yield site
    finally:
        console.clear()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Give a browser. It ends with the tests of this folder: others run event loops."""
    with started() as running:
        yield running


@pytest.fixture
def visit(browser: Browser, service: Site) -> Iterator[Visit]:
    """Give a new reader, whose page, requests and problems are at hand."""
    with visiting(browser, service.url) as made:
        yield made


@pytest.fixture
def page(visit: Visit) -> Page:
    """Give the page of a new reader. A problem fails the test at its end: see `Visit`."""
    return visit.page
