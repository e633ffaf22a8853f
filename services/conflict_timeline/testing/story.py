"""Given, when, then: a log, what comes after it, and what a reader of the timeline sees."""

import os
from contextvars import ContextVar
from typing import Final, NamedTuple

from conflict_timeline.testing.events import Json
from conflict_timeline.testing.folding import Make, folded, record
from conflict_timeline.testing.reader import Reader
from conflict_timeline.testing.rules import well_formed


class _Story(NamedTuple):
    """What was recorded before, what comes after it, and which test tells it."""

    before: tuple[Json, ...]
    after: tuple[Json, ...]
    test: str


_STORY: Final[ContextVar[_Story]] = ContextVar("story")


def given(*events: Json) -> None:
    """Begin a story: a log with these events, or an empty one. Every test begins with it."""
    _STORY.set(_Story(events, (), _test()))


def when(*events: Json) -> None:
    """Record these after what was given.

    Raises:
        NotBegunError: nothing was given in this test.
    """
    story = _told()
    _STORY.set(story._replace(after=story.after + events))


def then(projection: Make) -> Reader:
    """Fold the log with an empty projection, and look at the timeline as a reader does.

    Args:
        projection: The projection's class, or what else makes an empty one.

    Raises:
        NotBegunError: nothing was given in this test.
        AssertionError: a second fold makes other bytes, or what is yielded is no change.
    """
    story = _told()
    log = record([*story.before, *story.after])
    well_formed(projection, [*story.before, *story.after])
    seen = folded(projection, log)
    if folded(projection, log) != seen:
        raise AssertionError("a second fold of the same log made other revisions: see `pure`")
    return Reader(log, seen, since=len(record(story.before)))


class NotBegunError(RuntimeError):
    """A story goes on that was not begun in this test."""

    def __init__(self) -> None:
        super().__init__("begin the test with given(), even when nothing is given")


def _told() -> _Story:
    story = _STORY.get(None)
    if story is None or story.test != _test():
        raise NotBegunError
    return story


def _test() -> str:
    """The test that runs, as far as pytest tells; without it all tests are one."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
