"""Who may do what on the server: every command, every kind of key, every user."""

import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError
from redis.retry import Retry

from tests.deploy.commands import KEYLESS, Command, asked, commands_of
from tests.deploy.site import ADMIN, DEPLOY, Site, issue_passwords, site

KEYS: Final = {
    "article": "intake:article",
    "statement": "intake:statement",
    "strike": "intake:strike",
    "refused": "intake:refused",
    "log": "{ukraine}:log",
    "ids": "{ukraine}:ids",
    "timeline": "{ukraine}:timeline:pairings:1",
    "checkpoint": "{ukraine}:checkpoint:pairings:1",
    "serving": "{ukraine}:serving",
    "versions": "{ukraine}:versions",
    "rebuilding": "{ukraine}:rebuilding:pairings",
    "bell": "recorded",
    "conflicts": "conflicts",
    "keys": "keys",
    "other": "other",
    "-": KEYLESS,
}
"""One key of each kind, and one that is none of ours."""

Rights = list[tuple[str, str]]
"""Commands, and the kinds of keys that each of them may be given."""

INTAKE: Final = "article statement strike"
READ: Final = "refused log ids timeline checkpoint serving versions rebuilding bell conflicts"

# The server lets everybody give these, or nobody could log in.
UNASKED: Final[Rights] = [("auth hello quit reset", "-")]
CONNECTING: Final[Rights] = [("ping client|setname client|setinfo", "-")]
APPENDING: Final[Rights] = [
    ("script|load", "-"),
    ("evalsha", "log ids"),
    ("xadd", "log refused bell"),
    ("hset", "ids"),
    ("sadd", "conflicts"),
]
BUILDING: Final[Rights] = [
    ("script|load", "-"),
    ("evalsha", "timeline checkpoint serving versions rebuilding"),
    ("xadd", "timeline"),
    ("unlink", "timeline checkpoint"),
    ("hset", "checkpoint serving"),
    ("hsetnx", "serving versions"),
    ("hdel", "checkpoint versions"),
    ("get set del pexpire exists", "rebuilding"),
]
READING: Final[Rights] = [
    ("info time multi exec", "-"),
    ("type exists xrange xrevrange xread xlen xinfo|stream", READ),
    ("hget hmget hgetall hkeys hlen hexists hscan smembers sismember", READ),
]
RIGHTS: Final[dict[str, Rights]] = {
    "default": UNASKED,
    "scraper": [*UNASKED, *CONNECTING, ("xadd", INTAKE)],
    "intake": [
        *UNASKED,
        *CONNECTING,
        *APPENDING,
        ("info time", "-"),
        ("xgroup|create xreadgroup xautoclaim xack xdel", INTAKE),
        ("evalsha", f"{INTAKE} refused"),
        ("type", "log ids"),
        ("xinfo|stream xrange", "log"),
        ("hget hmget", "ids"),
    ],
    "projector": [
        *UNASKED,
        *CONNECTING,
        *BUILDING,
        ("info", "-"),
        ("smembers", "conflicts"),
        ("xread", "bell"),
        ("xrange", "log timeline"),
        ("type xinfo|stream xrevrange", "timeline"),
        ("exists", "checkpoint"),
        ("hmget", "ids checkpoint serving versions"),
        ("hget hgetall hexists", "serving versions"),
    ],
    "reader": [*UNASKED, *CONNECTING, *READING],
    "web": [
        *UNASKED,
        *CONNECTING,
        *READING,
        *APPENDING,
        ("xlen", INTAKE),
        ("hget hgetall", "keys"),
    ],
    "operator": [
        *UNASKED,
        *CONNECTING,
        *READING,
        *APPENDING,
        *BUILDING,
        ("watch hget hgetall hset", "keys"),
        ("unwatch", "-"),
    ],
}
USERS: Final = tuple(RIGHTS)
LOGGING_IN: Final = tuple(user for user in USERS if user != "default")


def granted(user: str) -> set[tuple[str, str]]:
    """Every command with every kind of key that a user may give."""
    return {
        (command, key)
        for commands, keys in RIGHTS[user]
        for command in commands.split()
        for key in keys.split()
    }


@pytest.fixture
def admin(served: Site) -> Iterator[redis.Redis]:
    """Give a connection that may ask about the users."""
    with served.connect(ADMIN) as connection:
        yield connection


def allowed(admin: redis.Redis, user: str, commands: list[Command]) -> Iterator[tuple[str, str]]:
    """Which of the commands, on which kinds of keys, the server would let a user give."""
    calls = [
        (command, kind)
        for command in commands
        for kind, key in KEYS.items()
        if command.takes_keys() == (key != KEYLESS)
    ]
    pipeline = admin.pipeline(transaction=False)
    for command, kind in calls:
        asked(pipeline, "ACL", "DRYRUN", user, *command.on(KEYS[kind]))
    for (command, kind), answer in zip(calls, pipeline.execute(), strict=True):
        if answer == b"OK":
            yield command.name, kind
        else:
            # Nothing else may come back, or a command was denied for its arguments only.
            assert b"no permissions" in answer, (command, kind, answer)


def test_the_commands_of_the_server_are_found(admin: redis.Redis) -> None:
    """Else the tests below would have nothing to ask about."""
    commands = {command.name: command for command in commands_of(admin)}

    assert len(commands) > 300
    assert commands["xread"].on("k") == ["xread", "STREAMS", "k", "1"]
    assert commands["evalsha"].on("k") == ["evalsha", "1", "1", "k"]
    assert commands["config|set"].on("k") == ["config", "set", "1", "1"]
    assert {command for user in USERS for command, _ in granted(user)} <= set(commands)


@pytest.mark.parametrize("user", USERS)
def test_a_user_may_do_what_is_granted_and_nothing_else(admin: redis.Redis, user: str) -> None:
    assert set(allowed(admin, user, list(commands_of(admin)))) == granted(user)


def test_these_are_all_users_there_are(admin: redis.Redis) -> None:
    assert set(asked(admin, "ACL USERS")) == {*USERS, ADMIN}


@pytest.mark.parametrize("user", LOGGING_IN)
def test_no_user_can_empty_stop_or_change_the_server(served: Site, user: str) -> None:
    with served.connect(user) as connection:
        for command in (
            *("FLUSHALL", "FLUSHDB", "SHUTDOWN NOSAVE", "DEBUG SLEEP 0", "KEYS *", "SCAN 0"),
            *("CONFIG SET appendonly no", "CONFIG GET *", "CONFIG REWRITE", "MODULE LIST"),
            *("ACL LIST", "ACL SETUSER x", "MONITOR", "CLIENT KILL TYPE normal", "CLIENT LIST"),
            *("REPLICAOF NO ONE", "FUNCTION LIST", "SCRIPT FLUSH", "SUBSCRIBE x", "SWAPDB 0 1"),
            *("RENAME {ukraine}:log x", "RESTORE x 0 x", "DUMP {ukraine}:log", "BGREWRITEAOF"),
            "EVAL x 0",
        ):
            # DEBUG is refused for everybody, by the server's configuration.
            with pytest.raises(ResponseError, match=r"no permissions|DEBUG command not allowed"):
                asked(connection, *command.split())


@pytest.mark.parametrize(
    ("user", "script"),
    [
        ("projector", "redis.call('XADD', '{ukraine}:log', '*', 'e', 'x')"),
        ("projector", "redis.call('HSET', '{ukraine}:ids', 'head', '0')"),
        ("projector", "redis.call('SADD', 'conflicts', 'x')"),
        ("projector", "redis.call('XADD', 'intake:strike', '*', 'e', 'x')"),
        ("intake", "redis.call('DEL', '{ukraine}:timeline:pairings:1')"),
        ("intake", "redis.call('XDEL', 'intake:refused', '1-0')"),
        ("intake", "redis.call('HSET', '{ukraine}:serving', 'pairings', '2')"),
        ("web", "redis.call('HSET', '{ukraine}:checkpoint:pairings:1', 'position', '0')"),
        ("web", "redis.call('XTRIM', '{ukraine}:log', 'MAXLEN', '0')"),
        ("operator", "redis.call('FLUSHALL')"),
        ("operator", "redis.call('XDEL', '{ukraine}:log', '1-0')"),
    ],
)
def test_a_script_can_do_no_more_than_its_caller(served: Site, user: str, script: str) -> None:
    with served.connect(user) as connection:
        digest = connection.script_load(script)

        with pytest.raises(ResponseError, match="ACL failure in script"):
            connection.evalsha(digest, 0)


def test_who_has_no_password_is_let_in_by_no_name(served: Site) -> None:
    guesses = [(user, password) for user in USERS for password in ("", "1", user)]
    for user, password in [(None, None), *guesses]:
        connection = redis.Redis(
            unix_socket_path=str(served.socket),
            username=user,
            password=password,
            retry=Retry(NoBackoff(), 0),
        )
        with connection, pytest.raises(AuthenticationError):
            connection.ping()


def test_the_users_that_are_committed_have_no_passwords() -> None:
    text = (DEPLOY / "valkey" / "users.acl").read_text("utf-8")

    assert re.search(r"nopass|[#><!]", text) is None
    # The server takes these words away: it is the user's state before anything is granted.
    assert all(line.split()[2] == "reset" for line in text.splitlines() if line)
    assert "user default reset off resetchannels\n" in text


def test_no_password_is_in_what_the_server_is_given(served: Site) -> None:
    users = (served.secrets / "users.acl").read_text("utf-8")

    for user in LOGGING_IN:
        password = served.url(user).partition(f"{user}:")[2].partition("@")[0]
        assert re.fullmatch(r"[0-9a-f]{64}", password)
        assert password not in users
    assert "nopass" not in users
    passwords = {served.url(user).rpartition(":")[2].partition("@")[0] for user in LOGGING_IN}
    assert len(passwords) == len(LOGGING_IN)


def test_what_is_issued_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert issue_passwords(folder, "redis://127.0.0.1:6379").returncode == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    again = issue_passwords(folder, "redis://127.0.0.1:6379")

    assert again.returncode == 1
    assert "nothing was written" in again.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert set(before) == {"users.acl", *(f"{user}.toml" for user in LOGGING_IN)}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("server", ["localhost", "http://x", "redis://me@x", 'redis://x"'])
def test_passwords_are_issued_for_a_server_only(tmp_path: Path, server: str) -> None:
    done: subprocess.CompletedProcess[str] = issue_passwords(tmp_path / "secrets", server)

    assert done.returncode == 2
    assert "the server's URL cannot be used" in done.stderr
    assert not (tmp_path / "secrets").exists()


# What an ACL cannot forbid: the options of a command that is granted.


@pytest.fixture
def abused() -> Iterator[Site]:
    """Give a site to be abused."""
    with site() as made:
        yield made


def test_a_scraper_can_empty_and_freeze_its_streams_but_touch_nothing_recorded(
    abused: Site,
) -> None:
    """The how-to says so: a producer who is not trusted gets no connection to the server."""
    with abused.connect("scraper") as scraper, abused.connect(ADMIN) as admin:
        admin.xadd("{ukraine}:log", {"e": "recorded"}, id="1-0")
        scraper.xadd("intake:strike", {"event": "waiting"})

        scraper.xadd("intake:strike", {"event": "x"}, maxlen=0, approximate=False)
        assert admin.xlen("intake:strike") == 0

        scraper.xadd("intake:article", {"event": "x"}, id=f"{2**64 - 1}-{2**64 - 1}")
        with pytest.raises(ResponseError, match=r"exhausted|equal or smaller"):
            scraper.xadd("intake:article", {"event": "y"})

        for stream in ("{ukraine}:log", "intake:refused", "recorded", "intake:other"):
            with pytest.raises(NoPermissionError):
                scraper.xadd(stream, {"event": "x"}, maxlen=0)
        assert admin.xlen("{ukraine}:log") == 1


def test_intake_can_empty_a_log_it_appends_to_and_verify_finds_it(abused: Site) -> None:
    """The how-to says so: XADD is granted, and with it its MAXLEN."""
    event = (
        b'{"specversion":"1.0","id":"1","source":"https://s.example","type":'
        b'"conflict.article.published.v1","time":"2025-02-10T00:00:00Z","conflict":"ukraine",'
        b'"data":{"url":"https://n.example/1","outlet":{"name":"News"},"published":'
        b'{"earliest":"2025-02-10T00:00:00Z","latest":"2025-02-10T01:00:00Z"}}}'
    )
    assert abused.run("operator", "publish", stdin=event).code == 0
    assert abused.run("reader", "verify").code in {0, 4}
    with abused.connect("intake") as intake:
        intake.xadd("{ukraine}:log", {"e": "x"}, id="2-0", maxlen=0, approximate=False)

    done = abused.run("reader", "verify")

    assert done.code == 4
    assert '"what":"log"' in done.out
