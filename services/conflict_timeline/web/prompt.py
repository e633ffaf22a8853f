"""Prompt: a client of the broker for requests, which are answered soon, if only that it is away."""

from collections.abc import Callable
from typing import Any, Final

from redis.asyncio import ConnectionPool, Redis
from redis.exceptions import ConnectionError as AwayError

ANSWER_S: Final = 2.0
"""How long the broker may be silent when somebody waits for an answer to a question."""


class PromptPool(ConnectionPool):
    """Connections that are not even tried while it is known that nobody answers."""

    is_away: Callable[[], bool]

    async def get_connection(self, *args: Any, **options: Any) -> Any:
        """Take a connection.

        Raises:
            redis.exceptions.ConnectionError: it is known that the broker is away.
        """
        if self.is_away():
            raise AwayError("the broker does not answer")
        return await super().get_connection(*args, **options)  # type: ignore[no-untyped-call]


def prompt(redis: Redis, is_away: Callable[[], bool], answer_s: float | None = ANSWER_S) -> Redis:
    """A client of the same broker that gives up after `answer_s`, or at once while it is away.

    None leaves the time as it is: of a write whose answer is lost one does not know what it did.
    """
    like = redis.connection_pool
    settings = dict(like.connection_kwargs)
    if answer_s is not None:
        settings |= {"socket_timeout": answer_s, "socket_connect_timeout": answer_s}
    pool = PromptPool(
        connection_class=like.connection_class, max_connections=like.max_connections, **settings
    )
    pool.is_away = is_away
    return Redis.from_pool(pool)
