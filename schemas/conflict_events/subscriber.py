"""The subscriber: timelines as they are, as they were, and as they grow.

    async with Timelines.connect("https://timeline.example") as timelines:
        async for revision in timelines.follow("pairings", conflict="ukraine", after="1042-0"):
            ...

Over HTTP from the service (`conflict-events[http]`), or over Redis from the streams themselves
(`conflict-events[redis]`).
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from typing import Any, Final

from conflict_events.following import Asked, Following, Source
from conflict_events.frames import START, At, Followed, Frame, Progress, Switched
from conflict_events.pages import Page, Question
from conflict_events.subscribing import FOLLOW_PATIENCE_S, SILENCE_S, TimelinesError
from conflict_events.timelines import Entry
from conflict_events.timelines_over_http import http_timelines
from conflict_events.timelines_over_redis import redis_timelines

OnSwitched = Callable[[Switched], Awaitable[object]]
"""Is awaited when another version is served, before anything that this one makes."""

_PAGE_ENTRIES: Final = 1_000
"""As many entries as the service puts on one page."""


class Timelines:
    """The timelines of a service or a server. `connect` makes one."""

    def __init__(self, source: Source, *, patience_s: float, silence_s: float) -> None:
        self._source = source
        self._patience_s = patience_s
        self._silence_s = silence_s

    @staticmethod
    @asynccontextmanager
    async def connect(
        url: str, *, patience_s: float = FOLLOW_PATIENCE_S, silence_s: float = SILENCE_S
    ) -> "AsyncGenerator[Timelines]":
        """Read the timelines at an address. It connects when something is asked for.

        Args:
            url: `https://` or `http://` of the service, or `redis://`, `rediss://` or `unix://`
                of the server.
            patience_s: How long a timeline that is followed may be away before `TimelinesError`.
            silence_s: After how long without a word another connection is made. A service says
                something at least every 5 s.

        Raises:
            ImportError: httpx, or the Redis client, is not installed.
            ValueError: the address cannot be read.
        """
        source: Source
        scheme = url.partition("://")[0].lower()
        if scheme in {"http", "https"}:
            source, client = http_timelines(url, patience_s, silence_s)
            close = client.aclose
        elif scheme in {"redis", "rediss", "unix"}:
            source, redis = redis_timelines(url, patience_s)
            close = redis.aclose
        else:
            raise ValueError(
                "the address is none of http://, https://, redis://, rediss:// or unix://"
            )
        try:
            yield Timelines(source, patience_s=patience_s, silence_s=silence_s)
        finally:
            await close()

    async def follow(
        self,
        projection: str,
        *,
        conflict: str,
        after: str | None = None,
        version: int | None = None,
        on_switched: OnSwitched | None = None,
    ) -> AsyncGenerator[Followed]:
        """Every revision after a place, once and in order; then each that is made.

        It resumes by itself after a broken connection, and never ends by itself.

        Another version may be served one day. Everything that the old one made up to a position
        has come then, and what follows are the revisions that the new one (`version` of each)
        makes after it. It may tell the same events otherwise, so who keeps entries reads them anew
        with `as_of(…, switched.position, …)` in `on_switched`.

        Args:
            projection: Which timeline.
            conflict: Whose.
            after: `at` of the last revision that is known; `0-0` is before the first. Without it,
                only what is made from now on.
            version: The version that `after` was given under. If another one is served by now,
                that is told like any other switch.
            on_switched: What to do then.

        Raises:
            TimelinesError: there is no such timeline or place, or it was away for too long.
        """
        place = None if after is None else At.parse(after)
        async with aclosing(self._frames(projection, conflict, place, version)) as frames:
            async for frame in frames:
                match frame:
                    case Followed():
                        yield frame
                    case Switched() if on_switched is not None:
                        await on_switched(frame)
                    case _:
                        pass

    async def revisions(
        self,
        projection: str,
        *,
        conflict: str,
        after: str = str(START),
        upto: int | None = None,
        on_switched: OnSwitched | None = None,
    ) -> AsyncGenerator[Followed]:
        """Every revision between a place and a position, once and in order; then it ends.

        Over HTTP, it may take 5 s to know that nothing more follows.

        Args:
            projection: Which timeline.
            conflict: Whose.
            after: `at` of the last revision that is known; by default before the first.
            upto: The last position; by default that to which the timeline has come now.
            on_switched: As for `follow`.

        Raises:
            TimelinesError: as `follow` does.
        """
        place = At.parse(after)
        if upto is None:
            upto = (await self.head(projection, conflict=conflict)).position
        if place == At.end_of(upto):
            return
        async with aclosing(self._frames(projection, conflict, place, None)) as frames:
            async for frame in frames:
                if isinstance(frame, Followed) and frame.position <= upto:
                    yield frame
                elif isinstance(frame, Switched) and on_switched is not None:
                    await on_switched(frame)
                if _is_beyond(frame, upto):
                    return

    async def head(self, projection: str, *, conflict: str) -> Progress:
        """How far a timeline has come: its position, and the version that is served.

        Raises:
            TimelinesError: there is no such timeline, or it is away.
        """
        async with aclosing(self._frames(projection, conflict, None, None)) as frames:
            async for frame in frames:
                if isinstance(frame, Progress):
                    return frame
        raise TimelinesError("unreadable", "the timeline does not say how far it has come")

    async def query(
        self,
        projection: str,
        *,
        conflict: str,
        as_of: int | datetime | None = None,
        limit: int | None = None,
        **filters: Any,
    ) -> Page:
        """The entries asserted, by event time, then id: a page of them, all as of one position.

        Over Redis the whole timeline is folded here, and there are neither filters nor times.

        Args:
            projection: Which timeline.
            conflict: Whose.
            as_of: A position, or a time with a zone: what was known then. By default, now.
            limit: How many entries a page has; over HTTP 100 by default, 1,000 at most.
            filters: Those of the service, such as `party="RUS"`, `topic=["energy"]`,
                `within="72h"`, `disputed=True`; `from_` and `to` bound the event time.

        Raises:
            TimelinesError: there is no such timeline or filter, or it is away.
        """
        return await self._source.query(
            Question(
                projection=projection,
                conflict=conflict,
                as_of=as_of,
                limit=limit,
                filters=filters,
            )
        )

    async def as_of(
        self, projection: str, moment: int | datetime, *, conflict: str, **filters: Any
    ) -> list[Entry]:
        """Every entry asserted as of a position or, over HTTP, a time.

        Raises:
            TimelinesError: as `query` does.
        """
        page = await self.query(
            projection, conflict=conflict, as_of=moment, limit=_PAGE_ENTRIES, **filters
        )
        return [entry async for entry in page]

    def _frames(
        self, projection: str, conflict: str, after: At | None, version: int | None
    ) -> Following:
        return Following(
            self._source,
            Asked(
                projection=projection,
                conflict=conflict,
                after=after,
                version=version,
                patience_s=self._patience_s,
                silence_s=self._silence_s,
            ),
        )


def _is_beyond(frame: Frame, upto: int) -> bool:
    """Whether everything up to a position has come once this frame has."""
    match frame:
        case Followed(position=position):
            return position > upto
        case Progress(at=At() as at):
            return at.complete_position >= upto
        case Progress():
            return False
        case Switched(position=position):
            return position >= upto
