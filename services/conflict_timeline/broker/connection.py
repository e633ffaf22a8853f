"""Connections to a Redis or Valkey server, and whether it is one that may be used."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from conflict_timeline.broker.errors import (
    BrokerAwayError,
    BrokerUrlError,
    EvictingServerError,
    OutdatedServerError,
)

SCHEMES = ("redis", "rediss", "unix")

CONNECT_TIMEOUT_S = 5.0
# Twice the redis-py default: a server that forks or waits for its disk may be still for seconds.
# A blocking read (XREAD BLOCK) must ask for less.
ANSWER_TIMEOUT_S = 10.0

# redis-py's 100 are gone when as many clients of the web service ask at once, and it does not wait.
# A server lets 10,000 in by default.
CONNECTIONS_MAX = 1_000

REDIS_MIN = (7, 0)
VALKEY_MIN = (7, 2)  # Its first.


def connect(url: str) -> redis.asyncio.Redis:
    """Return a client that answers in bytes and never sends a command twice.

    It connects with its first command. A repeated command could double a write whose answer was
    lost (redis-py#3554): retry where a repeat is known to do no harm.

    Raises:
        BrokerUrlError: the URL is not one of `SCHEMES`, or cannot be read.
    """
    _refuse_unreadable(url)
    try:
        client = redis.asyncio.Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            socket_timeout=ANSWER_TIMEOUT_S,
            max_connections=CONNECTIONS_MAX,
            retry=Retry(NoBackoff(), 0),
        )
        pool = client.connection_pool
        pool.connection_class(**pool.connection_kwargs)  # Trips over settings that do not exist.
    except (TypeError, ValueError):
        # Not chained: the cause quotes the URL.
        raise BrokerUrlError(redacted(url), "a setting after the ? is wrong") from None
    return client


async def check(client: redis.asyncio.Redis) -> None:
    """Refuse a server that does not answer, is too old, or may evict keys.

    Rests on PING and INFO only, which any user may be given. (CONFIG would tell more than it
    should, and managed servers do not have it.)

    Raises:
        BrokerAwayError: the server cannot be reached or does not let us in.
        OutdatedServerError: it is older than Redis 7.0 or Valkey 7.2.
        EvictingServerError: its maxmemory-policy is not noeviction, or it does not say.
    """
    where = _address(client)
    try:
        await client.ping()
        # One by one: INFO takes several sections from Redis 7.0 on only.
        server: Mapping[str, Any] = await client.info("server")
        memory: Mapping[str, Any] = await client.info("memory")
    except (RedisError, OSError) as error:
        raise BrokerAwayError(where, str(error) or type(error).__name__) from error
    _refuse_outdated(where, server)
    policy = str(memory.get("maxmemory_policy", ""))
    if policy != "noeviction":
        raise EvictingServerError(where, policy)


def redacted(url: str) -> str:
    """Return a URL fit to be read by others: without passwords and settings.

    What cannot be told apart from a password is left out too.
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return "***"
    if not parts.netloc and parts.scheme != "unix":
        return f"{parts.scheme}:***" if parts.scheme in SCHEMES else "***"
    if "@" in f"{parts.path}{parts.query}{parts.fragment}":  # An unquoted / ? or # in a password.
        return f"{parts.scheme}://***"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    user = ""
    if "@" in parts.netloc:
        # A name that stands alone may be a password in the wrong place.
        user = f"{parts.username}:***@" if parts.username and parts.password else "***@"
    return f"{parts.scheme}://{user}{host}{port}{parts.path}"


def _refuse_unreadable(url: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # Reading it checks it.
    except ValueError:
        raise BrokerUrlError(redacted(url), "its host or port cannot be read") from None
    supported = ", ".join(f"{scheme}://" for scheme in SCHEMES)
    if parts.scheme not in SCHEMES or "://" not in url:
        raise BrokerUrlError(redacted(url), f"it does not begin with one of {supported}")
    if parts.scheme == "unix" and not parts.path:
        raise BrokerUrlError(redacted(url), "it names no socket")
    # redis-py would take any other path as database 0.
    if parts.scheme != "unix" and not re.fullmatch(r"(/[0-9]*)?", parts.path):
        raise BrokerUrlError(redacted(url), "what follows the host is not a database number")


def _refuse_outdated(where: str, server: Mapping[str, Any]) -> None:
    # Valkey calls itself Redis 7.2.4 too.
    name = "valkey" if "valkey_version" in server else "redis"
    version = str(server.get(f"{name}_version", ""))
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers < (VALKEY_MIN if name == "valkey" else REDIS_MIN):
        required = "Redis {}.{} or Valkey {}.{}, or a newer one".format(*REDIS_MIN, *VALKEY_MIN)
        raise OutdatedServerError(where, f"{name} {version or 'of no known version'}", required)


def _address(client: redis.asyncio.Redis) -> str:
    pool = client.connection_pool
    settings: Mapping[str, Any] = pool.connection_kwargs
    if "path" in settings:
        return f"unix://{settings['path']}"
    scheme = "rediss" if issubclass(pool.connection_class, redis.asyncio.SSLConnection) else "redis"
    host, port = settings.get("host", "localhost"), settings.get("port", 6379)
    return f"{scheme}://{host}:{port}/{settings.get('db', 0)}"
