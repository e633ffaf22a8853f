"""Coverage: what rests on which article."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from hashlib import sha256
from typing import ClassVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from conflict_events.events import ArticlePublished, StatementMade, StrikeReported
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import MEMBERS_MAX, ArticleCoverage, Span
from conflict_timeline.projections.effective import Effective, EffectiveBodies
from conflict_timeline.projections.projection import Change

_Named = tuple[int, str]
"""Time (us) and event key of an article event: the least one is shown."""


class _Address(Struct, eq=False):
    """What is known of one address: who cites it (event keys, sorted), and which events name it."""

    statements: list[str] = msgspec.field(default_factory=list[str])
    reports: list[str] = msgspec.field(default_factory=list[str])
    articles: dict[_Named, ArticlePublished] = msgspec.field(
        default_factory=dict[_Named, ArticlePublished]
    )

    @property
    def is_idle(self) -> bool:
        """Whether no event that counts speaks of it any more."""
        return not (self.statements or self.reports or self.articles)


class Coverage:
    """One entry for each address of an article that an event cites or an article event names."""

    name: ClassVar[str] = "coverage"
    version: ClassVar[int] = 1

    def __init__(self) -> None:
        self._bodies = EffectiveBodies()
        self._addresses: dict[str, _Address] = {}
        self._cited_by: dict[str, tuple[str, ...]] = {}
        self._named_by: dict[str, tuple[str, _Named]] = {}

    @property
    def waiting(self) -> int:
        """How many events are amended but not recorded yet."""
        return self._bodies.waiting

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the addresses that one recorded event may change.

        Cost: O(addresses of the event, before and now), and a body of at most 512 event keys each.
        """
        effective = self._bodies.apply(recorded)
        if effective is None:
            return
        if effective.kind == "article":
            touched = self._article_changed(effective)
        else:
            touched = self._citing_changed(effective)
        for url in touched:
            yield Change(entry_of(url), self._body(url))

    def _article_changed(self, effective: Effective) -> dict[str, None]:
        touched: dict[str, None] = {}
        key, article = effective.key, effective.body
        if (before := self._named_by.pop(key, None)) is not None:
            url, named = before
            del self._addresses[url].articles[named]
            touched[url] = None
        if isinstance(article, ArticlePublished):
            named = (effective.time_us, key)
            self._named_by[key] = (article.url, named)
            self._at(article.url).articles[named] = article
            touched[article.url] = None
        return touched

    def _citing_changed(self, effective: Effective) -> dict[str, None]:
        key, body = effective.key, effective.body
        before = self._cited_by.pop(key, ())
        for url in before:
            cited = self._citing(url, effective)
            del cited[bisect_left(cited, key)]
        now: tuple[str, ...] = ()
        if isinstance(body, StatementMade | StrikeReported):
            now = tuple(dict.fromkeys(body.articles))
        for url in now:
            insort(self._citing(url, effective), key)
        if now:
            self._cited_by[key] = now
        return dict.fromkeys((*before, *now))

    def _citing(self, url: str, effective: Effective) -> list[str]:
        address = self._at(url)
        return address.statements if effective.kind == "statement" else address.reports

    def _at(self, url: str) -> _Address:
        address = self._addresses.get(url)
        if address is None:
            address = self._addresses[url] = _Address()
        return address

    def _body(self, url: str) -> ArticleCoverage | None:
        address = self._addresses[url]
        if address.is_idle:
            del self._addresses[url]
            return None
        statements, reports = address.statements, address.reports
        first = min(address.articles, default=None)
        article = None if first is None else address.articles[first]
        return ArticleCoverage(
            url=url,
            recorded=article is not None,
            statements=tuple(statements[:MEMBERS_MAX]),
            reports=tuple(reports[:MEMBERS_MAX]),
            statements_total=_total(statements),
            reports_total=_total(reports),
            article=UNSET if first is None else first[1],
            outlet=UNSET if article is None else article.outlet,
            published=UNSET if article is None else _published(article),
            title=UNSET if article is None or article.title is None else article.title,
            lang=UNSET if article is None or article.lang is None else article.lang,
            archive_urls=UNSET if article is None else tuple(sorted(set(article.archive_urls))),
        )


def entry_of(url: str) -> str:
    """The entry of an address: `u-` and the first half of its SHA-256, in hex."""
    return f"u-{sha256(url.encode()).hexdigest()[:32]}"


def _published(article: ArticlePublished) -> Span:
    return Span.of_us(article.published.earliest_us, article.published.latest_us)


def _total(keys: list[str]) -> int | UnsetType:
    return len(keys) if len(keys) > MEMBERS_MAX else UNSET
