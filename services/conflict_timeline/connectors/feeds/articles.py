"""Articles of a feed: what an entry says, cleaned; what it does not say is not made up."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from conflict_events.events import ArticlePublished
from conflict_events.figures import Outlet
from conflict_events.text import FORBIDDEN, Lang
from conflict_events.window import Window
from conflict_timeline.connectors.errors import RowError
from conflict_timeline.connectors.feeds.parsing import Entry, Feed, Text

_ID_CHARS: Final = 32
_TITLE_CHARS_MAX: Final = 500
_NAME_CHARS_MAX: Final = 200

# RFC 3339, and the W3C's profile of ISO 8601, which leaves out seconds.
_ISO: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(\.\d{1,6})?\d*\s*(Z|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
_UPDATED: Final = "The feed says when the entry was updated, not when it appeared."


def url_of(entry: Entry) -> str:
    """The article's address.

    Raises:
        RowError: there is none that an event may have.
    """
    if entry.link is None:
        raise RowError("url", "the entry has no link")
    try:
        parts = urlsplit(entry.link)
        host, user = parts.hostname, parts.username
    except ValueError as error:
        raise RowError("url", f"the entry's link cannot be read: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise RowError("url", f"the entry's link is no http or https address: {entry.link[:80]!r}")
    if user is not None:
        raise RowError("url", "the entry's link names a user")
    return entry.link


def id_of(url: str) -> str:
    """The id of an article's event."""
    return f"u-{sha256(url.encode()).hexdigest()[:_ID_CHARS]}"


def article_of(url: str, entry: Entry, feed: Feed) -> ArticlePublished:
    """The article of an entry.

    Raises:
        RowError: the entry does not say when it appeared.
    """
    title = None if entry.title is None else _clean(entry.title, _TITLE_CHARS_MAX)
    outlet = None if feed.title is None else _clean(feed.title, _NAME_CHARS_MAX)
    authors = (_clean(Text(name), _NAME_CHARS_MAX) for name in entry.authors)
    return ArticlePublished(
        url=url,
        outlet=Outlet(name=outlet or urlsplit(url).hostname or url),
        published=_published(entry),
        lang=_lang(entry.lang) or _lang(feed.lang),
        title=title,
        authors=tuple(dict.fromkeys(name for name in authors if name is not None)),
    )


def _published(entry: Entry) -> Window:
    written = entry.published or entry.updated
    if written is None:
        raise RowError("published", "the entry has no date")
    try:
        window = _instant(written.strip())
    except (ValueError, OverflowError, TypeError, IndexError) as error:
        # The last two come from the standard library, of texts that are no dates at all.
        raise RowError("published", f"{written[:60]!r} is no date: {error}") from error
    return window if entry.published else replace(window, basis=_UPDATED)


def _instant(written: str) -> Window:
    """The time as written: an instant, or that minute where its seconds are missing or 0.

    Many who publish feeds know no seconds, and write 0.
    """
    at = _time(written)
    offset = at.utcoffset()
    if offset is None and written.endswith("-0000"):
        offset = timedelta()  # RFC 5322: in UTC, wherever it was written.
    if offset is None:
        raise ValueError("it has no time of day, or no zone that RFC 822 knows")
    earliest = at.replace(tzinfo=UTC) - offset
    return Window(
        earliest=earliest,
        latest=earliest if at.second or at.microsecond else earliest + timedelta(minutes=1),
        as_written=_line(written)[:_NAME_CHARS_MAX],
        zone=None if offset else "UTC",
        zone_basis="stated" if offset else "utc",
    )


def _time(written: str) -> datetime:
    """A date-time as of RFC 3339 or RFC 822.

    Raises:
        ValueError: it is neither.
    """
    match = _ISO.fullmatch(written)
    if match is None:
        return parsedate_to_datetime(written)
    day, minute, second, fraction, zone = match.groups(default="")
    return datetime.fromisoformat(f"{day}T{minute}{second}{fraction}{zone.upper()}")


def _lang(written: str | None) -> str | None:
    try:
        return msgspec.convert(written, Lang | None)
    except msgspec.ValidationError:
        return None


def _clean(text: Text, chars_max: int) -> str | None:
    """A text in one line without markup, and without characters that no event may hold."""
    plain = text.text
    if text.is_html:
        stripper = _Stripper()
        with suppress(AssertionError):  # What it raises at `<![`; the text before it is kept.
            stripper.feed(plain)
            stripper.close()
        plain = "".join(stripper.texts)
    plain = _line(plain)
    if len(plain) > chars_max:
        plain = f"{plain[: chars_max - 1].rstrip()}…"
    return plain or None


def _line(text: str) -> str:
    return " ".join(FORBIDDEN.sub("", " ".join(text.split())).split())


class _Stripper(HTMLParser):
    """Keeps what a reader of HTML would see as text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep it."""
        self.texts.append(data)
