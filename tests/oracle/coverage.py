"""The oracle's coverage: what rests on which article."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from .chronology import OUTLET_FIELDS, unique
from .reports import Effective, effective, words
from .semantics import known
from .times import Json, microseconds, shown, span_of

SHOWN_EVENTS: Final = 256
LISTS: Final = {"statement": "statements", "strike": "reports"}
"""Under which name a body lists the events of a kind."""


def coverage(events: Sequence[Json]) -> dict[str, Json]:
    """The current entries of `coverage` after all events."""
    held = effective(events).values()
    articles = [report for report in held if report.kind == "article"]
    citing = [report for report in held if report.kind != "article"]
    urls = {report.body["url"] for report in articles}
    urls.update(url for report in citing for url in words(report.body, "articles"))
    return {
        entry_id(url): covered(
            url,
            [report for report in articles if report.body["url"] == url],
            [report for report in citing if url in words(report.body, "articles")],
        )
        for url in urls
    }


def entry_id(url: str) -> str:
    """`u-` and the first 32 hex digits of the SHA-256 of the address."""
    return f"u-{sha256(url.encode()).hexdigest()[:32]}"


def covered(url: str, articles: list[Effective], citing: list[Effective]) -> Json:
    """The body of one address's entry."""
    body: Json = {"url": url, "recorded": bool(articles)}
    for kind, name in LISTS.items():
        body |= capped(name, (report.key for report in citing if report.kind == kind))
    if articles:
        first = min(articles, key=lambda report: (microseconds(report.time), report.key))
        body |= {
            "article": first.key,
            "outlet": known(first.body["outlet"], OUTLET_FIELDS),
            "published": shown(span_of(first.body["published"])),
            "archive_urls": unique(first.body, "archive_urls"),
            **known(first.body, ("title", "lang")),
        }
    return body


def capped(name: str, keys: Iterable[str]) -> Json:
    """A sorted list of event keys, with its length where that is more than what is shown."""
    listed = sorted(keys)
    total = {f"{name}_total": len(listed)} if len(listed) > SHOWN_EVENTS else {}
    return {name: listed[:SHOWN_EVENTS], **total}
