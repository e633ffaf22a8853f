"""Sites that tests break and restart: each with a data folder of its own."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.console import Console, Json
from tests.oracle.reports import key_of
from tests.services.web.http.site import Site


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

    def publish(self, *events: Json) -> None:
        """Record events, and wait until all timelines have them."""
        record(self.site, *events)


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


def record(site: Site, *events: Json) -> None:
    """Record events of one conflict by the command line, one position each, and wait for all."""
    for event in events:
        done = site.console.publish(event)
        assert done.code == 0, done
    site.settles(events[-1]["conflict"])


def key(event: Json) -> str:
    """What an event is called in timelines."""
    return key_of(event)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
