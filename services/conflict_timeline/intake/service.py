"""Intake: takes what scrapers put into the streams, records or refuses it, and removes it."""

import asyncio
import os
import secrets
import socket
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final, cast

import structlog
from msgspec.structs import replace
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_events import codec
from conflict_events.codec import Accepted, Policy
from conflict_events.outcomes import Outcome, Refused
from conflict_timeline.broker.streams import StreamEntry
from conflict_timeline.broker.subscribers import BATCH_ENTRIES_MAX, Subscribers
from conflict_timeline.log.append import Appender
from conflict_timeline.log.keys import INTAKE, REFUSED
from conflict_timeline.log.refuse import refused_fields
from conflict_timeline.runtime import faults
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.patience import patiently

log = structlog.get_logger()

GROUP: Final = "intake"

DEAD_MS: Final = 5_000
"""An entry that was handed out this long ago and not settled belonged to a dead consumer.

A living one may be that slow too: then both record it, and the log takes it once."""

CLAIM_EVERY_S: Final = 2.5

_SETTLE: Final = (files("conflict_timeline.intake") / "settle.lua").read_text()


class Intake:
    """One consumer of the intake streams; run as many as you like."""

    def __init__(self, url: str, redis: Redis, policy: Policy) -> None:
        self._redis = redis
        self._policy = policy
        self._appender = Appender(redis)
        self._settle_script = redis.register_script(_SETTLE)
        self.consumer = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._subscribers = Subscribers(url)
        for stream in INTAKE:
            self._subscribers.on(stream, self._handler(stream), group=GROUP, consumer=self.consumer)

    async def run(self) -> None:
        """Consume until cancelled.

        Raises:
            ServiceStoppedError: a subscriber ended, or something failed that no retry can mend.
        """
        try:
            await self.prepare()
            await self._subscribers.start()
            log.info("intake.started", consumer=self.consumer, streams=list(INTAKE))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._subscribers.watch())
                tasks.create_task(self._claim_for_ever())
        finally:
            await self._subscribers.stop()

    async def prepare(self) -> None:
        """Create the consumer groups, from the first entry on, and take over what the dead left."""
        for stream in INTAKE:
            try:
                # FastStream would create the group at the end of the stream and skip its history.
                await self._redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise
        await self.claim()

    async def claim(self) -> int:
        """Settle the entries of dead consumers; answer how many there were."""
        claimed = 0
        for stream in INTAKE:
            start: bytes | str = "0-0"
            while True:
                answer: Any = await self._redis.xautoclaim(
                    stream, GROUP, self.consumer, DEAD_MS, start, count=BATCH_ENTRIES_MAX
                )
                start, entries = answer[0], cast("list[StreamEntry]", answer[1])
                if entries:
                    await self.settle(stream, entries)
                    claimed += len(entries)
                if start in (b"0-0", "0-0"):
                    break
        if claimed:
            log.info("intake.claimed", entries=claimed)
        return claimed

    async def _claim_for_ever(self) -> None:
        while True:
            await asyncio.sleep(CLAIM_EVERY_S)
            await patiently(self.claim)
            heed_cancellation()

    def _handler(self, stream: str) -> Any:
        async def handle(entries: Sequence[StreamEntry]) -> None:
            await patiently(lambda: self.settle(stream, entries))

        return handle

    async def settle(self, stream: str, entries: Sequence[StreamEntry]) -> None:
        """Record or refuse entries of a stream, then remove them from it.

        Safe to repeat: an event that was recorded already is a repeat, an entry that was settled
        already is left alone.
        """
        faults.reach("intake.read")
        policy = replace(self._policy, kind=INTAKE[stream])
        raws = [_event_of(fields) for _, fields in entries]
        judged = [_judge(raw, policy) for raw in raws]
        accepted = [one for one in judged if isinstance(one, Accepted)]
        faults.reach("intake.decoded")
        recorded = iter(await self._appender.append(accepted))
        faults.reach("intake.appended")
        arguments: list[Any] = [GROUP]
        refusals = 0
        for (entry, _), raw, one in zip(entries, raws, judged, strict=True):
            outcome: Outcome = next(recorded) if isinstance(one, Accepted) else one
            arguments += [entry]
            if isinstance(outcome, Refused):
                refusals += 1
                kept = refused_fields(raw, outcome, stream, entry.decode())
                arguments += [2 * len(kept), *(part for pair in kept.items() for part in pair)]
            else:
                arguments += [0]
        await self._settle_script(keys=[stream, REFUSED], args=arguments)
        faults.reach("intake.settled")
        log.debug("intake.settled", stream=stream, entries=len(entries), refused=refusals)


def _event_of(fields: dict[bytes, bytes] | None) -> bytes:
    """The event's bytes; of an entry without them all that it has, to be refused."""
    if fields is None:
        return b""
    event = fields.get(b"event")
    return event if event is not None else b" ".join(k + b"=" + v for k, v in fields.items())


def _judge(raw: bytes, policy: Policy) -> Accepted | Refused:
    return codec.accept(raw, policy)
