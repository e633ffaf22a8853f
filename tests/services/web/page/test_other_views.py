"""The other views: incidents, reversals, operations."""

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.oracle.builders import strike
from tests.services.web.http.site import Site
from tests.services.web.page.reader import DENIAL, ODESA, TO, details, opened, told_by_address

ADMITTED: Final = "5cce5391d6612c3724fddd266a8991f2"
"""What the same minister said in December 2022 about the same."""


def view(page: Page) -> Locator:
    """What is shown in place of the timeline."""
    return page.locator("main .view")


def test_the_reports_of_an_incident_stand_side_by_side(page: Page, service: Site) -> None:
    history = service.asked(f"/conflicts/ukraine/timelines/incidents/entries/{ODESA}")
    body = history["revisions"][-1]["body"]
    opened(page, v="incidents", i=ODESA)

    cards = view(page).locator("article.claim")

    expect(cards).to_have_count(len(body["members"]))
    assert len(body["members"]) == 8
    expect(cards.filter(has_text="Volodymyr Zelensky")).not_to_have_count(0)
    first, second = (cards.nth(at).bounding_box() for at in (0, 1))
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]
    assert first["x"] + first["width"] <= second["x"]


def test_each_claimed_figure_is_kept_and_those_that_disagree_are_said_to(
    page: Page, service: Site
) -> None:
    figures = service.asked("/conflicts/ukraine/timelines/figures", incident=ODESA)["entries"]
    disputed = [one["body"] for one in figures if one["body"]["agreement"] == "disputed"]
    assert disputed
    opened(page, v="incidents", i=ODESA)
    table = view(page).get_by_role("table", name="Figures by claimant")

    head = table.get_by_role("columnheader", name=re.compile("^without power, homes"))
    expect(head).to_contain_text("disputed: no number fits all claims")
    expect(table.locator("thead th")).to_have_count(1 + len(figures))
    row = table.get_by_role("row", name=re.compile("^British newspaper"))
    expect(row).to_contain_text(f"200{TO}999")
    expect(row).to_contain_text(f"2,000{TO}9,999")
    row = table.get_by_role("row", name=re.compile("^Separate reports"))
    expect(row).to_contain_text(f"20,000{TO}99,999")
    expect(table.get_by_role("row", name=re.compile("^Volodymyr"))).to_contain_text(
        "at least 160,000"
    )

    view(page).get_by_role("checkbox", name="Only figures that are disputed").check()

    expect(table.locator("thead th")).to_have_count(1 + len(disputed))


def test_incidents_whose_figures_are_disputed_are_found(page: Page) -> None:
    opened(page, v="incidents")
    rows = view(page).locator("tr[data-entry]")
    expect(rows).to_have_count(100)

    view(page).get_by_role("combobox").select_option("figures")

    told_by_address(page, d="figures")
    page.reload()
    expect(view(page).get_by_role("combobox")).to_have_value("figures")
    odesa = view(page).locator(f"tr[data-entry='{ODESA}']")
    expect(odesa).to_contain_text("disputed")
    expect(view(page).locator("tr[data-entry] .is-disputed")).to_have_count(rows.count())
    odesa.get_by_role("button").first.click()
    told_by_address(page, i=ODESA)
    expect(view(page).locator("article.claim")).to_have_count(8)
    view(page).get_by_role("button", name="Show in the timeline").click()
    told_by_address(page, v=None, i=ODESA)
    expect(details(page).locator(".place-name")).to_have_text("Odesa")


def test_a_speaker_is_shown_against_himself(page: Page, service: Site) -> None:
    told = service.asked("/conflicts/ukraine/timelines/reversals", topic="energy")
    entry = f"{ADMITTED}:{DENIAL}"
    assert entry in {one["entry"] for one in told["entries"]}
    opened(page, v="reversals", act="deny", topic="energy")

    pair = (
        view(page)
        .locator("li.reversal")
        .filter(has=page.locator(f"[data-key='earlier {ADMITTED}']"))
    )

    expect(pair.get_by_role("heading")).to_contain_text("Sergei Lavrov")
    expect(pair.locator(".earlier")).to_contain_text("admits")
    expect(pair.locator(".earlier")).to_contain_text("1 Dec 2022")
    expect(pair.locator(".earlier")).to_contain_text("Russia disables energy facilities")
    expect(pair.locator(".later")).to_contain_text("denies")
    expect(pair.locator(".later")).to_contain_text("18 Feb 2025")
    expect(pair.locator(".reversal-between")).to_contain_text(
        re.compile(rf"^809\.\d{TO}810\.\d d later$")
    )
    pair.locator(".later").get_by_role("button", name="Show in the timeline").click()
    told_by_address(page, v=None, s=DENIAL)
    expect(details(page)).to_contain_text("мы никогда не подвергали опасности")


def test_reversals_as_of_before_one_was_known_do_not_have_it(page: Page) -> None:
    opened(page, v="reversals", p="4")

    expect(view(page)).to_contain_text("No speaker is recorded with two opposite statements")


def test_operations_shows_each_timeline_and_what_was_refused_and_why(
    page: Page, service: Site
) -> None:
    event = strike("nowhere on earth", 0, 1, place={"lat": 999})
    receipt = service.publish(event)[0]
    assert receipt["outcome"] == "refused"
    refused = service.asked("/refused", limit=1)["refused"][0]

    page.goto("/?c=ukraine&v=operations")

    table = view(page).get_by_role("table", name="ukraine")
    for name in ("chronology", "incidents", "pairings", "reversals", "figures", "coverage"):
        expect(table.get_by_role("row", name=re.compile(f"^{name} "))).to_contain_text("up to date")
    row = view(page).get_by_role("table", name="Refused events").get_by_role("row").nth(1)
    expect(row).to_contain_text("nowhere on earth")
    expect(row).to_contain_text("against the contract")
    expect(row).to_contain_text(refused["message"])
    expect(view(page).locator(".summary")).to_contain_text("The service is ready.")
    expect(view(page).locator(".summary")).to_contain_text(
        re.compile(r"\d refused events? (is|are) kept")
    )


def test_a_language_and_a_theme_are_the_readers_own(page: Page) -> None:
    opened(page, s=DENIAL)
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)

    page.get_by_label("Theme").select_option("dark")

    assert page.evaluate(ground) != light
    page.reload()
    expect(page.get_by_label("Theme")).to_have_value("dark")
    assert page.evaluate(ground) != light
    told_by_address(page, s=DENIAL)
