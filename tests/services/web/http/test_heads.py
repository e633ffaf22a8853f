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


LONG = {
    "one field": b"x-filler: " + b"a" * 70_000 + b"\r\n",
    "many fields": b"".join(b"x-%d: a\r\n" % number for number in range(8_000)),
}


@pytest.mark.parametrize("part", [500, 30_000, 1_000_000])
@pytest.mark.parametrize("name", LONG)
def test_a_head_that_is_too_long_is_told_so_however_it_comes(
    site: Site, name: str, part: int
) -> None:
    """In one read or in many, and although some of it is still on its way."""
    raw = b"GET /livez HTTP/1.1\r\nhost: x\r\n" + LONG[name] + b"\r\n"

    answer = asked(site, *(raw[start : start + part] for start in range(0, len(raw), part)))

    assert problem_of(answer)["status"] == 431


@pytest.mark.parametrize("part", [500, 1_000_000])
def test_what_is_asked_for_may_not_be_longer_than_that(site: Site, part: int) -> None:
    longest = b"/livez?" + b"a" * (protocol.TARGET_BYTES_MAX - len(b"/livez?"))
    for target, status in ((longest, b"200"), (longest + b"a", b"414")):
        raw = b"GET " + target + b" HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        answer = asked(site, *(raw[start : start + part] for start in range(0, len(raw), part)))
        assert answer.startswith(b"HTTP/1.1 " + status)


def test_a_head_after_another_request_is_measured_alone(site: Site) -> None:
    filler = b"x-filler: " + b"a" * 60_000 + b"\r\n"
    one = b"GET /livez HTTP/1.1\r\nhost: x\r\n" + filler + b"\r\n"
    long = one[:-2] + b"x-more: " + b"a" * 6_000 + b"\r\n\r\n"

    good = asked(site, one, one, b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")

    assert good.count(b"HTTP/1.1 200 ") == 3
    assert b"HTTP/1.1 431 " in asked(site, long)


def test_a_request_of_http_1_1_names_one_host(site: Site) -> None:
    close = b"connection: close\r\n"
    for version, hosts, status in (
        (b"1.1", b"", b"400"),
        (b"1.1", b"host: x\r\nhost: y\r\n", b"400"),
        (b"1.1", b"host: x\r\n", b"200"),
        (b"1.0", b"", b"200"),
    ):
        answer = asked(site, b"GET /livez HTTP/" + version + b"\r\n" + hosts + close + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 " + status), (version, hosts, answer)


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
    assert protocol.TARGET_BYTES_MAX == 16_384


def test_answers_on_a_connection_that_is_kept_do_not_wait_for_acknowledgements(site: Site) -> None:
    """Nagle's algorithm with delayed acknowledgements would cost each of them 40 ms."""
    took_s: list[float] = []
    for _ in range(100):
        began = time.perf_counter()
        assert site.get("/livez").status_code == 200
        took_s.append(time.perf_counter() - began)

    assert median(took_s) < 0.03
