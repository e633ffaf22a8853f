"""Texts that mean harm: the page shows them, letter by letter, and does nothing that they say.

A visit fails of itself at a dialog, at a complaint of the console (every refusal by the content
security policy is one) and at a request to another host. Here every element that the page puts
into its document is looked at besides.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from tests.cli.console import Console
from tests.services.web.http.site import Site
from tests.services.web.page.browsing import Visit, visiting
from tests.services.web.page.payloads import (
    CONFLICT,
    HIDDEN,
    SURROUNDINGS,
    VECTORS,
    events,
    payloads,
    refused_lines,
)
from tests.services.web.page.reader import counts, details, opened, pairs, stage
from tests.support import raw_of

INCIDENTS_OPENED: Final = 25

_WATCH: Final = """
globalThis.foreign = [];
const OWN = new Set(`a article aside b blockquote body button canvas caption circle code dd defs del
  desc details dialog div dl dt em fieldset figcaption figure footer form g h1 h2 h3 h4 head header
  html i input ins kbd label legend li line main nav noscript ol option output p path pattern pre
  q rect s section select small span strong summary svg table tbody td text th thead time title tr
  tspan u ul`.split(/\\s+/));
const HEAD = /^(?:meta|title|link|script)$/;
const LINKS = ["href", "xlink:href", "src", "action", "formaction", "data", "srcdoc", "poster"];
const judge = (one) => {
  const name = one.localName.toLowerCase();
  const isFirst = document.readyState === "loading" && document.head.contains(one);
  if (!(isFirst && HEAD.test(name)) && !OWN.has(name)) foreign.push(one.outerHTML.slice(0, 300));
  for (const { name: attribute, value } of one.attributes) {
    const isHandler = attribute.startsWith("on");
    const isLoading = attribute === "style" && /url|expression|@import/i.test(value);
    if (isHandler || isLoading) foreign.push(`${attribute}=${value}`);
    if (!LINKS.includes(attribute)) continue;
    const address = new URL(value, location.href);
    const own = address.origin === location.origin || address.protocol === "blob:";
    const outward = name === "a" && /^https?:$/.test(address.protocol);
    if (!own && !outward) foreign.push(`${name} ${attribute}=${value}`);
    const isTame = one.rel === "noopener noreferrer nofollow" && one.target === "_blank";
    if (outward && !own && !isTame) foreign.push(`a link that trusts: ${value}`);
  }
};
new MutationObserver((changes) => {
  for (const { target, addedNodes, type } of changes) {
    if (type === "attributes") judge(target);
    for (const node of addedNodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      judge(node);
      node.querySelectorAll("*").forEach(judge);
    }
  }
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
# Values, keys of the page's own and addresses are not read as text by anybody.
_TEXTS: Final = """() => [...document.querySelectorAll("*")].flatMap((one) => [
  ...[...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data),
  ...[...one.attributes].filter(({ name }) => !["value", "data-key", "href"].includes(name))
    .map(({ value }) => value),
])"""


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Site]:
    """Give a site of its own, all of whose events mean harm."""
    folder = tmp_path_factory.mktemp("hostile")
    console = Console(folder, environment)
    lines = [raw_of(event) for event in events()] + refused_lines()
    (folder / "hostile.ndjson").write_bytes(b"\n".join(lines) + b"\n")
    try:
        site = Site(console, console.start("up", "--port", "0"))
        with site.http:
            console("publish", folder / "hostile.ndjson")
            site.settles(CONFLICT)
            yield site
    finally:
        console.clear()


@pytest.fixture
def reader(browser: Browser, hostile: Site) -> Iterator[Visit]:
    """Give a reader of that site; an element that is not the page's own fails the test."""
    with visiting(browser, hostile.url, accept_downloads=True) as visit:
        visit.page.add_init_script(_WATCH)
        yield visit
        shows_its_own_alone(visit.page)


def shows_its_own_alone(page: Page) -> None:
    """Check that no element, handler or address came from a text."""
    assert page.evaluate("() => globalThis.foreign") == []


def entries(site: Site, timeline: str) -> list[dict[str, Any]]:
    """What a timeline of the conflict holds."""
    path = f"/conflicts/{CONFLICT}/timelines/{timeline}"
    found: list[dict[str, Any]] = site.asked(path, limit=1000)["entries"]
    return found


def statements(site: Site) -> list[dict[str, Any]]:
    """The statements among them."""
    found = [one for one in entries(site, "chronology") if one["body"]["kind"] == "statement"]
    assert len(found) >= 55
    return found


def missing(visit: Visit) -> None:
    """Take out what a browser says of an answer that has to be 404 or 400."""
    visit.page.wait_for_timeout(200)  # It may say so a moment later.
    visit.problems[:] = [one for one in visit.problems if "Failed to load resource" not in one]


def marked(text: str) -> str:
    """A text as the page has to show it: what would not be seen is named."""
    hidden = re.compile(
        "[\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u2060\ufeff\U000e0000-\U000e0fff]"
    )
    return hidden.sub(lambda one: f"\u27e6U+{ord(one[0]):04X}\u27e7", text)


def settled(page: Page) -> None:
    """Wait until details and views have read what they show."""
    expect(page.locator(".skeleton")).to_have_count(0)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def unfolds(page: Page) -> None:
    """Open everything that is folded, and read what is in it."""
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
    settled(page)


def test_there_are_five_hundred_and_they_are_recorded_as_they_are(hostile: Site) -> None:
    assert len(set(payloads())) == 500
    assert len(VECTORS) > 60
    assert len(SURROUNDINGS) > 5
    sent = {event["data"].get("proposition") for event in events()} - {None}

    held = {one["body"]["title"] for one in entries(hostile, "chronology")}

    assert len(sent & held) >= 50  # The others were corrected, or retracted.
    assert hostile.asked("/refused")["total"] == len(refused_lines())


def test_every_statement_shows_its_words_letter_by_letter(reader: Visit, hostile: Site) -> None:
    page = reader.page
    opened(page, CONFLICT)
    boxes = 0
    for one in statements(hostile):
        page.evaluate(
            """(query) => {
              history.pushState(null, "", query);
              dispatchEvent(new PopStateEvent("popstate"));
            }""",
            f"/?{urlencode({'c': CONFLICT, 's': one['entry']})}",
        )
        words = details(page).locator("p.proposition")
        expect(words).to_have_text(
            re.compile(re.escape(f"#{number_of(one['body']['title'])}") + "$")
        )
        assert words.evaluate("(one) => one.textContent") == marked(one["body"]["title"])
        quote = details(page).locator("blockquote").first
        assert marked(one["body"]["quotes"][0]["text"]) in (quote.text_content() or "")
        settled(page)
        unfolds(page)
        boxes += page.locator(".details .hidden-character").count()
        shows_its_own_alone(page)
    assert boxes > 50


def number_of(text: str) -> str:
    """The number at the end of a payload: no other has it."""
    return text.rpartition("#")[2]


def test_the_incidents_of_hostile_reports_show_them_as_texts(reader: Visit, hostile: Site) -> None:
    page = reader.page
    for one in entries(hostile, "incidents")[:INCIDENTS_OPENED]:
        opened(page, CONFLICT, i=one["entry"])
        name = one["body"]["place"]["name"]
        shown = details(page).locator(".place-name")
        expect(shown).to_be_visible()
        assert shown.evaluate("(one) => one.textContent") == marked(name)
        unfolds(page)
        shows_its_own_alone(page)


def test_addresses_of_events_are_links_to_http_alone(reader: Visit, hostile: Site) -> None:
    page = reader.page
    hrefs: set[str] = set()
    texts: set[str] = set()
    for one in statements(hostile)[:12]:
        opened(page, CONFLICT, s=one["entry"])
        expect(details(page).locator("blockquote").first).to_be_visible()
        settled(page)
        links = page.locator("a[href]")
        hrefs |= set(links.evaluate_all("(all) => all.map((one) => one.href)"))
        texts.add(details(page).text_content() or "")

    assert any(href.startswith("https://news.example/") for href in hrefs)
    assert all(href.startswith(("https://", f"{hostile.url}/")) for href in hrefs)
    assert any("javascript:alert(1)" in text for text in texts)


@pytest.mark.parametrize("view", ["incidents", "reversals", "operations"])
def test_the_other_views_show_them_as_texts(reader: Visit, view: str) -> None:
    page = reader.page
    page.goto(f"/?c={CONFLICT}&v={view}")
    expect(page.locator(".view-content:visible").first).not_to_be_empty()
    settled(page)

    unfolds(page)

    expect(page.locator(".view")).to_contain_text(re.compile(r"#\d"))
    seen = page.locator(".view").inner_text()
    assert sum(text in seen for text in (marked(text) for text in payloads())) > 15
    assert page.locator(".view .hidden-character").count() > 0
    if view == "incidents":
        for row in page.locator("table.rows button.choose").all()[:8]:
            row.click()
            expect(page.locator(".claim").first).to_be_visible()
            settled(page)


def test_refused_events_show_that_they_hid_something(reader: Visit) -> None:
    page = reader.page
    page.goto(f"/?c={CONFLICT}&v=operations")
    refused = page.locator("table.refused")
    expect(refused).to_be_visible()

    hidden = refused.locator("tr", has_text="holds a control or bidirectional character")
    expect(hidden).to_have_count(len(HIDDEN))
    expect(hidden.first).to_contain_text("unknown")
    for number in ("200B", "200E", "00AD", "E0041", "2028"):
        expect(refused).to_contain_text(f"U+{number}")
    raw = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
    assert not raw.search(refused.evaluate("(one) => one.textContent"))


def test_no_control_or_bidirectional_character_reaches_the_document(
    reader: Visit, hostile: Site
) -> None:
    raw = re.compile(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069]"
    )
    page = reader.page
    for one in statements(hostile)[:12]:
        opened(page, CONFLICT, s=one["entry"])
        settled(page)
        unfolds(page)
        texts = page.evaluate(_TEXTS)
        assert [text for text in texts if raw.search(text)] == []


def test_a_pointer_over_the_marks_shows_them_as_texts(reader: Visit) -> None:
    page = reader.page
    opened(page, CONFLICT)
    tip = page.locator("[role=tooltip], .chart-tip")

    told: set[str] = set()
    for _ in range(12):
        before = page.url
        page.keyboard.press("ArrowRight")
        page.wait_for_function("(before) => location.href !== before", arg=before)
        settled(page)
        told.add(details(page).locator("p.proposition").inner_text())
    box = stage(page).bounding_box()
    assert box is not None
    tips: set[str] = set()
    for y in range(20, int(box["height"]), 14):
        for x in range(100, int(box["width"]), 80):
            page.mouse.move(box["x"] + x, box["y"] + y)
            if tip.first.is_visible():
                tips.add(tip.first.inner_text())
    assert len(told) == 12
    assert len(tips) > 5
    shows_its_own_alone(page)


@pytest.mark.parametrize("text", [vector[:190] for vector in VECTORS[::6]])
def test_what_is_searched_for_may_be_anything(reader: Visit, text: str) -> None:
    page = reader.page

    page.goto(f"/?{urlencode({'c': CONFLICT, 'q': text})}")

    expect(counts(page)).to_contain_text("Shown: ")
    assert page.get_by_role("searchbox").input_value() == re.sub(r"[\r\n]", "", text)
    missing(reader)


NAMES: Final = ("c", "v", "s", "i", "w", "p", "z", "out", "mirror", "q", "by", "act", "region", "x")


@pytest.mark.parametrize("name", NAMES)
def test_an_address_may_hold_anything(reader: Visit, name: str) -> None:
    page = reader.page
    for text in ("<script>alert(1)</script>", "__proto__", '"><svg onload=alert(1)>', "\u202e\x00"):
        page.goto("/?" + urlencode({"c": CONFLICT, name: text}))
        expect(page.get_by_role("banner")).to_be_visible()
        said = counts(page) if name not in {"c", "v"} else page.locator(".notice, .view").first
        expect(said).to_be_attached()
        page.wait_for_function(
            "() => document.querySelector('h1') && !document.querySelector('.message.loading')"
        )
        shows_its_own_alone(page)
    missing(reader)


def test_the_table_that_is_exported_runs_no_formula(reader: Visit) -> None:
    page = reader.page
    for state in ({}, {"v": "incidents"}, {"v": "reversals"}):
        page.goto("/?" + urlencode({"c": CONFLICT, **state}))
        settled(page)
        expect(page.locator(".message.loading")).to_have_count(0)

        text = taken(page, "CSV")

        rows = list(csv.reader(io.StringIO(text)))
        assert len(rows) > 10
        runs = re.compile(r"[=+\-@|%\t\r]")
        number = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
        cells = [cell for row in rows for cell in row]
        assert [one for one in cells if runs.match(one) and not number.fullmatch(one)] == []


def test_the_drawing_that_is_exported_holds_nothing_that_runs(reader: Visit, hostile: Site) -> None:
    page = reader.page
    svg = "{http://www.w3.org/2000/svg}"
    drawn = {
        f"{svg}{name}"
        for name in ("svg", "g", "path", "rect", "line", "text", "title", "desc", "tspan", "circle")
    }
    with_pairs = [one["entry"] for one in statements(hostile) if one["body"]["act"] == "deny"]
    for entry in with_pairs[:6]:
        opened(page, CONFLICT, s=entry)
        expect(pairs(page).first).to_be_visible()

        root = ET.fromstring(taken(page, "SVG"))  # noqa: S314 - made by our page a moment ago

        for element in root.iter():
            assert element.tag in drawn
            assert not [name for name in element.attrib if re.match("on|href|.*}href", name)]
        assert len("".join(root.itertext())) > 50


def test_what_is_printed_has_them_as_texts(reader: Visit, hostile: Site) -> None:
    page = reader.page
    opened(page, CONFLICT, s=statements(hostile)[0]["entry"], q="alert")
    settled(page)
    page.emulate_media(media="print")

    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")

    expect(page.locator(".print-caption")).to_be_visible()
    shows_its_own_alone(page)


def taken(page: Page, choice: str) -> str:
    """The file that a choice of the menu of exports gives."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=re.compile(choice)).first.click()
    return text_of(download.value)


def text_of(download: Download) -> str:
    """What is in a file that was downloaded."""
    return download.path().read_text("utf-8-sig")


def test_a_watch_for_foreign_elements_finds_them(browser: Browser, hostile: Site) -> None:
    planted = """() => {
      document.body.append(document.createElement("iframe"));
      const link = document.createElement("a");
      link.setAttribute("href", "javascript:void 0");
      const box = document.createElement("div");
      box.setAttribute("onclick", "alert(1)");
      document.body.append(link, box);
    }"""
    with visiting(browser, hostile.url, bypass_csp=True) as visit:
        visit.page.add_init_script(_WATCH)
        visit.page.goto("/")
        visit.page.evaluate(planted)
        visit.page.wait_for_timeout(50)

        found = json.dumps(visit.page.evaluate("() => globalThis.foreign"))

    for one in ("iframe", "javascript:", "onclick=alert"):
        assert one in found
