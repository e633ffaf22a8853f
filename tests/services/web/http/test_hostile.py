"""Hostile requests: each gets the 4xx that is documented, and none costs anything for long."""

import json
import re
import socket
from typing import Final, NamedTuple

import pytest

from tests.services.web.http.hostile import (
    Hostile,
    bodies,
    headers,
    methods,
    not_http,
    paths,
    queries,
)
from tests.services.web.http.site import Site

WITHOUT_KEY: Final = [*paths(), *methods(), *headers(), *queries()]
REQUESTS: Final = 2_000
GROWTH_KB_MAX: Final = 32 * 1_024


class Answered(NamedTuple):
    """An answer as it came."""

    status: int
    head: str
    body: bytes


def sent(site: Site, raw: bytes) -> Answered:
    """The answer to bytes."""
    answer = b""
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        try:
            connection.sendall(raw)
            while more := connection.recv(65_536):
                answer += more
        except (BrokenPipeError, ConnectionResetError):
            pass  # It was answered before all of it was sent.
    head, _, body = answer.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1.1 (\d{3}) ", head)
    assert found is not None, answer[:200]
    return Answered(int(found[1]), head.decode("latin-1").lower(), body)


def is_told(answer: Answered, case: Hostile) -> None:
    """Check that an answer is one that is documented."""
    assert answer.status in case.statuses, (case.name, answer)
    assert "\r\nx-content-type-options: nosniff" in answer.head
    assert "access-control-" not in answer.head
    if answer.status == 422:
        assert "\r\ncontent-type: application/json" in answer.head
    elif answer.status >= 400 and answer.body:
        assert "\r\ncontent-type: application/problem+json" in answer.head
        problem = json.loads(answer.body)
        assert problem["status"] == answer.status
        assert problem["detail"]
        assert len(problem["detail"]) <= 1_000


@pytest.mark.parametrize("case", WITHOUT_KEY, ids=lambda case: str(case.name))
def test_a_hostile_question_is_told_what_is_wrong(site: Site, case: Hostile) -> None:
    is_told(sent(site, case.raw), case)


@pytest.mark.parametrize("number", range(len([*bodies("")])))
def test_a_hostile_body_is_refused(site: Site, number: int) -> None:
    case = [*bodies(site.key)][number]

    answer = sent(site, case.raw)

    is_told(answer, case)
    if answer.status in {207, 422}:
        receipts = json.loads(answer.body)
        assert {one["outcome"] for one in receipts} <= {"refused"}, case.name


@pytest.mark.parametrize("case", [*not_http()], ids=lambda case: str(case.name))
def test_what_is_no_request_ends_its_connection(site: Site, case: Hostile) -> None:
    assert sent(site, case.raw).status in case.statuses


def test_a_connection_that_says_nothing_holds_up_nobody(site: Site) -> None:
    """Nor one that begins a request and does not end it."""
    waiting = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(200)]
    for connection in waiting[::2]:
        connection.sendall(b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n")

    assert site.get("/livez").status_code == 200

    for connection in waiting:
        connection.close()


def test_memory_stays_as_it_was_after_two_thousand_of_them(site: Site) -> None:
    cases = [*WITHOUT_KEY, *bodies(site.key), *not_http()]
    for case in cases * 2:
        sent(site, case.raw)
    before = site.resident_kb()

    for number in range(REQUESTS):
        sent(site, cases[number % len(cases)].raw)

    grown = site.resident_kb() - before
    print(f"{before} kB, grown by {grown} kB")
    assert grown <= GROWTH_KB_MAX


def test_no_defect_was_met(site: Site) -> None:
    """Whatever the tests above have sent."""
    assert site.get("/livez").json() == {"live": True}
    assert "web.failed" not in site.running.err
    assert "Traceback" not in site.running.err
