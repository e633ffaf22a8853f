"""Feeds: RSS and Atom from files and from a real server, as they are and as they should not be."""

import asyncio
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from redis.asyncio import Redis

from conflict_events.codec import Policy
from conflict_events.events import ArticlePublished
from conflict_events.instants import format_us
from conflict_events.receipts import Receipt
from conflict_timeline.cli.importing import Importer
from conflict_timeline.connectors.connector import Options, Reading, RefusedRow, Row
from conflict_timeline.connectors.errors import FetchError, MissingOptionError, NotThisSetError
from conflict_timeline.connectors.feeds import fetching, parsing
from conflict_timeline.connectors.registry import connector
from tests.connectors.feed_server import (
    FeedServer,
    drips,
    floods,
    gives,
    gives_tagged,
    is_silent,
    says,
    serving,
)
from tests.connectors.importing import outcomes
from tests.connectors.reading import recorded

UKRAINE: Final = Options(conflict="ukraine")
DATE: Final = "<pubDate>Tue, 18 Feb 2025 13:00:05 +0300</pubDate>"
ATOM_LINK: Final = (
    '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="https://n.example/rss"/>'
)


def item(n: int = 1, title: str = "A title", date: str = DATE, more: str = "") -> str:
    """One item of RSS."""
    return f"<item><title>{title}</title><link>https://n.example/{n}</link>{date}{more}</item>"


def rss(*items: str, title: str = "News", more: str = ATOM_LINK) -> bytes:
    """A feed in RSS 2.0."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<rss version="2.0"><channel><title>{title}</title>{more}{"".join(items)}</channel></rss>'
    ).encode()


def read(path: Path | str, options: Options = UKRAINE) -> Reading:
    """Read a feed."""
    return connector("rss").read(str(path), options)


def rows_in(folder: Path, body: bytes) -> list[Row | RefusedRow]:
    """The rows of a feed in a file; intake accepts the events of each."""
    file = folder / "feed.xml"
    file.write_bytes(body)
    rows = list(read(file).rows)
    recorded(rows)
    return rows


def article_of(row: Row | RefusedRow) -> ArticlePublished:
    """The article that a row made."""
    assert isinstance(row, Row), row
    (event,) = row.events
    assert isinstance(event.data, ArticlePublished)
    assert event.time == event.data.published.earliest
    return event.data


def article(folder: Path, *items: str) -> ArticlePublished:
    """The article of a feed that has one."""
    (row,) = rows_in(folder, rss(*items))
    return article_of(row)


def span(found: ArticlePublished) -> tuple[str, str]:
    """When an article was published."""
    return format_us(found.published.earliest_us), format_us(found.published.latest_us)


async def import_feed(redis: Redis, url: str, options: Options) -> list[Receipt]:
    """Import as the command does: what is remembered is kept when all is recorded."""
    reading = await asyncio.to_thread(read, url, options)
    importer = Importer(redis, Policy(), connector("rss"), dry_run=False)
    receipts = [one async for batch in importer.receipts(reading) for one in batch]
    reading.finish()
    return receipts


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    """Give a server of feeds."""
    with serving() as found:
        yield found


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Give a folder for memories that does not exist yet."""
    return tmp_path / "data" / "connectors"


# What an entry says


def test_an_item_of_rss_is_an_article(tmp_path: Path) -> None:
    more = (
        '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Ann Author</dc:creator>'
        "<description>Not recorded.</description>"
    )
    body = rss(item(more=more), more=f"{ATOM_LINK}<language>en-GB</language>")

    (row,) = rows_in(tmp_path, body)

    found = article_of(row)
    assert isinstance(row, Row)
    assert row.line == 1
    assert row.events[0].source == "https://n.example/rss"
    # The first 32 hex digits of the SHA-256 of the URL.
    assert row.events[0].id == "u-dd372465e8ae60674f154784fab7fb31"
    assert found.url == "https://n.example/1"
    assert found.outlet.name == "News"
    assert (found.title, found.lang, found.authors) == ("A title", "en-GB", ("Ann Author",))
    assert span(found) == ("2025-02-18T10:00:05Z", "2025-02-18T10:00:05Z")
    assert found.published.as_written == "Tue, 18 Feb 2025 13:00:05 +0300"
    assert found.published.zone_basis == "stated"
    assert "Not recorded" not in str(row)


def test_an_entry_of_atom_is_an_article(tmp_path: Path) -> None:
    (row,) = rows_in(
        tmp_path,
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk">
        <title type="html">&lt;b&gt;News&lt;/b&gt; &amp;amp; more</title>
        <link rel="self" href="https://user:secret@n.example/atom?page=1#top"/>
        <entry><title type="text">2 &lt; 3</title><id>tag:n.example,2025:1</id>
        <link href="https://n.example/1"/><author><name>A</name></author><author><name>B</name>
        </author><published>2025-02-18T10:00:05.123456789Z</published>
        <updated>2025-02-19T10:00:00Z</updated></entry></feed>""",
    )

    found = article_of(row)
    assert isinstance(row, Row)
    assert row.events[0].source == "https://n.example/atom?page=1"
    assert (found.title, found.outlet.name, found.lang) == ("2 < 3", "News & more", "uk")
    assert found.authors == ("A", "B")
    assert span(found)[0] == "2025-02-18T10:00:05.123456Z"
    assert (found.published.zone, found.published.zone_basis) == ("UTC", "utc")


def test_an_item_of_rdf_has_the_date_when_it_was_updated(tmp_path: Path) -> None:
    (row,) = rows_in(
        tmp_path,
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://n.example/"><title>News</title>
        <link>https://n.example/</link></channel><item rdf:about="https://n.example/1">
        <title>A title</title><link>https://n.example/1</link>
        <dc:date>2025-02-18T13:00+03:00</dc:date></item></rdf:RDF>""",
    )

    found = article_of(row)
    assert span(found) == ("2025-02-18T10:00:00Z", "2025-02-18T10:01:00Z")
    assert "updated" in (found.published.basis or "")


@pytest.mark.parametrize(
    ("date", "earliest", "latest"),
    [
        ("18 Feb 25 10:00:05 GMT", "2025-02-18T10:00:05Z", "2025-02-18T10:00:05Z"),
        ("Tue, 18 Feb 2025 10:00 +0000", "2025-02-18T10:00:00Z", "2025-02-18T10:01:00Z"),
        ("Tue, 18 Feb 2025 10:00:00 -0000", "2025-02-18T10:00:00Z", "2025-02-18T10:01:00Z"),
        ("Mon, 17 Feb 2025 19:00:05 EST", "2025-02-18T00:00:05Z", "2025-02-18T00:00:05Z"),
        ("2025-02-18T10:00:05+05:30", "2025-02-18T04:30:05Z", "2025-02-18T04:30:05Z"),
        ("2025-02-18 10:00:05Z", "2025-02-18T10:00:05Z", "2025-02-18T10:00:05Z"),
    ],
)
def test_dates_are_read_as_they_are_written(
    tmp_path: Path, date: str, earliest: str, latest: str
) -> None:
    assert span(article(tmp_path, item(date=f"<pubDate>{date}</pubDate>"))) == (earliest, latest)


@pytest.mark.parametrize(
    "date",
    [
        "Tue, 18 Feb 2025 10:00:05 MSK",
        "Tue, 18 Feb 2025",
        "2025-02-18T10:00:05",
        "2025-02-18",
        "Вт, 18 фев 2025 10:00:05 +0300",
        "Tue, 31 Feb 2025 10:00:05 GMT",
        "2025-02-18T10:00:60Z",
        "1492-10-12T10:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "now",
        "(",
    ],
)
def test_a_date_without_a_sure_time_and_zone_refuses_its_row(tmp_path: Path, date: str) -> None:
    (row,) = rows_in(tmp_path, rss(item(date=f"<pubDate>{date}</pubDate>")))

    assert isinstance(row, RefusedRow)
    assert row.path == "$.published"
    assert row.id is not None


def test_a_row_is_refused_for_what_is_missing_and_the_others_stay(tmp_path: Path) -> None:
    rows = rows_in(
        tmp_path,
        rss(
            item(1),
            item(2, date=""),
            f"<item><title>No link</title>{DATE}</item>",
            f"<item><title>Mail</title><link>mailto:a@n.example</link>{DATE}</item>",
            f"<item><title>User</title><link>https://u:p@n.example/</link>{DATE}</item>",
            item(6),
        ),
    )

    assert [row.line for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [
        (row.line, row.path, row.message[:26]) for row in rows if isinstance(row, RefusedRow)
    ] == [
        (2, "$.published", "the entry has no date"),
        (3, "$.url", "the entry has no link"),
        (4, "$.url", "the entry's link is no htt"),
        (5, "$.url", "the entry's link names a u"),
    ]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("A  \n title", "A title"),
        ("&lt;b&gt;Bold&lt;/b&gt; &amp;amp; &amp;laquo;quoted&amp;raquo;", "Bold & «quoted»"),
        ("<![CDATA[<i>Strike</i> on <b>Kyiv</b>]]>", "Strike on Kyiv"),
        ("Losses &lt; 3", "Losses < 3"),
        ("\u202bA title\u202c", "A title"),
        ("<![CDATA[Before<![ </b>]]>", "Before"),
        ("", None),
    ],
)
def test_titles_are_text(tmp_path: Path, written: str, title: str | None) -> None:
    assert article(tmp_path, item(title=written)).title == title


def test_a_long_title_is_cut(tmp_path: Path) -> None:
    title = article(tmp_path, item(title="word " * 2000)).title

    assert title is not None
    assert len(title) <= 500
    assert title.endswith("word…")


def test_a_feed_without_a_title_has_its_host_for_an_outlet(tmp_path: Path) -> None:
    (row,) = rows_in(tmp_path, rss(item(), title=""))

    assert article_of(row).outlet.name == "n.example"


def test_a_language_that_is_none_is_left_out(tmp_path: Path) -> None:
    (row,) = rows_in(tmp_path, rss(item(), more=f"{ATOM_LINK}<language>по-русски</language>"))

    assert article_of(row).lang is None


# What a feed is written in


def test_a_feed_in_windows_1251_is_read(tmp_path: Path) -> None:
    body = rss(item(title="Киев")).decode().replace("utf-8", "windows-1251").encode("cp1251")

    (row,) = rows_in(tmp_path, body)

    assert article_of(row).title == "Киев"


def test_a_gzipped_feed_is_read(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml.gz"
    file.write_bytes(gzip.compress(rss(item())))

    assert len(list(read(file).rows)) == 1


BOMB: Final = (
    "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a0 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY a{n} '{10 * f'&a{n - 1};'}'>" for n in range(1, 10))
    + "]>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"\0" * 1000,
        b"<!DOCTYPE html><html><body><p>Not found<br></body></html>",
        rss(item(title="&nbsp;")),
        rss(item())[:-20],
        rss(item(title="Киев")).decode().encode("cp1251"),
        BOMB.encode() + rss(item(title="&a9;"))[38:],
        b"<rss version='2.0'><channel>" + b"<a>" * 20_000,
        b"<rss version='2.0'><channel>" + b"<item/>" * 10_001 + b"</channel></rss>",
        b" " * 10_000_001,
    ],
)
def test_what_is_no_whole_feed_is_refused_in_a_sentence(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(NotThisSetError) as refused:
        rows_in(tmp_path, body)

    assert "feed.xml" in str(refused.value)


def test_no_entity_brings_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    body = rss(item(title="&x;")).decode()
    doctype = f"<!DOCTYPE rss [<!ENTITY x SYSTEM '{secret.as_uri()}'>]>"

    (row,) = rows_in(tmp_path, body.replace("<rss", f"{doctype}<rss").encode())

    assert article_of(row).title is None


def test_a_feed_that_takes_too_long_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "PARSE_S", 1)
    many = "".join(f"<category>{n}</category>" for n in range(50_000))

    with pytest.raises(NotThisSetError, match="cannot be read within 1 s"):
        rows_in(tmp_path, rss(item(more=many)))


def test_a_file_that_does_not_say_whose_it_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotThisSetError, match="does not say whose it is"):
        rows_in(tmp_path, rss(item(), more="<link>/relative</link>"))


def test_a_feed_needs_a_conflict(tmp_path: Path) -> None:
    with pytest.raises(MissingOptionError, match="--conflict"):
        read(tmp_path / "feed.xml", Options())


# Addresses


def test_a_feed_at_an_address_is_its_own_producer(feeds: FeedServer) -> None:
    link = f"<item><title>Relative</title><link>/7</link>{DATE}</item>"
    feeds.answers["/rss"] = gives(rss(link))

    (row,) = read(feeds.url("/rss?a=1#top", user="me:secret@")).rows

    assert isinstance(row, Row)
    assert row.events[0].source == feeds.url("/rss?a=1")
    assert article_of(row).url == feeds.url("/7")
    assert feeds.asked[0]["Authorization"].startswith("Basic ")


def test_the_encoding_that_a_server_states_holds(feeds: FeedServer) -> None:
    body = rss(item(title="Киев")).decode().replace(' encoding="utf-8"', "").encode("cp1251")
    feeds.answers["/rss"] = gives(body, Content_Type="text/xml; charset=windows-1251")

    (row,) = read(feeds.url("/rss")).rows

    assert article_of(row).title == "Киев"


def test_a_compressed_answer_is_unpacked(feeds: FeedServer) -> None:
    feeds.answers["/rss"] = gives(gzip.compress(rss(item())), Content_Encoding="gzip")

    assert len(list(read(feeds.url("/rss")).rows)) == 1


async def test_what_did_not_change_gives_no_rows(
    redis: Redis, feeds: FeedServer, state: Path
) -> None:
    feeds.answers["/rss"] = gives_tagged(rss(item(1)), '"one"')
    options = Options(conflict="ukraine", state=state)
    url = feeds.url("/rss")

    assert outcomes(await import_feed(redis, url, options)) == {"recorded": 1}
    assert await import_feed(redis, url, options) == []
    feeds.answers["/rss"] = gives_tagged(rss(item(2), item(1)), '"two"')
    assert outcomes(await import_feed(redis, url, options)) == {"recorded": 1, "repeat": 1}
    assert await import_feed(redis, url, options) == []

    asked = feeds.asked[1]
    assert asked["If-None-Match"] == '"one"'
    assert asked["If-Modified-Since"] == "Tue, 18 Feb 2025 10:00:00 GMT"


async def test_what_was_not_recorded_to_the_end_is_fetched_again(
    redis: Redis, feeds: FeedServer, state: Path
) -> None:
    feeds.answers["/rss"] = gives_tagged(rss(item(1), item(2)), '"one"')
    options = Options(conflict="ukraine", state=state)
    broken_off = await asyncio.to_thread(read, feeds.url("/rss"), options)
    next(broken_off.rows)

    assert outcomes(await import_feed(redis, feeds.url("/rss"), options)) == {"recorded": 2}


async def test_another_conflict_has_a_memory_of_its_own(feeds: FeedServer, state: Path) -> None:
    feeds.answers["/rss"] = gives_tagged(rss(item()), '"one"')
    for conflict in ("ukraine", "lebanon"):
        options = Options(conflict=conflict, state=state)
        reading = await asyncio.to_thread(read, feeds.url("/rss"), options)

        assert len(list(reading.rows)) == 1
        reading.finish()


@pytest.mark.parametrize("bytes_kept", [b"", b"{", b"[]", b'{"url":1}', b"\xff"])
def test_a_memory_that_cannot_be_read_is_ignored(
    feeds: FeedServer, state: Path, bytes_kept: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    feeds.answers["/rss"] = gives_tagged(rss(item()), '"one"')
    options = Options(conflict="ukraine", state=state)
    read(feeds.url("/rss"), options).finish()
    (file,) = state.iterdir()
    file.write_bytes(bytes_kept)

    assert len(list(read(feeds.url("/rss"), options).rows)) == 1
    assert "rss.memory_unreadable" in "".join(capsys.readouterr())


def test_validators_that_could_not_be_sent_back_are_not_kept(
    feeds: FeedServer, state: Path
) -> None:
    options = Options(conflict="ukraine", state=state)
    feeds.answers["/rss"] = gives(rss(item()), ETag='"\xe9"', Last_Modified="x" * 2000)
    read(feeds.url("/rss"), options).finish()

    (file,) = state.iterdir()
    kept = json.loads(file.read_bytes())
    assert (kept["etag"], kept["last_modified"]) == (None, None)
    assert len(list(read(feeds.url("/rss"), options).rows)) == 1


async def test_an_item_edited_later_is_refused(redis: Redis, feeds: FeedServer) -> None:
    feeds.answers["/rss"] = gives(rss(item(title="First")))
    await import_feed(redis, feeds.url("/rss"), UKRAINE)
    feeds.answers["/rss"] = gives(rss(item(title="Second")))

    (receipt,) = await import_feed(redis, feeds.url("/rss"), UKRAINE)

    assert (receipt.outcome, receipt.reason) == ("refused", "conflicting_body")


def test_a_redirect_is_followed_and_the_producer_stays(feeds: FeedServer) -> None:
    feeds.answers["/old"] = says(301, Location="/rss")
    feeds.answers["/rss"] = gives(rss(item()))

    (row,) = read(feeds.url("/old", user="me:secret@")).rows

    assert isinstance(row, Row)
    assert row.events[0].source == feeds.url("/old")


def test_a_password_goes_to_its_own_host_only(feeds: FeedServer) -> None:
    elsewhere = feeds.url("/rss").replace("127.0.0.1", "localhost")
    feeds.answers["/old"] = says(302, Location=elsewhere)
    feeds.answers["/rss"] = gives(rss(item()))

    read(feeds.url("/old", user="me:secret@"))

    assert ["Authorization" in asked for asked in feeds.asked] == [True, False]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/missing", "404 Not Found"),
        ("/round", "redirected more than 5 times"),
        ("/file", "redirected to what is neither http nor https"),
        ("/flood", "more than 10,000,000 bytes"),
        ("/bomb", "more than 10,000,000 bytes"),
        ("/onion", "'gzip, gzip'"),
        ("/cut", "breaks off"),
        ("/not-modified", "304"),
        ("/empty", "204"),
        ("/drip", "does not answer in time"),
        ("/silent", "does not answer in time"),
    ],
)
def test_an_address_that_gives_no_feed_is_told_in_a_sentence(
    feeds: FeedServer, path: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(b" " * 10_000_001)
    feeds.answers |= {
        "/missing": says(404),
        "/round": says(302, Location="/round"),
        "/file": says(302, Location="file:///etc/passwd"),
        "/flood": floods,
        "/bomb": gives(packed, Content_Encoding="gzip"),
        "/onion": gives(gzip.compress(packed), Content_Encoding="gzip, gzip"),
        "/cut": gives(gzip.compress(rss(item()))[:-8], Content_Encoding="gzip"),
        "/not-modified": says(304),
        "/empty": says(204),
        "/drip": drips,
        "/silent": is_silent,
    }
    if why == "does not answer in time":
        monkeypatch.setattr(fetching, "TOTAL_S", 0.3)

    with pytest.raises(FetchError) as failed:
        read(feeds.url(f"{path}?key=secret", user="me:secret@"))

    sentence = str(failed.value)
    assert sentence.startswith(f"{feeds.url(path)}: ")
    assert why in sentence
    assert "secret" not in sentence


def test_a_page_in_place_of_a_feed_is_told(feeds: FeedServer) -> None:
    feeds.answers["/"] = gives(b"<!DOCTYPE html><html><body>Hello</body></html>")

    with pytest.raises(NotThisSetError, match="neither RSS nor Atom") as refused:
        read(feeds.url("/", user="me:secret@"))

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://me:secret@n.example/rss",
        "file:///etc/secret",
        "http://me:sec/ret@n.example/rss",
        "http://me:secret@",
        "http://me:secret@[::1/rss",
        "http://me:secret@n.example:99999/rss",
        "http://me:secret@127.0.0.1:1/rss",
        "http://me:secret@no-such-host.invalid/rss",
    ],
)
def test_an_address_that_cannot_be_fetched_keeps_its_password(address: str) -> None:
    with pytest.raises(FetchError) as failed:
        read(address)

    assert "sec" not in str(failed.value)


def test_a_server_without_tls_is_told(feeds: FeedServer) -> None:
    with pytest.raises(FetchError, match="it cannot be fetched"):
        read(feeds.url("/rss").replace("http:", "https:"))
