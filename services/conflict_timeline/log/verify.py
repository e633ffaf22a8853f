"""Verify a log: whether it and its ids are what they should be. Nothing is written."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis

from conflict_events import codec
from conflict_events.identity import body_digest
from conflict_timeline.broker.streams import StreamEntry, entries_of, fields_of
from conflict_timeline.log.keys import CONFLICTS, ids_key, log_key
from conflict_timeline.runtime.cancelling import heed_cancellation

_PAGE_EVENTS_MAX: Final = 500
_FIELDS: Final = {b"e", b"t", b"s"}
_SALT_BYTES: Final = 16
_NUMBER: Final = re.compile(rb"0|[1-9][0-9]{0,14}")
_KNOWN: Final = re.compile(rb"([1-9][0-9]{0,14}):.{32}", re.DOTALL)
_NOTES: Final = (b"head", b"recorded_at")
"""What the ids hold beside the event keys."""


class VerifiedLog(NamedTuple):
    """The head of a log, and the first fault of it and of its ids; None where there is none."""

    head: int
    log_fault: str | None
    ids_fault: str | None


async def verify_log(
    redis: Redis, conflict: str, *, progress: Callable[[int], None] = lambda _: None
) -> VerifiedLog:
    """Look at every recorded event, and at all that the ids say of them.

    The log: entries `1-0` to the head without a gap and nothing else, recorded-at never falling,
    each event readable and of this conflict. The ids: each event's key, at its position, with the
    digest of its bytes, and no other key. What is recorded meanwhile is left out.

    Cost: a pass over the log, and a look at the ids for each event.
    """
    verification = _Verification(redis, conflict)
    if await verification.begin():
        async for page in verification.pages():
            await verification.look_at(page)
            progress(verification.position)
        await verification.end()
    return verification.result()


class _First:
    """The first fault of a thing."""

    def __init__(self) -> None:
        self.fault: str | None = None

    def note(self, sentence: str) -> None:
        self.fault = self.fault or sentence


class _Verification:
    """One pass over a log. `position` is the last one that was looked at."""

    def __init__(self, redis: Redis, conflict: str) -> None:
        self._redis = redis
        self._conflict = conflict
        self._log_key, self._ids_key = log_key(conflict), ids_key(conflict)
        self._log, self._ids = _First(), _First()
        self._last_id = ""
        self._head = 0
        self._recorded_at = 0
        self._recorded_at_noted: bytes | None = None
        self._keys = 0
        self.position = 0

    def result(self) -> VerifiedLog:
        return VerifiedLog(self._head, self._log.fault, self._ids.fault)

    async def begin(self) -> bool:
        """Read what both keys say of themselves at one moment; False when one is not there."""
        log_fault = await self._not_a("stream", self._log_key)
        ids_fault = await self._not_a("hash", self._ids_key)
        self._log.fault, self._ids.fault = log_fault, ids_fault
        if log_fault is not None or ids_fault is not None:
            return False
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hmget(self._ids_key, ["head", "recorded_at"])
            pipe.hlen(self._ids_key)
            pipe.xinfo_stream(self._log_key)
            answer: list[Any] = await pipe.execute()
        (noted, self._recorded_at_noted), self._keys, info = answer
        self._last_id = info["last-generated-id"].decode()
        last = int(self._last_id.partition("-")[0])
        self._head = last
        if noted is not None and _NUMBER.fullmatch(noted):
            self._head = int(noted)
        if noted is None or noted != b"%d" % last:
            self._ids.note(
                f"{self._ids_key} notes position {_shown(noted)} as the head of the log,"
                f" which ends with entry {self._last_id}"
            )
        if not await self._is_listed():
            self._log.note(f"the set {CONFLICTS!r} does not name it: no projector would find it")
        return True

    async def pages(self) -> AsyncIterator[list[StreamEntry]]:
        """All entries up to the last one of that moment."""
        start = "-"
        while True:
            page = await entries_of(
                self._redis, self._log_key, start, self._last_id, _PAGE_EVENTS_MAX
            )
            heed_cancellation()
            if page:
                yield page
                start = f"({page[-1][0].decode()}"
            if len(page) < _PAGE_EVENTS_MAX:
                return

    async def look_at(self, page: list[StreamEntry]) -> None:
        """Look at the entries of a page, and at what the ids say of their events."""
        expected: list[tuple[str, bytes]] = []
        for raw_id, fields in page:
            entry_id = raw_id.decode()
            if entry_id != f"{self.position + 1}-0":
                self._log.note(
                    f"position {self.position + 1} is missing: entry {entry_id} stands in its place"
                )
            self.position = int(entry_id.partition("-")[0])
            if set(fields) != _FIELDS or len(fields[b"s"]) != _SALT_BYTES:
                names = ", ".join(sorted(_shown(name) for name in fields))
                self._log.note(
                    f"entry {entry_id} has the fields {names} instead of e, s, t,"
                    f" or a salt of another length than {_SALT_BYTES} bytes"
                )
            self._look_at_time(entry_id, fields.get(b"t"))
            raw = fields.get(b"e")
            if raw is not None and (key := self._key_of(entry_id, raw)) is not None:
                expected.append((key, b"%d:" % self.position + body_digest(raw)))
        if expected:
            known = await fields_of(self._redis, self._ids_key, *(key for key, _ in expected))
            for (key, wanted), value in zip(expected, known, strict=True):
                if value != wanted:
                    self._ids.note(_conflict_with_ids(key, wanted, value))

    async def end(self) -> None:
        """Look at what only the whole tells."""
        if self.position < self._head:
            self._log.note(
                f"position {self.position + 1} is missing: the log ends before it,"
                f" and {self._ids_key} notes {self._head} as its head"
            )
        elif self._recorded_at_noted != b"%d" % self._recorded_at:
            self._ids.note(
                f"{self._ids_key} notes {_shown(self._recorded_at_noted)} as the time of the last"
                f" event, at position {self.position} it is {self._recorded_at}"
            )
        if self._ids.fault is None and self._keys != self._head + len(_NOTES):
            key = await self._unknown_key()
            what = "too few keys" if key is None else f"the key {_shown(key)}, which no event has"
            self._ids.note(
                f"{self._ids_key} holds {what}: {self._keys - len(_NOTES)} keys"
                f" for {self._head} events"
            )

    async def _not_a(self, kind: str, key: str) -> str | None:
        found: Any = await self._redis.type(key)
        if found.decode() == kind:
            return None
        return f"{key} is gone" if found == b"none" else f"{key} is a {found.decode()}, no {kind}"

    async def _is_listed(self) -> bool:
        found: Any = await self._redis.sismember(CONFLICTS, self._conflict)
        return bool(found)

    def _look_at_time(self, entry_id: str, recorded_at: bytes | None) -> None:
        if recorded_at is None or not _NUMBER.fullmatch(recorded_at):
            self._log.note(
                f"entry {entry_id} was recorded at {_shown(recorded_at)}, which is no time"
            )
            return
        at = int(recorded_at)
        if at < self._recorded_at:
            self._log.note(
                f"recorded-at falls at entry {entry_id}: {at} comes after {self._recorded_at}"
            )
        self._recorded_at = at

    def _key_of(self, entry_id: str, raw: bytes) -> str | None:
        try:
            event = codec.read(raw)
        except ValueError as error:  # RefusedError among them.
            self._log.note(f"the event of entry {entry_id} cannot be read: {error}")
            return None
        if event.conflict != self._conflict:
            self._log.note(f"the event of entry {entry_id} is of the conflict {event.conflict!r}")
        return event.key

    async def _unknown_key(self) -> bytes | None:
        """A key of the ids that no event of the log has; the least, to say the same each time."""
        found: list[bytes] = []
        redis: Any = self._redis  # redis-py leaves open what HSCAN gives.
        name: bytes
        value: bytes
        async for name, value in redis.hscan_iter(self._ids_key, count=_PAGE_EVENTS_MAX):
            heed_cancellation()
            if name in _NOTES:
                continue
            known = _KNOWN.fullmatch(value)
            if known is None or await self._key_at(known[1].decode()) != name:
                found.append(name)
        return min(found, default=None)

    async def _key_at(self, position: str) -> bytes | None:
        at = f"{position}-0"
        for _, fields in await entries_of(self._redis, self._log_key, at, at):
            try:
                return codec.read(fields[b"e"]).key.encode()
            except (KeyError, ValueError):
                return None
        return None


def _conflict_with_ids(key: str, wanted: bytes, value: bytes | None) -> str:
    position, _, digest = wanted.partition(b":")
    where = f"the event of entry {position.decode()}-0"
    if value is None:
        return f"{where} is not known: the ids hold no key {key}"
    known = _KNOWN.fullmatch(value)
    if known is None:
        return f"{where} is not known: what the ids hold under {key} is no position and digest"
    if known[1] != position:
        return f"{where} is known at position {known[1].decode()}: the ids say so of {key}"
    return (
        f"{where} is not what was recorded: its bytes have the digest {digest.hex()},"
        f" the ids say {value.partition(b':')[2].hex()}"
    )


def _shown(value: bytes | None) -> str:
    return "nothing" if value is None else value[:40].decode(errors="backslashreplace")
