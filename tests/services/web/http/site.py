"""A site: everything that `up` runs, seen over HTTP, and the console beside it."""

import re
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import httpx

from conflict_events.receipts import BATCH, SINGLE
from tests.cli.console import EPISODES, Console, Running, wait_for
from tests.oracle.builders import PRODUCER, strike
from tests.support import raw_of

Json = dict[str, Any]

CHRONOLOGY: Final = "/conflicts/ukraine/timelines/chronology"
PAIRINGS: Final = "/conflicts/ukraine/timelines/pairings"
INCIDENTS: Final = "/conflicts/ukraine/timelines/incidents"

RATE_PER_S: Final = 100_000
"""What the keys of tests may publish: they do not wait."""


class Site:
    """One process of `up`, with a key for `PRODUCER`."""

    def __init__(self, console: Console, running: Running) -> None:
        self.console = console
        self.running = running
        running.until(lambda: _address(running.err) is not None)
        self.url: str = _address(running.err) or ""
        self.port = int(self.url.rpartition(":")[2])
        self.http = httpx.Client(base_url=self.url, timeout=30)

    @cached_property
    def key(self) -> str:
        """A key that may publish as `PRODUCER`."""
        return self.new_key()

    @property
    def authorization(self) -> dict[str, str]:
        """What a request with the key has in its head."""
        return {"authorization": f"Bearer {self.key}"}

    def new_key(self, *, rate: int = RATE_PER_S) -> str:
        """Another one."""
        done = self.console("keys", "create", "desk", "--source", PRODUCER, "--rate", f"{rate}")
        return str(done.one["key"])

    def get(self, path: str, **query: str | int) -> httpx.Response:
        """Ask."""
        return self.http.get(path, params=query or None)

    def asked(self, path: str, **query: str | int) -> Json:
        """Ask for what is there."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def told(self, path: str, *flags: str, **query: str | int) -> list[Json]:
        """What the command line prints of the same timeline, without the position that it is of."""
        _, _, conflict, _, projection = path.split("/")
        filters = [f"--{name.replace('_', '-')}={value}" for name, value in query.items()]
        options = ("--conflict", conflict, "--output", "ndjson", *flags)
        done = self.console.asked("timeline", projection, *options, *filters)
        assert done.code == 0, done
        return [{name: row[name] for name in row if name != "as_of"} for row in done.rows]

    def publish(self, *events: Json) -> list[Json]:
        """Publish events as one batch; the receipts."""
        body = b"[" + b",".join(raw_of(event) for event in events) + b"]"
        answer = self.post(body, BATCH)
        assert answer.status_code == 207, answer.text
        receipts: list[Json] = answer.json()
        return receipts

    def post(self, body: bytes, content_type: str = SINGLE) -> httpx.Response:
        """Publish the bytes of a body."""
        headers = {"content-type": content_type, **self.authorization}
        return self.http.post("/events", content=body, headers=headers)

    def settles(self, conflict: str = "ukraine") -> None:
        """Wait until what is recorded can be read: all timelines stand at the head."""

        def stands() -> bool:
            heads = {one["conflict"]: one["head"] for one in self.http.get("/conflicts").json()}
            path = f"/conflicts/{conflict}/timelines"
            answers = [
                self.get(f"{path}/{name}", limit=1)
                for name in ("chronology", "incidents", "pairings")
            ]
            return all(
                answer.status_code == 200 and answer.json()["position"] == heads[conflict]
                for answer in answers
            )

        wait_for(stands, self.running.err)

    def resident_kb(self) -> int:
        """How much memory the process has now."""
        status = Path(f"/proc/{self.running.process.pid}/status").read_text("ascii")
        found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
        assert found is not None
        return int(found[1])


@contextmanager
def up(folder: Path, environment: dict[str, str]) -> Generator[Site]:
    """Run everything on the episodes of the sample history."""
    console = Console(folder, environment)
    try:
        site = Site(console, console.start("up", "--port", "0"))
        with closing(site.http):
            assert console("publish", EPISODES).code == 0
            site.settles()
            yield site
    finally:
        console.clear()


def raids(conflict: str, count: int, *, first: int = 0) -> Iterable[Json]:
    """So many reports of strikes, each a day after the one before: none are one attack."""
    return [
        {**strike(f"{conflict}-{number}", 24 * number, 24 * number + 1), "conflict": conflict}
        for number in range(first, first + count)
    ]


def within(seconds: float, holds: Callable[[], bool]) -> float:
    """Wait until something holds, no longer than this; answer how long it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"not within {seconds:g} s"
        time.sleep(0.05)
    return time.monotonic() - began


def _address(said: str) -> str | None:
    found = re.search(r"^http: (http://\S+)$", said, re.MULTILINE)
    return None if found is None else found[1]
