"""As-of: what was known at an earlier moment, and what was learned since."""

import re
from datetime import datetime
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.oracle.builders import by, corrected, entry_of, retracted, statement, strike, window
from tests.oracle.reports import key_of
from tests.services.web.http.site import Site
from tests.services.web.page.browsing import Visit, visiting
from tests.services.web.page.reader import (
    TO,
    address,
    counts,
    details,
    hears_canvas,
    opened,
    painted,
    pairs,
    row,
    told_by_address,
)
from tests.services.web.page.sites import record

MINE: Final = "corrected"
PLACE: Final = {"geonames": 698740, "name": "Odesa", "country": "UA", "admin1": "UA-51"}
SAID: Final = statement("said", 0, 1, "deny")
MOVED: Final = strike("moved", 5, 6, attribution=by("RUS"))
MISTAKEN: Final = strike("mistaken", 10, 11, attribution=by("RUS"), place=PLACE)
MOVING_MS: Final = 50
"""So long a slider that is dragged stands still, at most."""
HISTORY: Final = (
    SAID,
    MOVED,
    MISTAKEN,
    corrected("later", MOVED, occurred=window(30, 31)),
    retracted("nothing", MISTAKEN),
)
"""One position each: at 3 both strikes are known, at 4 one has moved, at 5 the other is gone."""

_KEEP: Final = """() => {
  const canvas = document.querySelector(".chart-stage canvas");
  globalThis.former = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
}"""
_DIFFERENT: Final = """() => {
  const { width, height } = document.querySelector(".chart-stage canvas");
  const context = document.querySelector(".chart-stage canvas").getContext("2d");
  const { data } = context.getImageData(0, 0, width, height);
  const found = [];
  for (let at = 0; at < data.length; at += 4) {
    const isOther = [0, 1, 2].some((part) => Math.abs(data[at + part] - former[at + part]) > 30);
    if (isOther) found.push([(at / 4) % width, Math.floor(at / 4 / width)]);
  }
  return found.length ? found : null;
}"""


@pytest.fixture(scope="module")
def recorded(service: Site) -> Site:
    """Give the site with a history in which something was wrong at first."""
    record(service, MINE, *HISTORY)
    return service


@pytest.fixture
def told(page: Page, recorded: Site) -> Page:
    """Give a page on its site."""
    assert recorded.asked(f"/conflicts/{MINE}/overview")["position"] == len(HISTORY)
    return page


def test_before_a_correction_the_strike_stands_where_it_was_reported_then(told: Page) -> None:
    opened(told, MINE, s=key_of(SAID), p="3")
    expect(row(told, "Dnipro").locator("th.lag")).to_have_text(f"4{TO}6 h")
    expect(row(told, "Odesa").locator("th.lag")).to_have_text(f"9{TO}11 h")
    expect(counts(told)).to_have_text("Shown: 1 statement, 2 strikes.")

    strip(told).get_by_role("button", name="Latest").click()

    expect(row(told, "Dnipro").locator("th.lag")).to_have_text(f"29{TO}31 h")
    expect(pairs(told)).to_have_count(1)
    expect(counts(told)).to_have_text("Shown: 1 statement, 1 strike.")
    told_by_address(told, p=None, s=key_of(SAID))


def test_what_was_retracted_says_so_and_since_when(told: Page) -> None:
    opened(told, MINE, i=entry_of(MISTAKEN))
    expect(details(told)).to_contain_text("Withdrawn at position 5.")
    expect(details(told)).to_contain_text("Reason given: wrong")

    told.keyboard.press("[")

    told_by_address(told, p="4")
    expect(details(told).locator(".place-name")).to_have_text("Odesa")
    expect(details(told)).not_to_contain_text("Withdrawn")


@pytest.mark.usefixtures("recorded")
def test_what_was_not_known_yet_is_said_to_be_so(visit: Visit) -> None:
    opened(visit.page, MINE, i=entry_of(MOVED), p="1")

    expect(details(visit.page)).to_contain_text("This was not known yet as of position 1.")
    details(visit.page).get_by_role("button", name="Go to the latest").click()
    expect(details(visit.page)).to_contain_text("position 4")
    told_by_address(visit.page, p=None)
    assert [one for one in visit.problems if " 404 " not in one] == []
    visit.problems.clear()
    visit.expected.append(" 404 ")


def test_what_was_learned_later_is_outlined_until_the_reader_wants_it_gone(told: Page) -> None:
    opened(told, MINE, p="3")
    note = "Learned, or changed, later: 0 statements, 1 strike."
    expect(told.get_by_text(note)).to_be_visible()
    told.evaluate(_KEEP)

    strip(told).get_by_role("checkbox", name="Outline what was learned later").uncheck()

    told_by_address(told, out="0")
    outline = told.wait_for_function(_DIFFERENT).json_value()
    strip(told).get_by_role("checkbox", name="Outline what was learned later").check()
    box = told.locator(".chart-stage canvas").bounding_box()
    assert box is not None
    x, y = outline[len(outline) // 2]
    told.mouse.move(box["x"] + x, box["y"] + y)
    tip = told.locator(".chart-stage").get_by_text("learned, or changed, later")
    expect(tip).to_be_visible()
    expect(told.locator(".chart-stage")).to_contain_text("11 Feb 2025")


def test_a_line_shows_until_when_something_could_be_known(told: Page, recorded: Site) -> None:
    hears_canvas(told)
    moment = recorded.asked(f"/conflicts/{MINE}/overview", as_of=3)["recorded_at"]
    at = int(datetime.fromisoformat(moment).timestamp())
    around = f"{at - 86_400}_{at + 86_400}"

    opened(told, MINE, z=around)
    painted(told, "Strikes")
    assert not told.evaluate("painted.has('known until here')")
    opened(told, MINE, p="3", z=around)

    painted(told, "known until here")


def test_a_drag_of_the_slider_asks_once_it_has_come_to_rest(visit: Visit) -> None:
    page = visit.page
    opened(page)
    head = int(slider(page).get_attribute("max") or "")
    asked_before = len(visit.requests)
    box = slider(page).bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.clock.install()
    page.clock.pause_at("2030-01-01")
    page.evaluate(
        """() => {
          globalThis.moved = 0;
          document.querySelector("input[type=range]").addEventListener("input", () => (moved += 1));
        }"""
    )

    page.mouse.move(box["x"] + box["width"] - 8, y)
    page.mouse.down()
    for step in range(15):
        page.mouse.move(box["x"] + box["width"] * (0.9 - 0.4 * step / 14), y)
        page.clock.run_for(MOVING_MS)
    page.mouse.up()

    assert page.evaluate("moved") >= 10
    expect(strip(page).locator("output")).to_have_text(re.compile(r"^position [\d,]+ …$"))
    assert asked(visit, asked_before) == []
    page.clock.resume()
    expect(page).to_have_url(re.compile(r"[?&]p=\d+"))
    position = int(address(page)["p"])
    assert abs(position - head / 2) < head / 10
    expect(strip(page).locator("output")).to_have_text(f"position {position:,} of {head:,}")
    assert asked(visit, asked_before) == [str(position)]


def test_a_date_shows_what_was_known_at_the_end_of_that_minute(told: Page, recorded: Site) -> None:
    """The service answers as of a position in place of a time: all was recorded in one minute."""
    opened(told, MINE, s=key_of(SAID))
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.continue_(url=f"{recorded.url}/conflicts/{MINE}/overview?as_of=3")

    told.route(re.compile(r"as_of=2026-11-22T"), answer)
    strip(told).get_by_label("Known on (UTC)").fill("2026-11-22T10:30")
    strip(told).get_by_role("button", name="Go").click()

    told_by_address(told, p="3")
    expect(row(told, "Dnipro").locator("th.lag")).to_have_text(f"4{TO}6 h")
    assert asked == [f"{recorded.url}/conflicts/{MINE}/overview?as_of=2026-11-22T10%3A30%3A59Z"]


@pytest.mark.usefixtures("recorded")
def test_a_date_before_all_records_says_that_there_was_nothing(visit: Visit) -> None:
    opened(visit.page, MINE)
    strip(visit.page).get_by_label("Known on (UTC)").fill("2001-01-01T00:00")
    strip(visit.page).get_by_role("button", name="Go").click()

    expect(visit.page.get_by_text("Nothing was recorded at that time yet.")).to_be_visible()
    told_by_address(visit.page, p=None)
    expect(counts(visit.page)).to_have_text("Shown: 1 statement, 1 strike.")


def test_steps_go_through_what_was_learned_and_back_to_the_latest(told: Page) -> None:
    opened(told, MINE)
    seen: list[str] = []

    def steps(name: str, position: str | None) -> None:
        strip(told).get_by_role("button", name=name).click()
        told_by_address(told, p=position)
        moment = "now (latest)" if position is None else f"position {position} of 5"
        expect(strip(told).locator("output")).to_contain_text(moment)
        seen.append(counts(told).inner_text())

    for position in ("4", "3", "2", "1"):
        steps("Step back", position)
    assert strip(told).get_by_role("button", name="Step back").is_disabled()
    assert seen == [
        "Shown: 1 statement, 2 strikes.",
        "Shown: 1 statement, 2 strikes.",
        "Shown: 1 statement, 1 strike.",
        "Shown: 1 statement, 0 strikes.",
    ]
    steps("Step forward", "4")
    steps("Step forward", None)
    assert strip(told).get_by_role("button", name="Step forward").is_disabled()


def test_a_citation_is_fixed_and_its_digests_are_those_of_a_replay(
    visit: Visit, recorded: Site, browser: Browser
) -> None:
    opened(visit.page, MINE, s=key_of(SAID), p="3")
    cite = details(visit.page).locator("section.cite")
    cite.get_by_text("Digests in full").click()

    for projection in ("chronology", "incidents", "pairings"):
        until = ("--conflict", MINE, "--until", "3", "--digest")
        replayed = recorded.console("replay", projection, *until).one
        assert replayed["position"] == 3
        shown = cite.locator("details dl.facts > div").filter(has_text=f"{projection}/1")
        expect(shown.locator("dd")).to_have_text(replayed["digest"])
        quoted = cite.locator("blockquote.citation")
        expect(quoted).to_contain_text(f"{projection}/1 {replayed['digest'][:16]}")

    link = cite.get_by_role("link", name=re.compile("^http")).get_attribute("href")
    assert link is not None
    with visiting(browser, recorded.url) as other:
        other.page.goto(link)
        told_by_address(other.page, p="3", s=key_of(SAID))
        expect(row(other.page, "Dnipro").locator("th.lag")).to_have_text(f"4{TO}6 h")


def test_a_citation_of_the_latest_is_fixed_too(told: Page) -> None:
    opened(told, MINE, s=key_of(SAID))

    link = details(told).locator("section.cite").get_by_role("link", name=re.compile("^http"))

    expect(link).to_have_attribute("href", re.compile(r"[?&]p=5(&|$)"))


def strip(page: Page) -> Locator:
    """The strip of what was known."""
    return page.get_by_role("region", name="What was known")


def slider(page: Page) -> Locator:
    """Its slider."""
    return page.get_by_role("slider", name="Known at position")


def asked(visit: Visit, since: int) -> list[str]:
    """The moments that overviews were asked for."""
    found = [re.search(r"/overview\?as_of=([^&]+)", url) for url in visit.requests[since:]]
    return [one[1] for one in found if one]
