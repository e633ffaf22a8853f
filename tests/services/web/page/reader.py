"""What a reader does on the page, and what there is to be seen of it."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Locator, Page, expect

DENIAL: Final = "048ea9526e16c10e95c9d8ceb9533041"
"""What the foreign minister of Russia said in Riyadh on 18 February 2025."""
UNPAIRED: Final = "4fedbfa8d992d209740374861211fd04"
"""What a British source said of it, which the rule pairs with nothing."""
ODESA: Final = "i-73434726011da913e6eec991bb14bb88"
"""The strike on Odesa in the night after it."""
TO: Final = "\N{EN DASH}"
"""What stands between the ends of a range."""
DAYS_AROUND: Final = "1739664000_1740268800"
"""16 to 23 February 2025, as an address has it."""

_LISTEN: Final = """
globalThis.painted = new Set();
const { fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  globalThis.painted.add(text);
  return fillText.call(this, text, ...rest);
};
"""
_PIXELS: Final = """() => {
  const canvas = document.querySelector(".chart-stage canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const rows = [];
  for (let y = 0; y < canvas.height; y += 1) {
    const row = { red: 0, blue: [] };
    for (let x = 0; x < canvas.width; x += 1) {
      const [red, green, blue] = data.subarray(4 * (y * canvas.width + x));
      if (red > green + 40 && red > blue + 40) row.red += 1;
      if (blue > red + 40) row.blue.push(x);
    }
    rows.push(row);
  }
  return rows;
}"""


def opened(page: Page, conflict: str = "ukraine", **state: str) -> None:
    """Open the page at an address, and wait until it has drawn."""
    page.goto("/?" + urlencode({"c": conflict, **state}))
    expect(counts(page)).to_contain_text("Shown: ")


def address(page: Page) -> dict[str, str]:
    """What the address tells, each name once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def told_by_address(page: Page, **state: str | None) -> None:
    """Wait until the address tells this; None is what it must not name."""
    for name, value in state.items():
        pattern = f"[?&]{name}={re.escape(value)}(&|$)" if value else f"^(?!.*[?&]{name}=)"
        expect(page).to_have_url(re.compile(pattern))


def counts(page: Page) -> Locator:
    """The sentence, for readers who listen, on how many marks are shown."""
    return page.locator("body > [role=status]")


def details(page: Page) -> Locator:
    """The details of what is selected."""
    return page.get_by_role("complementary", name="Details")


def pairs(page: Page) -> Locator:
    """The rows of the table of pairs."""
    return details(page).locator("section.pairs tbody tr:has(th.lag)")


def row(page: Page, place: str) -> Locator:
    """The rows of that table at a place."""
    return pairs(page).filter(has=page.get_by_role("button", name=place, exact=True))


def stage(page: Page) -> Locator:
    """The place where marks are drawn, and where keys go through them."""
    return page.get_by_role("application")


def hears_canvas(page: Page) -> None:
    """Remember each text that is painted on a canvas from the next opening on: see `painted`."""
    page.add_init_script(_LISTEN)


def painted(page: Page, text: str) -> None:
    """Wait until a text was painted on a canvas."""
    page.wait_for_function("(text) => globalThis.painted.has(text)", arg=text)


def at_rest(page: Page) -> None:
    """Wait until what has changed is drawn."""
    page.evaluate("new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))")


def pixels(page: Page) -> list[dict[str, Any]]:
    """Of each row of the drawing, how many pixels are red, and which are blue."""
    at_rest(page)
    rows: list[dict[str, Any]] = page.evaluate(_PIXELS)
    return rows


def gap(rows: list[dict[str, Any]]) -> range:
    """The rows between the statements and the strikes below them: the most that hold neither."""
    first_blue = next(at for at, one in enumerate(rows) if one["blue"])
    last_red = max(at for at, one in enumerate(rows) if one["red"])
    empty = runs(
        at for at in range(first_blue, last_red) if not (rows[at]["red"] or rows[at]["blue"])
    )
    return max(empty, key=len)


def runs(numbers: Iterable[int]) -> list[range]:
    """Ascending numbers as runs without a hole."""
    found: list[range] = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        held = [number for _, number in run]
        found.append(range(held[0], held[-1] + 1))
    return found
