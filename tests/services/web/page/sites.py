"""Sites that tests break and restart: each with a data folder of its own."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from tests.cli.console import Console
from tests.oracle.times import Json
from tests.services.web.http.site import Site
from tests.support import of


class Own:
    """A service that can be taken away and comes back at the same address."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.console = Console(folder, environment)
        self.port = free_port()
        self.site = self.begin()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def begin(self) -> Site:
        """Start it."""
        self.site = Site(self.console, self.console.start("up", "--port", str(self.port)))
        return self.site

    def end(self) -> None:
        """Take it away."""
        self.site.http.close()
        self.site.running.process.terminate()
        self.site.running.done()


@contextmanager
def own(folder: Path, environment: dict[str, str]) -> Generator[Own]:
    """Run a service on an empty folder."""
    folder.mkdir(exist_ok=True)
    running = Own(folder, environment)
    try:
        yield running
    finally:
        running.site.http.close()
        running.console.clear()


def record(site: Site, conflict: str, *events: Json) -> None:
    """Record events in their order by the command line, and wait until all timelines have them."""
    # Each kind has an intake of its own: what is published at once keeps its order in there alone.
    for _, some in groupby(events, key=lambda event: event["type"].split(".")[1]):
        done = site.console.publish(*(of(conflict, event) for event in some))
        assert done.code == 0, done
    site.settles(conflict)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
