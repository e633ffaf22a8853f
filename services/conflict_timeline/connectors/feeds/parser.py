"""The parser of feeds: feedparser, in a process that may end at any time without harm."""

import io
import resource
import sys
from contextlib import suppress
from typing import Any, Final
from xml.sax import SAXException

import feedparser
import msgspec

from conflict_timeline.connectors.feeds.parsing import (
    PARSE_S,
    Asked,
    Entry,
    Feed,
    Readable,
    Text,
    Unreadable,
)

_ENTRIES_MAX: Final = 10_000
_MEMORY_BYTES: Final = 1 << 30
_TEXT_CHARS_MAX: Final = 4_000
_AUTHORS_MAX: Final = 50


def main() -> None:
    """Parse what comes on standard input."""
    for bound, amount in ((resource.RLIMIT_CPU, PARSE_S), (resource.RLIMIT_AS, _MEMORY_BYTES)):
        with suppress(ValueError, OSError):  # A lower one is in force, or the system has no such.
            resource.setrlimit(bound, (amount, amount))
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Asked)
    sys.stdout.buffer.write(msgspec.msgpack.encode(_parsed(asked)))


def _parsed(asked: Asked) -> Readable | Unreadable:
    charset = "" if asked.charset is None else f"; charset={asked.charset}"
    # As application/xml, which without a charset leaves the encoding to the document.
    headers = {"content-type": f"application/xml{charset}", "content-location": asked.url}
    # It comes without types.
    found: Any = feedparser.parse(  # pyright: ignore[reportUnknownVariableType]
        io.BytesIO(asked.body),
        response_headers=headers,
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    why = _fault(found)
    return Unreadable(why) if why is not None else Readable(_feed(found))


def _fault(found: Any) -> str | None:
    """Why a feed cannot be used: where feedparser would have to guess, something may be missing."""
    error = found.get("bozo_exception")
    if not found.get("version"):
        return "it is neither RSS nor Atom"
    if isinstance(error, feedparser.CharacterEncodingUnknown):
        return "it is not written in the encoding that it states"
    if isinstance(error, feedparser.CharacterEncodingOverride) and found.encoding != "utf-8":
        return "it is not written in the encoding that it states"
    if isinstance(error, SAXException):
        return f"it is not well-formed XML: {error}"
    if len(found.entries) > _ENTRIES_MAX:
        return f"it has more than {_ENTRIES_MAX:,} entries"
    return None


def _feed(found: Any) -> Feed:
    links = found.feed.get("links", [])
    named = [link.get("href") for link in links if link.get("rel") == "self"]
    return Feed(
        title=_text(found.feed, "title"),
        lang=_cut(found.feed.get("language")),
        links=tuple(filter(None, map(_cut, [*named, found.feed.get("link")]))),
        entries=tuple(_entry(entry) for entry in found.entries),
    )


def _entry(entry: Any) -> Entry:
    named = (author.get("name") for author in entry.get("authors", [])[:_AUTHORS_MAX])
    return Entry(
        link=_cut(entry.get("link")),
        published=_cut(entry.get("published")),
        # feedparser would give the other date in its place, with a warning.
        updated=_cut(entry.updated) if "updated" in entry else None,
        title=_text(entry, "title"),
        lang=_cut(entry.get("title_detail", {}).get("language")),
        authors=tuple(filter(None, map(_cut, named))),
    )


def _text(of: Any, name: str) -> Text | None:
    text = _cut(of.get(name))
    if text is None:
        return None
    return Text(text, of.get(f"{name}_detail", {}).get("type") != "text/plain")


def _cut(text: Any) -> str | None:
    return text[:_TEXT_CHARS_MAX] if isinstance(text, str) and text else None


if __name__ == "__main__":
    main()
