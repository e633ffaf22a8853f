"""The page for readers who cannot see it well, do not use a mouse, or look at a small screen.

What axe-core finds is asked for in light and dark at four widths. The overview, a statement and the
incidents, which between them hold nearly all that the page draws, are looked at in all eight
ways; the rest wide and light, and narrow and dark.
"""

import re
from collections.abc import Callable
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.services.web.http.site import Site
from tests.services.web.page.browsing import Visit, violations, visiting
from tests.services.web.page.reader import DAYS_AROUND, DENIAL, ODESA, details, opened, pairs

Theme = Literal["light", "dark"]
Look = tuple[Theme, int]

WIDTHS: Final = (1440, 1100, 820, 390)
EVERY: Final[tuple[Look, ...]] = (
    *(("light", width) for width in WIDTHS),
    *(("dark", width) for width in WIDTHS),
)
BOTH_ENDS: Final[tuple[Look, ...]] = (("light", 1440), ("dark", 390))

NARROW: Final = (390, 320)
"""A telephone; and the width at which WCAG 1.4.10 wants no scrolling in two directions."""
MAY_FAIL: Final = ("/conflicts/nowhere/", "/readyz")
"""What there is not; and what operations ask, of a service that a busy machine keeps waiting."""
TARGET_PX: Final = 24
"""WCAG 2.5.8."""

_SETTLED: Final = """(theme) => new Promise((resolve) => {
  const look = () => document.documentElement.dataset.theme === theme
    ? requestAnimationFrame(() => requestAnimationFrame(resolve))
    : requestAnimationFrame(look);
  look();
})"""

_CONTROLS: Final = """
globalThis.controls = () => [...document.querySelectorAll(
  "a[href], button, input, select, summary, [tabindex]:not([tabindex='-1']), [role=menuitem]",
)].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled);
globalThis.called = (one) => {
  const name = one.getAttribute("aria-label") ?? one.innerText ?? "";
  return `${one.localName}.${one.className} ${name}`.slice(0, 80);
};
"""

# A label is a part of its control's target. Links within a line of text are an exception of 2.5.8:
# the height of the line constrains them.
_SMALL: Final = """(least) => controls().flatMap((one) => {
  const boxes = [one, ...(one.labels ?? [])].map((part) => part.getBoundingClientRect());
  const width = Math.max(...boxes.map((box) => box.width));
  const height = Math.max(...boxes.map((box) => box.height));
  const isInText = one.localName === "a" && getComputedStyle(one).display === "inline";
  if (isInText || (width >= least && height >= least)) return [];
  return [`${called(one)}: ${width.toFixed(1)} x ${height.toFixed(1)}`];
})"""

_FOCUSED: Final = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const at = document.elementFromPoint(x, y);
  one.dataset.reached = "";
  return {
    called: called(one),
    isOutlined: style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2,
    isInSight: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    isUncovered: one.contains(at) || (at?.contains(one) ?? false),
  };
}"""


@pytest.fixture(autouse=True)
def with_controls(page: Page) -> None:
    """Let the scripts of these tests tell what a reader can use."""
    page.add_init_script(_CONTROLS)


def looks(page: Page, theme: Theme, width: int) -> None:
    """Look in another way at what is open."""
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(_SETTLED, theme)


def found(page: Page, ways: tuple[Look, ...]) -> dict[Look, list[str]]:
    """What axe-core finds wrong, by how the page is looked at."""
    wrong: dict[Look, list[str]] = {}
    for theme, width in ways:
        looks(page, theme, width)
        if wrongs := violations(page):
            wrong[theme, width] = wrongs
    return wrong


def unfolds(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")


# States of the page.


def overview(page: Page) -> None:
    """All that the demo has."""
    opened(page)


def statement(page: Page) -> None:
    """The denial, with its pairs."""
    opened(page, s=DENIAL)
    expect(pairs(page)).not_to_have_count(0)
    expect(details(page).locator("svg.map-picture")).to_be_visible()


def mirror(page: Page) -> None:
    """What the other side did after the same words."""
    opened(page, s=DENIAL, mirror="1")
    expect(details(page)).to_contain_text("The other side")


def incident(page: Page) -> None:
    """The strike on Odesa, its reports open."""
    opened(page, i=ODESA, z=DAYS_AROUND)
    expect(details(page).locator(".place-name")).to_have_text("Odesa")
    unfolds(page)


def as_of(page: Page) -> None:
    """An earlier moment, with what was learned later."""
    opened(page, p="1200", s=DENIAL)


def helped(page: Page) -> None:
    """The dialog of help."""
    opened(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def exporting(page: Page) -> None:
    """The menu of exports."""
    opened(page, s=DENIAL)
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("menu")).to_be_visible()


def view(page: Page, name: str, **state: str) -> None:
    """Another view, when it has read what it shows."""
    query = "".join(f"&{key}={value}" for key, value in state.items())
    page.goto(f"/?c=ukraine&v={name}{query}")
    expect(page.locator(".view-content:visible").first).not_to_be_empty()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def incidents(page: Page) -> None:
    """The list of incidents: those of one region in one week, for each row is like the others."""
    view(page, "incidents", region="UA-51", z=DAYS_AROUND)
    expect(page.locator("table.rows tbody tr").first).to_be_visible()


def one_of_the_incidents(page: Page) -> None:
    """An incident with its reports side by side."""
    view(page, "incidents", region="UA-51", z=DAYS_AROUND, i=ODESA)
    expect(page.locator(".claim").first).to_be_visible()


def reversals(page: Page) -> None:
    """Opposite statements of one speaker."""
    view(page, "reversals")
    expect(page.locator(".reversal").first).to_be_visible()


def operations(page: Page) -> None:
    """How the service runs."""
    view(page, "operations")
    expect(page.locator("table.status")).not_to_have_count(0)


def nothing_left(page: Page) -> None:
    """Filters that leave nothing."""
    page.goto("/?c=ukraine&q=xyzzy")
    expect(page.locator(".notice .message.empty")).to_be_visible()


def nobody_knows(page: Page) -> None:
    """A conflict that there is not."""
    page.goto("/?c=nowhere")
    expect(page.locator(".notice .message.empty")).to_be_visible()


def broken(page: Page) -> None:
    """A service that fails."""

    def fails(route: Route) -> None:
        route.fulfill(status=500, json={"title": "Failed", "status": 500, "detail": "It broke."})

    page.route(re.compile("/overview"), fails)
    page.goto("/?c=ukraine")
    expect(page.get_by_role("alert")).to_contain_text("It broke.")


State = Callable[[Page], None]
IN_EVERY_WAY: Final[tuple[State, ...]] = (overview, statement, incidents)
AT_BOTH_ENDS: Final[tuple[State, ...]] = (
    mirror,
    incident,
    as_of,
    helped,
    exporting,
    one_of_the_incidents,
    reversals,
    operations,
    nothing_left,
    nobody_knows,
)
STATES: Final = (*IN_EVERY_WAY, *AT_BOTH_ENDS)


def by_name(states: tuple[State, ...]) -> list[Any]:
    """States as parameters of a test."""
    return [pytest.param(one, id=one.__name__) for one in states]


def expected_of_a_missing(visit: Visit, *parts: str) -> None:
    """Take out what a browser says of an answer that may be a failure here."""
    visit.problems[:] = [
        problem
        for problem in visit.problems
        if not ("Failed to load resource" in problem and any(part in problem for part in parts))
    ]


@pytest.mark.parametrize("state", by_name(IN_EVERY_WAY))
def test_axe_finds_nothing_wrong_in_light_and_dark_at_any_width(page: Page, state: State) -> None:
    state(page)

    assert found(page, EVERY) == {}


@pytest.mark.parametrize("state", by_name(AT_BOTH_ENDS))
def test_axe_finds_nothing_wrong_wide_and_light_nor_narrow_and_dark(
    visit: Visit, state: State
) -> None:
    state(visit.page)

    assert found(visit.page, BOTH_ENDS) == {}
    expected_of_a_missing(visit, *MAY_FAIL)


def test_axe_finds_nothing_wrong_when_the_service_fails(visit: Visit) -> None:
    broken(visit.page)

    assert found(visit.page, BOTH_ENDS) == {}
    expected_of_a_missing(visit, "/overview")


def test_axe_finds_nothing_wrong_in_the_colours_that_a_system_forces(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    statement(page)

    assert found(page, BOTH_ENDS) == {}


@pytest.mark.parametrize("state", by_name(STATES))
def test_a_telephone_scrolls_in_one_direction_only(visit: Visit, state: State) -> None:
    page = visit.page
    looks_narrow = "() => [document.documentElement.scrollWidth, innerWidth]"
    state(page)

    for width in NARROW:
        looks(page, "light", width)
        across, there = page.evaluate(looks_narrow)
        assert across <= there, f"at {width} px"
    expected_of_a_missing(visit, *MAY_FAIL)


@pytest.mark.parametrize("state", by_name(STATES))
def test_every_control_is_large_enough_to_be_hit(visit: Visit, state: State) -> None:
    page = visit.page
    state(page)

    for width in (1440, 390):
        looks(page, "light", width)
        unfolds(page)
        assert page.evaluate("() => controls().length") > 1
        assert page.evaluate(_SMALL, TARGET_PX) == [], f"at {width} px"
    expected_of_a_missing(visit, *MAY_FAIL)


def tabbed(page: Page) -> list[dict[str, Any]]:
    """What the focus rests on, from the beginning of the page to its end."""
    page.evaluate("() => document.activeElement?.blur?.()")
    stops: list[dict[str, Any]] = []
    while len(stops) < 300:
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUSED)
        if stop is None or (stops and stop["called"] == stops[0]["called"]):
            return stops
        stops.append(stop)
    raise AssertionError(f"the focus goes round: {[one['called'] for one in stops[-9:]]}")


@pytest.mark.parametrize("state", by_name((overview, statement, one_of_the_incidents, operations)))
def test_the_focus_reaches_every_control_and_is_seen_on_each(visit: Visit, state: State) -> None:
    page = visit.page
    state(page)

    stops = tabbed(page)

    missed = """() => controls()
      .filter((one) => !("reached" in one.dataset) && one.tabIndex >= 0).map(called)"""
    assert page.evaluate(missed) == []
    assert len(stops) > 10
    for sight in ("isOutlined", "isInSight", "isUncovered"):
        assert [one["called"] for one in stops if not one[sight]] == [], sight
    expected_of_a_missing(visit, *MAY_FAIL)


def test_on_a_telephone_too_the_focus_is_seen(page: Page) -> None:
    statement(page)
    looks(page, "dark", 390)

    stops = tabbed(page)

    assert [one["called"] for one in stops if not one["isOutlined"] or not one["isInSight"]] == []


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_readers_who_want_no_motion(
    page: Page, motion: Literal["reduce", "no-preference"]
) -> None:
    held: list[Route] = []

    def holds(route: Route) -> None:
        held.append(route)

    page.route(re.compile(f"/entries/{DENIAL}"), holds)
    page.emulate_media(reduced_motion=motion)

    opened(page, s=DENIAL)
    expect(details(page).locator(".skeleton").first).to_be_visible()

    moving = page.evaluate("() => document.getAnimations().length")
    assert (moving == 0) == (motion == "reduce")
    for one in held:
        one.continue_()


def test_a_reader_with_large_text_still_reads_all_of_it(browser: Browser, service: Site) -> None:
    # A page at 400 % in a window of 1,280 px is 320 px wide and 225 px high.
    window = {"width": 320, "height": 225}
    with visiting(browser, service.url, viewport=window, device_scale_factor=4) as visit:
        statement(visit.page)

        across = visit.page.evaluate("() => document.documentElement.scrollWidth")
        assert across <= 320
        assert violations(visit.page) == []
