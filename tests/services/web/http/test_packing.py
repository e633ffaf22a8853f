"""Packing: as the client wants it, by the weights of RFC 9110, and never otherwise."""

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Final

import pytest
import zstandard

from conflict_timeline.web.packing import BYTES_MIN, negotiated
from tests.services.web.http.site import CHRONOLOGY, INCIDENTS, Site

ENTRY: Final = f"{CHRONOLOGY}/entries/048ea9526e16c10e95c9d8ceb9533041"
UNPACK: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": gzip.decompress,
    "zstd": lambda packed: zstandard.ZstdDecompressor().decompressobj().decompress(packed),
}


@pytest.mark.parametrize(
    ("accepts", "wanted"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "gzip"),
        ("deflate, br", "identity"),
        ("*", "zstd"),
        ("*;q=0", "identity"),
        ("gzip, *;q=0", "gzip"),
        ("zstd;q=0, *", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0.000, zstd ; q=0.0", "identity"),
        ("gzip;q=1.0, zstd;q=0.9", "gzip"),
        ("gzip;q=0.5,zstd;q=0.5", "zstd"),
        ("gzip;q=0.5, *;q=0.8", "zstd"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0", "identity"),
        ("identity;q=0, gzip;q=0.001", "gzip"),
        ("gzip;q=nan", "identity"),
        ("gzip;q=-1", "identity"),
        ("gzip;q=2", "identity"),
        ("gzip;level=9", "identity"),
        ("notgzip, gzipped, zstd2", "identity"),
        (",,, ,gzip,", "gzip"),
        ("gzip;q=0, gzip", "identity"),
        ("gzip, " + "a" * 2_000, "identity"),
    ],
)
def test_a_client_gets_what_it_wants_most(accepts: str, wanted: str) -> None:
    assert negotiated([(b"host", b"x"), (b"accept-encoding", accepts.encode())]) == wanted


def test_a_list_may_come_in_several_lines() -> None:
    lines = [(b"accept-encoding", b"gzip"), (b"accept-encoding", b"zstd;q=0.5")]

    assert negotiated(lines) == "gzip"
    assert negotiated([(b"host", b"x")]) == "identity"


def raw(
    site: Site, path: str, accepts: str | None, method: str = "GET"
) -> tuple[bytes, dict[str, str]]:
    """The bytes of an answer as they came, and its head."""
    headers = {} if accepts is None else {"accept-encoding": accepts}
    request = site.http.build_request(method, path)
    request.headers.pop("accept-encoding")
    request.headers.update(headers)
    answer = site.http.send(request, stream=True)
    try:
        assert answer.status_code == 200
        return b"".join(answer.iter_raw()), dict(answer.headers)
    finally:
        answer.close()


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@pytest.mark.parametrize(
    "path",
    [
        CHRONOLOGY,
        f"{CHRONOLOGY}?as_of=20",
        f"{CHRONOLOGY}?format=csv",
        f"{INCIDENTS}?format=geojson",
        f"{CHRONOLOGY}?as_of=21&format=ndjson",
        ENTRY,
        "/openapi.json",
    ],
)
def test_an_answer_is_the_same_packed_or_not(site: Site, path: str, encoding: str) -> None:
    plain, plain_head = raw(site, path, "identity")
    for _ in range(2):  # The second may be one that was kept.
        packed, head = raw(site, path, encoding)

        assert head["content-encoding"] == encoding
        assert len(packed) < len(plain) / 2
        assert UNPACK[encoding](packed) == plain
        assert int(head.get("content-length", len(packed))) == len(packed)
        for name in ("vary", "content-type", "cache-control", "x-position"):
            assert head.get(name) == plain_head.get(name)
    assert "content-encoding" not in plain_head
    assert raw(site, path, None)[0] == plain


def test_each_client_gets_its_own_of_an_answer_that_is_kept(site: Site) -> None:
    path = f"{CHRONOLOGY}?as_of=19"
    accepted = ["gzip;q=0", "zstd", "gzip", "identity", "gzip;q=0, *", "x, gzip;q=0.1"]
    encodings = [None, "zstd", "gzip", None, "zstd", "gzip"]

    for _ in range(3):
        told = [raw(site, path, one)[1].get("content-encoding") for one in accepted]
        assert told == encodings


@pytest.mark.parametrize("path", ["/livez", f"{CHRONOLOGY}?q=nowhere", "/metrics", "/readyz"])
def test_what_is_short_or_measured_is_not_packed(site: Site, path: str) -> None:
    body, head = raw(site, path, "gzip, zstd")

    assert "content-encoding" not in head
    assert path == "/metrics" or len(body) < BYTES_MIN
    assert int(head["content-length"]) == len(body)


def test_a_short_file_is_not_packed(site: Site) -> None:
    """Of a stream, too, it is known first how long it is at least."""
    path = f"{CHRONOLOGY}?format=ndjson&q=nowhere"

    assert raw(site, path, "gzip, zstd")[0] == b""
    assert "content-encoding" not in raw(site, path, "gzip, zstd")[1]


def test_a_problem_of_many_words_is_packed_as_well(site: Site) -> None:
    answer = site.http.get(f"/conflicts/{'a' * 900}/events/x", headers={"accept-encoding": "gzip"})

    assert answer.status_code == 404
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_packed_bytes_have_a_tag_of_their_own(site: Site) -> None:
    """RFC 9110, 8.8.3: what is strong tells bytes apart."""
    tags = {
        encoding: raw(site, CHRONOLOGY, encoding)[1]["etag"]
        for encoding in ("identity", "gzip", "zstd")
    }

    plain = tags["identity"]
    assert tags["gzip"] == f'{plain[:-1]}-gzip"'
    assert tags["zstd"] == f'{plain[:-1]}-zstd"'


@pytest.mark.parametrize("query", ["", "?as_of=20", "?format=csv", "?as_of=20&format=csv"])
@pytest.mark.parametrize("had", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("accepts", ["identity", "gzip", "zstd"])
def test_what_a_client_has_packed_or_not_is_not_sent_again(
    site: Site, query: str, had: str, accepts: str
) -> None:
    path = f"{CHRONOLOGY}{query}"
    _, head = raw(site, path, had)
    for known in (head["etag"], f"W/{head['etag']}", f'"x", {head["etag"]}'):
        again = site.http.get(path, headers={"if-none-match": known, "accept-encoding": accepts})

        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "vary", "cache-control", "x-position"):
            assert again.headers[name] == head[name]
        assert "content-encoding" not in again.headers
        assert "content-length" not in again.headers
        assert "content-type" not in again.headers


def test_a_tag_with_another_ending_is_none(site: Site) -> None:
    tag = raw(site, CHRONOLOGY, "identity")[1]["etag"]
    for other in (f'{tag[:-1]}-br"', f'{tag[:-1]}-"', tag.strip('"'), f'{tag[:-1]}-gzip-gzip"'):
        assert site.http.get(CHRONOLOGY, headers={"if-none-match": other}).status_code == 200


def test_a_long_stream_is_packed_piece_by_piece(site: Site) -> None:
    """Each piece can be unpacked when it has come."""
    unpacker = zlib.decompressobj(31)
    with site.http.stream(
        "GET", f"{CHRONOLOGY}?format=ndjson", headers={"accept-encoding": "gzip"}
    ) as answer:
        pieces = [unpacker.decompress(piece) for piece in answer.iter_raw()]

    assert answer.headers["transfer-encoding"] == "chunked"
    lines = (b"".join(pieces) + unpacker.flush()).splitlines()
    assert len([json.loads(line) for line in lines]) == len(site.told(CHRONOLOGY))
    assert unpacker.eof
