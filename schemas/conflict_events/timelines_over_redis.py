"""Timelines over Redis: their streams, as projectors commit them to a Redis or Valkey server."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

import msgspec

from conflict_events.event_time import by_event_time
from conflict_events.following import Source
from conflict_events.frames import At, Followed, Frame, Progress, Switched
from conflict_events.over_redis import redis_client
from conflict_events.pages import Page, Question
from conflict_events.sending import AttemptError, NotSentError, patiently
from conflict_events.subscribing import TimelinesError
from conflict_events.timelines import Entry, Revision

if TYPE_CHECKING:
    from redis.asyncio import Redis

PAGE_REVISIONS_MAX: Final = 500
PAGE_REVISIONS_FIRST: Final = 50
"""How many are read at first: on a bad line a short page comes through where a long one does not.
"""

BLOCK_MS: Final = 1_000
"""How long a read waits for something new: less than an answer may take."""

_REVISION: Final = msgspec.json.Decoder(Revision)

StreamEntry = tuple[bytes, dict[bytes, bytes]]
ResultT = TypeVar("ResultT")


class _Timeline(NamedTuple):
    """One version of a timeline."""

    projection: str
    conflict: str
    version: int

    @property
    def stream(self) -> str:
        return f"{{{self.conflict}}}:timeline:{self.projection}:{self.version}"

    @property
    def checkpoint(self) -> str:
        return f"{{{self.conflict}}}:checkpoint:{self.projection}:{self.version}"

    @property
    def serving(self) -> str:
        return f"{{{self.conflict}}}:serving"

    def followed(self, entry: StreamEntry) -> Followed:
        """A revision from its stream.

        Raises:
            TimelinesError: it is none.
        """
        entry_id, fields = entry
        try:
            revision = _REVISION.decode(fields[b"r"])
        except (KeyError, ValueError) as error:
            raise TimelinesError(
                "unreadable", f"{self.stream} holds no revision at {entry_id.decode()}: {error}"
            ) from error
        found = Entry.of(
            revision, projection=self.projection, version=self.version, conflict=self.conflict
        )
        return Followed.of_entry(found, At.parse(entry_id.decode()))


class _Seen(NamedTuple):
    """A timeline at one moment: all of it was read by one transaction."""

    serving: int | None
    position: int | None
    entries: list[StreamEntry]


class RedisTimelines(Source):
    """The timelines of a server."""

    who = "the broker"

    def __init__(self, client: "Redis", patience_s: float) -> None:
        self._client = client
        self._patience_s = patience_s

    async def frames(
        self, projection: str, conflict: str, after: At | None
    ) -> AsyncGenerator[Frame]:
        """What follows a place, in the version served; then in the one served after that."""
        timeline = await self._served(projection, conflict)
        head = (await self._seen(timeline, At(0, 0), count=1)).position or 0
        _refuse_beyond(timeline, head, None if after is None else after.position)
        at = At.end_of(head) if after is None else after
        yield Progress(
            position=head, version=timeline.version, at=None if after is not None else at
        )
        count = PAGE_REVISIONS_FIRST
        while True:
            seen = await self._seen(timeline, at, count=count)
            for entry in seen.entries:
                revision = timeline.followed(entry)
                at = At.parse(revision.at)
                yield revision
            if len(seen.entries) == count:
                count = min(2 * count, PAGE_REVISIONS_MAX)
                continue
            if seen.serving == timeline.version:
                at = _reached(timeline, at, seen.position or 0)
                yield Progress(position=at.position, version=timeline.version, at=at)
                for entry in await self._newer(timeline, at):
                    revision = timeline.followed(entry)
                    at = At.parse(revision.at)
                    yield revision
                continue
            if seen.serving is None:
                raise AttemptError(f"{timeline.stream} was served, and now no version is")
            if seen.position is not None:  # It was not removed yet.
                at = _reached(timeline, at, seen.position)
            timeline = timeline._replace(version=seen.serving)
            at = At.end_of(at.complete_position)
            yield Switched(position=at.position, version=timeline.version)

    async def query(self, question: Question) -> Page:
        """Fold the revisions up to a position; filters and times are for HTTP."""
        if question.filters:
            names = ", ".join(question.filters)
            raise TimelinesError(
                "asked_wrongly", f"over Redis entries cannot be filtered ({names}): ask over HTTP"
            )
        as_of = question.as_of
        if as_of is not None and not isinstance(as_of, int):
            raise TimelinesError(
                "asked_wrongly", "over Redis `as_of` is a position: a time can be asked over HTTP"
            )
        timeline, position, entries = await self._patiently(lambda: self._folded(question, as_of))
        return _page(entries, position, timeline.version, question.limit)

    async def _folded(
        self, question: Question, as_of: int | None
    ) -> tuple[_Timeline, int, list[Entry]]:
        timeline = await self._served(question.projection, question.conflict)
        head = (await self._seen(timeline, At(0, 0), count=1)).position or 0
        _refuse_beyond(timeline, head, as_of)
        position = head if as_of is None else as_of
        current: dict[str, Entry] = {}
        at, is_more = At(0, 0), True
        while is_more:
            seen = await self._seen(timeline, at, upto=position)
            for entry in seen.entries:
                revision = timeline.followed(entry)
                at = At.parse(revision.at)
                current[revision.entry] = _entry(revision)
            is_more = len(seen.entries) == PAGE_REVISIONS_MAX
            if seen.position is None and seen.serving != timeline.version:
                raise AttemptError(f"{timeline.stream} was removed while it was read")
        asserted = (entry for entry in current.values() if entry.status == "asserted")
        return timeline, position, by_event_time(asserted)

    async def _served(self, projection: str, conflict: str) -> _Timeline:
        timeline = _Timeline(projection, conflict, 0)
        with _telling():
            version: Any = await cast(
                "Awaitable[Any]", self._client.hget(timeline.serving, projection)
            )
        if version is None:
            raise TimelinesError(
                "not_there", f"no timeline {projection!r} is served for {conflict!r}"
            )
        return timeline._replace(version=_number(timeline.serving, version))

    async def _seen(
        self,
        timeline: _Timeline,
        after: At,
        *,
        upto: int | None = None,
        count: int = PAGE_REVISIONS_MAX,
    ) -> _Seen:
        end = "+" if upto is None else f"{upto}"
        serving: Any
        noted: Any
        entries: Any
        with _telling():
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.hget(timeline.serving, timeline.projection)
                pipe.hget(timeline.checkpoint, "position")
                pipe.xrange(timeline.stream, f"({after}", end, count=count)
                serving, noted, entries = await pipe.execute()
        return _Seen(
            None if serving is None else _number(timeline.serving, serving),
            None if noted is None else _number(timeline.checkpoint, noted),
            entries,
        )

    async def _newer(self, timeline: _Timeline, at: At) -> list[StreamEntry]:
        """What comes after a place, once there is anything; nothing after a while."""
        streams: dict[Any, Any] = {timeline.stream: str(at)}
        with _telling():
            found: Any = await self._client.xread(streams, count=PAGE_REVISIONS_MAX, block=BLOCK_MS)
        return [entry for _, entries in found or () for entry in entries]

    async def _patiently(self, attempt: Callable[[], Awaitable[ResultT]]) -> ResultT:
        try:
            return await patiently(attempt, self.who, self._patience_s)
        except NotSentError as error:
            raise TimelinesError("away", str(error)) from error


def redis_timelines(url: str, patience_s: float) -> "tuple[RedisTimelines, Redis]":
    """The timelines of the server at an address, and the client that is to be closed.

    Raises:
        ImportError: the Redis client is not installed.
        ValueError: the address cannot be read.
    """
    try:
        client = redis_client(url)
    except ImportError as error:
        raise ImportError(
            "Timelines over Redis need the Redis client: pip install 'conflict-events[redis]'"
        ) from error
    except ValueError:
        # Not chained: the cause may quote a password.
        raise ValueError("the address of the broker cannot be read") from None
    return RedisTimelines(client, patience_s), client


@contextmanager
def _telling() -> Generator[None]:
    """Turn what redis-py raises into what may be tried again, and what not."""
    from redis import exceptions  # noqa: PLC0415

    try:
        yield
    except (exceptions.RedisError, OSError) as error:
        why = str(error) or type(error).__name__
        # These are ConnectionErrors to redis-py, which hides one that comes up while it connects.
        shut_out = (exceptions.AuthenticationError, exceptions.AuthorizationError)
        if isinstance(error, shut_out) or isinstance(error.__cause__, shut_out):
            raise TimelinesError("refused", f"the broker does not let us in: {why}") from error
        if isinstance(error, (exceptions.ConnectionError, exceptions.TimeoutError, OSError)):
            raise AttemptError(why) from error
        raise TimelinesError("refused", f"the broker would not: {why}") from error


def _number(key: str, value: bytes) -> int:
    try:
        return int(value)
    except ValueError:
        raise TimelinesError(
            "unreadable", f"{key} holds {value[:40]!r} where a number belongs"
        ) from None


def _refuse_beyond(timeline: _Timeline, head: int, position: int | None) -> None:
    if position is not None and position > head:
        raise TimelinesError(
            "not_there",
            f"position {position} is beyond {head}, to which {timeline.projection!r} of"
            f" {timeline.conflict!r} has come",
        )


def _reached(timeline: _Timeline, at: At, position: int) -> At:
    """The place where a checkpoint stands, which cannot lie before one that was reached."""
    if position < at.position:
        raise AttemptError(
            f"{timeline.checkpoint} stands at {position}, and stood at {at.position}: the server"
            " lost what was committed, or is another"
        )
    return At.end_of(position)


def _entry(revision: Followed) -> Entry:
    return Entry(**{name: getattr(revision, name) for name in Entry.__struct_fields__})


def _page(entries: Sequence[Entry], position: int, version: int, limit: int | None) -> Page:
    """A page of entries that are all here; those that follow are parts of the same."""
    if limit is None or limit >= len(entries):
        return Page(entries, position=position, version=version)

    async def more() -> Page:
        return _page(entries[limit:], position, version, limit)

    return Page(entries[:limit], position=position, version=version, more=more)
