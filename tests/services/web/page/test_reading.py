"""Reading: the denial is chosen, and what is shown of it is what the service knows."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.services.web.http.site import Json, Site
from tests.services.web.page.browsing import Visit, visiting
from tests.services.web.page.reader import (
    DAYS_AROUND,
    DENIAL,
    ODESA,
    TO,
    UNPAIRED,
    address,
    counts,
    details,
    gap,
    hears_canvas,
    opened,
    painted,
    pairs,
    pixels,
    row,
    runs,
    stage,
    told_by_address,
)
from tests.services.web.page.test_geometry import regions

NAMES_PX = 90
"""Left of this stand the names of the lanes."""
LABEL_PX = 16
"""How high the label of a lag is: it stands on the end of its arc."""


def test_the_demo_is_shown_as_it_was_recorded(page: Page, service: Site) -> None:
    page.goto("/")

    overview = service.asked("/conflicts/ukraine/overview")
    statements, strikes = (overview[kind]["total"] for kind in ("statements", "incidents"))
    assert statements > 200
    assert strikes > 2_000
    shown = f"Shown: {statements:,} statements, {strikes:,} strikes."
    expect(counts(page)).to_have_text(shown)
    told_by_address(page, c="ukraine")
    expect(page.get_by_role("banner")).to_contain_text(f"position {overview['position']:,}")
    expect(page.get_by_role("banner")).to_contain_text(overview["digests"]["chronology"][:8])
    expect(details(page)).to_contain_text("Nothing is selected")
    assert sum(one["red"] for one in pixels(page)) > 1_000
    assert sum(len(one["blue"]) for one in pixels(page)) > 200


def test_a_click_on_its_mark_chooses_the_denial(page: Page) -> None:
    opened(page, q="endangered the energy supply", act="deny")
    expect(counts(page)).to_contain_text("Shown: 1 statement, 0 strikes")
    box = stage(page).bounding_box()
    assert box is not None
    blue = [(x, y) for y, one in enumerate(pixels(page)) for x in one["blue"] if x > NAMES_PX]
    x, y = blue[len(blue) // 2]

    page.mouse.click(box["x"] + x, box["y"] + y)

    told_by_address(page, s=DENIAL)
    expect(details(page)).to_contain_text("Sergei Lavrov")


def test_words_that_are_searched_for_leave_the_denial_to_the_arrow_keys(page: Page) -> None:
    opened(page)
    page.keyboard.press("/")
    page.keyboard.type("endangered the energy supply")
    expect(page.get_by_text(re.compile(r"^\d found$"))).to_be_visible()
    page.keyboard.press("Tab")

    page.keyboard.press("ArrowRight")

    told_by_address(page, s=DENIAL)


def test_the_strike_on_odesa_stands_beside_the_denial_with_its_lag(
    page: Page, service: Site
) -> None:
    opened(page, s=DENIAL)

    expect(row(page, "Odesa").locator("th.lag")).to_have_text(f"3{TO}31 h")
    expect(row(page, "Odesa")).to_contain_text("definite within 72 hours")
    expect(row(page, "Odesa")).to_contain_text("alleged by the target")
    told = service.asked("/conflicts/ukraine/timelines/pairings", statement=DENIAL)
    expect(pairs(page)).to_have_count(len(told["entries"]))
    row(page, "Odesa").get_by_role("button", name="Odesa").click()
    told_by_address(page, i=ODESA, s=None)
    expect(details(page).locator(".place-name")).to_have_text("Odesa")


def test_an_arc_with_its_lag_joins_the_words_with_the_strike(page: Page) -> None:
    hears_canvas(page)
    opened(page, z=DAYS_AROUND)
    between = gap(pixels(page))
    assert len(between) > 40

    opened(page, z=DAYS_AROUND, s=DENIAL)

    painted(page, f"+3{TO}31 h")
    rows = pixels(page)
    without = [y for y in between if not rows[y]["red"]]
    assert len(without) <= LABEL_PX
    assert len(runs(without)) <= 1


def test_no_arc_is_drawn_from_words_after_which_nothing_was_reported(page: Page) -> None:
    opened(page, z=DAYS_AROUND)
    between = gap(pixels(page))

    opened(page, z=DAYS_AROUND, s=UNPAIRED)

    expect(details(page)).to_contain_text("Nothing was reported after it")
    rows = pixels(page)
    assert [y for y in between if rows[y]["red"]] == []


def test_arcs_are_drawn_though_a_filter_leaves_out_the_strikes(page: Page) -> None:
    """Or a reader who searches and then selects would see a count and no strike."""
    opened(page, z=DAYS_AROUND)
    between = gap(pixels(page))

    opened(page, z=DAYS_AROUND, s=DENIAL, struck="UKR")

    expect(pairs(page).first).to_be_visible()
    rows = pixels(page)
    assert len([y for y in between if rows[y]["red"]]) > len(between) / 2


def test_observed_stands_beside_expected_or_it_is_said_that_there_is_too_little(
    page: Page, service: Site
) -> None:
    rate = service.asked(f"/conflicts/ukraine/statements/{DENIAL}/baserate")
    opened(page, s=DENIAL)
    beside = details(page).locator("section.expected")

    assert rate["reason"] == "too_little_data"
    expect(beside).to_contain_text("Too little data for a rate.")
    expect(beside).to_contain_text(f"{rate['days_recorded']} days recorded, 30 needed.")
    for window in ("24h", "72h", "7d", "30d"):
        one = rate["windows"][window]
        said = (
            f"Observed: {one['observed_definite']} definite, {one['observed_possible']} possible."
        )
        expect(beside.locator(".one-window").filter(has_text=said)).not_to_have_count(0)
    expect(details(page).locator(".summary")).to_contain_text("2 definite, 0 possible. Too little")


def test_where_there_is_a_rate_it_stands_beside_what_was_observed(
    page: Page, service: Site
) -> None:
    told = service.asked("/conflicts/ukraine/timelines/pairings", limit=1_000)
    key, rate = next(
        (key, rate)
        for key, rate in told["base_rates"].items()
        if rate["reason"] is None and rate["windows"]["72h"]["mean_high"] > 0.1
    )
    opened(page, s=key)

    beside = details(page).locator("section.expected .one-window.chosen")

    one = rate["windows"]["72h"]
    expect(beside).to_contain_text(f"Observed: {one['observed_definite']} definite")
    expect(beside).to_contain_text(re.compile(r"Expected: \S+ to \S+\. At least one in \d"))
    expect(beside.locator("svg[role=img]")).to_be_visible()


def test_the_words_come_in_russian_first_and_marked_as_such(page: Page) -> None:
    opened(page, s=DENIAL)

    quotes = details(page).locator("blockquote[lang]")

    expect(quotes).to_have_count(3)
    expect(quotes.nth(0)).to_have_attribute("lang", "ru")
    expect(quotes.nth(0)).to_contain_text("мы никогда не подвергали опасности")
    expect(quotes.nth(0)).to_contain_text("the passage is cut")
    expect(quotes.nth(1)).to_have_attribute("lang", "en")
    expect(details(page)).to_contain_text("English, translated by TASS")


def test_the_same_for_the_other_side_is_one_click_away(page: Page, service: Site) -> None:
    mirror = service.asked(f"/conflicts/ukraine/statements/{DENIAL}/mirror")
    opened(page, s=DENIAL)

    details(page).get_by_role("button", name="The same for the other side").first.click()

    told_by_address(page, mirror="1")
    about = ", ".join(mirror["about"])
    expect(details(page)).to_contain_text(f"The other side: strikes attributed to {about}")
    expect(pairs(page)).to_have_count(len(mirror["pairs"]))
    assert mirror["pairs"]


def test_the_map_shades_the_region_of_odesa(page: Page) -> None:
    (name,) = [one["properties"]["name"] for one in regions("UA") if one["id"] == "UA-51"]
    opened(page, s=DENIAL)

    shaded = details(page).locator(".map svg path.region:not(.of-none)")

    expect(shaded).to_have_count(2)  # Odesa, and Kharkiv a night later.
    odesa = shaded.filter(has_text=name)
    expect(odesa).to_have_text(f"{name}: 1 definite, 0 possible")
    ground = details(page).locator(".map svg path.region.of-none").first
    colour = "(one) => getComputedStyle(one).fill"
    assert odesa.evaluate(colour) != ground.evaluate(colour)


def test_a_link_shows_others_the_same(visit: Visit, browser: Browser, service: Site) -> None:
    page = visit.page
    opened(page, s=DENIAL)
    page.get_by_label("Window after the statement").select_option("7d")
    page.get_by_role("checkbox", name=re.compile("^within a day,")).check()
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Step back").click()
    told_by_address(page, w="7d", prec="day", s=DENIAL)
    expect(page).to_have_url(re.compile(r"[?&]z=.*[?&]?"))
    expect(page).to_have_url(re.compile(r"[?&]p=\d+"))
    expect(counts(page)).to_contain_text(", of ")
    expect(pairs(page)).not_to_have_count(0)

    with visiting(browser, service.url) as other:
        other.page.goto(page.url)

        expect(counts(other.page)).to_have_text(counts(page).inner_text())
        expect(pairs(other.page)).to_have_count(pairs(page).count())
        assert seen(other.page) == seen(page)
        assert address(other.page) == address(page)


def seen(page: Page) -> dict[str, str]:
    """What a link has to show again."""
    header = page.get_by_role("banner")
    return {
        "conflict": header.get_by_label("Conflict").input_value(),
        "window": page.get_by_label("Window after the statement").input_value(),
        "moment": page.get_by_role("region", name="What was known").locator("output").inner_text(),
        "view": page.locator(".chart-range").inner_text(),
        "in view": page.locator(".chart-count").inner_text(),
        "chosen": ", ".join(
            one.get_attribute("aria-label") or ""
            for one in page.locator("aside.filters input:checked").all()
        ),
        "details": details(page).locator("section.pairs").inner_text(),
    }


def test_the_link_that_cites_follows_what_is_chosen(page: Page) -> None:
    opened(page, s=DENIAL)
    link = details(page).locator(".cite p > a.mono")

    page.get_by_label("Window after the statement").select_option("30d")
    expect(link).to_have_attribute("href", re.compile("w=30d"))
    details(page).get_by_role("button", name="The same for the other side").first.click()
    expect(link).to_have_attribute("href", re.compile("mirror=1"))
    stage(page).focus()
    page.keyboard.press("+")

    expect(link).to_have_attribute("href", re.compile("z="))


def test_the_count_above_the_drawing_is_that_of_the_side_that_is_drawn(
    page: Page, service: Site
) -> None:
    def definite(bodies: list[Json]) -> int:
        return sum(body["windows"].get("30d") == "definite" for body in bodies)

    mirror = service.asked(f"/conflicts/ukraine/statements/{DENIAL}/mirror")
    own = service.asked("/conflicts/ukraine/timelines/pairings", statement=DENIAL)
    theirs, ours = definite(mirror["pairs"]), definite([one["body"] for one in own["entries"]])
    assert theirs != ours

    opened(page, s=DENIAL, w="30d", mirror="1")

    expect(page.locator(".bar .pairs")).to_have_text(
        re.compile(f"^Of the other side: {theirs} strikes? reported after it within 30 days.$")
    )
