"""Drawing: a browser that tells how long the page takes to draw.

The page knows nothing of it: `requestAnimationFrame` is replaced before it begins, so that each of
its drawings is timed until its pixels could be read.
"""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from statistics import median
from typing import Final

from playwright.async_api import Page, async_playwright

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
SIZE: Final = {"width": 1440, "height": 900}
PATIENCE_MS: Final = 120_000

_LISTEN: Final = """
globalThis.drawings = [];
const native = requestAnimationFrame;
globalThis.requestAnimationFrame = (draw) => native((at) => {
  const begun = performance.now();
  draw(at);
  const canvas = document.querySelector(".chart-stage canvas");
  if (!canvas?.width) return;
  canvas.getContext("2d").getImageData(0, 0, 1, 1);
  const end = performance.now();
  const has = Boolean(document.querySelector("body > [role=status]")?.textContent);
  const known = document.querySelector("header .mono")?.textContent;
  drawings.push({ end, took: end - begun, has, known });
});
globalThis.frames = (n) => new Promise((resolve) => {
  const next = (left) => (left ? native(() => next(left - 1)) : resolve());
  next(n);
});
"""
_REDRAWS: Final = """async (n) => {
  const [closer, wider] = document.querySelectorAll(".chart-buttons button");
  drawings.length = 0;
  for (let i = 0; i < n; i += 1) {
    // In and out in turns, no further than twice: the overview stays one.
    (i % 4 < 2 ? closer : wider).click();
    await frames(2);
  }
  return drawings.map(({ took }) => took);
}"""
_AFTER: Final = """async ([selector, isKnown]) => {
  const control = document.querySelector(selector);
  const before = drawings.at(-1).known;
  drawings.length = 0;
  const begun = performance.now();
  control.click();
  for (;;) {
    const drawn = drawings.find(({ known }) => !isKnown || known !== before);
    if (drawn) return drawn.end - begun;
    await frames(1);
  }
}"""


def lacking() -> str | None:
    """Why nothing can be drawn on this machine; None where it can."""
    return None if _program() else f"none of {', '.join(PROGRAMS)} is on this machine"


@asynccontextmanager
async def browsing(origin: str) -> AsyncGenerator[Page]:
    """Give a page of a browser that draws by software, as one without a graphics processor does."""
    async with async_playwright() as driver:
        flags = ["--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = await driver.chromium.launch(executable_path=_program(), args=flags)
        context = await browser.new_context(base_url=origin, viewport=SIZE, locale="en-GB")  # type: ignore[arg-type]
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.add_init_script(_LISTEN)
        yield page
        await browser.close()


async def drawn(page: Page) -> float:
    """When the page had first drawn what it read, in ms after it was asked for."""
    found = await page.wait_for_function("() => drawings.find(({ has }) => has)?.end")
    return float(await found.json_value())


async def redraws(page: Page, count: int) -> list[float]:
    """How long each of so many drawings of the overview took, in ms, zoomed a little in and out."""
    took: list[float] = await page.evaluate(_REDRAWS, count)
    return took


async def after(page: Page, selector: str, *, until_known: bool = False) -> float:
    """How long after a click on a control its drawing was there, in ms.

    `until_known`: the drawing that is of another position.
    """
    return float(await page.evaluate(_AFTER, [selector, until_known]))


def spread(took: list[float]) -> dict[str, float]:
    """The median, and what one in twenty exceeds."""
    return {"p50_ms": median(took), "p95_ms": sorted(took)[int(len(took) * 0.95)]}


def _program() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)
