"""Timelines that grow, and subscribers that keep what they get."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from redis.asyncio import Redis

from conflict_events.timelines import Revision
from conflict_timeline.timelines.commit import START, Checkpoint, Committable, Committer
from conflict_timeline.timelines.versions import switch
from conflict_timeline.web.live import Live, Subscription
from tests.support import serving


class Writer:
    """Commits made-up revisions to one version of the pairings of a conflict."""

    def __init__(self, redis: Redis, *, version: int = 1, conflict: str = "ukraine") -> None:
        self.stands = START
        self.version = version
        self._redis = redis
        self._committer = Committer(redis, conflict, "pairings", version)
        self._conflict = conflict

    async def serve(self) -> "Writer":
        """Have readers get this version, if they get none."""
        await self._committer.serve_if_first()
        return self

    async def switch(self, before: int) -> None:
        """Have readers get this version instead of another."""
        assert await switch(
            self._redis, self._conflict, "pairings", expected=before, version=self.version
        )

    async def commit(self, positions: int, *, each: int = 1, words: str = "") -> list[str]:
        """Commit revisions at each of the next positions, all at once; answer their ids."""
        digest, made = bytes.fromhex(self.stands.digest), list[Committable]()
        for position in range(self.stands.position + 1, self.stands.position + positions + 1):
            for k in range(each):
                revision = Revision(
                    entry=f"p-{position}-{k}",
                    revision=1,
                    position=position,
                    status="asserted",
                    because=("0" * 32,),
                    body=msgspec.Raw(msgspec.json.encode({"words": words})),
                )
                raw = msgspec.json.encode(revision)
                digest = sha256(digest + raw).digest()
                made.append(Committable(f"{position}-{k}", raw, digest.hex()))
        reached = Checkpoint(
            self.stands.position + positions, digest.hex(), self.stands.revisions + len(made)
        )
        assert await self._committer.commit(self.stands, reached, made) == reached
        self.stands = reached
        return [one.entry_id for one in made]


class Frame(NamedTuple):
    """A server-sent event as a client parses it."""

    event: str
    id: str | None
    data: Any


def frames_of(chunk: bytes) -> list[Frame]:
    """The frames of an answer, which have to be whole."""
    assert chunk.endswith(b"\n\n")
    return [_frame(text) for text in chunk.decode().removesuffix("\n\n").split("\n\n")]


def _frame(text: str) -> Frame:
    fields = dict(line.split(": ", 1) for line in text.split("\n"))
    return Frame(fields["event"], fields.get("id"), json.loads(fields["data"]))


class Reader:
    """Reads a subscription, and keeps all frames."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.frames: list[Frame] = []

    @property
    def ids(self) -> list[str | None]:
        """The ids of the revisions so far."""
        return [frame.id for frame in self.frames if frame.event == "revision"]

    def of(self, event: str) -> list[Frame]:
        """The frames of one kind so far."""
        return [frame for frame in self.frames if frame.event == event]

    async def read_until(self, holds: Callable[[], bool], *, within_s: float = 20) -> None:
        """Read on until something holds, or until the end."""
        async with asyncio.timeout(within_s):
            while not holds():
                try:
                    self.frames += frames_of(await anext(self.subscription))
                except StopAsyncIteration:
                    return

    async def read_ids(self, count: int) -> list[str | None]:
        """Read on until there are so many revisions."""
        await self.read_until(lambda: len(self.ids) >= count)
        return self.ids

    async def read_to_end(self) -> None:
        """Read until nothing follows."""
        await self.read_until(lambda: False)


async def reading(live: Live, after: str | None = None, conflict: str = "ukraine") -> Reader:
    """Subscribe to the pairings of a conflict."""
    return Reader(await live.subscribe(conflict, "pairings", after=after))


@asynccontextmanager
async def live_on(redis: Redis, **limits: Any) -> AsyncGenerator[Live]:
    """Read timelines for subscribers for a while."""
    live = Live(redis, **limits)
    async with serving(live.run()):
        yield live
