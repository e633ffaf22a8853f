"""Lines: events offered as NDJSON, recorded without a stream between, each given a receipt."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from itertools import islice
from typing import BinaryIO, Final

from redis.asyncio import Redis

from conflict_events.codec import EVENT_BYTES_MAX, Policy
from conflict_events.receipts import Receipt
from conflict_timeline.log.append import BATCH_EVENTS_MAX
from conflict_timeline.log.record import Line, Recorder
from conflict_timeline.log.refuse import Whole
from conflict_timeline.runtime.cancelling import heed_cancellation

_CHUNK_BYTES: Final = 1 << 20


async def record_lines(
    redis: Redis, policy: Policy, stream: BinaryIO
) -> AsyncIterator[list[Receipt]]:
    """Record a stream's lines, batch by batch; yield a receipt for each line, in order.

    What has come is recorded before more is waited for; the waiting can be cancelled. A line of any
    length costs bounded memory.
    """
    recorder = Recorder(redis)
    cutter = Cutter()
    chunk = b"\n"
    while chunk:
        chunk = await _next_chunk(stream)
        lines = cutter.cut(chunk) if chunk else cutter.end()
        while batch := list(islice(lines, BATCH_EVENTS_MAX)):
            yield await recorder.record(policy, batch)


class Cutter:
    """Cuts chunks of bytes into lines, those that are blank left out.

    Of a line that is longer than any event only the beginning is kept, with the length and the
    digest of the whole. A line ends with LF or CR LF, and neither is part of it.
    """

    def __init__(self) -> None:
        self._number = 0
        self._begin()

    def cut(self, chunk: bytes) -> Iterator[Line]:
        """The lines that end in this chunk; take all before the next chunk."""
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            self._add(part)
            yield from self.end()
        self._add(rest)

    def end(self) -> Iterator[Line]:
        """The line that has been begun, if there is anything in it."""
        self._number += 1
        if self._is_long:
            whole = Whole(self._length, self._digest.hexdigest())
            yield Line(self._number, bytes(self._kept), whole)
        elif self._kept.strip():
            yield Line(self._number, bytes(self._kept.removesuffix(b"\r")))
        self._begin()

    def _begin(self) -> None:
        self._kept = bytearray()
        self._is_long = False
        self._length = 0
        self._digest = sha256()
        self._held = b""

    def _add(self, part: bytes) -> None:
        if self._is_long:
            self._hash(part)
            return
        self._kept += part
        if len(self._kept) > EVENT_BYTES_MAX + len(b"\r"):
            self._is_long = True
            self._hash(bytes(self._kept))
            del self._kept[EVENT_BYTES_MAX:]

    def _hash(self, part: bytes) -> None:
        """Add to the digest, holding back a CR: it may be half of the line's end."""
        offered = self._held + part
        sure = offered.removesuffix(b"\r")
        self._held = offered[len(sure) :]
        self._digest.update(sure)
        self._length += len(sure)


async def _next_chunk(stream: BinaryIO) -> bytes:
    """What can be read now, at most `_CHUNK_BYTES`; empty at the end."""
    try:
        fd = stream.fileno()
    except OSError:  # It lies in memory.
        return stream.read(_CHUNK_BYTES)
    heed_cancellation()
    await _readable(fd)
    # Past the stream's own buffer, which would wait until it is full.
    return os.read(fd, _CHUNK_BYTES)


async def _readable(fd: int) -> None:
    """Wait until a pipe, socket or terminal has something, or has ended."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(fd, ready.set)
    except OSError:  # A file on disk: it is always ready, and cannot be watched.
        return
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)
