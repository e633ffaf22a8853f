"""Coverage: what rests on which article (semantics)."""

from hashlib import sha256

import pytest

from conflict_timeline.projections.coverage import Coverage
from conflict_timeline.testing import (
    Json,
    asserted,
    given,
    keeps_the_rules,
    key_of,
    then,
    when,
    withdrawn,
)
from tests.oracle.wide_histories import wide_history

from .kit import (
    article,
    correction,
    denial,
    in_order_of_keys,
    retraction,
    strike,
    window,
)

EARLY, LATE, LATER = (f"2025-03-0{day}T12:00:00Z" for day in (1, 2, 3))
URL = "https://news.example/1"
OTHER = "https://other.example/2"
PAPER = article("19T06:00/19T08:00", url=URL)
WORDS = denial("18T12:00", articles=[URL])
HIT = strike("18T22:00/18T23:00", articles=[URL])


def entry(url: str = URL) -> str:
    """The entry id of an address."""
    return f"u-{sha256(url.encode()).hexdigest()[:32]}"


# Bodies


def test_an_address_that_is_only_cited_shows_nothing_but_who_cites_it() -> None:
    given(WORDS, HIT)

    assert then(Coverage).entries == {
        entry(): {
            "url": URL,
            "recorded": False,
            "statements": [key_of(WORDS)],
            "reports": [key_of(HIT)],
        }
    }


def test_an_article_that_nobody_cites_shows_what_is_known_of_it() -> None:
    given(PAPER)

    assert then(Coverage).entries == {
        entry(): {
            "url": URL,
            "recorded": True,
            "statements": [],
            "reports": [],
            "article": key_of(PAPER),
            "outlet": {"name": "News"},
            "published": window("19T06:00/19T08:00"),
            "archive_urls": [],
        }
    }


def test_a_cited_article_shows_all_that_is_known_of_it() -> None:
    outlet = {"name": "News", "group": "Holding", "country": "UA"}
    paper = article(
        "19T06:00/19T08:00",
        outlet=outlet,
        title="  Grid  hit ",
        lang="uk",
        archive_urls=["https://b.example/1", "https://a.example/1", "https://b.example/1"],
        authors=["A. Writer"],
        sha256="0" * 64,
        retrieved_at="2025-02-20T00:00:00Z",
    )
    given(WORDS, HIT)

    when(paper)

    reader = then(Coverage).made(asserted(entry(), recorded=True))
    assert reader.entries == {
        entry(): {
            "url": URL,
            "recorded": True,
            "statements": [key_of(WORDS)],
            "reports": [key_of(HIT)],
            "article": key_of(paper),
            "outlet": outlet,
            "published": window("19T06:00/19T08:00"),
            "title": "  Grid  hit ",
            "lang": "uk",
            "archive_urls": ["https://a.example/1", "https://b.example/1"],
        }
    }


def test_an_entry_is_called_by_the_digest_of_its_address_in_utf_8() -> None:
    given(article("19T06:00", url="https://news.example/новини"))

    then(Coverage).holds(
        {"u-61168b671f4c7f2b89ce195eda8fb268": {"url": "https://news.example/новини"}}
    )


def test_those_who_cite_are_listed_by_key_statements_and_reports_apart() -> None:
    words = [denial(f"18T{hour}:00", articles=[URL]) for hour in range(10, 15)]
    hits = [strike(f"18T{hour}:00", articles=[URL]) for hour in range(10, 15)]
    given(*words, *hits)

    then(Coverage).holds(
        {
            entry(): {
                "statements": sorted(map(key_of, words)),
                "reports": sorted(map(key_of, hits)),
            }
        }
    )


def test_an_event_that_cites_an_address_twice_is_listed_once() -> None:
    words = denial("18T12:00", articles=[URL, OTHER, URL])
    given(words)

    listed = {"statements": [key_of(words)], "reports": []}
    then(Coverage).holds({entry(URL): listed, entry(OTHER): listed})


@pytest.mark.parametrize("scope", ["wave", "aggregate"])
def test_waves_and_aggregates_rest_on_articles_too(scope: str) -> None:
    told = strike("18T22:00", articles=[URL], scope=scope)
    given(told)

    then(Coverage).holds({entry(): {"reports": [key_of(told)]}})


def test_reports_of_one_incident_are_listed_one_by_one() -> None:
    other = strike("18T22:00/18T23:30", articles=[URL])
    given(HIT, other)

    then(Coverage).holds({entry(): {"reports": sorted([key_of(HIT), key_of(other)])}})


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example/1",
        "https://NEWS.example/1",
        "https://news.example/1/",
        "https://news.example/1#a",
        "https://news.example/%31",
    ],
)
def test_addresses_that_differ_in_anything_are_two(other: str) -> None:
    given(PAPER, denial("18T12:00", articles=[other]))

    then(Coverage).holds(
        {entry(URL): {"recorded": True, "statements": []}, entry(other): {"recorded": False}}
    )


def test_events_that_cite_nothing_make_no_entry() -> None:
    given(denial("18T12:00"), strike("18T22:00", articles=[]))

    then(Coverage).holds_nothing()


@pytest.mark.parametrize(("kind", "name"), [("statement", "statements"), ("strike", "reports")])
def test_a_body_lists_256_of_a_kind_and_then_counts_them(kind: str, name: str) -> None:
    told = [
        denial("18T12:00", id=f"e{number}", articles=[URL])
        if kind == "statement"
        else strike("18T12:00", id=f"e{number}", articles=[URL], scope="wave")
        for number in range(257)
    ]
    given(*told[:256])
    assert f"{name}_total" not in then(Coverage).entries[entry()]

    when(told[256])

    keys = sorted(map(key_of, told))
    body = then(Coverage).entries[entry()]
    assert body[name] == keys[:256]
    assert {field: body[field] for field in body if "total" in field} == {f"{name}_total": 257}


# Several articles at one address


def test_of_several_article_events_the_one_of_the_least_time_is_shown() -> None:
    late = article("19T06:00", title="Late", time=LATE)
    early = article("19T07:00", title="Early", time=EARLY)
    given(late)

    when(early)

    then(Coverage).made(asserted(entry(), article=key_of(early), title="Early"))


def test_times_are_compared_as_instants() -> None:
    in_kyiv = article("19T06:00", time="2025-03-01T13:30:00+02:00")
    given(article("19T06:00", time="2025-03-01T12:00:00Z"), in_kyiv)

    then(Coverage).holds({entry(): {"article": key_of(in_kyiv)}})


def test_of_two_article_events_of_one_time_the_smaller_key_is_shown() -> None:
    smaller, larger = in_order_of_keys(
        article("19T06:00", time=EARLY), article("19T07:00", time=EARLY)
    )
    given(larger, smaller)

    then(Coverage).holds({entry(): {"article": key_of(smaller)}})


def test_a_later_article_event_at_the_same_address_changes_nothing() -> None:
    given(article("19T06:00", title="Early", time=EARLY))

    when(article("19T07:00", title="Late", time=LATE, lang="uk"))

    then(Coverage).made_nothing().holds_entry(entry(), title="Early")


def test_a_correction_makes_an_article_event_no_later() -> None:
    first, second = article("19T06:00", time=EARLY), article("19T07:00", time=LATE)
    given(first, second)

    when(correction(first, title="Corrected", time=LATER))

    then(Coverage).made(asserted(entry(), article=key_of(first), title="Corrected"))


def test_a_retracted_article_event_gives_way_to_the_next() -> None:
    first = article("19T06:00", time=EARLY, title="First", lang="uk")
    second = article("19T07:00", time=LATE)
    given(first, second)

    when(retraction(first, time=LATER))

    reader = then(Coverage).made(asserted(entry(), article=key_of(second), recorded=True))
    assert not {"title", "lang"} & reader.entries[entry()].keys()


def test_a_retracted_article_event_that_was_not_shown_changes_nothing() -> None:
    second = article("19T07:00", time=LATE)
    given(article("19T06:00", time=EARLY), second)

    when(retraction(second, time=LATER))

    then(Coverage).made_nothing()


# Amendments of articles


def test_a_corrected_article_shows_what_it_says_now() -> None:
    paper = article("19T06:00", title="Grid hit", lang="uk")
    given(paper)

    fix = correction(paper, drop=["lang"], title="Grid not hit")
    when(fix)

    reader = then(Coverage).made(asserted(entry(), title="Grid not hit"))
    assert "lang" not in reader.entries[entry()]
    assert reader.revisions[-1]["because"] == [key_of(fix), key_of(paper)]


def test_a_correction_of_what_is_not_shown_makes_no_revision() -> None:
    given(PAPER)

    when(correction(PAPER, authors=["A. Writer"], sha256="0" * 64))

    then(Coverage).made_nothing()


def test_an_article_corrected_to_another_address_leaves_the_first_to_those_who_cite_it() -> None:
    given(PAPER, WORDS)

    when(correction(PAPER, url=OTHER))

    made = [
        asserted(entry(URL), recorded=False, statements=[key_of(WORDS)]),
        asserted(entry(OTHER), recorded=True, statements=[], article=key_of(PAPER)),
    ]
    reader = then(Coverage).made(*sorted(made, key=lambda one: one.entry))
    assert reader.entries[entry(URL)].keys() == {"url", "recorded", "statements", "reports"}


def test_an_article_corrected_to_another_address_leaves_nothing_where_nobody_cites_it() -> None:
    given(PAPER)

    when(correction(PAPER, url=OTHER))

    then(Coverage).made(withdrawn(entry(URL)), asserted(entry(OTHER), article=key_of(PAPER)))


def test_a_retracted_article_is_only_cited_until_a_correction_revives_it() -> None:
    given(PAPER, HIT, retraction(PAPER, time=LATE))
    assert then(Coverage).entries == {
        entry(): {"url": URL, "recorded": False, "statements": [], "reports": [key_of(HIT)]}
    }

    when(correction(PAPER, time=LATER))

    then(Coverage).made(asserted(entry(), recorded=True, article=key_of(PAPER)))


def test_a_retracted_article_that_nobody_cites_is_withdrawn_until_a_correction_revives_it() -> None:
    given(PAPER, retraction(PAPER, time=LATE))
    then(Coverage).holds_nothing()

    when(correction(PAPER, time=LATER))

    reader = then(Coverage).made(asserted(entry(), recorded=True))
    assert [(one["revision"], one["status"]) for one in reader.revisions] == [
        (1, "asserted"),
        (2, "withdrawn"),
        (3, "asserted"),
    ]


def test_a_correction_earlier_than_the_retraction_revives_nothing() -> None:
    given(PAPER, retraction(PAPER, time=LATE))

    when(correction(PAPER, time=EARLY))

    then(Coverage).made_nothing().holds_nothing()


# Amendments of those who cite


@pytest.mark.parametrize("citing", [WORDS, HIT], ids=["statement", "report"])
def test_a_retracted_event_cites_nothing_until_a_correction_revives_it(citing: Json) -> None:
    given(citing)
    when(retraction(citing, time=LATE))
    then(Coverage).made(withdrawn(entry())).holds_nothing()

    when(correction(citing, time=LATER))

    reader = then(Coverage).holds({entry(): {"recorded": False}})
    assert [one["revision"] for one in reader.revisions] == [1, 2, 3]


def test_a_retracted_event_leaves_the_others_that_cite_the_address() -> None:
    given(WORDS, HIT)

    when(retraction(WORDS))

    then(Coverage).made(asserted(entry(), statements=[], reports=[key_of(HIT)]))


@pytest.mark.parametrize("citing", [WORDS, HIT], ids=["statement", "report"])
def test_a_correction_that_cites_another_address_moves_the_event_there(citing: Json) -> None:
    given(citing)

    when(correction(citing, articles=[OTHER]))

    then(Coverage).made(withdrawn(entry(URL)), asserted(entry(OTHER), recorded=False))


def test_a_correction_that_cites_one_more_leaves_the_first_as_it_is() -> None:
    given(HIT)

    when(correction(HIT, articles=[OTHER, URL]))

    then(Coverage).made(asserted(entry(OTHER), reports=[key_of(HIT)]))


def test_a_correction_that_cites_nothing_withdraws_what_nobody_else_speaks_of() -> None:
    told = strike("18T22:00", articles=[URL, OTHER])
    given(PAPER, told)

    when(correction(told, drop=["articles"]))

    then(Coverage).made(withdrawn(entry(OTHER)), asserted(entry(URL), recorded=True, reports=[]))


def test_a_correction_of_something_else_makes_no_revision() -> None:
    given(HIT)

    when(correction(HIT, targets=["rail"], scope="wave"))

    then(Coverage).made_nothing()


# Late amendments


def test_amendments_that_come_before_their_events_hold_from_the_start() -> None:
    given(
        correction(PAPER, url=OTHER),
        correction(HIT, articles=[OTHER]),
        retraction(WORDS),
    )
    then(Coverage).holds_nothing().waits_for(3)

    when(PAPER, HIT, WORDS)

    then(Coverage).waits_for(0).holds(
        {entry(OTHER): {"recorded": True, "statements": [], "reports": [key_of(HIT)]}}
    )


def test_an_amendment_of_another_kind_or_of_an_amendment_changes_nothing() -> None:
    fix = correction(PAPER, title="Corrected")
    given(PAPER, HIT, fix)

    when(
        retraction(fix, time=LATER),
        {**retraction(HIT, id="r"), "type": "conflict.article.retracted.v1"},
    )

    then(Coverage).made_nothing().holds_entry(entry(), title="Corrected", reports=[key_of(HIT)])


@pytest.mark.parametrize("seed", [3, 18])
def test_coverage_keeps_the_rules(seed: int) -> None:
    events = wide_history(seed, events=40)
    given(*events)
    assert len(then(Coverage).revisions) > 20

    keeps_the_rules(Coverage, events, seed=seed)
