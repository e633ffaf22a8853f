"""The page opens in a browser, and what no reader should meet fails a test."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.services.web.http.site import Site
from tests.services.web.page.browsing import Visit, violations, visiting

MISCHIEF = """() => {
  console.error("said");
  setTimeout(() => { throw new Error("raised"); });
  alert("asked");
}"""
ASKING_ELSEWHERE = "() => fetch('http://elsewhere.example/').catch(() => null)"


def test_the_page_opens_and_says_what_it_is(page: Page) -> None:
    page.goto("/")

    expect(page.locator("h1")).to_be_visible()


def test_script_and_style_are_asked_for_by_the_hash_of_what_is_in_them(visit: Visit) -> None:
    visit.page.goto("/")

    named = re.compile(r"/page/page-[0-9a-f]{16}(\.js|\.css)$")
    assert {found[1] for url in visit.requests if (found := named.search(url))} == {".js", ".css"}


def told(browser: Browser, service: Site, script: str, **options: Any) -> str:
    """What a visit tells of a page that runs a script."""

    def visits() -> None:
        with visiting(browser, service.url, **options) as visit:
            visit.page.goto("/")
            visit.page.evaluate(script)
            visit.page.wait_for_timeout(100)

    with pytest.raises(AssertionError) as raised:
        visits()
    return str(raised.value)


def test_what_no_reader_should_meet_fails_a_visit(browser: Browser, service: Site) -> None:
    problems = told(browser, service, MISCHIEF)

    for one in ("console: said", "error of the page: Error: raised", "dialog: asked"):
        assert one in problems


def test_what_the_policy_of_the_page_refuses_fails_a_visit(browser: Browser, service: Site) -> None:
    problems = told(browser, service, ASKING_ELSEWHERE)

    assert "connect-src refuses http://elsewhere.example/" in problems


def test_asking_another_host_fails_a_visit(browser: Browser, service: Site) -> None:
    problems = told(browser, service, ASKING_ELSEWHERE, bypass_csp=True)

    assert "request to another origin: http://elsewhere.example/" in problems


def test_what_readers_with_a_disability_would_miss_is_found_on_the_page(page: Page) -> None:
    page.goto("/")
    page.evaluate(
        """() => {
          const image = document.createElement("img");
          image.src = "/page/icon.svg";
          document.body.append(image);
        }"""
    )

    assert any(found.startswith("image-alt (critical): ") for found in violations(page))
