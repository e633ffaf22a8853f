"""Exporting: what a reader takes away can be opened, judged, and made again."""

import base64
import re
import struct
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from playwright.sync_api import Page, expect

from tests.services.web.http.site import Site
from tests.services.web.page.reader import DENIAL, TO, details, hears_canvas, opened, pairs

SCALE: Final = 2
PICTURE_PX: Final = 720
MARGIN_PX: Final = 20
LINE_PX: Final = 19
SVG: Final = "{http://www.w3.org/2000/svg}"

_OPENED: Final = """async ([text, from]) => {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const inked = (top, height) => {
    const { data } = context.getImageData(0, top, image.width, height);
    let found = 0;
    for (let at = 4; at < data.length; at += 4) {
      if ([0, 1, 2].some((part) => Math.abs(data[at + part] - data[part]) > 60)) found += 1;
    }
    return found;
  };
  const caption = inked(from, image.height - from);
  return { size: [image.width, image.height], drawn: inked(0, from), caption };
}"""


def chosen(page: Page, item: str) -> Path:
    """The file that an item of the menu gives."""
    page.keyboard.press("e")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=item, exact=True).click()
    return Path(download.value.path())


def ready(page: Page, **state: str) -> None:
    """Open the page on the denial, with its pairs and its rate."""
    opened(page, s=DENIAL, **state)
    expect(pairs(page)).not_to_have_count(0)
    expect(details(page).locator("section.expected")).to_be_visible()


def test_a_picture_has_the_drawing_and_below_it_what_it_shows(page: Page, service: Site) -> None:
    hears_canvas(page)
    ready(page, w="7d")
    overview = service.asked("/conflicts/ukraine/overview")

    raw = chosen(page, "Picture with caption (PNG)").read_bytes()

    assert raw.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", raw[16:24])
    above = MARGIN_PX + PICTURE_PX + MARGIN_PX
    lines, rest = divmod(height // SCALE - above - MARGIN_PX, LINE_PX)
    assert width == 1280 * SCALE
    assert rest == 0
    assert lines >= 8
    image: dict[str, Any] = page.evaluate(
        _OPENED, [base64.b64encode(raw).decode(), (above - MARGIN_PX // 2) * SCALE]
    )
    assert image["size"] == [width, height]
    assert image["drawn"] > 10_000
    assert image["caption"] > 5_000
    painted = " ".join(page.evaluate("[...globalThis.painted]"))
    for text in (
        "Conflict timeline: ukraine.",
        "Sergei Lavrov denies",
        "мы никогда не подвергали опасности",
        "Window after the statement: 7 days.",
        "Observed: 2 definite, 0 possible. Expected: unknown, too little is recorded",
        "Filters: none.",
        f"As known at position {overview['position']:,}, the latest",
        f"chronology/1 {overview['digests']['chronology'][:16]}",
        f"pairings/1 {overview['digests']['pairings'][:16]}",
        "Rules: pairings/1.",
        "It does not show that a statement caused a strike.",
    ):
        assert text in painted, text
    assert re.search(rf"[?&]p={overview['position']}\b", painted)


def test_a_drawing_is_xml_without_a_script_and_has_an_arc_for_each_pair(page: Page) -> None:
    ready(page)

    root = ET.fromstring(chosen(page, "Drawing (SVG)").read_text("utf-8"))  # noqa: S314 - our own

    every = list(root.iter())
    assert root.tag == f"{SVG}svg"
    assert {one.tag.removeprefix(SVG) for one in every} <= {
        "svg",
        "title",
        "rect",
        "text",
        "path",
        "g",
    }
    names = {name for one in every for name in one.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name}
    arcs = [one for one in root.iter(f"{SVG}path") if "C" in one.attrib["d"]]
    assert len(arcs) == 2
    texts = [one.text or "" for one in root.iter(f"{SVG}text")]
    assert f"+3{TO}31 h · Odesa · definite" in texts
    assert sum(text.endswith(" · definite") for text in texts) == len(arcs)
    assert any("Sergei Lavrov" in text for text in texts)


def test_a_table_is_the_answer_of_the_service_byte_for_byte(page: Page, service: Site) -> None:
    ready(page)
    position = service.asked("/conflicts/ukraine/overview")["position"]

    raw = chosen(page, "Table (CSV)").read_bytes()

    path = "/conflicts/ukraine/timelines/pairings"
    assert raw == service.get(path, statement=DENIAL, as_of=position, format="csv").content
    lines = raw.decode().splitlines()
    assert len(lines) == 1 + pairs(page).count()
    assert any("Odesa" in line for line in lines)


def test_a_table_without_a_selection_has_what_the_filters_ask_for(
    page: Page, service: Site
) -> None:
    opened(page, act="deny", topic="energy", region="UA-51")
    position = service.asked("/conflicts/ukraine/overview")["position"]
    path = "/conflicts/ukraine/timelines"

    statements = chosen(page, "Table (CSV)").read_bytes()
    strikes = chosen(page, "Table of strikes (CSV)").read_bytes()

    of_statements = {"act": "deny", "topic": "energy", "as_of": position, "format": "csv"}
    assert statements == service.get(f"{path}/chronology", **of_statements).content
    of_strikes = {"region": "UA-51", "as_of": position, "format": "csv"}
    assert strikes == service.get(f"{path}/incidents", **of_strikes).content
    assert DENIAL in statements.decode()


def test_data_is_a_link_to_the_same_as_json(page: Page, service: Site) -> None:
    ready(page, p="20")
    page.keyboard.press("e")

    link = page.get_by_role("menuitem", name="Data (JSON)").get_attribute("href") or ""

    found = service.http.get(link).json()
    assert found["position"] == 20
    assert {entry["body"]["statement"] for entry in found["entries"]} == {DENIAL}


def test_on_paper_stand_the_caption_the_drawing_and_the_details_but_no_controls(
    page: Page,
) -> None:
    ready(page)

    printed = page.pdf()
    page.emulate_media(media="print")

    assert printed.startswith(b"%PDF")
    assert len(printed) > 20_000
    caption = page.locator(".print-caption")
    expect(caption).to_be_visible()
    expect(caption).to_contain_text("Sergei Lavrov denies")
    expect(caption).to_contain_text("As known at position")
    expect(page.locator(".print-chart canvas")).to_be_visible()
    expect(details(page).locator("section.pairs table")).to_be_visible()
    controls = "input, select, nav, dialog, [role=menu], .export-menu, .chart-toolbar, .strip"
    visible = [
        one.evaluate("(one) => one.outerHTML.slice(0, 120)")
        for one in page.locator(controls).all()
        if one.is_visible()
    ]
    assert visible == []
    buttons = page.locator("button:not(.plain)").all()
    assert [one.inner_text() for one in buttons if one.is_visible()] == []
