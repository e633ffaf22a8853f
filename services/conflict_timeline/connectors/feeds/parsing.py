"""Feeds: RSS and Atom, parsed in a process of its own.

A feed comes from anywhere. What it can do to a parser of XML and broken HTML is to take all time
and memory; the process has bounds for both, and whatever happens to it is one sentence here.
"""

import subprocess
import sys
from typing import Final

import msgspec
from msgspec import Struct

from conflict_timeline.connectors.errors import NotThisSetError

PARSE_S: Final = 20
_PARSER: Final = "conflict_timeline.connectors.feeds.parser"


class Text(Struct, frozen=True):
    """A text of a feed, and whether it is HTML."""

    text: str
    is_html: bool = False


class Entry(Struct, frozen=True, kw_only=True):
    """One entry, its texts as they stand there, cut at a length that no event has."""

    link: str | None
    published: str | None
    updated: str | None
    title: Text | None
    lang: str | None
    authors: tuple[str, ...]


class Feed(Struct, frozen=True, kw_only=True):
    """A feed; `links` are its own address and its site's, as far as it names them."""

    title: Text | None
    lang: str | None
    links: tuple[str, ...]
    entries: tuple[Entry, ...]


class Asked(Struct, frozen=True, kw_only=True):
    """What the parser is given."""

    body: bytes
    url: str
    charset: str | None


class Unreadable(Struct, frozen=True, tag=True):
    """The parser's answer to what is no feed, or not to be read without guessing."""

    why: str


class Readable(Struct, frozen=True, tag=True):
    """The parser's answer to a feed."""

    feed: Feed


def parse(body: bytes, *, url: str = "", charset: str | None = None) -> Feed:
    """Parse a feed that was found at `url`, in the encoding that its server states.

    Raises:
        NotThisSetError: it is no feed, or not to be read without guessing.
    """
    asked = msgspec.msgpack.encode(Asked(body=body, url=url, charset=charset))
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-W", "ignore", "-m", _PARSER],
            input=asked,
            capture_output=True,
            timeout=PARSE_S,
            check=False,
        )
        answer = msgspec.msgpack.decode(done.stdout, type=Readable | Unreadable)
    except subprocess.TimeoutExpired:
        raise NotThisSetError(f"the feed cannot be read within {PARSE_S} s") from None
    except msgspec.DecodeError:
        raise NotThisSetError("the feed cannot be read: its parser gave up") from None
    if isinstance(answer, Unreadable):
        raise NotThisSetError(answer.why)
    return answer.feed
