"""API keys: shown once, kept as a hash, rotated with an overlap, revoked within two seconds."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import msgspec
import pytest
from redis.asyncio import Redis

from conflict_timeline.broker import connect
from conflict_timeline.web.keys import store
from conflict_timeline.web.keys.errors import (
    DamagedKeyError,
    EndedKeyError,
    ExpiredKeyError,
    KeyRefusedError,
    NoSuchKeyError,
    RevokedKeyError,
    UnknownKeyError,
)
from conflict_timeline.web.keys.key import EARLIER_MAX, Grant
from conflict_timeline.web.keys.keyring import FRESH_S, REMEMBERED_MAX, Keyring
from conflict_timeline.web.keys.store import KEYS
from tests.oracle.builders import PRODUCER

GRANT: Final = Grant(name="desk", sources=(PRODUCER,), conflicts=("ukraine",), rate_per_s=5.0)
HOUR: Final = timedelta(hours=1)


class Clock:
    """A clock that the test moves, in seconds."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now_s


def changed(key: str, at: int) -> str:
    """A key with another character there."""
    other = "a" if key[at] != "a" else "b"
    return key[:at] + other + key[at + 1 :]


async def stored(redis: Redis, key_id: str) -> dict[str, Any]:
    """What lies in the hash."""
    raw = cast("Any", await redis.hget(KEYS, key_id))
    found: dict[str, Any] = json.loads(raw)
    return found


async def has_hash_only(redis: Redis, key: str) -> bool:
    """Whether nothing on the server holds the secret."""
    secret = key.split("_", 2)[2].encode()
    found = cast("Any", await redis.hgetall(KEYS))
    return not any(secret in raw for raw in found.values())


# Making and checking.


async def test_a_key_lets_its_owner_in_with_what_it_is_for(redis: Redis) -> None:
    key, kept = await store.create(redis, GRANT)

    assert await Keyring(redis).check(key) == kept
    assert key.startswith(f"ctk_{kept.id}_")
    assert len(key.split("_", 2)[2]) == 43, "256 bits in base64"
    assert (kept.name, kept.sources, kept.conflicts) == ("desk", (PRODUCER,), ("ukraine",))
    assert (kept.rate_per_s, kept.expires, kept.revoked) == (5.0, None, None)
    assert await store.list_(redis) == [kept]


async def test_the_secret_is_nowhere_kept_nor_shown(redis: Redis) -> None:
    key, kept = await store.create(redis, GRANT)
    rotated, _ = await store.rotate(redis, kept.id)
    row = await store.row_of(redis, kept.id)

    assert await has_hash_only(redis, key)
    assert await has_hash_only(redis, rotated)
    for secret in (key.split("_", 2)[2], rotated.split("_", 2)[2]):
        assert secret not in f"{kept!r} {row!r}"
    assert "hash" not in repr(kept)


SPOILT: Final[dict[str, Callable[[str], str]]] = {
    "another last character": lambda key: changed(key, -1),
    "another first one": lambda key: changed(key, -43),
    "another id": lambda key: changed(key, 4),
    "too short": lambda key: key[:-1],
    "too long": lambda key: key + "a",
    "capitals": lambda key: key.upper(),
    "a blank before": lambda key: f" {key}",
    "a line end": lambda key: f"{key}\n",
    "another kind": lambda key: key.replace("ctk", "cyk"),
    "the secret alone": lambda key: key.split("_", 2)[2],
    "nothing": lambda _: "",
    "no id": lambda _: "ctk__",
    "NUL": lambda _: "\x00",
    "other digits": lambda _: "ctk_" + "\u0661" * 16 + "_" + "a" * 43,
    "a surrogate": lambda _: "\ud800",
    "a megabyte": lambda _: "c" * 1_000_000,
}


@pytest.mark.parametrize("case", SPOILT)
async def test_what_is_no_key_is_unknown(redis: Redis, case: str) -> None:
    key, _ = await store.create(redis, GRANT)
    keyring = Keyring(redis)
    presented = SPOILT[case](key)

    for _ in range(2):  # Once more with the right one remembered.
        with pytest.raises(UnknownKeyError) as raised:
            await keyring.check(presented)
        assert str(raised.value) == "the API key is not valid"
        assert await keyring.check(key)


async def test_a_key_ends_when_it_expires(redis: Redis) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    ended, kept = await store.create(redis, msgspec.structs.replace(GRANT, expires=past))
    future = datetime.now(UTC) + HOUR
    valid, _ = await store.create(redis, msgspec.structs.replace(GRANT, expires=future))

    with pytest.raises(ExpiredKeyError) as raised:
        await Keyring(redis).check(ended)
    assert raised.value.id == kept.id
    assert (await Keyring(redis).check(valid)).expires == future


async def test_who_presents_a_key_is_not_told_what_is_wrong_with_it(redis: Redis) -> None:
    key, kept = await store.create(redis, GRANT)
    await store.revoke(redis, kept.id)
    told: set[str] = set()
    for presented in (key, changed(key, -1), "nothing"):
        with pytest.raises(KeyRefusedError) as raised:
            await Keyring(redis).check(presented)
        told.add(str(raised.value))
        assert presented not in f"{raised.value!r}"

    assert told == {"the API key is not valid"}


async def test_of_a_revoked_key_only_its_owner_could_learn_that(redis: Redis) -> None:
    """Who guesses an id is refused as one who guesses any other."""
    key, kept = await store.create(redis, GRANT)
    await store.revoke(redis, kept.id)

    with pytest.raises(UnknownKeyError):
        await Keyring(redis).check(changed(key, -1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"name": "x" * 101},
        {"sources": ()},
        {"sources": ("a b",)},
        {"sources": ("",)},
        {"conflicts": ()},
        {"conflicts": ("Ukraine",)},
        {"rate_per_s": 0},
        {"rate_per_s": -1.0},
        {"rate_per_s": float("nan")},
        {"rate_per_s": float("inf")},
        {"expires": datetime(2030, 1, 1)},  # noqa: DTZ001 - that is what is wrong with it
    ],
    ids=str,
)
async def test_a_key_for_what_there_is_not_is_not_made(redis: Redis, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        await store.create(redis, msgspec.structs.replace(GRANT, **wrong))
    assert await store.list_(redis) == []


async def test_what_is_stored_and_cannot_be_read_lets_nobody_in(redis: Redis) -> None:
    key, kept = await store.create(redis, GRANT)
    other, _ = await store.create(redis, GRANT)
    for damaged in (b"{", b"[]", b"\xff", b"{}", b"[" * 10_000):
        await redis.hset(KEYS, kept.id, cast("Any", damaged))
        with pytest.raises(DamagedKeyError):
            await Keyring(redis).check(key)
        with pytest.raises(DamagedKeyError):
            await store.list_(redis)
        assert await Keyring(redis).check(other)


# Rotating.


async def test_a_rotated_key_has_two_secrets_for_the_overlap(redis: Redis) -> None:
    first, kept = await store.create(redis, GRANT)
    second, rotated = await store.rotate(redis, kept.id, HOUR)

    assert first != second
    assert rotated == kept
    assert await Keyring(redis).check(first) == await Keyring(redis).check(second) == kept
    (earlier,) = (await stored(redis, kept.id))["earlier"]
    left = datetime.fromisoformat(earlier["until"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= HOUR


async def test_without_an_overlap_every_earlier_secret_ends_at_once(redis: Redis) -> None:
    """After a leak, say."""
    first, kept = await store.create(redis, GRANT)
    second, _ = await store.rotate(redis, kept.id, HOUR)
    third, _ = await store.rotate(redis, kept.id, timedelta(0))

    for ended in (first, second):
        with pytest.raises(UnknownKeyError):
            await Keyring(redis).check(ended)
    assert await Keyring(redis).check(third)


async def test_a_second_rotation_does_not_cut_the_overlap_of_the_first(redis: Redis) -> None:
    first, kept = await store.create(redis, GRANT)
    await store.rotate(redis, kept.id, HOUR)
    await store.rotate(redis, kept.id, HOUR)

    assert await Keyring(redis).check(first) == kept


async def test_earlier_secrets_are_bounded(redis: Redis) -> None:
    key, kept = await store.create(redis, GRANT)
    for _ in range(EARLIER_MAX + 5):
        key, _ = await store.rotate(redis, kept.id, HOUR)

    assert len((await stored(redis, kept.id))["earlier"]) == EARLIER_MAX
    assert await Keyring(redis).check(key)


async def test_a_new_secret_is_known_at_once(redis: Redis) -> None:
    """Though the keyring remembers the key as it was."""
    keyring = Keyring(redis)
    first, kept = await store.create(redis, GRANT)
    await keyring.check(first)
    second, _ = await store.rotate(redis, kept.id)

    assert await keyring.check(second) == kept


# Revoking.


async def test_a_revoked_key_lets_nobody_in_with_any_of_its_secrets(redis: Redis) -> None:
    first, kept = await store.create(redis, GRANT)
    second, _ = await store.rotate(redis, kept.id, HOUR)
    revoked = await store.revoke(redis, kept.id)

    assert revoked.revoked is not None
    with pytest.raises(RevokedKeyError):
        await Keyring(redis).check(second)
    with pytest.raises(UnknownKeyError):
        await Keyring(redis).check(first)
    with pytest.raises(EndedKeyError):
        await store.rotate(redis, kept.id)
    assert await store.revoke(redis, kept.id) == revoked, "once more changes nothing"


@pytest.mark.parametrize("change", [store.rotate, store.revoke])
async def test_a_key_that_there_is_not_cannot_be_changed(redis: Redis, change: Any) -> None:
    with pytest.raises(NoSuchKeyError):
        await change(redis, "0" * 16)
    assert not await redis.exists(KEYS)


async def test_a_rotation_at_the_same_time_does_not_undo_a_revocation(
    redis: Redis, server: str
) -> None:
    for _ in range(20):
        _, kept = await store.create(redis, GRANT)
        async with connect(server) as other:
            await asyncio.gather(
                store.rotate(other, kept.id),
                store.revoke(redis, kept.id),
                store.rotate(redis, kept.id),
                return_exceptions=True,
            )
        assert (await stored(redis, kept.id))["revoked"] is not None


# Remembering.


async def test_a_revocation_takes_effect_within_two_seconds(redis: Redis) -> None:
    assert FRESH_S < 2
    clock = Clock()
    keyring = Keyring(redis, clock=clock)
    key, kept = await store.create(redis, GRANT)
    await keyring.check(key)
    await store.revoke(redis, kept.id)
    clock.now_s = FRESH_S + 0.01

    with pytest.raises(RevokedKeyError):
        await keyring.check(key)


async def test_a_key_is_asked_for_once_in_a_while(redis: Redis) -> None:
    keyring = Keyring(redis)
    key, _ = await store.create(redis, GRANT)
    await redis.config_resetstat()
    for _ in range(100):
        await keyring.check(key)

    asked: Any = await redis.info("commandstats")
    assert asked["cmdstat_hget"]["calls"] == 1


async def test_what_is_remembered_is_bounded(redis: Redis) -> None:
    keyring = Keyring(redis)
    made = [await store.create(redis, GRANT) for _ in range(REMEMBERED_MAX + 3)]
    for key, kept in made:
        assert await keyring.check(key) == kept
    with pytest.raises(UnknownKeyError):
        await keyring.check("ctk_" + "0" * 16 + "_" + "a" * 43)

    held = vars(keyring)["_remembered"]
    assert list(held) == [kept.id for _, kept in made[3:]]


async def test_nothing_of_a_key_is_logged(redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key, kept = await store.create(redis, GRANT)
    await Keyring(redis).check(key)
    await store.revoke(redis, kept.id)
    with pytest.raises(RevokedKeyError):
        await Keyring(redis).check(key)

    assert key.split("_", 2)[2] not in caplog.text
