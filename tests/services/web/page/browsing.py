"""A browser that looks at a site, and remembers all that a reader should never meet."""

import os
import shutil
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, Request, expect
from playwright.sync_api import sync_playwright as playwright

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--force-color-profile=srgb",
    # Whatever a page or the browser asks of another host finds nobody.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
"""Beside those of Playwright: no sandbox, no first run, no networking of the browser's own."""

PATIENCE_MS: Final = 15_000
"""How long a test waits for what it expects: machines that check changes do much at once."""

_TELL_VIOLATIONS: Final = """
document.addEventListener("securitypolicyviolation", (violation) => {
  const { blockedURI, effectiveDirective, sourceFile } = violation;
  console.error(`${effectiveDirective} refuses ${blockedURI} in ${sourceFile}`);
});
"""


class Visit:
    """One reader with a browser of its own: nothing is kept from the one before."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.requests: list[str] = []
        """The URLs asked for, in order."""
        self.problems: list[str] = []
        """What fails the test at its end; a test that means to meet a problem takes it out."""
        self.expected: list[str] = []
        """Parts of what the console may say besides: it may say it again, and late."""
        page.add_init_script(_TELL_VIOLATIONS)
        page.on("console", self._said)
        page.on("dialog", self._asked)
        page.on("pageerror", self._raised)
        page.context.on("request", self._requested)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(one in message.text for one in self.expected):
            self.problems.append(f"console: {message.text} ({message.location['url']})")

    def _asked(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _raised(self, error: Error) -> None:
        self.problems.append(f"error of the page: {error.stack or error.message}")

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)
        if not request.url.startswith((f"{self.origin}/", f"blob:{self.origin}/", "data:")):
            self.problems.append(f"request to another origin: {request.url}")


@contextmanager
def started() -> Generator[Browser]:
    """Run the browser of this machine.

    While it runs, its thread is in an event loop: no other may be run there.
    """
    program = _program()
    expect.set_options(timeout=PATIENCE_MS)
    with playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(browser: Browser, origin: str, **options: Any) -> Generator[Visit]:
    """Open an empty window on a site; `options` are those of `Browser.new_context`.

    Raises:
        AssertionError: at the end, when there was a problem.
    """
    context = browser.new_context(**(_window(origin) | options))
    try:
        visit = Visit(context.new_page(), origin)
        yield visit
    finally:
        context.close()
    assert not visit.problems, "\n".join(visit.problems)


def violations(page: Page, within: str = "html") -> list[str]:
    """What axe-core finds wrong for readers with a disability, by WCAG 2.2 AA and its own rules."""
    page.evaluate(_axe())
    found = page.evaluate("(within) => axe.run(within, { resultTypes: ['violations'] })", within)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['html']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def _window(origin: str) -> dict[str, Any]:
    return {
        "base_url": origin,
        "locale": "en-GB",
        "timezone_id": "UTC",
        "viewport": {"width": 1440, "height": 900},
    }


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def _program() -> str:
    """Where the browser is; a machine that checks changes has to have it."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("chromium is not on this machine: install it (see .ci/run)")
    warnings.warn("CHROMIUM IS NOT ON THIS MACHINE: the page is NOT tested", stacklevel=1)
    pytest.skip("chromium is not on this machine: the page is NOT tested")
