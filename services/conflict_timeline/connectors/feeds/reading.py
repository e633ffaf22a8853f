"""Reading: a feed in a file, or at an http or https address, into rows."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from conflict_events.amendments import Source
from conflict_timeline.connectors.connector import (
    Options,
    Reading,
    RefusedRow,
    Row,
    event_of,
)
from conflict_timeline.connectors.errors import (
    FetchError,
    MissingOptionError,
    NotThisSetError,
    RowError,
)
from conflict_timeline.connectors.feeds.articles import article_of, id_of, url_of
from conflict_timeline.connectors.feeds.fetching import (
    BODY_BYTES_MAX,
    Address,
    check_size,
    fetch,
    is_address,
    unzipped,
)
from conflict_timeline.connectors.feeds.memory import FeedMemory
from conflict_timeline.connectors.feeds.parsing import Entry, Feed, parse


def read_feed(path: str, options: Options) -> Reading:
    """Read a feed as a whole: the `read` of the connector `rss`."""
    conflict = options.conflict
    if conflict is None:
        raise MissingOptionError(
            "a feed does not say which conflict it is about: name one with --conflict"
        )
    if is_address(path):
        return _from_address(Address(path), conflict, options.state)
    feed = _parsed(path, _held(path), url="", charset=None)
    return _reading(feed, _producer_of(path, feed), conflict)


def _from_address(address: Address, conflict: str, state: Path | None) -> Reading:
    producer = _producer(address, address.shown)
    memory = None if state is None else FeedMemory(state, producer, conflict)
    seen = None if memory is None else memory.recall()
    fetched = fetch(
        address,
        etag=None if seen is None else seen.etag,
        last_modified=None if seen is None else seen.last_modified,
    )
    if fetched.body is None:
        return Reading(iter(()), lambda: 1.0, note="unchanged since it was last imported")
    feed = _parsed(address.shown, fetched.body, url=fetched.url, charset=fetched.charset)
    reading = _reading(feed, producer, conflict)
    if memory is None:
        return reading
    return replace(reading, finish=lambda: memory.keep(fetched.etag, fetched.last_modified))


def _held(path: str) -> bytes:
    with Path(path).open("rb") as file:
        body = file.read(BODY_BYTES_MAX + 1)
    try:
        check_size(body)
        return unzipped(body) if path.endswith(".gz") else body
    except ValueError as error:
        raise NotThisSetError(f"{path}: {error}") from error


def _parsed(shown: str, body: bytes, *, url: str, charset: str | None) -> Feed:
    try:
        return parse(body, url=url, charset=charset)
    except NotThisSetError as error:
        raise NotThisSetError(f"{shown} is no feed that can be read: {error}") from error


def _producer_of(path: str, feed: Feed) -> str:
    """Whose a feed in a file is: the address that it gives as its own, else its site's."""
    for link in feed.links:
        try:
            return _producer(Address(link), path)
        except FetchError:
            continue
    raise NotThisSetError(
        f"{path} does not say whose it is: it names neither its own address nor its site's"
    )


def _producer(address: Address, shown: str) -> str:
    try:
        return msgspec.convert(address.url, Source)
    except msgspec.ValidationError as error:
        raise NotThisSetError(
            f"{shown}: its address cannot be the source of events: {error}"
        ) from error


def _reading(feed: Feed, producer: str, conflict: str) -> Reading:
    done = 0

    def rows() -> Iterator[Row | RefusedRow]:
        nonlocal done
        for done, entry in enumerate(feed.entries, 1):
            yield _row(done, entry, feed, producer, conflict)

    return Reading(rows(), lambda: done / max(len(feed.entries), 1))


def _row(line: int, entry: Entry, feed: Feed, producer: str, conflict: str) -> Row | RefusedRow:
    event_id = None
    try:
        url = url_of(entry)
        event_id = id_of(url)
        article = article_of(url, entry, feed)
    except RowError as error:
        return RefusedRow(line, event_id, f"$.{error.column}", error.message)
    time = article.published.earliest
    event = event_of(article, source=producer, event_id=event_id, time=time, conflict=conflict)
    return Row(line, (event,))
