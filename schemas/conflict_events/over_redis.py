"""Over Redis: a batch goes into the intake streams of a Redis or Valkey server."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conflict_events.drafts import Ready
from conflict_events.outcomes import Queued
from conflict_events.sending import (
    ANSWER_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    AttemptError,
    NotSentError,
    patiently,
)

if TYPE_CHECKING:
    from redis.asyncio import Redis

_WHO = "the broker"


class RedisIntake:
    """The intake streams of a server."""

    def __init__(self, client: "Redis", patience_s: float) -> None:
        self._client = client
        self._patience_s = patience_s

    async def send(self, batch: Sequence[Ready]) -> list[Queued]:
        """Add a batch to its streams; again, should the connection fail.

        What became of a batch whose answer was lost nobody can tell, so some of it may be added
        twice. That does no harm: intake knows an event by its source and id, and drops repeats.

        Raises:
            NotSentError: the broker is away, or would not take them.
        """
        return await patiently(lambda: self._attempt(batch), _WHO, self._patience_s)

    async def _attempt(self, batch: Sequence[Ready]) -> list[Queued]:
        from redis.exceptions import RedisError  # noqa: PLC0415

        try:
            return await self._add(batch)
        except (RedisError, OSError) as error:
            why = str(error) or type(error).__name__
            if _may_pass(error):
                raise AttemptError(why) from error
            raise NotSentError(f"{_WHO} would not take them: {why}") from error

    async def _add(self, batch: Sequence[Ready]) -> list[Queued]:
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


def redis_client(url: str) -> "Redis":
    """A client that connects with its first command.

    Raises:
        ImportError: the Redis client is not installed.
        ValueError: the URL cannot be read.
    """
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


def _may_pass(error: Exception) -> bool:
    """Whether the same batch may be taken a moment later."""
    from redis import exceptions  # noqa: PLC0415

    # These are ConnectionErrors to redis-py, which hides one that comes up while it connects.
    shut_out = (exceptions.AuthenticationError, exceptions.AuthorizationError)
    if isinstance(error, shut_out) or isinstance(error.__cause__, shut_out):
        return False
    away = (exceptions.ConnectionError, exceptions.TimeoutError, exceptions.ReadOnlyError, OSError)
    return isinstance(error, away)
