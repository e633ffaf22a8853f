"""Pictures of the page for the documents: made by hand when the page looks different.

    python -m tests.services.web.page.pictures docs/page

Each is a WebP of at most 60 kB, which the browser itself packs.
"""

import base64
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, Route, expect

from tests.cli.console import Console
from tests.services.web.http.site import Site
from tests.services.web.page.browsing import started, visiting
from tests.services.web.page.reader import DENIAL, details, opened, pairs

BYTES_MAX: Final = 60_000
QUALITIES: Final = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)
WIDE: Final = (1200, 800)
PHONE: Final = (390, 844)
WEEKS: Final = "1738800000_1742600000"
"""From 6 February to 21 March 2025: the words of Riyadh and the month after."""
EARLIER: Final = "2600"
"""A position at which much of what is known of these weeks was not recorded yet."""

_PACK: Final = """async ([picture, quality]) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  const packed = new Uint8Array(
    await (await canvas.convertToBlob({ type: "image/webp", quality })).arrayBuffer());
  let text = "";
  for (const byte of packed) text += String.fromCharCode(byte);
  return btoa(text);
}"""


def overview(page: Page) -> None:
    """All that the sample history has."""
    opened(page)


def selection(page: Page) -> None:
    """The denial, with what was reported after it."""
    opened(page, s=DENIAL, z=WEEKS)
    expect(pairs(page)).not_to_have_count(0)
    expect(details(page).locator("svg.map-picture")).to_be_visible()


def as_of(page: Page) -> None:
    """What was known earlier, with what was learned later as outlines."""
    opened(page, p=EARLIER, z=WEEKS)


def nothing_yet(page: Page) -> None:
    """A service that nobody has published to."""

    def none(route: Route) -> None:
        route.fulfill(json=[])

    page.route("**/conflicts", none)
    page.goto("/")
    expect(page.locator(".message.empty")).to_be_visible()


def broken(page: Page) -> None:
    """A service that fails."""

    def fails(route: Route) -> None:
        detail = "The read model is being built anew"
        route.fulfill(status=500, json={"title": "Failed", "status": 500, "detail": detail})

    page.route("**/overview*", fails)
    page.goto("/?c=ukraine")
    expect(page.get_by_role("alert")).to_be_visible()


SHOTS: Final[dict[str, tuple[Callable[[Page], None], tuple[int, int], str]]] = {
    "overview": (overview, WIDE, "light"),
    "selection": (selection, WIDE, "light"),
    "as-of": (as_of, WIDE, "light"),
    "empty": (nothing_yet, WIDE, "light"),
    "error": (broken, WIDE, "light"),
    "phone": (selection, PHONE, "light"),
    "dark": (selection, WIDE, "dark"),
}


def shot(browser: Browser, service: Site, name: str) -> bytes:
    """One picture, packed."""
    shows, (width, height), theme = SHOTS[name]
    window = {"width": width, "height": height}
    with visiting(browser, service.url, viewport=window, color_scheme=theme) as visit:
        shows(visit.page)
        visit.page.wait_for_timeout(1_000)  # Arcs, map and archived copies are there.
        picture = base64.b64encode(visit.page.screenshot()).decode()
        # What is shown of a failure fails no picture.
        visit.problems[:] = [one for one in visit.problems if "Failed to load resource" not in one]
    for quality in QUALITIES:
        packed = pack(browser, picture, quality)
        if len(packed) <= BYTES_MAX:
            return packed
    raise AssertionError(f"{name} is larger than {BYTES_MAX} bytes")


def pack(browser: Browser, picture: str, quality: float) -> bytes:
    """A PNG as a WebP; packed in a page that no policy forbids anything."""
    context = browser.new_context()
    try:
        packed: str = context.new_page().evaluate(_PACK, [picture, quality])
        return base64.b64decode(packed)
    finally:
        context.close()


def main(arguments: list[str]) -> int:
    """Make all of them, or those that are named after the folder."""
    folder, *names = arguments
    Path(folder).mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if "CONFLICT_TIMELINE" not in name}
    with tempfile.TemporaryDirectory() as temporary:
        console = Console(Path(temporary), kept | {"CONFLICT_TIMELINE_PORT": "0"})
        try:
            done = console("demo", "--once")
            assert done.code == 0, done
            site = Site(console, console.start("up", "--port", "0"))
            site.settles("ukraine")
            with started() as browser:
                for name in names or SHOTS:
                    packed = shot(browser, site, name)
                    (Path(folder) / f"{name}.webp").write_bytes(packed)
                    print(f"{name}.webp: {len(packed):,} bytes")
        finally:
            console.clear()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
