"""Subscribers: FastStream on our streams, and the truth about whether it still runs."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog
from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.message import FAKE_CONSUMER, RedisBatchStreamMessage

from conflict_timeline.broker.streams import StreamEntry
from conflict_timeline.runtime import faults
from conflict_timeline.runtime.cancelling import heed_cancellation

log = structlog.get_logger()

BATCH_ENTRIES_MAX: Final = 500
"""Without a bound, FastStream reads the whole backlog at once."""

POLLING_MS: Final = 1_000
"""Below the socket time limit of redis-py, or every quiet read would be an error."""

_LOOK_S: Final = 0.25

Handler = Callable[[Sequence[StreamEntry]], Awaitable[None]]


class ServiceStoppedError(RuntimeError):
    """A service cannot go on; the process ends, so that whoever started it can start it again."""


class Subscribers:
    """FastStream subscribers with our own parser; what ends one of them is raised by `watch`.

    FastStream only logs what goes wrong in a parser or a handler, and goes on with the next
    entries; a consumer group that is gone ends a subscriber and leaves the process alive; a stream
    that the server will not read is read again and again. Here each of these is raised by `watch`.
    """

    def __init__(self, url: str) -> None:
        self.errors: Counter[str] = Counter()
        self._failure: BaseException | None = None
        quiet = logging.getLogger("conflict_timeline.faststream")
        quiet.setLevel(logging.CRITICAL + 1)  # What it would log is raised here instead.
        # Types are not applied: pydantic has no business in our events.
        self._broker = RedisBroker(url, apply_types=False, logger=quiet)
        self._subscribers: list[Any] = []

    def on(
        self,
        stream: str,
        handle: Handler,
        *,
        group: str | None = None,
        consumer: str | None = None,
    ) -> None:
        """Have batches of a stream's new entries handled, for a consumer group or for everybody."""
        source = (
            StreamSub(
                stream,
                batch=True,
                max_records=BATCH_ENTRIES_MAX,
                polling_interval=POLLING_MS,
                group=group,
                consumer=consumer,
                last_id=">",
            )
            if group is not None
            else StreamSub(
                stream,
                batch=True,
                max_records=BATCH_ENTRIES_MAX,
                polling_interval=POLLING_MS,
                last_id="$",
            )
        )

        async def parse(message: Any) -> RedisBatchStreamMessage:
            try:
                faults.reach(f"parse.{stream}")
                return _batch(message)
            except Exception as error:
                self._fail(f"{stream}.parse", error)
                raise SystemExit(1) from error

        async def decode(message: RedisBatchStreamMessage) -> list[StreamEntry]:
            raw: Any = message.raw_message
            return list(zip(raw["message_ids"], raw["data"], strict=True))

        subscriber = self._broker.subscriber(
            stream=source, parser=parse, decoder=decode, ack_policy=AckPolicy.MANUAL
        )
        self._subscribers.append(subscriber)

        @subscriber
        async def consume(entries: list[StreamEntry]) -> None:
            try:
                await handle(entries)
            except Exception as error:
                self._fail(f"{stream}.handle", error)
                raise SystemExit(1) from error

    async def start(self) -> None:
        """Connect and begin to consume."""
        await self._broker.start()
        heed_cancellation()

    async def stop(self) -> None:
        """Stop consuming, wait until nothing is being handled, and disconnect."""
        reading: list[asyncio.Task[Any]] = [
            task for subscriber in self._subscribers for task in subscriber.tasks
        ]
        await asyncio.gather(*(subscriber.stop() for subscriber in self._subscribers))
        # FastStream cancels what reads and does not wait for it: it would connect once more.
        await _ended(reading)
        await self._broker.stop()

    async def watch(self) -> None:
        """Return never; raise as soon as something failed or a subscriber has ended.

        Raises:
            ServiceStoppedError: with what is known about why.
        """
        while True:
            if self._failure is not None:
                raise ServiceStoppedError(str(self._failure)) from self._failure
            for subscriber in self._subscribers:
                if not subscriber.running:
                    raise ServiceStoppedError(
                        f"the subscriber of {subscriber.stream_sub.name} has stopped: its stream "
                        "or consumer group is gone, or the broker is away"
                    )
                for task in subscriber.tasks:
                    # FastStream puts another in the place of one that failed, without a pause.
                    if task.done() and not task.cancelled() and (error := task.exception()):
                        raise ServiceStoppedError(
                            f"{subscriber.stream_sub.name} cannot be read: {error}"
                        )
            await asyncio.sleep(_LOOK_S)

    def _fail(self, where: str, error: BaseException) -> None:
        self.errors[where] += 1
        self._failure = self._failure or error
        log.error("service.failed", where=where, errors=self.errors[where], error=repr(error))


async def _ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Wait for cancelled tasks; see `heed_cancellation` for why they are cancelled again."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        done, left = await asyncio.wait(left, timeout=_LOOK_S)
        for task in done:
            # Looked at, or asyncio would complain that nobody did.
            _ = task.cancelled() or task.exception()


def _batch(message: Any) -> RedisBatchStreamMessage:
    """A batch as FastStream wants it, without looking into its entries.

    The default parser unwraps bodies and decodes them; one bad entry would fail the whole batch.
    Nothing is acknowledged through it: a service settles its entries with what became of them.
    """
    return RedisBatchStreamMessage(
        raw_message=message,
        body=b"",
        batch_headers=[],
        consumer=FAKE_CONSUMER,
        group=None,
    )
