"""Damage: one thing that is kept of a conflict is altered, as no command of ours would."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, Final, NamedTuple, cast

from redis.asyncio import Redis

from conflict_timeline.broker.streams import StreamEntry, entries_of, fields_of
from conflict_timeline.log.keys import ids_key, log_key
from conflict_timeline.timelines.keys import checkpoint_key, serving_key, timeline_key


class Place(NamedTuple):
    """A server, a conflict, and chance."""

    redis: Redis
    conflict: str
    rng: Random

    @property
    def log(self) -> str:
        """The log."""
        return log_key(self.conflict)

    @property
    def ids(self) -> str:
        """The ids of its events."""
        return ids_key(self.conflict)

    async def recorded(self) -> list[StreamEntry]:
        """The entries of the log."""
        return await entries_of(self.redis, self.log)

    async def known(self) -> tuple[str, bytes]:
        """An event key, and what the ids say of it."""
        names: Any = await self.redis.hkeys(self.ids)
        key = self.rng.choice(sorted(name.decode() for name in names if len(name) == 32))
        (value,) = await fields_of(self.redis, self.ids, key)
        assert value is not None
        return key, value

    def name(self) -> str:
        """A projection."""
        return self.rng.choice(["incidents", "pairings"])

    def timeline(self) -> str:
        """The stream of a timeline."""
        return timeline_key(self.conflict, self.name(), 1)

    async def rebuild(self, key: str, entries: list[StreamEntry]) -> None:
        """Put altered entries in the place of a stream's own."""
        await self.redis.delete(key)
        for entry_id, fields in entries:
            await self.redis.xadd(key, cast("Any", fields), id=entry_id)

    def flipped(self, raw: bytes) -> bytes:
        """The same bytes but for one bit."""
        at = self.rng.randrange(len(raw))
        return raw[:at] + bytes([raw[at] ^ 1 << self.rng.randrange(8)]) + raw[at + 1 :]


async def event_byte(place: Place) -> str:
    """A bit of an event."""
    entries = await place.recorded()
    entry_id, fields = place.rng.choice(entries)
    fields[b"e"] = place.flipped(fields[b"e"])
    await place.rebuild(place.log, entries)
    return f"entry {entry_id.decode()}"


async def time_falls(place: Place) -> str:
    """A recorded-at before the one before it."""
    entries = await place.recorded()
    at = place.rng.randrange(1, len(entries))
    before = int(entries[at - 1][1][b"t"])
    entries[at][1][b"t"] = b"%d" % (before - place.rng.randint(1, before))
    await place.rebuild(place.log, entries)
    return f"entry {entries[at][0].decode()}"


async def time_leaps(place: Place) -> str:
    """A recorded-at after the one after it."""
    entries = await place.recorded()
    at = place.rng.randrange(len(entries) - 1)
    entries[at][1][b"t"] = b"%d" % (int(entries[at + 1][1][b"t"]) + place.rng.randint(1, 10**6))
    await place.rebuild(place.log, entries)
    return f"entry {entries[at + 1][0].decode()}"


async def event_missing(place: Place) -> str:
    """No entry where one should be, at either end too."""
    entries = await place.recorded()
    at = place.rng.choice([0, len(entries) - 1, place.rng.randrange(len(entries))])
    if place.rng.random() < 0.5:
        await place.redis.xdel(place.log, entries[at][0])
    else:
        await place.rebuild(place.log, entries[:at] + entries[at + 1 :])
    return f"position {at + 1} is missing"


async def event_moved(place: Place) -> str:
    """An entry id that is no position."""
    entries = await place.recorded()
    at = place.rng.randrange(len(entries))
    moved = entries[at][0].replace(b"-0", b"-%d" % place.rng.randint(1, 9))
    entries[at] = (moved, entries[at][1])
    await place.rebuild(place.log, entries)
    return f"entry {moved.decode()}"


async def event_added(place: Place) -> str:
    """An entry that nobody recorded, after the others."""
    entries = await place.recorded()
    added = b"%d-0" % (len(entries) + place.rng.randint(1, 5))
    await place.rebuild(place.log, [*entries, (added, place.rng.choice(entries)[1])])
    return f"entry {added.decode()}"


async def known_changed(place: Place) -> str:
    """What the ids say of an event."""
    entries = await place.recorded()
    key, value = await place.known()
    position, _, digest = value.partition(b":")
    other = b"%d" % (int(position) % len(entries) + 1)
    altered = place.rng.choice(
        [position + b":" + place.flipped(digest), other + b":" + digest, b"", digest]
    )
    await place.redis.hset(place.ids, key, altered)
    return f"entry {position.decode()}-0"


async def known_missing(place: Place) -> str:
    """An event that would be recorded again."""
    key, value = await place.known()
    await place.redis.hdel(place.ids, key)
    return f"entry {value.partition(b':')[0].decode()}-0"


async def known_added(place: Place) -> str:
    """A key that no event has: an event of it would be answered as a repeat."""
    key = place.rng.randbytes(16).hex()
    at = place.rng.randint(1, 100)
    await place.redis.hset(place.ids, key, b"%d:" % at + place.rng.randbytes(32))
    return key


async def head_changed(place: Place) -> str:
    """The head or its time, as the ids note them."""
    name = place.rng.choice(["head", "recorded_at"])
    (value,) = await fields_of(place.redis, place.ids, name)
    assert value is not None
    altered = int(value) + place.rng.choice([-2, -1, 1, 2])
    await place.redis.hset(place.ids, name, place.rng.choice([str(altered), "x", ""]))
    return f"{place.ids} notes"


async def revision_byte(place: Place) -> str:
    """A bit of a revision, under the digest that it had."""
    key = place.timeline()
    entries = await entries_of(place.redis, key)
    entry_id, fields = place.rng.choice(entries)
    fields[b"r"] = place.flipped(fields[b"r"])
    await place.rebuild(key, entries)
    return f"({entry_id.decode()})"


async def digest_byte(place: Place) -> str:
    """A bit of a digest."""
    key = place.timeline()
    entries = await entries_of(place.redis, key)
    entry_id, fields = place.rng.choice(entries)
    fields[b"d"] = place.flipped(fields[b"d"])
    await place.rebuild(key, entries)
    return f"({entry_id.decode()})"


async def field_added(place: Place) -> str:
    """A field that no revision has."""
    key = place.timeline()
    entries = await entries_of(place.redis, key)
    entry_id, fields = place.rng.choice(entries)
    fields[b"x"] = b""
    await place.rebuild(key, entries)
    return f"({entry_id.decode()})"


async def revision_missing(place: Place) -> str:
    """No revision where the replay makes one."""
    key = place.timeline()
    entries = await entries_of(place.redis, key)
    entry_id, _ = entries.pop(place.rng.randrange(len(entries)))
    await place.rebuild(key, entries)
    return f"({entry_id.decode()}) is missing"


async def revision_added(place: Place) -> str:
    """A revision that the replay does not make: between the others, or after them."""
    key = place.timeline()
    entries = await entries_of(place.redis, key)
    at = place.rng.randrange(len(entries))
    entry_id, fields = entries[at]
    position, _, k = entry_id.partition(b"-")
    added = b"%s-%d" % (position, int(k) + 100)
    # What follows at this position already keeps its place.
    follows = [entry for entry in entries if entry[0].startswith(position + b"-")][-1]
    end = entries.index(follows) + 1
    if place.rng.random() < 0.3:
        added, end = b"999-0", len(entries)
    await place.rebuild(key, [*entries[:end], (added, fields), *entries[end:]])
    return added.decode()


async def revisions_swapped(place: Place) -> str:
    """Two revisions in each other's place."""
    key = place.timeline()
    entries = await entries_of(place.redis, key)
    first, second = sorted(place.rng.sample(range(len(entries)), 2))
    (first_id, one), (second_id, other) = entries[first], entries[second]
    entries[first], entries[second] = (first_id, other), (second_id, one)
    await place.rebuild(key, entries)
    return f"({first_id.decode()})"


async def checkpoint_changed(place: Place) -> str:
    """A field of a checkpoint."""
    key = checkpoint_key(place.conflict, place.name(), 1)
    name = place.rng.choice(["position", "digest", "revisions", "waiting"])
    (value,) = await fields_of(place.redis, key, name)
    assert value is not None
    if place.rng.random() < 0.2:
        await place.redis.hset(key, name, "0x")
    elif name == "digest":
        await place.redis.hset(key, name, place.flipped(value))
    elif name == "position":
        # Far enough to pass a revision: where there is none in between, no reader can tell.
        await place.redis.hset(key, name, str(int(value) + place.rng.choice([-60, 1, 7])))
    else:
        await place.redis.hset(key, name, str(int(value) + place.rng.randint(1, 9)))
    return "checkpoint"


async def serving_changed(place: Place) -> str:
    """The version that readers get."""
    name = place.name()
    await place.redis.hset(serving_key(place.conflict), name, "1.0")
    return "is no version"


async def another_kind(place: Place) -> str:
    """A key that holds something else."""
    key = place.rng.choice([place.log, place.ids, place.timeline(), serving_key(place.conflict)])
    await place.redis.set(key, "x")
    return f"{key} is a string"


async def key_gone(place: Place) -> str:
    """A key that was deleted."""
    key = place.rng.choice([place.log, place.ids])
    await place.redis.delete(key)
    return f"{key} is gone"


Damage = Callable[[Place], Awaitable[str]]

DAMAGES: Final[tuple[Damage, ...]] = (
    event_byte,
    time_falls,
    time_leaps,
    event_missing,
    event_moved,
    event_added,
    known_changed,
    known_missing,
    known_added,
    head_changed,
    revision_byte,
    digest_byte,
    field_added,
    revision_missing,
    revision_added,
    revisions_swapped,
    checkpoint_changed,
    serving_changed,
    another_kind,
    key_gone,
)
"""Each answers words that name what it altered."""
