"""Following: a timeline from a place on, over as many connections as it takes."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable
from typing import Final, Protocol, Self

from msgspec import Struct

from conflict_events.frames import At, Followed, Frame, Progress, Switched
from conflict_events.pages import Page, Question
from conflict_events.sending import PAUSES_S, AttemptError
from conflict_events.subscribing import TimelinesError

_LASTED_S: Final = 5.0
"""A connection that lasted as long as that was a good one, even if nothing new came."""


class Frames(Protocol):
    """What comes in over one connection."""

    def __anext__(self) -> Awaitable[Frame]:
        """Wait for the next frame."""
        ...

    def aclose(self) -> Awaitable[None]:
        """Hang up."""
        ...


class Source(Protocol):
    """Where timelines are read."""

    who: str
    """It, in the sentence that says that it is away."""

    def frames(self, projection: str, conflict: str, after: At | None) -> Frames:
        """What follows a place (None: now) over one connection; the first is a progress.

        Raises:
            AttemptError: the connection failed, and the next may not.
            TimelinesError: the timeline cannot be read.
        """
        ...

    async def query(self, question: Question) -> Page:
        """The answer to a question.

        Raises:
            TimelinesError: there is none.
        """
        ...


class Asked(Struct, frozen=True, kw_only=True):
    """Which timeline is followed, and from where.

    `version` is the one that `after` was given under, if that is known. The timeline may be away
    for `patience_s`, a connection silent for `silence_s`.
    """

    projection: str
    conflict: str
    after: At | None
    version: int | None
    patience_s: float
    silence_s: float


class Following(AsyncIterator[Frame]):
    """Every revision once, in order, and between them how far that is. It does not end by itself.

    Until it has begun, it is tried a few times only; then within the patience, from the last thing
    that came in.

    No generator: asyncio closes all of those at once when it ends, also one that another one is
    just closing.
    """

    def __init__(self, source: Source, asked: Asked) -> None:
        self._source = source
        self._asked = asked
        self._at = asked.after
        self._version = None if asked.after is None else asked.version
        self._has_begun = False
        self._heard_s = _now()
        self._failures = 0
        self._failed: Exception | None = None
        self._frames: Frames | None = None
        self._began_at, self._began_s = self._at, self._heard_s
        self._is_first = True
        self._is_stale = False
        self._taken_frames: deque[Frame] = deque()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame:
        """Wait for the next frame, over as many connections as it takes.

        Raises:
            TimelinesError: the timeline cannot be read, or stays away.
        """
        while not self._taken_frames:
            if self._frames is None:
                self._frames = self._connection()
            frame = None if self._is_stale else await self._next(self._frames)
            if frame is None:
                await self.aclose()
                await self._pause()
                continue
            taken = self._begun(frame) if self._is_first else self._taken(frame)
            self._is_first = False
            self._taken_frames.extend(taken)
        return self._taken_frames.popleft()

    async def aclose(self) -> None:
        """Hang up."""
        frames, self._frames = self._frames, None
        if frames is None:
            return
        if self._at != self._began_at or _now() - self._began_s >= _LASTED_S:
            self._failures = 0
        await frames.aclose()

    def _connection(self) -> Frames:
        self._began_at, self._began_s = self._at, _now()
        self._failed, self._is_stale, self._is_first = None, False, True
        return self._source.frames(self._asked.projection, self._asked.conflict, self._at)

    async def _pause(self) -> None:
        """Wait before the next connection.

        Raises:
            TimelinesError: we have been waiting for too long.
        """
        import asyncio  # noqa: PLC0415

        if self._is_stale:
            return
        failed = self._failed
        tried = self._failures
        self._failures += 1
        pause_s = PAUSES_S[min(tried, len(PAUSES_S) - 1)]
        if isinstance(failed, AttemptError):
            pause_s = max(pause_s, failed.wait_s or 0.0)
        patience_s = self._asked.patience_s
        waited_s = _now() - self._heard_s
        is_hopeless = not self._has_begun and tried >= len(PAUSES_S)
        if is_hopeless or waited_s + pause_s > patience_s:
            if isinstance(failed, TimelinesError):
                raise failed
            waited = f"{waited_s:.0f} s, {tried + 1} attempts"
            who = self._source.who
            raise TimelinesError("away", f"{who} is away ({waited}): {failed}") from failed
        await asyncio.sleep(pause_s)

    async def _next(self, frames: Frames) -> Frame | None:
        """The next frame; None when the connection is of no use any more."""
        import asyncio  # noqa: PLC0415

        limit_s = self._asked.silence_s
        if self._is_first:
            left_s = self._heard_s + self._asked.patience_s - _now()
            limit_s = min(limit_s, max(left_s, PAUSES_S[0]))
        told_before = _times_told_to_stop()
        try:
            async with asyncio.timeout(limit_s):
                frame = await frames.__anext__()
            if _times_told_to_stop() > told_before:
                # redis-py sends with `asyncio.wait_for`, which before Python 3.12 forgets that
                # (python/cpython#86296).
                raise asyncio.CancelledError
        except StopAsyncIteration:
            self._failed = AttemptError("the stream ended")
        except TimeoutError:
            self._failed = AttemptError(f"nothing came for {limit_s:g} s")
        except AttemptError as error:
            self._failed = error
        except TimelinesError as error:
            # A server that has just started may not know yet what it knew.
            if not self._has_begun or error.reason != "not_there":
                raise
            self._failed = error
        else:
            self._heard_s = _now()
            return frame
        return None

    def _begun(self, frame: Frame) -> list[Frame]:
        """The first frame of a connection: it tells the version, which a place does not."""
        if not isinstance(frame, Progress):
            raise TimelinesError("unreadable", "the stream does not begin with a progress")
        known, self._version = self._version, frame.version
        self._has_begun = True
        if self._at is None or known in {None, frame.version}:
            return self._taken(frame)
        # What the other version made at a position that was cut in two must come as a whole.
        position = self._at.complete_position
        self._is_stale = self._at != At.end_of(position)
        self._at = At.end_of(position)
        return [Switched(position=position, version=frame.version)]

    def _taken(self, frame: Frame) -> list[Frame]:
        """Note how far a frame goes; nothing where that was known."""
        match frame:
            case Followed(at=text):
                at = At.parse(text)
                if self._at is not None and at <= self._at:
                    return []
                self._at = at
            case Progress(at=At() as at):
                self._at = at if self._at is None else max(self._at, at)
            case Progress():
                pass
            case Switched(position=position, version=version):
                self._at, self._version = At.end_of(position), version
        return [frame]


def _now() -> float:
    import asyncio  # noqa: PLC0415

    return asyncio.get_running_loop().time()


def _times_told_to_stop() -> int:
    import asyncio  # noqa: PLC0415

    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()
