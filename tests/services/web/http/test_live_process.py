"""A stream of a real process: another version is served, and peers that never read."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.services.web.http.eventsource import Event, EventSource
from tests.services.web.http.site import Json, Site, raids, up, within

DEAF: Final = 20
"""Peers that never read."""

REVISIONS: Final = 8_000
BATCH: Final = 400
CUT_WITHIN_S: Final = 45.0
"""30 s of silence, and time to notice."""

QUEUED_BYTES_MAX: Final = 192 * 1_024
"""What the system holds for a peer: what it was told, doubled, and a packet or two."""

GROWTH_KB_MAX: Final = 128 * 1_024
"""Of which 32 MiB are the buffer of one timeline, whoever reads it; the rest is what folds keep."""


@pytest.fixture
def own(tmp_path: Path, environment: dict[str, str]) -> Iterator[Site]:
    """Give a site of its own: other tests expect the first version of each timeline."""
    with up(tmp_path, environment) as site:
        yield site


def path_of(conflict: str, **query: str | int) -> str:
    """Where the incidents of a conflict are followed."""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/conflicts/{conflict}/timelines/incidents/live?{asked}"


def rebuilt(site: Site, conflict: str, version: int) -> None:
    """Build a version of the incidents, and have it served."""
    names = ("incidents", "--conflict", conflict, "--version", f"{version}")
    assert site.console("rebuild", *names).code == 0


def told(event: Event) -> Json:
    """What an event says."""
    found: Json = json.loads(event.data)
    return found


def read_to(events: Iterator[Event], kind: str) -> Event:
    """Read on to the next event of a kind."""
    return next(one for one in events if one.type == kind)


def test_a_switch_is_told_to_who_listens_and_to_who_was_away(own: Site) -> None:
    first, second, third, fourth = raids("chad", 4)
    own.publish(first)
    own.settles("chad")
    with EventSource(own.port, path_of("chad")) as source:
        events = iter(source)
        assert told(read_to(events, "progress"))["version"] == 1
        own.publish(second)
        assert told(read_to(events, "revision"))["version"] == 1

        rebuilt(own, "chad", 2)

        assert told(read_to(events, "switched")) == {"position": 2, "version": 2}
        own.publish(third)
        revision = read_to(events, "revision")
        assert (told(revision)["version"], told(revision)["position"]) == (2, 3)
    last = source.last_event_id
    assert last == revision.last_event_id

    rebuilt(own, "chad", 5)  # While nobody listens.
    own.publish(fourth)

    def heard(*, had: int | None) -> list[tuple[str, int, int]]:
        query = {} if had is None else {"version": had}
        with EventSource(own.port, path_of("chad", **query), last) as again:
            found: list[tuple[str, int, int]] = []
            for event in again:
                said = told(event)
                found.append((event.type, said["position"], said["version"]))
                if event.type == "revision":
                    return found
        raise AssertionError("it ended")

    within(20, lambda: heard(had=5)[0][2] == 5)  # A switch takes a second to be seen.
    came = heard(had=2)
    assert came[0] == ("switched", 2, 5)  # The third may be another one in version 5.
    assert came[1][0] == "progress"
    assert came[-1] == ("revision", 3, 5)
    came = heard(had=5)
    assert [one[0] for one in came if one[0] != "progress"] == ["revision"]
    assert came[-1] == ("revision", 4, 5)
    assert heard(had=None)[0][::2] == ("progress", 5)


def metric(site: Site, name: str) -> float:
    """The value of a metric without labels."""
    found = re.search(rf"^{name} (\S+)$", site.get("/metrics").text, re.MULTILINE)
    assert found is not None, name
    return float(found[1])


def deaf(site: Site, conflict: str) -> socket.socket:
    """A peer that asks for a stream, and never reads it."""
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    peer.connect(("127.0.0.1", site.port))
    peer.sendall(f"GET {path_of(conflict)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return peer


def queued_bytes(port: int) -> list[int]:
    """What the system holds for each peer of a port (Linux), the longest queue last."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sorted(int(row[4].split(":")[0], 16) for row in rows if row[1].endswith(f":{port:04X}"))


def test_peers_that_never_read_are_cut_cost_little_and_hold_up_nobody(own: Site) -> None:
    events = list(raids("niger", REVISIONS))
    own.publish(events[0])
    own.settles("niger")
    before_kb = own.resident_kb()
    with ExitStack() as peers:
        for _ in range(DEAF):
            peers.enter_context(deaf(own, "niger"))
        source = peers.enter_context(EventSource(own.port, path_of("niger")))
        within(10, lambda: metric(own, "conflict_timeline_live_subscribers") == DEAF + 1)
        listening = (told(one) for one in source if one.type == "revision")
        most_kb = most_queued = 0
        for start in range(1, REVISIONS, BATCH):
            batch = events[start : start + BATCH]
            own.publish(*batch)
            for position in range(start + 1, start + 1 + len(batch)):
                assert next(listening)["position"] == position
            most_kb = max(most_kb, own.resident_kb())
            most_queued = max(most_queued, queued_bytes(own.port)[-1])

        took_s = within(
            CUT_WITHIN_S, lambda: metric(own, "conflict_timeline_live_cut_total") == DEAF
        )

        assert metric(own, "conflict_timeline_live_subscribers") == 1
        own.publish(*raids("niger", 1, first=REVISIONS))
        assert next(listening)["position"] == REVISIONS + 1
        assert queued_bytes(own.port)[-1] < QUEUED_BYTES_MAX // 10  # Nothing is left of them.
    print(f"grown by {most_kb - before_kb} kB, cut after {took_s:.1f} s more")
    print(f"at most {most_queued} bytes for a peer")
    assert QUEUED_BYTES_MAX // 10 < most_queued <= QUEUED_BYTES_MAX
    assert most_kb - before_kb <= GROWTH_KB_MAX
    sent = metric(own, "conflict_timeline_live_sent_bytes_total")
    assert sent > REVISIONS * 100
