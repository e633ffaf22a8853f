"""Live: what is recorded while the page is open comes in, and moves nothing else."""

import re
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.oracle.builders import by, statement, strike
from tests.oracle.reports import key_of
from tests.services.web.http.site import Site
from tests.services.web.page.browsing import Visit, visiting
from tests.services.web.page.reader import (
    TO,
    at_rest,
    counts,
    details,
    opened,
    pairs,
    row,
    told_by_address,
)
from tests.services.web.page.sites import own, record

SAID: Final = statement("said", 0, 1, "deny")
FIRST: Final = strike("first", 5, 6, attribution=by("RUS"))
ZOOM: Final = "1739145600_1739232000"
"""The day of the words and of the strikes."""
PLACE: Final = {"geonames": 698740, "name": "Odesa", "country": "UA", "admin1": "UA-51"}
NEXT: Final = strike("next", 20, 21, attribution=by("RUS"), place=PLACE)

_numbers = count()


@pytest.fixture
def conflict(service: Site) -> str:
    """Give a conflict with one statement and one strike, of this test alone."""
    made = f"followed-{next(_numbers)}"
    record(service, made, SAID, FIRST)
    return made


def is_live(page: Page) -> None:
    """Wait until the page hears of revisions."""
    expect(page.locator(".live")).to_have_text(re.compile("^live"))


def test_a_strike_that_is_recorded_is_drawn_counted_and_paired_and_nothing_moves(
    page: Page, service: Site, conflict: str
) -> None:
    opened(page, conflict, s=key_of(SAID), z=ZOOM, w="24h")
    is_live(page)
    expect(pairs(page)).to_have_count(1)
    expect(page.locator(".chart-count")).to_have_text("1 statement, 1 strike in view")
    link = details(page).get_by_role("button", name="Copy the link")
    link.focus()
    before = where(page)
    assert 0 < before["top"] < 900
    assert before["focused"] == "cite:link"
    page.evaluate("globalThis.isSame = true")

    record(service, conflict, NEXT)

    expect(counts(page)).to_have_text("Shown: 1 statement, 2 strikes.")
    expect(page.locator(".chart-count")).to_have_text("1 statement, 2 strikes in view")
    expect(row(page, "Odesa").locator("th.lag")).to_have_text(f"19{TO}21 h")
    expect(pairs(page)).to_have_count(2)
    expect(details(page).locator(".summary")).to_contain_text("Observed: 2 definite")
    expect(page.locator(".live")).to_have_text(re.compile(r"^live · \d new$"))
    expect(page.get_by_role("banner")).to_contain_text("position 3")
    assert where(page) == before
    assert page.evaluate("globalThis.isSame")


def test_a_view_that_is_fixed_stays_as_it_is(page: Page, service: Site, conflict: str) -> None:
    opened(page, conflict, s=key_of(SAID), z=ZOOM, p="2", out="0")
    expect(page.locator(".live")).to_have_text("fixed at a position")
    expect(pairs(page)).to_have_count(1)
    at_rest(page)
    picture = "() => document.querySelector('.chart-stage canvas').toDataURL()"
    before = (where(page), page.evaluate(picture), details(page).inner_text())

    record(service, conflict, NEXT)

    expect(page.locator(".live")).to_have_text(re.compile(r"^fixed at a position · \d new"))
    expect(page.get_by_text("position 2 of 3")).to_be_visible()
    expect(page.get_by_text("Learned, or changed, later: 0 statements, 1 strike.")).to_be_visible()
    assert (where(page), page.evaluate(picture), details(page).inner_text()) == before
    page.get_by_role("button", name="Latest").click()
    expect(pairs(page)).to_have_count(2)


def test_a_reader_who_searches_is_left_in_peace(page: Page, service: Site, conflict: str) -> None:
    opened(page, conflict)
    is_live(page)
    page.keyboard.press("/")
    page.keyboard.type("Dnipro")
    expect(page.get_by_text(re.compile(r"^\d found$"))).to_be_visible()
    expect(counts(page)).to_contain_text("Shown: 0 statements, 1 strike")

    record(service, conflict, NEXT)

    expect(counts(page)).to_contain_text("of 1 and 2.")
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("Dnipro")
    told_by_address(page, q="Dnipro")


def test_a_page_catches_up_when_the_service_comes_back(
    browser: Browser, tmp_path: Path, environment: dict[str, str]
) -> None:
    with own(tmp_path, environment) as mine:
        record(mine.site, "ukraine", SAID, FIRST)
        with visiting(browser, mine.url) as visit:
            page = visit.page
            opened(page, s=key_of(SAID))
            is_live(page)
            page.evaluate("globalThis.isSame = true")
            mine.end()
            expect(page.locator(".live")).to_contain_text("connecting again")

            assert mine.console.publish(NEXT).code == 0  # Nobody serves it yet.
            mine.begin()

            expect(counts(page)).to_have_text("Shown: 1 statement, 2 strikes.", timeout=20_000)
            expect(pairs(page)).to_have_count(2)
            is_live(page)
            assert page.evaluate("globalThis.isSame")
            broken(visit)


def test_a_service_that_refuses_for_a_moment_is_asked_again(
    visit: Visit, service: Site, conflict: str
) -> None:
    page = visit.page
    refused: list[str] = []

    def refuse(route: Route) -> None:
        if len(refused) < 2:
            refused.append(route.request.url)
            route.fulfill(status=503, body="{}", content_type="application/problem+json")
        else:
            route.continue_()

    page.route("**/live", refuse)
    opened(page, conflict)

    is_live(page)
    assert len(refused) == 2
    record(service, conflict, NEXT)
    expect(counts(page)).to_have_text("Shown: 1 statement, 2 strikes.")
    broken(visit)


def where(page: Page) -> dict[str, Any]:
    """Where the reader is: nothing that comes in may move this."""
    found: dict[str, Any] = page.evaluate(
        """() => ({
          address: location.href,
          focused: document.activeElement.dataset.at ?? document.activeElement.tagName,
          range: document.querySelector(".chart-range").textContent,
          top: Math.round(document.activeElement.getBoundingClientRect().top),
          around: [scrollX, scrollY, document.querySelector(".main").scrollTop],
        })"""
    )
    return found


def broken(visit: Visit) -> None:
    """Take out what the browser itself says of broken connections, also later; nothing else."""
    left = [one for one in visit.problems if "net::ERR_" not in one and " 503 " not in one]
    assert left == []
    visit.problems.clear()
    visit.expected += ["net::ERR_", " 503 "]


def test_what_is_cited_after_something_came_in_is_as_a_new_reader_cites_it(
    page: Page, service: Site, conflict: str
) -> None:
    """The time at which the position was recorded, and the digest of every timeline there."""
    opened(page, conflict, s=key_of(SAID))
    is_live(page)

    record(service, conflict, NEXT)

    expect(pairs(page)).to_have_count(2)
    cited = details(page).locator(".citation")
    overview = service.asked(f"/conflicts/{conflict}/overview")
    assert overview["position"] == 3
    for projection in ("chronology", "incidents", "pairings"):
        expect(cited).to_contain_text(overview["digests"][projection][:16])
    told = cited.inner_text()
    page.reload()
    expect(cited).to_have_text(told)


def test_a_page_that_nobody_saw_for_a_while_catches_up_with_all_of_it(
    page: Page, service: Site, conflict: str
) -> None:
    opened(page, conflict, s=key_of(SAID))
    is_live(page)
    expect(pairs(page)).to_have_count(1)
    seen(page, "hidden")

    record(service, conflict, NEXT)
    seen(page, "visible")

    expect(page.get_by_role("banner")).to_contain_text("position 3")
    expect(pairs(page)).to_have_count(2)
    expect(details(page).get_by_role("link", name=re.compile("p=3$"))).to_be_visible()


def seen(page: Page, state: str) -> None:
    """Have the page believe that its window is hidden, or visible again."""
    page.evaluate(
        """(state) => {
          const get = () => state;
          Object.defineProperty(document, "visibilityState", { get, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )
