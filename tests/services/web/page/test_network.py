"""What the page asks for: of its own service alone, and little."""

import re
from typing import Any, Final

from playwright.sync_api import Page, expect

from tests.services.web.http.site import Site
from tests.services.web.page.browsing import Visit
from tests.services.web.page.reader import DENIAL, ODESA, details, opened, pairs, stage

TRANSFERRED_MAX: Final = 100_000
"""Bytes of script, style, document and icon as they are sent, packed; `test_built.py` has the bound
of what they are unpacked."""

_WEIGHED: Final = """() => {
  const files = performance.getEntriesByType("resource")
    .filter(({ name }) => name.includes("/page/"));
  const all = [...performance.getEntriesByType("navigation"), ...files];
  return all.map((one) => ({
    name: new URL(one.name).pathname,
    sent: one.encodedBodySize,
    unpacked: one.decodedBodySize,
  }));
}"""


def views(page: Page, name: str) -> None:
    """Go to another view, and see what it has."""
    page.get_by_role("navigation").get_by_role("button", name=name).click()
    expect(page.locator(".view-content:visible").first).not_to_be_empty()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def walks(page: Page) -> None:
    """Do nearly all that the page has to offer."""
    opened(page)
    page.keyboard.press("/")
    page.keyboard.type("energy")
    expect(page.get_by_text(re.compile(r"^[\d,]+ found$"))).to_be_visible()
    page.get_by_role("button", name="Clear all filters").first.click()
    page.get_by_role("button", name="Zoom in").click()
    stage(page).hover()
    opened(page, s=DENIAL)
    expect(pairs(page)).not_to_have_count(0)
    expect(details(page).locator("svg.map-picture")).to_be_visible()
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
    details(page).get_by_role("button", name="The same for the other side").first.click()
    expect(details(page)).to_contain_text("The other side")
    page.get_by_role("button", name="Step back").click()
    page.get_by_role("button", name="Latest").click()
    opened(page, i=ODESA)
    expect(details(page).locator(".place-name")).to_have_text("Odesa")
    for name in ("Incidents", "Reversals", "Operations"):
        views(page, name)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    opened(page, "lebanon")
    for one in ("dark", "light"):
        page.get_by_label("Theme").select_option(one)


def test_a_long_walk_asks_nothing_of_another_origin(visit: Visit, service: Site) -> None:
    walks(visit.page)

    assert len(visit.requests) > 40
    assert {url for url in visit.requests if not url.startswith(f"{service.url}/")} == set()


def test_a_walk_asks_for_each_file_of_the_page_once(visit: Visit) -> None:
    opened(visit.page, s=DENIAL)
    expect(details(visit.page).locator("svg.map-picture")).to_be_visible()
    for name in ("Incidents", "Reversals", "Operations", "Timeline"):
        visit.page.get_by_role("navigation").get_by_role("button", name=name).click()

    # The icon is the browser's affair: it asks for it again with each address.
    files = [url for url in visit.requests if "/page/" in url and not url.endswith("/icon.svg")]

    assert sorted(files) == sorted(set(files))


def test_what_a_reader_loads_is_sent_packed_and_is_small(page: Page) -> None:
    opened(page)

    weighed: list[dict[str, Any]] = page.evaluate(_WEIGHED)

    names = [re.sub("-[0-9a-f]{16}", "", one["name"]) for one in weighed]
    assert {"/", "/page/page.js", "/page/page.css"} <= set(names)
    sent = sum(one["sent"] for one in weighed)
    assert 20_000 < sent <= TRANSFERRED_MAX
    script = next(one for one in weighed if one["name"].endswith(".js"))
    assert script["sent"] < 0.4 * script["unpacked"]


def test_a_reader_who_comes_again_loads_script_and_style_from_what_the_browser_kept(
    page: Page,
) -> None:
    opened(page)

    page.goto("/?c=lebanon")

    kept = page.evaluate(
        """() => performance.getEntriesByType("resource")
          .filter(({ name }) => /page-[0-9a-f]{16}/.test(name))
          .map(({ transferSize }) => transferSize)"""
    )
    assert kept == [0, 0]


def test_nothing_of_a_reader_is_told_to_those_who_are_cited(visit: Visit) -> None:
    page = visit.page
    opened(page, s=DENIAL)
    expect(details(page).locator(".sources a").first).to_be_visible()

    links = page.locator("a[href^='http']").evaluate_all(
        "(all) => all.filter((one) => one.origin !== location.origin)"
        ".map((one) => [one.rel, one.target])"
    )

    assert links
    assert {tuple(one) for one in links} == {("noopener noreferrer nofollow", "_blank")}
    assert page.context.cookies() == []
    asked = page.evaluate("() => Object.keys(localStorage).sort()")
    assert asked == ["conflict-timeline.language", "conflict-timeline.theme"]
