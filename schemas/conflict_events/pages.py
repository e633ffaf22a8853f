"""Pages: entries of a timeline, all as of one position, as many as were asked for at once."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from conflict_events.timelines import Entry


class Question(Struct, frozen=True, kw_only=True):
    """What is asked of a timeline."""

    projection: str
    conflict: str
    as_of: int | datetime | None
    limit: int | None
    filters: Mapping[str, Any]


class Page:
    """Entries by event time, then id.

    `position` is what they are as of, and `version` whose they are: the same on every page of one
    question. `async for entry in page` goes on through the pages that follow.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        position: int,
        version: int,
        more: "Callable[[], Awaitable[Page]] | None" = None,
    ) -> None:
        """`more` asks for the page that follows; None on the last one."""
        self.entries = tuple(entries)
        self.position = position
        self.version = version
        self._more = more

    @property
    def is_last(self) -> bool:
        """Whether no page follows."""
        return self._more is None

    async def next(self) -> "Page | None":
        """The page that follows; None after the last one.

        Raises:
            TimelinesError: it cannot be read.
        """
        return None if self._more is None else await self._more()

    async def __aiter__(self) -> AsyncIterator[Entry]:
        page: Page | None = self
        while page is not None:
            for entry in page.entries:
                yield entry
            page = await page.next()
