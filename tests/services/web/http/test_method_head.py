"""HEAD: whatever GET answers, without its body."""

import re
import socket
from typing import Final

import pytest

from conflict_timeline.web.openapi import document
from tests.services.web.http.site import CHRONOLOGY, PAIRINGS, Site

LAVROV: Final = "048ea9526e16c10e95c9d8ceb9533041"
THERE: Final = {
    "conflict": "ukraine",
    "projection": "chronology",
    "key": LAVROV,
    "entry": LAVROV,
}
READ: Final = sorted(path for path, item in document()["paths"].items() if "get" in item)
PATHS: Final = [
    re.sub(r"\{(\w+)\}", lambda name: THERE.get(name[1], "nothing"), path) for path in READ
]
OTHERS: Final = [
    f"{CHRONOLOGY}?as_of=20",
    f"{CHRONOLOGY}?format=csv",
    f"{CHRONOLOGY}?limit=0",
    f"{PAIRINGS}?cursor=00",
    "/conflicts/nowhere/timelines/chronology",
    "/conflicts/nowhere/timelines/chronology/live",
    f"{CHRONOLOGY}/live?after=garbage",
    f"{CHRONOLOGY}/live?after=99999999-0",
    "/nothing",
]
CHANGING: Final = frozenset({"date", "transfer-encoding"})
"""A HEAD tells no framing of a body that it has not got (RFC 9110, 9.3.2)."""


def head_of(site: Site, method: str, path: str, accepts: str) -> tuple[int, dict[str, str]]:
    """The status and the head of an answer; the body is left where it is."""
    with site.http.stream(method, path, headers={"accept-encoding": accepts}) as answer:
        headers = {name: value for name, value in answer.headers.items() if name not in CHANGING}
        return answer.status_code, headers


@pytest.mark.parametrize("accepts", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("path", [path for path in (*PATHS, *OTHERS) if path != "/metrics"])
def test_head_answers_as_get_does(site: Site, path: str, accepts: str) -> None:
    assert head_of(site, "HEAD", path, accepts) == head_of(site, "GET", path, accepts)


def test_the_length_of_what_changes_all_the_time_is_told_too(site: Site) -> None:
    answer = site.http.head("/metrics")

    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 1_000


@pytest.mark.parametrize("path", [*PATHS, *OTHERS])
def test_no_body_follows_a_head(site: Site, path: str) -> None:
    """Byte by byte: the next answer follows at once."""
    lines = "Host: localhost\r\nAccept-Encoding: gzip\r\n"
    head = f"HEAD {path} HTTP/1.1\r\n{lines}\r\n"
    asked = f"{head}GET /livez HTTP/1.1\r\n{lines}Connection: close\r\n\r\n"
    answer = b""
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(asked.encode())
        while more := connection.recv(65_536):
            answer += more

    first, _, rest = answer.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 ")
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n"), rest[:200]
    assert rest.endswith(b'\r\n\r\n{"live":true}')


def test_a_head_of_a_stream_subscribes_to_nothing(site: Site) -> None:
    def subscribers() -> str:
        found = re.search(r"^conflict_timeline_live_sent_bytes_total (\S+)$", text(), re.MULTILINE)
        assert found is not None
        return found[1]

    def text() -> str:
        return site.get("/metrics").text

    before = subscribers()
    answers = [site.http.head(f"{CHRONOLOGY}/live?after=0-0") for _ in range(5)]

    assert {one.status_code for one in answers} == {200}
    assert {one.headers["content-type"] for one in answers} == {"text/event-stream; charset=utf-8"}
    assert "content-length" not in answers[0].headers
    assert subscribers() == before


def test_what_has_been_had_already_is_told_to_a_head_as_well(site: Site) -> None:
    tag = site.http.head(CHRONOLOGY).headers["etag"]

    again = site.http.head(CHRONOLOGY, headers={"if-none-match": tag})

    assert again.status_code == 304
    assert again.headers["etag"] == tag


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "POST"])
@pytest.mark.parametrize("path", PATHS)
def test_every_path_says_that_it_has_head(site: Site, path: str, method: str) -> None:
    if (method, path) == ("POST", "/events"):
        return
    answer = site.http.request(method, path)

    assert answer.status_code == (204 if method == "OPTIONS" else 405)
    allowed = {one.strip() for one in answer.headers["allow"].split(",")}
    assert allowed == {"GET", "HEAD", "OPTIONS", *(["POST"] if path == "/events" else [])}
    assert method != "OPTIONS" or answer.content == b""


def test_options_of_nothing_are_none(site: Site) -> None:
    answer = site.http.request("OPTIONS", "/nothing")

    assert answer.status_code == 404
    assert "allow" not in answer.headers
