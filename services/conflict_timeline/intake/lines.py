"""Lines: events offered as NDJSON, recorded without a stream between, each given a receipt."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import BinaryIO, Final, Literal, NamedTuple

from msgspec import Struct
from redis.asyncio import Redis

from conflict_events import codec
from conflict_events.codec import EVENT_BYTES_MAX, Accepted, Policy, names_of
from conflict_events.errors import Reason
from conflict_events.outcomes import Outcome, Recorded, Refused, Repeat
from conflict_timeline.log.append import BATCH_EVENTS_MAX, Appender
from conflict_timeline.log.refuse import Whole, refuse, refused_fields
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
    """Record a stream's lines, batch by batch; yield a receipt for each line, in order."""
    appender = Appender(redis)
    lines = read_lines(stream)
    while batch := list(islice(lines, BATCH_EVENTS_MAX)):
        judged = [_judged(line, policy) for line in batch]
        accepted = [one for one in judged if isinstance(one, Accepted)]
        outcomes = iter(await patiently(partial(appender.append, accepted)))
        receipts: list[Receipt] = []
        for line, one in zip(batch, judged, strict=True):
            if isinstance(one, Accepted):
                receipts.append(await _receipt(redis, line, one, next(outcomes)))
            else:
                receipts.append(await _refused(redis, line, one))
        yield receipts


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a stream that are not blank; a line of any length costs bounded memory."""
    number = 0
    while chunk := stream.readline(_CHUNK_BYTES):
        number += 1
        raw = chunk.rstrip(b"\r\n")
        whole = None
        if len(chunk) == _CHUNK_BYTES and not chunk.endswith(b"\n"):
            whole = _passed_over(stream, chunk)
        if raw.strip():
            yield Line(number, raw, whole)


def _passed_over(stream: BinaryIO, chunk: bytes) -> Whole:
    """Read to the end of a line that is far too long, keeping only what names it."""
    length, digest = len(chunk), sha256(chunk)
    while chunk and not chunk.endswith(b"\n"):
        chunk = stream.readline(_CHUNK_BYTES)
        rest = chunk.rstrip(b"\r\n")
        digest.update(rest)
        length += len(rest)
    return Whole(length, digest.hexdigest())


def _judged(line: Line, policy: Policy) -> Accepted | Refused:
    if line.whole is not None:
        message = f"{line.whole.length} bytes; an event has at most {EVENT_BYTES_MAX}"
        return Refused("too_large", "$", message)
    return codec.accept(line.raw, policy)


async def _receipt(redis: Redis, line: Line, accepted: Accepted, outcome: Outcome) -> Receipt:
    if isinstance(outcome, Refused):
        return await _refused(redis, line, outcome)
    event = accepted.event
    return Receipt(
        line=line.number,
        source=event.source,
        id=event.id,
        outcome=_name(outcome),
        conflict=event.conflict,
        position=outcome.position,
        unknown_fields=accepted.unknown_fields,
    )


async def _refused(redis: Redis, line: Line, refused: Refused) -> Receipt:
    fields = refused_fields(line.raw, refused, PUBLISHED, str(line.number), line.whole)
    await refuse(redis, fields)
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
