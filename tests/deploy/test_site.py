"""The whole system on the deployed server, every process under its own user."""

import json
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from conflict_events import Publisher, Queued
from conflict_timeline.projections.registry import PROJECTIONS
from tests.deploy.drafts import ARTICLES, drafts
from tests.deploy.site import ADMIN, PATIENCE_S, Done, Site, site, until
from tests.oracle.builders import PRODUCER, article
from tests.support import raw_of

EPISODES: Final = Path(str(files("conflict_timeline.samples"))) / "episodes" / "events.ndjson"
"""The 34 events of the two sample episodes."""

EVENTS: Final = 34
SCRAPER: Final = "https://scraper.example/wire"


def is_at(served: Site, head: int) -> bool:
    """Tell whether every timeline has come to a position."""
    (conflict,) = status(served)["conflicts"]
    return conflict["head"] == head and all(
        one["position"] == head for one in conflict["projections"]
    )


def status(served: Site) -> Any:
    """What `status` says to a reader."""
    done = served.run("reader", "status", "--output", "json")
    assert done.code == 0, done
    return json.loads(done.out)


def rows(done: Done) -> list[Any]:
    """What a command printed, a JSON object a line."""
    assert done.code == 0, done
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    """Give a site at work: two of each service, and the samples recorded by an operator."""
    with site() as made:
        for _ in range(2):
            made.start("intake", "run", "intake", ready="intake.started")
            made.start("projector", "run", "projector", ready="projector.started")
        receipts = rows(made.run("operator", "publish", str(EPISODES)))
        assert [one["outcome"] for one in receipts] == ["recorded"] * EVENTS
        until(lambda: is_at(made, EVENTS))
        yield made


async def test_a_scraper_publishes_through_intake(served: Site) -> None:
    before = status(served)["conflicts"][0]["head"]
    async with Publisher.over_redis(
        served.url("scraper"), source=SCRAPER, conflict="ukraine"
    ) as publisher:
        outcomes = await publisher.publish(drafts())
    assert [type(outcome) for outcome in outcomes] == [Queued] * ARTICLES

    until(lambda: is_at(served, before + ARTICLES))

    done = served.run("reader", "event", SCRAPER, "article/1", "--conflict", "ukraine")
    assert rows(done)[0]["outcome"] == "recorded"


def test_what_cannot_be_read_is_kept_among_the_refused(served: Site) -> None:
    with served.connect("scraper") as scraper:
        entry: Any = scraper.xadd("intake:strike", {"event": b"nonsense"})
    until(lambda: status(served)["refused"] == 1)

    (listed,) = rows(served.run("reader", "refused", "list"))

    assert (listed["reason"], listed["entry"]) == ("not_json", entry.decode())
    shown = rows(served.run("reader", "refused", "show", listed["refused"]))
    assert shown[0]["event"] == "nonsense"


def test_a_reader_reads_all_that_the_commands_show(served: Site) -> None:
    pairs = rows(served.run("reader", "timeline", "pairings", "--conflict", "ukraine"))
    assert pairs != []
    statement = pairs[0]["body"]["statement"]
    for command in (
        ["timeline", "chronology", "--conflict", "ukraine", "--as-of", "20"],
        ["timeline", "incidents", "--conflict", "ukraine", "--history"],
        ["baserate", statement],
        ["before", statement],
        ["mirror", statement],
        ["replay", "pairings", "--conflict", "ukraine", "--compare"],
    ):
        done = served.run("reader", *command)
        assert done.code == 0, (command, done)
    now = datetime.now(UTC).isoformat()
    done = served.run("reader", "timeline", "pairings", "--conflict", "ukraine", "--as-of", now)
    assert len(rows(done)) == len(pairs)


def test_a_reader_verifies_every_log_and_timeline(served: Site) -> None:
    found = rows(served.run("reader", "verify"))

    assert {one["what"] for one in found} > {"log", "ids"}
    assert len(found) == 2 + len(PROJECTIONS)
    assert {one["result"] for one in found} == {"ok"}


@pytest.mark.parametrize("user", ["projector", "operator"])
def test_a_timeline_is_rebuilt_and_its_old_version_dropped(served: Site, user: str) -> None:
    (rebuilt,) = rows(served.run(user, "rebuild", "reversals"))
    assert rebuilt["version"] == rebuilt["before"] + 1

    dropped = served.run(user, "rebuild", "reversals", "--drop-old")

    assert dropped.code == 0, dropped


@pytest.mark.parametrize("user", ["reader", "operator"])
def test_an_import_is_foreseen_without_any_right_to_record(served: Site, user: str) -> None:
    head = status(served)["conflicts"][0]["head"]
    table = Path(__file__).parents[1] / "connectors/data/articles-csv/articles_2025-05.csv"
    options = ["--conflict", "ukraine", "--dry-run"]

    receipts = rows(served.run(user, "import", "articles-csv", str(table), *options))

    assert {one["outcome"] for one in receipts} == {"recorded"}
    assert status(served)["conflicts"][0]["head"] == head


def test_whoever_may_append_over_http_may_append(served: Site) -> None:
    receipts = rows(served.run("web", "publish", str(EPISODES)))

    assert [one["outcome"] for one in receipts] == ["repeat"] * EVENTS
    for command in ("status", "verify"):
        assert served.run("web", command).code == 0


def test_timelines_are_served_and_events_taken_over_http(served: Site) -> None:
    said = served.start(
        "web", "run", "web", "--host", "127.0.0.1", "--port", "0", ready="web.started"
    )
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found is not None, said
    (made,) = rows(served.run("operator", "keys", "create", "desk", "--source", PRODUCER))
    event = article("over-http", "https://news.example/over-http")
    headers = {
        "Authorization": f"Bearer {made['key']}",
        "Content-Type": "application/cloudevents+json",
    }

    with httpx.Client(base_url=found[0], timeout=PATIENCE_S) as http:
        answer = http.post("/events", content=raw_of(event), headers=headers)
        assert answer.status_code == 207, answer.text
        assert [one["outcome"] for one in answer.json()] == ["recorded"]
        until(lambda: http.get("/readyz").status_code == 200)
        assert http.get("/conflicts/ukraine/timelines/pairings").status_code == 200
        assert http.get("/metrics").status_code == 200
        with http.stream("GET", "/conflicts/ukraine/timelines/pairings/live") as live:
            assert next(live.iter_lines()) != ""
    for command in ("rotate", "revoke"):
        assert served.run("operator", "keys", command, made["id"]).code == 0
    assert len(rows(served.run("operator", "keys", "list"))) == 1
    assert served.run("operator", "keys", "revoke", "none").code == 3


def test_nothing_that_was_needed_until_now_was_denied(served: Site) -> None:
    # Here, as what comes next tries what must be denied.
    with served.connect(ADMIN) as admin:
        assert admin.acl_log() == []


def test_a_command_without_the_right_says_so_in_one_line(served: Site) -> None:
    for user, command in (
        ("reader", ["publish", str(EPISODES)]),
        ("reader", ["rebuild", "pairings"]),
        ("web", ["rebuild", "pairings"]),
        ("projector", ["publish", str(EPISODES)]),
        ("scraper", ["status"]),
    ):
        done = served.run(user, *command)
        assert done.code in {1, 75}, (user, command, done)
        assert f"User {user} has no permissions to run the '" in done.err.splitlines()[-1]
        assert "Traceback" not in done.err


def test_the_server_starts_again_with_all_that_was_recorded(served: Site) -> None:
    before = served.run("reader", "verify").out
    assert before != ""

    served.restart_server(signal.SIGKILL)

    assert served.run("reader", "verify").out == before
