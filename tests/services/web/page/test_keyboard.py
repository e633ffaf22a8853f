"""Keyboard: all of the page, without a mouse; and where the focus is can be seen."""

import re
from typing import Any, Final

from playwright.sync_api import Page, expect

from tests.services.web.page.reader import (
    DAYS_AROUND,
    DENIAL,
    ODESA,
    address,
    counts,
    details,
    opened,
    stage,
    told_by_address,
)

_CONTROLS: Final = """() => {
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  globalThis.controls = [...document.querySelectorAll(wanted)].filter(
    (one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility(),
  );
  return globalThis.controls.map((one) => one.outerHTML.slice(0, 160));
}"""
_FOCUSED: Final = """() => {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const inView = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  return {
    at: globalThis.controls.indexOf(one),
    what: one.outerHTML.slice(0, 160),
    isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && inView && box.width > 0,
  };
}"""


def test_arrows_go_from_statement_to_statement_and_from_strike_to_strike(page: Page) -> None:
    opened(page, s=DENIAL)
    expect(details(page)).to_contain_text("Sergei Lavrov")

    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(re.compile(DENIAL))
    after = address(page)["s"]
    page.keyboard.press("ArrowLeft")
    told_by_address(page, s=DENIAL)
    page.keyboard.press("ArrowLeft")
    expect(page).not_to_have_url(re.compile(DENIAL))
    assert address(page)["s"] != after
    page.keyboard.press("ArrowDown")
    told_by_address(page, s=None)
    first = address(page)["i"]
    page.keyboard.press("ArrowDown")
    expect(page).not_to_have_url(re.compile(first))
    page.keyboard.press("ArrowUp")
    told_by_address(page, i=first)


def test_arrows_find_the_strike_that_the_words_are_paired_with(page: Page) -> None:
    opened(page, s=DENIAL, region="UA-51", z=DAYS_AROUND)
    page.keyboard.press("ArrowDown")

    told_by_address(page, i=ODESA)
    expect(details(page).locator(".place-name")).to_have_text("Odesa")


def test_arrows_on_the_drawing_go_through_marks_and_enter_shows_them(page: Page) -> None:
    opened(page, z=DAYS_AROUND, act="deny", by="RUS", topic="energy")
    stage(page).focus()

    page.keyboard.press("ArrowRight")

    spoken = page.locator(".chart-stage-and-axis [aria-live]")
    expect(spoken).to_contain_text("Russia never endangered")
    expect(page.locator(".chart-focus")).to_have_attribute("display", "inline")
    told_by_address(page, s=None)
    page.keyboard.press("Enter")
    told_by_address(page, s=DENIAL)
    expect(stage(page)).to_be_focused()


def test_plus_minus_and_zero_zoom(page: Page) -> None:
    opened(page)
    shown = page.locator(".chart-range")
    whole = shown.inner_text()

    page.keyboard.press("+")
    expect(shown).not_to_have_text(whole)
    expect(page).to_have_url(re.compile("[?&]z="))
    near = length(page)
    page.keyboard.press("+")
    expect(page).not_to_have_url(re.compile(f"z={address(page)['z']}$"))
    assert length(page) < near
    page.keyboard.press("-")
    page.keyboard.press("-")
    expect(shown).to_have_text(whole)
    page.keyboard.press("+")
    expect(shown).not_to_have_text(whole)
    page.keyboard.press("0")
    expect(shown).to_have_text(whole)


def test_brackets_step_through_what_was_known(page: Page) -> None:
    opened(page, s=DENIAL, z=DAYS_AROUND)
    page.keyboard.press("[")
    expect(page).to_have_url(re.compile(r"[?&]p=\d+"))
    first = int(address(page)["p"])
    page.keyboard.press("[")  # At once: what was known then has not come yet.
    expect(page).not_to_have_url(re.compile(f"p={first}(&|$)"))
    assert int(address(page)["p"]) < first
    page.keyboard.press("]")
    told_by_address(page, p=str(first))
    page.keyboard.press("]")
    told_by_address(page, p=None)


def test_a_slash_searches_and_letters_that_are_typed_do_nothing_else(page: Page) -> None:
    opened(page)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()

    page.keyboard.type("te?+[")

    expect(page.get_by_role("searchbox")).to_have_value("te?+[")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("menu")).to_have_count(0)
    told_by_address(page, z=None, p=None)


def test_t_goes_to_the_table_of_pairs(page: Page) -> None:
    opened(page, s=DENIAL)
    expect(details(page).locator("section.pairs")).to_be_visible()

    page.keyboard.press("t")

    table = details(page).locator("section.pairs .table")
    expect(table).to_be_focused()
    expect(table).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(details(page).get_by_role("button", name="Odesa")).to_be_focused()
    page.keyboard.press("Enter")
    told_by_address(page, i=ODESA)


def test_e_opens_the_exports_and_escape_closes_them(page: Page) -> None:
    opened(page, s=DENIAL)
    page.keyboard.press("e")
    menu = page.get_by_role("menu", name="Export")
    expect(menu).to_be_visible()
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(menu.get_by_role("menuitem").last).to_be_focused()

    page.keyboard.press("Escape")

    expect(menu).to_be_hidden()
    expect(page.get_by_role("button", name="Export")).to_be_focused()
    told_by_address(page, s=DENIAL)


def test_a_question_mark_explains_the_keys_and_escape_closes_that(page: Page) -> None:
    opened(page, s=DENIAL)
    expect(details(page)).to_contain_text("Sergei Lavrov")
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard and help")
    expect(help_).to_be_visible()
    expect(help_.locator("dt")).to_have_count(10)
    page.keyboard.press("ArrowRight")
    told_by_address(page, s=DENIAL)

    page.keyboard.press("Escape")

    expect(help_).to_be_hidden()
    told_by_address(page, s=DENIAL)
    page.keyboard.press("Escape")
    told_by_address(page, s=None)
    expect(details(page)).to_contain_text("Nothing is selected")


def test_tab_reaches_every_control_and_shows_where_it_is(page: Page) -> None:
    opened(page, s=DENIAL)
    expect(details(page).locator("section.cite")).to_be_visible()
    expect(details(page).locator(".map svg.map-picture")).to_be_visible()
    expect(details(page).get_by_text("looking for archived copies")).to_have_count(0)
    controls: list[str] = page.evaluate(_CONTROLS)
    assert len(controls) > 60
    reached: list[int] = []
    unseen = []

    for _ in range(2 * len(controls)):
        page.keyboard.press("Tab")
        found: dict[str, Any] = page.evaluate(_FOCUSED)
        if found["at"] == 0 and reached:
            break
        reached.append(found["at"])
        if not found["isSeen"] and not found["what"].startswith("<body"):
            unseen.append(found["what"])

    assert [controls[at] for at in range(len(controls)) if at not in reached] == []
    assert unseen == []
    order = list(dict.fromkeys(at for at in reached if at >= 0))
    assert order == sorted(order)


def test_the_first_stop_leads_to_the_timeline(page: Page) -> None:
    opened(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the timeline")).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('#timeline').contains(document.activeElement)")


def test_a_filter_is_chosen_and_left_again_by_keyboard(page: Page) -> None:
    opened(page)
    whole = counts(page).inner_text()
    box = page.get_by_role("checkbox", name=re.compile("^denies,"))
    box.focus()

    page.keyboard.press("Space")

    told_by_address(page, act="deny")
    expect(counts(page)).to_contain_text(", of ")
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    told_by_address(page, act=None)
    expect(counts(page)).to_have_text(whole)


def test_the_brush_moves_by_keyboard(page: Page) -> None:
    opened(page, z=DAYS_AROUND)
    grip = page.get_by_role("slider", name="Middle of what is shown")
    before = int(grip.get_attribute("aria-valuenow") or "")
    grip.focus()

    page.keyboard.press("ArrowRight")

    expect(page).not_to_have_url(re.compile(DAYS_AROUND))
    assert int(grip.get_attribute("aria-valuenow") or "") > before
    expect(grip).to_be_focused()


def length(page: Page) -> int:
    """How many seconds are shown."""
    from_s, to_s = address(page)["z"].split("_")
    return int(to_s) - int(from_s)
