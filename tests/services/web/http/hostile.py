"""Requests of those who mean harm, byte by byte, and the status that each has to get."""

import gzip
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import quote_from_bytes

from conflict_events.receipts import BATCH, BODY_BYTES_MAX, SINGLE
from conflict_timeline.queries.filters import Filters
from conflict_timeline.web.asking import asked_of
from tests.services.web.http.site import CHRONOLOGY, PAIRINGS

STATEMENT: Final = "048ea9526e16c10e95c9d8ceb9533041"
BIDI: Final = "\N{RIGHT-TO-LEFT OVERRIDE}".encode()
SURROGATE: Final = b"\xed\xa0\x80"


class Hostile(NamedTuple):
    """A request, and the statuses that are an answer to it."""

    name: str
    raw: bytes
    statuses: tuple[int, ...]


def request(path: str | bytes, *headers: bytes, method: bytes = b"GET", body: bytes = b"") -> bytes:
    """A request as it is sent; its connection ends with the answer."""
    path = path.encode() if isinstance(path, str) else path
    lines = [method + b" " + path + b" HTTP/1.1", b"Host: localhost", b"Connection: close"]
    return b"\r\n".join([*lines, *headers, b"", body])


def asking(query: bytes, path: str = CHRONOLOGY) -> bytes:
    """A question to a timeline."""
    return request(path.encode() + b"?" + query)


def posting(
    body: bytes, *headers: bytes, key: str = "", content_type: str = SINGLE, path: str = "/events"
) -> bytes:
    """A request to publish, of a told length unless it comes in chunks."""
    chunked = any(header.lower().startswith(b"transfer-encoding") for header in headers)
    length = () if chunked else (b"Content-Length: %d" % len(body),)
    allowed = (b"Authorization: Bearer " + key.encode(),) if key else ()
    kind = b"Content-Type: " + content_type.encode()
    return request(path, kind, *allowed, *length, *headers, method=b"POST", body=body)


def told(length: int, key: str) -> bytes:
    """A request to publish that tells a length and sends nothing."""
    kind = b"Content-Type: " + SINGLE.encode()
    allowed = b"Authorization: Bearer " + key.encode()
    return request("/events", kind, allowed, b"Content-Length: %d" % length, method=b"POST")


def chunks(length: int) -> bytes:
    """A body of so many bytes, its length told by nothing."""
    part = b"8000\r\n" + b"a" * 0x8000 + b"\r\n"
    return part * (length // 0x8000 + 1) + b"0\r\n\r\n"


def cursor(text: bytes) -> bytes:
    """A cursor as this service would write it, of whatever is in it."""
    return b"cursor=" + text.hex().encode()


def paths() -> Iterator[Hostile]:
    """Paths that lead out, or nowhere."""
    for name, path in {
        "dots": b"/conflicts/%2e%2e/%2e%2e/etc/passwd",
        "dots, bare": b"/../../etc/passwd",
        "dots, twice encoded": b"/conflicts/%252e%252e/timelines/chronology",
        "nothing": b"/nothing",
        "nul": b"/conflicts/%00/timelines/chronology",
        "nul of an entry": CHRONOLOGY.encode() + b"/entries/%00",
        "encoded slash": b"/conflicts/a%2fb/timelines/chronology",
        "invalid UTF-8": b"/conflicts/%ff%fe/timelines/chronology",
        "surrogate": b"/conflicts/" + quote_from_bytes(SURROGATE).encode() + b"/events/a",
        "bidi": b"/conflicts/" + quote_from_bytes(BIDI).encode() + b"/timelines/chronology",
        "line break": b"/conflicts/uk%0d%0araine/timelines/chronology",
        "glob": b"/conflicts/*/timelines/*",
        "another key of the store": b"/conflicts/ukraine}:log/timelines/chronology",
        "long": b"/conflicts/" + b"a" * 16_000 + b"/timelines/chronology",
        "long entry": CHRONOLOGY.encode() + b"/entries/" + b"z" * 16_000,
        "slashes": b"//conflicts",
        "slash at the end": b"/conflicts/",
        "slashes inside": b"/conflicts//ukraine/timelines/chronology",
        "slash in disguise": b"/conflicts/ukraine%2ftimelines/chronology",
        "slash in disguise, large": b"/conflicts/ukraine/timelines%2Fchronology",
        "entry that leads out": CHRONOLOGY.encode() + b"/entries/z/../..",
        "no projection": b"/conflicts/ukraine/timelines/nothing",
        "no conflict": b"/conflicts/nowhere/timelines/chronology",
        "no event": b"/conflicts/ukraine/events/" + b"a" * 32,
        "no event key": b"/conflicts/ukraine/events/" + b"%00" * 32,
        "no statement": b"/conflicts/ukraine/statements/zz/baserate",
        "statement in no conflict": b"/conflicts/nowhere/statements/zz/mirror",
        "stream of nothing": b"/conflicts/nowhere/timelines/chronology/live",
    }.items():
        yield Hostile(f"path: {name}", request(path), (404,))


def methods() -> Iterator[Hostile]:
    """Methods that there are not."""
    for method in (b"POST", b"PUT", b"DELETE", b"PATCH", b"TRACE", b"CONNECT"):
        yield Hostile(f"method: {method.decode()}", request(CHRONOLOGY, method=method), (405,))
    yield Hostile("method: HEAD", request(CHRONOLOGY, method=b"HEAD"), (405, 200))
    yield Hostile("method: PUT of events", request("/events", method=b"PUT"), (405,))
    yield Hostile("method: DELETE of a probe", request("/readyz", method=b"DELETE"), (405,))


def headers() -> Iterator[Hostile]:
    """Heads that confuse. What is not understood is nothing, and the question is answered."""
    for name, header in {
        "ETag of bytes": b"If-None-Match: \xff\xfe",
        "ETags without end": b"If-None-Match: " + b'"a",' * 5_000,
        "ETag that is none": b'If-None-Match: W/"',
        "accepts nothing that is there": b"Accept: text/turtle",
        "accepts bytes": b"Accept: \xff/\xff;q=\xff",
        "encoding": b"Accept-Encoding: " + b"gzip;q=nan," * 1_000,
        "range": b"Range: bytes=0-1,-99999999999999999999",
        "cookies": b"Cookie: \xff=;;;=" + b";a=b" * 1_000,
        "upgrade": b"Upgrade: websocket",
        "forwarded": b"X-Forwarded-For: \xff\r\nX-Forwarded-Proto: gopher",
        "origin": b"Origin: https://evil.example",
        "another method": b"X-HTTP-Method-Override: DELETE",
        "many": b"\r\n".join(b"X-%d: a" % number for number in range(500)),
    }.items():
        yield Hostile(f"head: {name}", request(f"{CHRONOLOGY}?limit=1", header), (200,))
    for name, header in {
        "long": b"X-Long: " + b"a" * 70_000,
        "very long": b"X-Long: " + b"a" * 1_000_000,
        "many": b"\r\n".join(b"X-%d: a" % number for number in range(8_000)),
    }.items():
        raw = request(f"{CHRONOLOGY}?limit=1", header)
        yield Hostile(f"head: {name}, too much", raw, (431,))
    for name, path in {
        "path": b"/" + b"a" * 20_000,
        "query": CHRONOLOGY.encode() + b"?q=" + b"a" * 70_000,
        "path of a megabyte": b"/" + b"a" * 1_000_000,
    }.items():
        yield Hostile(f"head: {name}, too long", request(path), (414,))
    for name, place in {"garbage": b"x", "bytes": b"\xff", "long": b"9" * 5_000 + b"-0"}.items():
        raw = request(f"{CHRONOLOGY}/live", b"Last-Event-ID: " + place)
        yield Hostile(f"head: place of {name}", raw, (400,))
    far = request(f"{CHRONOLOGY}/live", b"Last-Event-ID: 99999999999999999-0")
    yield Hostile("head: place far off", far, (404,))


def queries() -> Iterator[Hostile]:
    """Questions that cannot be asked."""
    bad = {
        "unknown": b"x=1",
        "unknown, of bytes": b"%ff=1",
        "unknown, many": b"&".join(b"a%d=1" % number for number in range(2_000)),
        "separators": b";;;=&&&=;",
        "twice": b"limit=1&limit=1",
        "empty": b"limit=",
        "empty words": b"q=",
        "empty list": b"speaker=",
        "empty lists": b"speaker=,,&speaker=",
        "no limit": b"limit=0",
        "negative limit": b"limit=-1",
        "limit too large": b"limit=1001",
        "limit in other digits": b"limit=%D9%A1",
        "limit that is a float": b"limit=1e1",
        "as_of negative": b"as_of=-1",
        "as_of long": b"as_of=" + b"9" * 5_000,
        "as_of without a zone": b"as_of=2025-01-01T00:00:00",
        "as_of beyond time": b"as_of=9999-12-31T23:59:59Z",
        "as_of before time": b"as_of=0001-01-01T00:00:00%2B14:00",
        "as_of nul": b"as_of=%00",
        "no format": b"format=xml",
        "no geometry": b"format=geojson",
        "neither true nor false": b"disputed=maybe",
        "no window": b"from=tomorrow",
        "window beyond time": b"to=9999-12-31",
        "backwards": b"from=2026-01-01&to=2020-01-01",
        "no party": b"party=%00",
        "parties, many": b"party=" + b",".join(b"p%d" % number for number in range(1_000)),
        "acts, many": b"act=" + b"sing," * 998,
        "words, many": b"q=" + b"+".join(b"w%d" % number for number in range(33)),
        "words, long": b"q=" + b"a" * 401,
        "speakers, many": b"&".join(b"speaker=s%d" % number for number in range(101)),
        "speaker, long": b"speaker=" + b"a" * 401,
        "words of no UTF-8": b"q=%ff%fe",
        "words of a surrogate": b"q=" + quote_from_bytes(SURROGATE).encode(),
        "as_of in a zone that there is not": b"as_of=2025-03-01T00:00:00%2B25:00",
        "no topic": b"topic=nothing",
        "no region": b"region=%25%27%22",
        "no act": b"act=sing",
        "no order": b"order=x",
        "no such window": b"within=9d",
        "not of this timeline": b"incident=x",
        "cursor garbage": b"cursor=zz",
        "cursor of nothing": b"cursor=00",
        "cursor of another question": cursor(b'[34,1,0,"a","0000"]'),
        "cursor of no question": cursor(b'[34,1,0,"a"]'),
        "cursor before time": cursor(b'[-1,1,0,"a","0"]'),
        "cursor of no version": cursor(b'[34,0,0,"a","0"]'),
        "cursor of a large number": cursor(b'[34,1,9223372036854775808,"a","0"]'),
        "cursor of a larger number": cursor(b"[34,1," + b"9" * 400 + b',"a","0"]'),
        "cursor of a large version": cursor(b'[34,18446744073709551616,0,"a","0"]'),
        "cursor of a surrogate": cursor(b'[34,1,0,"\\ud800","0"]'),
        "cursor too deep": cursor(b"[" * 5_000),
    }
    for name, query in bad.items():
        yield Hostile(f"query: {name}", asking(query), (400,))
    for name, statement in {
        "none": b"",
        "short": b"0" * 31,
        "two": b"0" * 32 + b"," + b"1" * 32,
        "in other digits": b"%D9%A1" * 32,
    }.items():
        query = b"statement=" + statement
        yield Hostile(f"query: statement, {name}", asking(query, PAIRINGS), (400,))
    of = asked_of("ukraine", "chronology", Filters()).encode()
    old = asking(cursor(b'[34,99,0,"a","%s"]' % of))
    yield Hostile("query: cursor of another version", old, (410,))
    future = asking(cursor(b'[99999999,1,0,"a","%s"]' % of))
    yield Hostile("query: cursor of the future", future, (400,))
    dated = asking(b"as_of=3&" + cursor(b'[34,1,0,"a","%s"]' % of))
    yield Hostile("query: cursor with as_of", dated, (400,))
    yield Hostile("query: as_of far off", asking(b"as_of=" + b"9" * 15), (404,))
    yield Hostile("query: one name without its twin", request("/events?source=a"), (400,))
    yield Hostile("query: where nothing is asked", request("/conflicts?a=1"), (400,))
    for name, words in {
        "nul": b"%00",
        "bidi": quote_from_bytes(BIDI).encode(),
        "quotes": b"%22AND+NEAR%28%2A%27%3B+DROP+TABLE--",
        "long": b"a" * 400,
        "the same, many times": b"the+" * 90,
    }.items():
        for path in (CHRONOLOGY, PAIRINGS):
            yield Hostile(f"words: {name}", asking(b"q=" + words, path), (200,))


def bodies(key: str) -> Iterator[Hostile]:
    """Bodies that are no events; told by a receipt where their bytes are worth keeping."""
    packed = gzip.compress(b"a" * 10_000_000)
    over = b"a" * (BODY_BYTES_MAX + 1)
    for name, raw, status in (
        ("packed", posting(packed, b"Content-Encoding: gzip", key=key), 415),
        ("packed otherwise", posting(b"{}", b"Content-Encoding: br", key=key), 415),
        ("of another type", posting(b"{}", key=key, content_type="application/json"), 415),
        ("of no type", posting(b"{}", key=key, content_type=""), 415),
        ("without a key", posting(b"{}"), 401),
        ("with a wrong key", posting(b"{}", key="ctk_0000000000000000_aaaa"), 401),
        ("with a long key", posting(b"{}", key="ctk_" + "a" * 50_000), 401),
        ("too large", posting(over, key=key), 413),
        ("too large, a batch", posting(over, key=key, content_type=BATCH), 413),
        ("told too large", told(99_999_999_999, key), 413),
        (
            "too large, of no told length",
            posting(chunks(2 * BODY_BYTES_MAX), b"Transfer-Encoding: chunked", key=key),
            413,
        ),
        ("empty", posting(b"", key=key), 422),
        ("empty batch", posting(b"", key=key, content_type=BATCH), 422),
        ("batch of nothing", posting(b"[]", key=key, content_type=BATCH), 207),
        ("no batch", posting(b"{}", key=key, content_type=BATCH), 422),
        ("deep", posting(b"[" * 200_000, key=key), 422),
        ("deep object", posting(b'{"a":' * 100_000, key=key), 422),
        ("deep batch", posting(b"[" * 200_000, key=key, content_type=BATCH), 422),
        (
            "deep batch, closed",
            posting(b"[" * 100_000 + b"]" * 100_000, key=key, content_type=BATCH),
            422,
        ),
        ("many", posting(b"[" + b"1," * 9_999 + b"1]", key=key, content_type=BATCH), 413),
        ("not a number", posting(b'{"a":NaN}', key=key), 422),
        ("large number", posting(b'{"a":1e' + b"9" * 400 + b"}", key=key), 422),
        ("nul", posting(b"\0" * 1_000, key=key), 422),
        ("invalid UTF-8", posting(b'{"id":"\xff"}', key=key), 422),
        ("surrogate", posting(b'{"id":"\\ud800"}', key=key), 422),
        ("names twice", posting(b'{"id":"a","id":"b"}', key=key), 422),
        ("of another charset", posting(b"{}", key=key, content_type=f"{SINGLE};charset=x"), 422),
    ):
        yield Hostile(f"body: {name}", raw, (status,))


def not_http() -> Iterator[Hostile]:
    """What no server can make sense of."""
    for name, raw in {
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "no such method": request(CHRONOLOGY, method=b"BREW"),
        "bytes in the path": request(b"/conflicts/\xff/timelines/chronology"),
        "two lengths": posting(b"{}", b"Content-Length: 5"),
        "length and chunks": posting(
            b"0\r\n\r\n", b"Transfer-Encoding: chunked", b"Content-Length: 3"
        ),
        "negative length": request("/events", b"Content-Length: -3", method=b"POST"),
        "length without end": request("/events", b"Content-Length: " + b"9" * 30, method=b"POST"),
        "no host": b"GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n",
        "two hosts": request("/livez", b"Host: other"),
        "folded head": request("/livez", b"X-A: a\r\n b: c\x00"),
    }.items():
        yield Hostile(f"not HTTP: {name}", raw, (400,))
