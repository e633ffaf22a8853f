"""A reader whose connection is cut again and again misses no revision, and gets none twice."""

import json
import threading
from collections.abc import Iterator
from random import Random
from typing import Final

import pytest

from tests.services.web.http.eventsource import EventSource
from tests.services.web.http.site import CHRONOLOGY, Json, Site, raids
from tests.support import seeded

CUTS: Final = 50
BATCH: Final = 100


@pytest.mark.parametrize(
    ("conflict", "revisions"),
    [("mali", 2_000), pytest.param("sudan", 10_000, marks=pytest.mark.long)],
)
def test_every_id_comes_once_and_in_order_over_fifty_cuts(
    site: Site, conflict: str, revisions: int
) -> None:
    random = seeded()
    events = list(raids(conflict, revisions))
    site.publish(events[0])
    site.settles(conflict)
    publisher = threading.Thread(target=publish, args=(site, events))
    publisher.start()
    try:
        got = list(followed(site, conflict, revisions, random))
    finally:
        publisher.join()

    assert [one["position"] for one in got] == list(range(1, revisions + 1))
    assert {one["revision"] for one in got} == {1}
    assert len({one["entry"] for one in got}) == revisions


def publish(site: Site, events: list[Json]) -> None:
    """Publish in batches, while others read."""
    for start in range(0, len(events), BATCH):
        site.publish(*events[start : start + BATCH])


def followed(site: Site, conflict: str, revisions: int, random: Random) -> Iterator[Json]:
    """The revisions that come over connections that are cut at random, fifty times at least."""
    path = f"/conflicts/{conflict}/timelines/incidents/live"
    last, got, cuts = "0-0", 0, 0
    while got < revisions or cuts < CUTS:
        bears = random.randint(0, 2 * revisions // CUTS)
        with EventSource(site.port, path, last) as source:
            for event in source:
                if event.type == "revision":
                    entry = json.loads(event.data)
                    assert event.last_event_id.startswith(f"{entry['position']}-")
                    assert event.last_event_id != last
                    got += 1
                    yield entry
                last = source.last_event_id
                bears -= 1
                if bears <= 0 or got == revisions:
                    break
        cuts += 1


def test_a_stream_begins_with_a_progress_and_says_what_it_is(site: Site) -> None:
    with EventSource(site.port, f"{CHRONOLOGY}/live") as source:
        first = next(iter(source))

    assert first.type == "progress"
    assert set(json.loads(first.data)) == {"position", "version", "digest"}
    assert "\r\ncache-control: no-store" in source.head
    assert "content-encoding" not in source.head
    assert "access-control" not in source.head


def test_the_whole_history_comes_after_the_first_place(site: Site) -> None:
    made = site.told(CHRONOLOGY, "--history")

    came: list[Json] = []
    with EventSource(site.port, f"{CHRONOLOGY}/live?after=0-0") as source:
        for event in source:
            if event.type == "revision":
                came.append(json.loads(event.data))
            if len(came) == len(made):
                break

    assert came == made


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("garbage", 400),
        ("1", 400),
        ("-1-0", 400),
        ("1-0-0", 400),
        ("01-0", 400),
        ("9" * 17 + "-0", 404),
        ("9" * 5_000 + "-0", 400),
        ("1-" + "9" * 30, 400),
        ("\N{RIGHT-TO-LEFT OVERRIDE}1-0", 400),
    ],
)
def test_a_place_that_is_none_is_told_before_the_stream_begins(
    site: Site, place: str, status: int
) -> None:
    by_header = site.http.get(f"{CHRONOLOGY}/live", headers=[(b"last-event-id", place.encode())])
    by_query = site.get(f"{CHRONOLOGY}/live", after=place)

    assert (by_header.status_code, by_query.status_code) == (status, status)
    assert by_header.headers["content-type"] == "application/problem+json"


def test_an_empty_last_event_id_is_none(site: Site) -> None:
    """A client that was never given one may send it so."""
    answer = site.http.get(f"{CHRONOLOGY}/live?after=zz", headers={"last-event-id": ""})

    assert answer.status_code == 400
