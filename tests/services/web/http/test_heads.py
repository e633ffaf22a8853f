"""The head of a request: bounded in size and in time, and what is no HTTP is told as a problem."""

import json
import socket
import time
from statistics import median
from urllib.parse import urlsplit

import pytest

from conflict_timeline.web import protocol
from tests.services.web.http.site import Site

PATIENCE_S = 20.0


def asked(site: Site, *chunks: bytes) -> bytes:
    """All that comes back for some bytes, until the connection is closed."""
    url = urlsplit(site.url)
    with socket.create_connection((url.hostname, url.port), PATIENCE_S) as sock:
        sock.settimeout(PATIENCE_S)
        try:
            for chunk in chunks:
                sock.sendall(chunk)
        except OSError:  # It hung up before all was sent, as it may.
            pass
        found = b""
        try:
            while chunk := sock.recv(65_536):
                found += chunk
        except ConnectionError:
            pass
        return found


def problem_of(answer: bytes) -> dict[str, object]:
    """The problem that an answer tells."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    found: dict[str, object] = json.loads(body)
    return found


def test_a_head_without_end_is_cut_off(site: Site) -> None:
    filling = [b"x-filler: " + b"a" * 30_000 + b"\r\n"] * 40

    answer = asked(site, b"GET /livez HTTP/1.1\r\nhost: x\r\n", *filling)

    # The peer may still be sending when it is told: then it sees the connection end.
    assert answer == b"" or problem_of(answer)["status"] == 431


def test_a_head_of_usual_size_is_answered(site: Site) -> None:
    filler = b"x-filler: " + b"a" * 30_000 + b"\r\n"

    head = b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
    answer = asked(site, head, filler, b"\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "raw",
    [
        b"this is no HTTP\r\n\r\n",
        b"POST /events HTTP/1.1\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nabc",
        b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
    ids=["words", "two-lengths", "raw-byte"],
)
def test_what_is_no_http_is_told_as_a_problem(site: Site, raw: bytes) -> None:
    assert problem_of(asked(site, raw))["status"] == 400


def test_one_connection_serves_request_after_request(site: Site) -> None:
    one = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"
    last = b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"

    assert asked(site, one * 20 + last).count(b"HTTP/1.1 200 ") == 21


def test_the_bounds_are_what_the_reference_says() -> None:
    assert (protocol.HEAD_BYTES_MAX, protocol.HEAD_S) == (65_536, 30.0)


def test_answers_on_a_connection_that_is_kept_do_not_wait_for_acknowledgements(site: Site) -> None:
    """Nagle's algorithm with delayed acknowledgements would cost each of them 40 ms."""
    took_s: list[float] = []
    for _ in range(100):
        began = time.perf_counter()
        assert site.get("/livez").status_code == 200
        took_s.append(time.perf_counter() - began)

    assert median(took_s) < 0.03
