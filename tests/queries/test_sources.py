"""Independent sources: outlets of one group are one, and nobody knows whose a bare address is."""

import msgspec

from conflict_events.timelines import ArticleCoverage, Incident
from conflict_timeline.queries.sources import Sources, sources_of
from conflict_timeline.testing import Json, article, strike
from tests.queries.views import entries, view_of

URLS = [f"https://news.example/{number}" for number in range(5)]


def told(number: int, **outlet: str) -> Json:
    """An article of an outlet."""
    return article("2025-02-19T08:00:00Z", url=URLS[number], outlet=outlet, id=f"article/{number}")


def sources(*events: Json) -> Sources:
    """The sources of the one incident of a log."""
    (entry,) = entries("incidents", events)
    coverage = [
        msgspec.json.decode(one.body, type=ArticleCoverage) for one in entries("coverage", events)
    ]
    return sources_of(
        msgspec.json.decode(entry.body, type=Incident),
        view_of(*events).happenings,
        {one.url: one for one in coverage},
    )


def test_outlets_of_one_group_are_one_source() -> None:
    reports = [
        strike("2025-02-18T20:00:00Z", articles=URLS[:2], id="one"),
        strike("2025-02-18T20:00:00Z", articles=URLS[2:4], id="two"),
    ]
    outlets = [
        told(0, name="Morning", group="Press"),
        told(1, name="Evening", group="Press"),
        told(2, name="Alone"),
    ]

    assert sources(*reports, *outlets) == Sources(independent=("Alone", "Press"), unknown=1)


def test_an_address_cited_twice_counts_once() -> None:
    reports = [
        strike("2025-02-18T20:00:00Z", articles=[URLS[0]], id=name) for name in ("one", "two")
    ]

    assert sources(*reports) == Sources(independent=(), unknown=1)


def test_what_another_incident_rests_on_does_not_count() -> None:
    report = strike("2025-02-18T20:00:00Z", articles=[URLS[0]], id="one")
    words = article("2025-02-18T20:00:00Z", url=URLS[1], id="nobody-cites-it")

    assert sources(report, words, told(0, name="News")) == Sources(independent=("News",), unknown=0)
