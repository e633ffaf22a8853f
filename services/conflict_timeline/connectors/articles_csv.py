"""`articles-csv`: what news outlets published in May 2025, by News-Dumpster: metadata, no text."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Final

from msgspec.structs import replace

from conflict_events.envelope import Event
from conflict_events.events import ArticlePublished, Body
from conflict_events.figures import Outlet
from conflict_events.window import Window
from conflict_timeline.connectors.connector import Connector, Options, Reading, event_of
from conflict_timeline.connectors.errors import MissingOptionError, RowError
from conflict_timeline.connectors.tables import Cells, read_table

SOURCE: Final = "https://github.com/CodeAKrome/News-Dumpster"

_RELEASED: Final = datetime(2025, 6, 15, 13, 43, 6, tzinfo=UTC)
"""When the set was published. The files it was collected in are named by days without a year."""

_COLUMNS: Final = ("url", "outlet", "lang", "published", "title")

_GROUPS: Final = frozenset({"bbc", "cbc", "cnbc", "dw", "fox", "jpost", "nyt"})
"""Outlets of which the set has several feeds, such as `bbc-top` and `bbc-world`."""

_RFC_822: Final = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?[0-9]{1,2} "
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
    r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})? "
    r"(?:[+-][0-9]{4}|GMT|UT|UTC|[ECMP][SD]T)"
)
"""RFC 822 with a zone, and a year of four digits as RFC 1123 has it."""

_ISO_8601: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)

_MINUTE_BASIS: Final = "The feed's time has no seconds other than 0: it is known to the minute."


def read(path: str, options: Options) -> Reading:
    """Begin a pass over an `articles_*.csv`, plain or gzipped.

    Raises:
        MissingOptionError: no conflict is given.
    """
    conflict = options.conflict
    if conflict is None:
        raise MissingOptionError(
            "an article of articles-csv does not say which conflict it is about:"
            " name one with --conflict"
        )

    def make(cells: Cells) -> tuple[Event[Body], ...]:
        article = _article(cells)
        return (
            event_of(
                article, source=SOURCE, event_id=_id(cells), time=_RELEASED, conflict=conflict
            ),
        )

    return read_table(path, columns=_COLUMNS, make=make, identify=_id)


def _id(cells: Cells) -> str:
    return f"u-{sha256(cells.required('url').encode()).hexdigest()[:32]}"


def _article(cells: Cells) -> ArticlePublished:
    return ArticlePublished(
        url=cells.required("url"),
        outlet=_outlet(cells.required("outlet")),
        published=_published(cells.required("published")),
        lang=cells.text("lang"),
        title=cells.text("title"),
    )


def _outlet(feed: str) -> Outlet:
    group = feed.partition("-")[0]
    return Outlet(name=feed, group=group if group in _GROUPS else None)


def _published(written: str) -> Window:
    """When an article appeared: an instant, or the minute where no seconds are told."""
    try:
        at = _instant(written)
        text = at.isoformat(timespec="seconds" if at.second else "minutes")
        window = Window.parse(text, basis=None if at.second else _MINUTE_BASIS)
    except ValueError as error:
        raise RowError("published", f"{written[:40]!r}: {error}") from error
    return replace(window, as_written=written)


def _instant(written: str) -> datetime:
    if _ISO_8601.fullmatch(written):
        return datetime.fromisoformat(written)
    if not _RFC_822.fullmatch(written):
        raise ValueError("no date-time with a zone, of RFC 822 or ISO 8601")
    at = parsedate_to_datetime(written)
    # RFC 5322: -0000 is a time in UTC that does not tell where.
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


ARTICLES_CSV: Final = Connector(
    name="articles-csv",
    about="links and titles of news articles, May 2025 (News-Dumpster, CSV); needs --conflict",
    licence="GPL-3.0",
    source=SOURCE,
    read=read,
)
"""The connector of news article metadata."""
