"""States: nothing there, nothing left, nothing that can be read; and then something again."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, Route, expect

from tests.oracle.builders import by, statement, strike
from tests.oracle.reports import key_of
from tests.services.web.http.site import Site
from tests.services.web.page.browsing import Visit, visiting
from tests.services.web.page.reader import (
    DAYS_AROUND,
    DENIAL,
    address,
    counts,
    details,
    opened,
    pairs,
    pixels,
    row,
    told_by_address,
)
from tests.services.web.page.sites import own, record

Json = dict[str, Any]

SAID: Final = statement("said", 0, 1, "deny")
STRUCK: Final = strike("struck", 5, 6, attribution=by("RUS"))
MANY: Final = 900_000


def takes(visit: Visit, *words: str) -> None:
    """Take out the problems that a test means to meet, also late ones; there are no others."""
    assert [one for one in visit.problems if not any(word in one for word in words)] == []
    visit.problems.clear()
    visit.expected += words


def altered(page: Page, url: str, alter: Callable[[Json, str], None]) -> None:
    """Have a part of what the service answers be something else."""

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        alter(body, route.request.url)
        route.fulfill(response=response, body=json.dumps(body))

    page.route(re.compile(url), answer)


def test_an_empty_log_says_so_and_is_left_as_soon_as_something_is_recorded(
    browser: Browser, tmp_path: Path, environment: dict[str, str]
) -> None:
    with own(tmp_path, environment) as mine, visiting(browser, mine.url) as visit:
        visit.page.goto("/")
        notice = visit.page.locator(".notice")
        expect(notice).to_contain_text("There is no conflict in this log yet.")
        expect(notice).to_contain_text("conflict-timeline demo")

        record(mine.site, "ukraine", SAID, STRUCK)

        expect(counts(visit.page)).to_have_text("Shown: 1 statement, 1 strike.")
        expect(notice).to_be_empty()


def test_a_service_that_is_away_is_told_and_tried_again(
    browser: Browser, tmp_path: Path, environment: dict[str, str]
) -> None:
    with own(tmp_path, environment) as mine, visiting(browser, mine.url) as visit:
        page = visit.page
        record(mine.site, "ukraine", SAID, STRUCK)
        opened(page)
        mine.end()
        page.keyboard.press("ArrowRight")
        told_by_address(page, s=key_of(SAID))
        expect(details(page)).to_contain_text("The details cannot be read")
        page.get_by_label("Conflict").evaluate(
            """(select) => {
              select.append(new Option("lebanon", "lebanon"));
              select.value = "lebanon";
              select.dispatchEvent(new Event("change"));
            }"""
        )
        failed = page.locator(".notice").get_by_role("alert")
        expect(failed).to_contain_text("The timeline cannot be read", timeout=10_000)
        page.go_back()
        expect(failed).to_contain_text("The timeline cannot be read", timeout=10_000)

        mine.begin()
        failed.get_by_role("button", name="Try again").click()

        expect(failed).to_have_count(0)
        expect(counts(page)).to_have_text("Shown: 1 statement, 1 strike.")
        expect(pairs(page)).to_have_count(1)
        takes(visit, "net::ERR_", " 503 ")


def test_details_that_cannot_be_read_are_tried_again(visit: Visit) -> None:
    page = visit.page
    entry = re.compile("/chronology/entries/")
    page.route(entry, lambda route: route.fulfill(status=500, json={"detail": "no luck"}))
    opened(page, s=DENIAL)
    expect(details(page)).to_contain_text("This cannot be read: no luck")
    expect(counts(page)).to_contain_text("statements")
    page.unroute(entry)

    details(page).get_by_role("button", name="Try again").click()

    expect(details(page)).to_contain_text("Sergei Lavrov")
    takes(visit, " 500 ")


def test_an_unknown_conflict_is_said_to_be_so_and_another_can_be_chosen(visit: Visit) -> None:
    page = visit.page
    page.goto("/?c=%3Cb%3Eatlantis")

    expect(page.locator(".notice")).to_contain_text("There is no conflict <b>atlantis in this log.")
    page.get_by_label("Conflict").select_option("lebanon")
    expect(counts(page)).to_contain_text("Shown: ")
    expect(page.locator(".notice")).to_be_empty()
    told_by_address(page, c="lebanon")
    takes(visit, " 404 ", " 400 ")


def test_a_moment_beyond_what_is_recorded_becomes_the_latest(visit: Visit) -> None:
    page = visit.page
    page.goto("/?c=ukraine&p=999999")

    expect(page.get_by_text("That moment lies beyond what is recorded")).to_be_visible()
    told_by_address(page, p=None)
    expect(counts(page)).to_contain_text("Shown: ")
    takes(visit, " 404 ")


def test_an_entry_that_is_not_there_is_said_to_be_so(visit: Visit) -> None:
    opened(visit.page, s="0" * 32)

    expect(details(visit.page)).to_contain_text("There is no such entry in this conflict.")
    takes(visit, " 404 ")


def test_filters_that_leave_nothing_say_so_and_can_be_cleared(page: Page) -> None:
    opened(page, act="deny", by="nobody", struck="nobody")
    notice = page.locator(".notice")
    expect(notice).to_contain_text("has all that the filters ask for")
    expect(counts(page)).to_contain_text("Shown: 0 statements, 0 strikes, of ")

    notice.get_by_role("button", name="Clear all filters").click()

    expect(notice).to_be_empty()
    told_by_address(page, act=None, by=None, struck=None)
    expect(counts(page)).not_to_contain_text(", of ")


def test_one_bad_mark_costs_nobody_the_others(page: Page, service: Site) -> None:
    total = service.asked("/conflicts/ukraine/overview")["statements"]["total"]

    def spoil(overview: Json, _: str) -> None:
        if not overview["statements"]["marks"]:
            return
        marks = overview["statements"]["marks"]
        bad = marks["entry"].index(DENIAL) + 1
        for column, value in {
            "title": None,
            "act": 999_999,
            "speaker": "x",
            "party": -7,
            "topics": None,
            "about": {"a": 1},
            "from_s": "never",
        }.items():
            marks[column][bad] = value
        strikes = overview["incidents"]["marks"]
        strikes["targets"][3] = None
        strikes["place"][3] = {}

    altered(page, r"/overview", spoil)
    opened(page, s=DENIAL, z=DAYS_AROUND)

    expect(row(page, "Odesa")).to_be_visible()
    expect(counts(page)).to_contain_text(f"Shown: {total} statements")
    assert sum(one["red"] for one in pixels(page)) > 100
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    told_by_address(page, s=None)


def test_one_bad_pair_is_named_and_the_others_are_shown(page: Page) -> None:
    bad: list[str] = []

    def spoil(answer: Json, _: str) -> None:
        body = next(
            one for one in answer["entries"] if one["body"]["place"].get("name") == "Sloviansk"
        )
        bad.append(body["entry"])
        del body["body"]["core"]

    altered(page, r"/timelines/pairings\?", spoil)
    opened(page, s=DENIAL)

    expect(details(page)).to_contain_text("This entry cannot be shown: ")
    expect(details(page)).to_contain_text(bad[0])
    expect(row(page, "Odesa")).to_be_visible()
    expect(row(page, "Sloviansk")).to_have_count(0)


def test_a_statement_that_is_not_as_the_contract_has_it_blanks_no_other_part(
    visit: Visit,
) -> None:
    def spoil(history: Json, _: str) -> None:
        body = history["revisions"][-1]["body"]
        body["quotes"] = {"text": 5}
        body["topics"] = 7
        body["window"] = None
        for one in history["events"]:
            one["event"] = None

    altered(visit.page, f"/chronology/entries/{DENIAL}", spoil)
    opened(visit.page, s=DENIAL)

    expect(details(visit.page)).to_contain_text(f"This entry cannot be shown: {DENIAL}")
    expect(row(visit.page, "Odesa")).to_be_visible()
    expect(details(visit.page).locator("section.expected")).to_be_visible()
    takes(visit, "TypeError")


def test_text_that_means_markup_or_hides_is_shown_letter_by_letter(visit: Visit) -> None:
    page = visit.page
    said = "<img src=x onerror=alert(1)> \u202egnorw"

    def spoil(history: Json, _: str) -> None:
        body = history["revisions"][-1]["body"]
        body["title"] = said
        body["quotes"][0]["text"] = said
        body["articles"] = ["javascript:alert(1)"]

    altered(page, f"/chronology/entries/{DENIAL}", spoil)
    opened(page, s=DENIAL)

    expect(details(page).locator(".proposition")).to_have_text(
        "<img src=x onerror=alert(1)> ⟦U+202E⟧gnorw"
    )
    expect(details(page).locator("blockquote[lang=ru]")).to_contain_text("⟦U+202E⟧")
    expect(details(page).locator("img")).to_have_count(0)
    expect(details(page).locator("a[href^=javascript]")).to_have_count(0)
    takes(visit, " 404 ")  # Nobody has recorded such an article.


def test_of_millions_bars_show_how_many_and_zooming_in_asks_for_each(visit: Visit) -> None:
    page = visit.page

    def dense(overview: Json, url: str) -> None:
        if "from=" in url:
            return
        for kind in ("statements", "incidents"):
            bars = len(overview["density"][kind])
            overview[kind] = {"total": MANY, "marks": None}
            overview["density"][kind] = [MANY // bars] * bars

    altered(page, r"/overview", dense)
    opened(page)
    notice = page.locator(".notice")
    expect(notice).to_contain_text("too many to be drawn one by one")
    expect(notice).to_contain_text("900,000 statements, 900,000 strikes")
    rows = pixels(page)
    assert max(len(one["blue"]) for one in rows) > 400
    assert max(one["red"] for one in rows) > 400

    for name in ("Zoom in", "Zoom in", "Zoom in", "Later", "Later", "Later", "Later"):
        page.get_by_role("button", name=name, exact=True).click()
    expect(page).to_have_url(re.compile("[?&]z="))

    expect(counts(page)).not_to_contain_text("Shown: 0 statements")
    expect(page.locator(".chart-count")).to_have_text(re.compile(r"^\d+ statements?, \d+ strikes?"))
    last = [url for url in visit.requests if "from=" in url][-1]
    assert re.search(r"[?&]as_of=\d+&from=\d{4}-\d\d-\d\dT[^&]*&to=\d{4}-", last), last
    zoom = address(page)["z"].split("_")
    assert len(zoom) == 2
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("[?&]s="))
    expect(details(page).locator(".told")).to_be_visible()
