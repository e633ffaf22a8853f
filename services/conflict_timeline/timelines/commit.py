"""Commit: revisions, checkpoint and digest in one script, if nobody else was faster."""

from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final, NamedTuple, Protocol

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_timeline.broker.streams import fields_of, last_of
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.keys import checkpoint_key, serving_key, timeline_key
from conflict_timeline.timelines.versions import announce

_SCRIPT: Final = (files("conflict_timeline.timelines") / "commit.lua").read_text()


class Checkpoint(NamedTuple):
    """How far a timeline has come: log position, digest there (hex), revisions made so far."""

    position: int
    digest: str
    revisions: int


START: Final = Checkpoint(0, "0" * 64, 0)
"""Before the first event: the digest of nothing is 32 zero bytes."""


class Committable(NamedTuple):
    """A revision as it is stored: entry id `<position>-<k>`, bytes, digest after it (hex)."""

    entry_id: str
    raw: bytes
    digest: str


class Commits(Protocol):
    """Where one version of one timeline is committed; `Committer` says what each promises."""

    async def checkpoint(self) -> Checkpoint:
        """The checkpoint as it stands."""
        ...

    async def serve_if_first(self) -> None:
        """Have readers get this version, unless they get one already."""
        ...

    async def note_stuck(self, why: str) -> None:
        """Keep why the checkpoint does not move."""
        ...

    async def commit(
        self,
        expected: Checkpoint,
        reached: Checkpoint,
        revisions: Iterable[Committable],
        *,
        waiting: int = 0,
    ) -> Checkpoint:
        """Write what lies beyond `expected`, if it still stands; answer what stands then."""
        ...

    async def digest_at(self, position: int) -> str:
        """The digest of the last revision made up to a position (hex)."""
        ...


class Committer:
    """Writes one version of one projection's timeline for one conflict."""

    def __init__(
        self, redis: Redis, conflict: str, projection: str, version: int, *, code: int | None = None
    ) -> None:
        """`code` is the version of the projection that makes it, by default the same."""
        self._redis = redis
        self._conflict = conflict
        self._code = version if code is None else code
        self._script = redis.register_script(_SCRIPT)
        self._timeline = timeline_key(conflict, projection, version)
        self._checkpoint = checkpoint_key(conflict, projection, version)
        self._serving = serving_key(conflict)
        self._projection = projection
        self._version = version

    async def checkpoint(self) -> Checkpoint:
        """The checkpoint as it stands.

        Raises:
            BrokenTimelineError: it is none; somebody else wrote to it.
        """
        return self._read(
            await fields_of(self._redis, self._checkpoint, "position", "digest", "revisions")
        )

    async def serve_if_first(self) -> None:
        """Have readers get this version, unless they get one already."""
        await announce(self._redis, self._conflict, self._projection, self._version, self._code)
        await self._redis.hsetnx(self._serving, self._projection, str(self._version))

    async def note_stuck(self, why: str) -> None:
        """Write beside the checkpoint why it does not move; the next commit takes it away."""
        await self._redis.hset(self._checkpoint, "stuck", why)

    async def stuck(self) -> str | None:
        """Why the checkpoint does not move, if its fold raised."""
        (why,) = await fields_of(self._redis, self._checkpoint, "stuck")
        return None if why is None else why.decode()

    async def note_diverged(self, why: str) -> None:
        """Write beside the checkpoint that another fold made other bytes. It stays there."""
        await self._redis.hset(self._checkpoint, "diverged", why)

    async def diverged(self) -> str | None:
        """What the last projector said whose bytes were others."""
        (why,) = await fields_of(self._redis, self._checkpoint, "diverged")
        return None if why is None else why.decode()

    async def waiting(self) -> int:
        """How many events are amended but not recorded yet, as of the checkpoint."""
        (count,) = await fields_of(self._redis, self._checkpoint, "waiting")
        return int(count or 0)

    async def commit(
        self,
        expected: Checkpoint,
        reached: Checkpoint,
        revisions: Iterable[Committable],
        *,
        waiting: int = 0,
    ) -> Checkpoint:
        """Write what lies beyond `expected`; answer the checkpoint that stands afterwards.

        `waiting` counts the events that are amended but not recorded yet: for `status`, no truth.

        It is `reached` when this call committed; any other one means that somebody else was first
        and nothing was written. Safe to call again after a lost answer.

        Raises:
            BrokenTimelineError: the timeline is not what the checkpoint says; nothing was written.
            redis.exceptions.RedisError: the server is away or out of memory.
        """
        arguments: list[Any] = [expected.position, expected.digest, *reached, waiting]
        for revision in revisions:
            arguments += revision
        try:
            answer = await self._script(keys=[self._timeline, self._checkpoint], args=arguments)
        except ResponseError as error:
            if str(error).startswith("BROKENTIMELINE "):
                message = str(error).removeprefix("BROKENTIMELINE ")
                raise BrokenTimelineError(f"nothing was committed: {message}") from error
            raise
        committed, *stands = answer
        return reached if committed else self._read(stands)

    async def digest_at(self, position: int) -> str:
        """The digest of the last revision made up to a position (hex)."""
        last = await last_of(self._redis, self._timeline, f"{position}")
        return START.digest if last is None else last[1][b"d"].decode()

    def _read(self, values: list[bytes | None]) -> Checkpoint:
        position, digest, revisions = values
        if position is None or digest is None or revisions is None:
            return START
        try:
            return Checkpoint(int(position), digest.decode(), int(revisions))
        except ValueError as error:
            raise BrokenTimelineError(f"{self._checkpoint} is no checkpoint: {error}") from error
