"""The table of coverage: a row for each article, recorded or only cited."""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from conflict_events.timelines import ArticleCoverage
from conflict_timeline.queries.exports.columns import JOINED, Column, Row, Table, given, joined
from conflict_timeline.queries.exports.common import ENTRY, outlet, window
from conflict_timeline.queries.exports.selection import Selection

_COVERAGE: Final = msgspec.json.Decoder(ArticleCoverage)

_Article = Row[ArticleCoverage, None]


def _rows(selection: Selection) -> Iterator[_Article]:
    for entry in selection.entries:
        yield Row(entry, selection.position, _COVERAGE.decode(entry.body), None)


def _total(named: tuple[str, ...], total: int | UnsetType) -> int:
    return len(named) if total is UNSET else total


def _archived(row: _Article) -> str | None:
    urls = row.body.archive_urls
    return None if urls is UNSET else joined(urls)


COVERAGE: Final = Table[_Article](
    "What rests on which article.",
    "address that was cited or published",
    (
        *ENTRY,
        Column(
            "url",
            "string",
            "Address of the article.",
            lambda row: row.body.url,
            required=True,
        ),
        Column(
            "recorded",
            "boolean",
            "False where the article is only cited, and nothing but its address is known.",
            lambda row: row.body.recorded,
            required=True,
        ),
        Column(
            "article",
            "string",
            "Event key of the article.",
            lambda row: given(row.body.article),
        ),
        Column("title", "string", "Title of the article.", lambda row: given(row.body.title)),
        Column(
            "lang",
            "string",
            "Language of the article, BCP 47.",
            lambda row: given(row.body.lang),
        ),
        *outlet(lambda row: given(row.body.outlet)),
        *window(
            "published",
            "When it was published",
            lambda row: given(row.body.published),
            required=False,
        ),
        Column(
            "archive_urls",
            "string",
            f"Addresses of archived copies; {JOINED}.",
            _archived,
        ),
        Column(
            "statements",
            "string",
            f"Event keys of the statements that cite it, at most 256 of them; {JOINED}.",
            lambda row: joined(row.body.statements),
        ),
        Column(
            "statements_total",
            "integer",
            "How many statements cite it.",
            lambda row: _total(row.body.statements, row.body.statements_total),
            required=True,
        ),
        Column(
            "reports",
            "string",
            f"Event keys of the reports that cite it, at most 256 of them; {JOINED}.",
            lambda row: joined(row.body.reports),
        ),
        Column(
            "reports_total",
            "integer",
            "How many reports cite it.",
            lambda row: _total(row.body.reports, row.body.reports_total),
            required=True,
        ),
    ),
    _rows,
)
