"""The publisher: what scrapers import. It fills the envelope, checks, and sends in batches.

    async with Publisher.over_redis(url, source=SOURCE, conflict="ukraine") as publisher:
        outcomes = await publisher.publish([Draft(id="2025-02-19/odesa/1", body=strike)])

Each draft gets one outcome, in order: `Queued` in an intake stream, or `Refused` here, before it
was sent. What intake makes of a queued event is asked by (`conflict`, `source`, `id`).
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import msgspec
from msgspec import Struct

from conflict_events.codec import Policy, accept, encode
from conflict_events.envelope import Event
from conflict_events.events import TYPES, Body
from conflict_events.outcomes import Queued, Refused

if TYPE_CHECKING:
    from redis.asyncio import Redis

BATCH_EVENTS_MAX: Final = 500
"""How many events go in one pipeline; larger ones are no faster."""

PATIENCE_S: Final = 30.0
"""How long a batch is tried before `PublisherError`, by default."""

CONNECT_TIMEOUT_S: Final = 5.0
"""How long one attempt to connect may take."""

ANSWER_TIMEOUT_S: Final = 10.0
"""How long the broker may be silent: one that forks or waits for its disk may be, for seconds."""

PAUSES_S: Final = (0.1, 0.2, 0.4, 0.8, 1.6)
"""The pauses between attempts; there is one attempt more than there are pauses."""


class Draft(Struct, frozen=True, kw_only=True):
    """What a producer has to say; the publisher fills in the rest of the envelope.

    `id` is unique within the source. `time` is when the producer made this record, by default now.
    Give it wherever the same record may be published again, such as after a crash: a repeat is the
    same JSON value, and with another `time` it is another one, refused as `conflicting_body`.
    """

    id: str
    body: Body
    time: datetime | None = None
    traceparent: str | None = None


class PublisherError(Exception):
    """The broker was away for too long, or would not take the events.

    `outcomes` are those of the drafts before the failure, in order. `unsent` are the others, with
    their times filled in: publish them again once the cause is gone. Some may have been queued, and
    intake drops those repeats.
    """

    def __init__(
        self, why: str, outcomes: Sequence[Queued | Refused], unsent: Sequence[Draft]
    ) -> None:
        super().__init__(f"{why}; {len(unsent)} events are not known to be queued: publish again")
        self.why = why
        self.outcomes = tuple(outcomes)
        self.unsent = tuple(unsent)


class Ready(NamedTuple):
    """An event that was checked: the intake stream it goes to, and its bytes."""

    stream: str
    raw: bytes


Send = Callable[[Sequence[Ready]], Awaitable[Sequence[Queued]]]
"""Sends a batch; answers where each event is queued, in order, or raises `NotSentError`."""


class NotSentError(Exception):
    """A batch could not be sent, or not be known to have been."""


class Publisher:
    """Publishes the events of one producer about one conflict; `over_redis` makes one.

    `source` is the producer, a URI-reference. `editor` says that the deployment lists it as an
    editor, who may amend what others reported; else such an amendment is refused here.
    """

    def __init__(self, send: Send, *, source: str, conflict: str, editor: bool = False) -> None:
        self._send = send
        self._source = source
        self._conflict = conflict
        self._policy = Policy(editors=frozenset({source} if editor else ()))

    @classmethod
    @asynccontextmanager
    async def over_redis(
        cls,
        url: str,
        *,
        source: str,
        conflict: str,
        editor: bool = False,
        patience_s: float = PATIENCE_S,
    ) -> AsyncGenerator[Self]:
        """Publish to the intake streams of a Redis or Valkey server.

        Args:
            url: `redis://`, `rediss://` or `unix://`. It connects with the first event.
            source: The producer, a URI-reference.
            conflict: The conflict that the events are about.
            editor: The deployment lists this source as an editor.
            patience_s: How long a batch is tried before `PublisherError`, retries included.

        Raises:
            ImportError: the Redis client is not installed.
            ValueError: the URL cannot be read.
        """
        client = _redis(url)
        try:
            intake = _RedisIntake(client, patience_s)
            yield cls(intake.send, source=source, conflict=conflict, editor=editor)
        finally:
            await client.aclose()

    async def publish(self, drafts: Iterable[Draft]) -> list[Queued | Refused]:
        """Check and send events; one outcome for each, in order.

        Raises:
            PublisherError: the broker is away or would not take them; it says what is unsent.
        """
        # Times first: after a failure the same drafts must make the same bytes.
        timed = [_timed(draft) for draft in drafts]
        outcomes: list[Queued | Refused] = []
        for start in range(0, len(timed), BATCH_EVENTS_MAX):
            batch = [self._prepare(draft) for draft in timed[start : start + BATCH_EVENTS_MAX]]
            try:
                sent = iter(await self._send([one for one in batch if isinstance(one, Ready)]))
            except NotSentError as error:
                raise PublisherError(str(error), outcomes, timed[start:]) from error
            outcomes += [one if isinstance(one, Refused) else next(sent) for one in batch]
        return outcomes

    async def publish_one(self, draft: Draft) -> Queued | Refused:
        """Check and send one event. `publish` is far faster for many.

        Raises:
            PublisherError: the broker is away or would not take it.
        """
        return (await self.publish([draft]))[0]

    def _prepare(self, draft: Draft) -> Ready | Refused:
        event_type = TYPES.get(type(draft.body))
        if event_type is None:
            name = type(draft.body).__name__
            return Refused("unknown_type", "$.type", f"{name} is no body of this contract")
        event = Event(
            specversion="1.0",
            id=draft.id,
            source=self._source,
            type=event_type,
            time=draft.time or datetime.now(UTC),
            conflict=self._conflict,
            data=draft.body,
            traceparent=draft.traceparent,
        )
        try:
            raw = encode(event)
        except (TypeError, ValueError, RecursionError) as error:
            return Refused("invalid", "$", f"it cannot be written as JSON: {error}")
        accepted = accept(raw, self._policy)
        if isinstance(accepted, Refused):
            return accepted
        if not _says(accepted.event, event):
            why = "JSON cannot hold it as it is: a number that is none, or an offset with seconds"
            return Refused("invalid", "$", why)
        return Ready(f"intake:{accepted.event.kind}", raw)


def _timed(draft: Draft) -> Draft:
    if draft.time is not None:
        return draft
    return msgspec.structs.replace(draft, time=datetime.now(UTC))


def _says(read: Event[Body], meant: Event[Body]) -> bool:
    """Whether an event that was written and read is the one that was meant.

    Structs made in Python are not checked, and msgspec writes NaN as null, and an offset of
    02:30:17 (such as zones had before 1900) as 02:30.
    """
    values = msgspec.to_builtins(meant, builtin_types=(datetime,))
    try:
        checked = msgspec.convert(values, Event[type(meant.data)])  # type: ignore[misc]
    except msgspec.ValidationError:
        return False
    return bool(checked == read)


class _RedisIntake:
    """The intake streams of a Redis or Valkey server."""

    def __init__(self, client: "Redis", patience_s: float) -> None:
        self._client = client
        self._patience_s = patience_s

    async def send(self, batch: Sequence[Ready]) -> list[Queued]:
        """Add a batch to its streams; again, should the connection fail.

        What became of a batch whose answer was lost nobody can tell, so some of it may be added
        twice. That does no harm: intake knows an event by its source and id, and drops repeats.
        """
        # Here, as importing it takes longer than the rest of the package.
        import asyncio  # noqa: PLC0415

        from redis.exceptions import RedisError  # noqa: PLC0415

        why = ""
        try:
            async with asyncio.timeout(self._patience_s):
                for pause_s in (*PAUSES_S, None):
                    try:
                        return await self._add(batch)
                    except (RedisError, OSError) as error:
                        why = str(error) or type(error).__name__
                        if not _may_pass(error):
                            raise NotSentError(f"the broker would not take them: {why}") from error
                        if pause_s is None:
                            raise NotSentError(f"the broker is away: {why}") from error
                        await asyncio.sleep(pause_s)
        except TimeoutError as error:
            why = why or "it does not answer"
            message = f"the broker is away ({self._patience_s:g} s): {why}"
            raise NotSentError(message) from error
        raise AssertionError("the last attempt returns or raises")

    async def _add(self, batch: Sequence[Ready]) -> list[Queued]:
        if not batch:
            return []
        # No transaction: the streams may lie in different slots of a cluster.
        async with self._client.pipeline(transaction=False) as pipe:
            for stream, raw in batch:
                pipe.xadd(stream, {"event": raw})
            # Raised here and not there, where the message would repeat the event.
            answers: list[bytes | Exception] = await pipe.execute(raise_on_error=False)
        queued: list[Queued] = []
        for (stream, _), answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                raise answer
            queued.append(Queued(stream, answer.decode()))
        return queued


def _may_pass(error: Exception) -> bool:
    """Whether the same batch may be taken a moment later."""
    from redis import exceptions  # noqa: PLC0415

    # These are ConnectionErrors to redis-py, which hides one that comes up while it connects.
    shut_out = (exceptions.AuthenticationError, exceptions.AuthorizationError)
    if isinstance(error, shut_out) or isinstance(error.__cause__, shut_out):
        return False
    away = (exceptions.ConnectionError, exceptions.TimeoutError, exceptions.ReadOnlyError, OSError)
    return isinstance(error, away)


def _redis(url: str) -> "Redis":
    try:
        from redis.asyncio import Redis  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
    except ImportError as error:
        raise ImportError(
            "Publisher.over_redis needs the Redis client: pip install 'conflict-events[redis]'"
        ) from error
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=ANSWER_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),  # We retry ourselves, whole batches, within our patience.
    )
