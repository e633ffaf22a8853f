"""Connections by URL: which servers are refused, and what may be read of a URL."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis.exceptions import ConnectionError as ServerGoneError

from conflict_timeline.broker import (
    BrokerAwayError,
    BrokerUrlError,
    EvictingServerError,
    OutdatedServerError,
    check,
    connect,
    embedded,
    redacted,
)

if TYPE_CHECKING:  # A conftest is not to be imported.
    from tests.services.broker.conftest import Place

pytestmark = pytest.mark.timeout(60)

SECRET = "xyzzy"  # noqa: S105 - of servers that live for a test


async def test_a_server_that_may_evict_is_refused(place: "Place") -> None:
    """Evicting what identifies an event would record it twice."""
    async with embedded(place.data) as url, connect(url) as client:
        await client.config_set("maxmemory-policy", "allkeys-lru")

        with pytest.raises(EvictingServerError, match="allkeys-lru") as caught:
            await check(client)
    assert caught.value.policy == "allkeys-lru"


async def test_a_user_with_no_right_but_ping_and_info_can_check(place: "Place") -> None:
    """Producers and readers get few rights, and must start all the same."""
    async with embedded(place.data) as url:
        async with connect(url) as admin:
            await admin.acl_setuser(
                "reader", enabled=True, passwords=[f"+{SECRET}"], commands=["+ping", "+info"]
            )
        async with connect(url.replace("unix://", f"unix://reader:{SECRET}@")) as client:
            await check(client)


async def test_a_wrong_password_is_told_without_it(place: "Place") -> None:
    """Messages are logged."""
    async with (
        embedded(place.data) as url,
        connect(url.replace("unix://", f"unix://somebody:{SECRET}@")) as client,
    ):
        with pytest.raises(BrokerAwayError, match="invalid username-password") as caught:
            await check(client)
    assert SECRET not in str(caught.value)


async def test_a_server_that_is_not_there_is_told_with_its_place(tmp_path: Path) -> None:
    """The address, not the password."""
    async with connect(f"redis://:{SECRET}@127.0.0.1:1/3") as client:
        with pytest.raises(BrokerAwayError, match=r"redis://127\.0\.0\.1:1/3 is away") as caught:
            await check(client)
    assert SECRET not in str(caught.value)

    async with connect(f"unix://{tmp_path}/none.sock") as client:
        with pytest.raises(BrokerAwayError, match="No such file"):
            await check(client)


@pytest.mark.parametrize(
    ("info", "refused"),
    [
        ("redis_version:6.2.14", "redis 6.2.14"),
        ("redis_version:7.0.0", None),
        ("redis_version:10.0.0", None),
        ("redis_version:7.2.4\r\nvalkey_version:7.1.9", "valkey 7.1.9"),
        ("redis_version:7.2.4\r\nvalkey_version:7.2.5", None),
        ("os:unknown", "redis of no known version"),
    ],
)
async def test_a_server_older_than_the_scripts_need_is_refused(
    tmp_path: Path, info: str, refused: str | None
) -> None:
    """By what it says of itself; a small server of ours says it here."""
    info += "\r\nmaxmemory_policy:noeviction"
    async with stand_in(tmp_path / "s", info) as url, connect(url) as client:
        if refused is None:
            await check(client)
        else:
            with pytest.raises(OutdatedServerError, match=refused):
                await check(client)


async def test_a_server_that_does_not_tell_its_policy_is_refused(tmp_path: Path) -> None:
    """Start on no doubt."""
    async with stand_in(tmp_path / "s", "redis_version:7.4.0") as url, connect(url) as client:
        with pytest.raises(EvictingServerError, match="not to be had"):
            await check(client)


async def test_a_write_whose_answer_is_lost_is_not_sent_again(tmp_path: Path) -> None:
    """Whether to repeat it is for the caller to know (redis-py#3554)."""
    seen: list[bytes] = []
    async with stand_in(tmp_path / "s", "", seen=seen.append) as url, connect(url) as client:
        with pytest.raises(ServerGoneError):
            await client.xadd("log", {"e": "1"})
    assert seen.count(b"XADD") == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:6379",
        "redis+cluster://localhost",
        "localhost:6379",
        "redis:localhost",
        "unix://",
        "redis://localhost:port",
        "redis://localhost:99999",
        "redis://[::1",
        "redis://localhost/ukraine",
        "redis://localhost?socket_timeout=soon",
        "redis://localhost?no_such_setting=1",
        f"redis://:{SECRET}@localhost?no_such_setting=1",
        f"redis://:{SECRET}#@localhost",
        f"redis://u:1/{SECRET}@localhost",
        f"reddis://:{SECRET}@localhost",
        f"redis:/:{SECRET}@localhost",
        f"{SECRET}@localhost",
        "",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_at_once(url: str) -> None:
    """In a sentence, and without giving a password away, wherever it slipped to."""
    with pytest.raises(BrokerUrlError, match="cannot be used: ") as caught:
        connect(url)
    assert SECRET not in str(caught.value)


def test_a_scheme_that_is_not_supported_names_those_that_are() -> None:
    """What to write instead."""
    with pytest.raises(ValueError, match="redis://, rediss://, unix://"):
        connect("amqp://localhost")


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://localhost:6379/2",
        "rediss://:p@[::1]:6380",
        "unix:///var/run/valkey.sock",
        "unix://u:p@/var/run/valkey.sock?db=2",
        "redis://localhost?socket_timeout=3",
    ],
)
async def test_a_url_that_redis_py_reads_is_taken(url: str) -> None:
    """Nothing is connected to yet."""
    await connect(url).aclose()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://localhost:6379/2", "redis://localhost:6379/2"),
        (f"redis://intake:{SECRET}@localhost:6379/2", "redis://intake:***@localhost:6379/2"),
        (f"rediss://:{SECRET}@[::1]:6380", "rediss://***@[::1]:6380"),
        (f"redis://{SECRET}@localhost", "redis://***@localhost"),
        (f"redis://a:{SECRET}@b@localhost", "redis://a:***@localhost"),
        (f"redis://localhost?password={SECRET}", "redis://localhost"),
        (f"unix://u:{SECRET}@/run/v.sock?db=1", "unix://u:***@/run/v.sock"),
        (f"redis://u:1/{SECRET}@localhost", "redis://***"),
        (f"redis://u:1#{SECRET}@localhost", "redis://***"),
        (f"redis://:{SECRET}#@localhost", "***"),
        (f"redis:/:{SECRET}@localhost", "redis:***"),
        (f"postgres://u:{SECRET}@h/db", "postgres://u:***@h/db"),
        (SECRET, "***"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    """What cannot be told from a password is left out as well."""
    assert redacted(url) == shown


@asynccontextmanager
async def stand_in(
    path: Path, info: str, seen: Callable[[bytes], None] | None = None
) -> AsyncGenerator[str, None]:
    """Serve PING and INFO on a socket as an old Redis would; hang up on all writes.

    Args:
        path: The socket.
        info: The answer to INFO.
        seen: Told the name of each command.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            words: list[bytes] = []
            for _ in range(int(head[1:])):
                size = int((await reader.readline())[1:])
                words.append((await reader.readexactly(size + 2))[:-2])
            if seen:
                seen(words[0])
            match words[0]:
                case b"PING":
                    writer.write(b"+PONG\r\n")
                case b"INFO":
                    writer.write(f"${len(info)}\r\n{info}\r\n".encode())
                case b"HELLO":
                    writer.write(b"%1\r\n+proto\r\n:3\r\n")
                case b"CLIENT":
                    writer.write(b"+OK\r\n")
                case b"XADD":
                    break
                case _:
                    writer.write(b"-ERR unknown command\r\n")
        writer.close()

    server = await asyncio.start_unix_server(serve, path)
    async with server:
        yield f"unix://{path}"
