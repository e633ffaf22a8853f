"""`log.follow`: a log into the contract's structs."""

import socket
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import hiredis
import msgspec

from benchmarks.case import Arm, Case, Figures, Given
from benchmarks.workloads import mixed
from conflict_events.envelope import Event
from conflict_events.events import BODIES
from conflict_timeline.log.follow import PAGE_EVENTS_MAX, follow
from conflict_timeline.log.keys import log_key

_RECEIVED_BYTES_MAX: Final = 1 << 20
_DECODERS: Final = {
    # A type made at run time, as in the codec.
    name.encode(): msgspec.json.Decoder(Event[body])  # type: ignore[valid-type]
    for name, body in BODIES.items()
}
_TYPE: Final = b'"type":"'


async def bare(given: Given) -> Figures:
    """Read with XREAD over a blocking socket, and decode: each event by the decoder of its type."""
    path = urlsplit(given.url).path
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        count = 0
        async with given.measured():
            for raw in _raws(line, log_key(given.workload.conflict)):
                start = raw.index(_TYPE) + len(_TYPE)
                _DECODERS[raw[start : raw.index(b'"', start)]].decode(raw)
                count += 1
    _expect(given, count)
    return {}


def _raws(line: socket.socket, key: str) -> Iterator[bytes]:
    """The bytes of all events, in order."""
    reader, after = hiredis.Reader(), b"0"
    while True:
        ask = ("XREAD", "COUNT", str(PAGE_EVENTS_MAX), "STREAMS", key, after)
        line.sendall(hiredis.pack_command(ask))  # type: ignore[arg-type]  # Its stub is narrower.
        answer: Any = reader.gets()
        while answer is False:
            reader.feed(line.recv(_RECEIVED_BYTES_MAX))
            answer = reader.gets()
        if answer is None:
            return
        entries = answer[0][1]
        for _, fields in entries:
            yield fields[1]  # `e` stands first.
        after = entries[-1][0]


async def followed(given: Given) -> Figures:
    """What every reader of a log does."""
    count = 0
    async with given.measured():
        async for page in follow(given.redis, given.workload.conflict):
            count += len(page)
    _expect(given, count)
    return {}


def _expect(given: Given, count: int) -> None:
    if count != given.workload.events:
        raise AssertionError(f"{count} events of {given.workload}")


CASE: Final = Case(
    name="log.follow",
    what="a log into the contract's structs, 500 a read",
    arms=(
        Arm("XREAD + decode", "blocking socket, hiredis, the same structs", bare, mixed, "log"),
        Arm("follow", "what replays and projectors read with", followed, mixed, "log"),
    ),
    quick=(5_000,),
    full=(100_000,),
)
