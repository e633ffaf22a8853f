"""Lines: events offered as NDJSON, recorded without a stream between, each given a receipt."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import BinaryIO, Final, Literal, NamedTuple

from msgspec import Struct
from redis.asyncio import Redis

from conflict_events import codec
from conflict_events.codec import EVENT_BYTES_MAX, Accepted, Policy, names_of
from conflict_events.errors import Reason
from conflict_events.outcomes import Recorded, Refused, Repeat
from conflict_timeline.log.append import BATCH_EVENTS_MAX, Appender
from conflict_timeline.log.foresee import Foresight
from conflict_timeline.log.refuse import Whole, refuse, refused_fields
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.patience import patiently

_CHUNK_BYTES: Final = 1 << 20

PUBLISHED: Final = "publish"
"""In place of a stream's name, beside refused events that came as lines."""


class Receipt(Struct, frozen=True, kw_only=True):
    """What became of one line. `line` counts from 1."""

    line: int
    source: str | None
    id: str | None
    outcome: Literal["recorded", "repeat", "refused"]
    conflict: str | None
    position: int | None = None
    reason: Reason | None = None
    path: str | None = None
    message: str | None = None
    unknown_fields: tuple[str, ...] = ()


class Line(NamedTuple):
    """An offered line; of one that is too long, its beginning and what the whole was."""

    number: int
    raw: bytes
    whole: Whole | None


async def record_lines(
    redis: Redis, policy: Policy, stream: BinaryIO
) -> AsyncIterator[list[Receipt]]:
    """Record a stream's lines, batch by batch; yield a receipt for each line, in order.

    What has come is recorded before more is waited for; the waiting can be cancelled. A line of any
    length costs bounded memory.
    """
    appender = Appender(redis)
    cutter = Cutter()
    chunk = b"\n"
    while chunk:
        chunk = await _next_chunk(stream)
        lines = cutter.cut(chunk) if chunk else cutter.end()
        while batch := list(islice(lines, BATCH_EVENTS_MAX)):
            yield await record_batch(redis, appender, policy, batch)


async def record_batch(
    redis: Redis, appender: Appender, policy: Policy, batch: Sequence[Line], *, keeps: bool = True
) -> list[Receipt]:
    """Record lines that are there; a receipt for each, in order.

    What is refused is kept among the refused events, unless it `keeps` elsewhere anyway.
    """
    judged = [_judged(line, policy) for line in batch]
    accepted = [one for one in judged if isinstance(one, Accepted)]
    outcomes = iter(await patiently(partial(appender.append, accepted)))
    receipts: list[Receipt] = []
    for line, one in zip(batch, judged, strict=True):
        outcome = next(outcomes) if isinstance(one, Accepted) else one
        if isinstance(one, Accepted) and not isinstance(outcome, Refused):
            receipts.append(_receipt_of(line, one, _name(outcome), outcome.position))
        elif isinstance(outcome, Refused):
            if keeps:
                fields = refused_fields(line.raw, outcome, PUBLISHED, str(line.number), line.whole)
                await refuse(redis, fields)
            receipts.append(_refusal(line, outcome))
    return receipts


async def foresee_batch(
    foresight: Foresight, policy: Policy, batch: Sequence[Line]
) -> list[Receipt]:
    """The receipts that `record_batch` would give, without positions, and nothing is written."""
    judged = [_judged(line, policy) for line in batch]
    accepted = [one for one in judged if isinstance(one, Accepted)]
    foreseen = iter(await patiently(partial(foresight.outcomes, accepted)))
    receipts: list[Receipt] = []
    for line, one in zip(batch, judged, strict=True):
        if isinstance(one, Refused):
            receipts.append(_refusal(line, one))
        elif isinstance(outcome := next(foreseen), Refused):
            receipts.append(_refusal(line, outcome))
        else:
            receipts.append(_receipt_of(line, one, outcome, None))
    return receipts


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
            yield Line(self._number, bytes(self._kept.removesuffix(b"\r")), None)
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


def _judged(line: Line, policy: Policy) -> Accepted | Refused:
    if line.whole is not None:
        message = f"{line.whole.length} bytes; an event has at most {EVENT_BYTES_MAX}"
        return Refused("too_large", "$", message)
    return codec.accept(line.raw, policy)


def _receipt_of(
    line: Line,
    accepted: Accepted,
    outcome: Literal["recorded", "repeat"],
    position: int | None,
) -> Receipt:
    event = accepted.event
    return Receipt(
        line=line.number,
        source=event.source,
        id=event.id,
        outcome=outcome,
        conflict=event.conflict,
        position=position,
        unknown_fields=accepted.unknown_fields,
    )


def _refusal(line: Line, refused: Refused) -> Receipt:
    source, event_id, conflict = names_of(line.raw)
    return Receipt(
        line=line.number,
        source=source,
        id=event_id,
        outcome="refused",
        conflict=conflict,
        reason=refused.reason,
        path=refused.path,
        message=refused.message,
    )


def _name(outcome: Recorded | Repeat) -> Literal["recorded", "repeat"]:
    return "recorded" if isinstance(outcome, Recorded) else "repeat"
