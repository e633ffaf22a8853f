"""`rss`: articles of a feed, RSS or Atom, in a file or at an http or https address."""

from typing import Final

from conflict_timeline.connectors.connector import Connector, Options, Reading


def read(path: str, options: Options) -> Reading:
    """Read a feed as a whole; its entries are rows.

    Raises:
        MissingOptionError: no conflict is given.
        NotThisSetError: it is no feed, or it does not say whose it is.
        FetchError: the address does not give one.
        OSError: the file cannot be read.
    """
    # httpx takes a tenth of a second to import, and only feeds need it.
    from conflict_timeline.connectors.feeds.reading import read_feed  # noqa: PLC0415 - see above

    return read_feed(path, options)


RSS: Final = Connector(
    name="rss",
    about="articles of a feed, RSS or Atom: a file, or an http or https address; needs --conflict",
    licence="as the feed states",
    source=None,
    takes=frozenset({"state"}),
    read=read,
)
"""The connector of feeds."""
