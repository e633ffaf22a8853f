"""`page.overview`: what a reader waits for when the page draws a whole conflict.

The service runs as `up` does, with a broker of its own.
"""

import asyncio
import re
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks import drawing
from benchmarks.case import Arm, Case, Figures, Given, lines_file
from benchmarks.figures import ArmResult
from benchmarks.workloads import mixed

REDRAWS: Final = 120
TIMES: Final = 7
"""How often a filter, and a moment, is chosen; the median counts."""
SETTLED_S: Final = 600

_PROGRAM: Final = Path(sys.executable).with_name("conflict-timeline")
_READ: Final = """async (path) => {
  const begun = performance.now();
  const answer = await (await fetch(path)).json();
  const took = performance.now() - begun;
  return { took, statements: answer.statements.total, strikes: answer.incidents.total };
}"""


async def _answered(given: Given) -> Figures:
    """The least: a browser asks for the same marks and parses them; nothing is drawn."""
    async with _site(given) as url, drawing.browsing(url) as page:
        await page.goto("/page/icon.svg")
        async with given.measured():
            found: dict[str, Any] = await page.evaluate(_READ, _path(given, "overview"))
    return {
        "answer_ms": found["took"],
        "statements": found["statements"],
        "strikes": found["strikes"],
    }


async def _drawn(given: Given) -> Figures:
    async with _site(given) as url, drawing.browsing(url) as page:
        async with given.measured():
            await page.goto(f"/?c={given.workload.conflict}")
            first_ms = await drawing.drawn(page)
        await page.wait_for_timeout(1_000)
        redraws = drawing.spread(await drawing.redraws(page, REDRAWS))
        box = ".filters input[type=checkbox]"
        filtered = [await drawing.after(page, box) for _ in range(TIMES)]
        back = ".strip button"  # The first one goes a step back.
        moved = [await drawing.after(page, back, until_known=True) for _ in range(TIMES)]
    return {
        "first_ms": first_ms,
        "redraw_p50_ms": redraws["p50_ms"],
        "redraw_p95_ms": redraws["p95_ms"],
        "filter_p50_ms": drawing.spread(filtered)["p50_ms"],
        "as_of_p50_ms": drawing.spread(moved)["p50_ms"],
    }


@asynccontextmanager
async def _site(given: Given) -> AsyncGenerator[str]:
    """Run a site that has the workload, and wait until all of it can be read; its address."""
    data = given.folder / f"page-{given.workload.conflict}"
    said = given.folder / "page.log"
    log = said.open("wb")
    up = await asyncio.create_subprocess_exec(
        *(_PROGRAM, "--data", data, "up", "--port", "0"), stdout=log, stderr=log
    )
    try:
        url = await _address(said)
        publishing = await asyncio.create_subprocess_exec(
            *(_PROGRAM, "--data", data, "publish", lines_file(given.folder, given.workload)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await publishing.wait()
        await _settled(url, given)
        yield url
    finally:
        up.terminate()
        await up.wait()
        log.close()


async def _address(log: Path) -> str:
    said = ""
    for _ in range(600):
        said = await asyncio.to_thread(log.read_text, "utf-8")
        if found := re.search(r"^http: (http://\S+)$", said, re.MULTILINE):
            return found[1]
        await asyncio.sleep(0.1)
    raise AssertionError(f"the service did not start: {said}")


async def _settled(url: str, given: Given) -> None:
    """Wait until the timelines that the page reads stand at the head."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as http, asyncio.timeout(SETTLED_S):
        for name in ("chronology", "incidents", "pairings"):
            while True:
                answer = await http.get(_path(given, f"timelines/{name}"), params={"limit": 1})
                if answer.is_success and answer.json()["position"] == given.workload.events:
                    break
                await asyncio.sleep(0.3)


def _path(given: Given, what: str) -> str:
    return f"/conflicts/{given.workload.conflict}/{what}"


def _notes(arms: Mapping[str, ArmResult]) -> list[str]:
    asked = {name: spread.median for name, spread in arms["answer"].figures.items()}
    took = {name: spread.median for name, spread in arms["page"].figures.items()}
    marks = (
        f"{asked['statements']:,.0f} statements and {asked['strikes']:,.0f} strikes,"
        f" answered and parsed in {asked['answer_ms']:,.0f} ms"
    )
    first = f"first drawing after {took['first_ms']:,.0f} ms; wanted: at most 2,000"
    again = (
        f"drawn again in {took['redraw_p50_ms']:.1f} ms, one in twenty in more than"
        f" {took['redraw_p95_ms']:.1f} ms; wanted: at most 16 (by software, at 1440 x 900)"
    )
    chosen = (
        f"a filter after {took['filter_p50_ms']:.0f} ms, another moment after"
        f" {took['as_of_p50_ms']:.0f} ms"
    )
    return [marks, first, again, chosen]


CASE: Final = Case(
    name="page.overview",
    what="a conflict drawn by a browser, from nothing to its first drawing",
    arms=(
        Arm("answer", "the same marks, asked for and parsed by the browser", _answered, mixed),
        Arm("page", "the page, until they are drawn", _drawn, mixed),
    ),
    quick=(5_000,),
    full=(33_000,),
    lacks=drawing.lacking,
    notes=_notes,
)
