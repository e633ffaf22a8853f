"""Wide histories: repeatable, valid in who amends what, and full of what they are made for."""

from collections import Counter

import pytest

from .figures import figures
from .histories import EDITOR, shuffled
from .others import OTHERS, in_any_order
from .reports import amended_by, effective, key_of, words_of
from .semantics import revisions_of
from .times import Json
from .wide_histories import wide_history

SEEDS = range(25)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wide_history_is_repeatable_and_every_event_is_once_in_it(seed: int) -> None:
    """The same seed gives the same events; source and id are never used twice."""
    events = wide_history(seed, events=40)
    assert events == wide_history(seed, events=40)
    assert len({(event["source"], event["id"]) for event in events}) == 40


@pytest.mark.parametrize("seed", SEEDS)
def test_only_the_producer_or_an_editor_amends_in_it(seed: int) -> None:
    """Anything else would be refused."""
    for event in wide_history(seed, events=40):
        named = event["data"].get("corrects") or event["data"].get("retracts")
        assert named is None or event["source"] in (named["source"], EDITOR)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_arrival_order_of_it_gives_the_same_knowledge(seed: int) -> None:
    """The definitions depend on the set of events; names of incidents alone on their order."""
    events = wide_history(seed, events=40)
    again = shuffled(events, seed)
    for state in OTHERS.values():
        assert in_any_order(state(events)) == in_any_order(state(again))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", OTHERS)
def test_the_last_revisions_of_it_are_the_current_entries(seed: int, name: str) -> None:
    """What is asserted last and not withdrawn is the state after all events."""
    events = wide_history(seed, events=25)
    last = {revision["entry"]: revision for revision in revisions_of(OTHERS[name], events)}
    assert OTHERS[name](events) == {
        entry: revision["body"]
        for entry, revision in last.items()
        if revision["status"] == "asserted"
    }


def test_two_hundred_wide_histories_have_every_hard_case_again_and_again() -> None:
    """Or the comparison with them would show little."""
    seen: Counter[str] = Counter()
    for seed in range(200):
        events = shuffled(wide_history(seed, events=35), seed)
        seen.update(of_amendments(events))
        seen.update(of_chronology(OTHERS["chronology"](events)))
        seen.update(of_reversals(OTHERS["reversals"](events)))
        seen.update(of_figures(figures(events)))
        seen.update(of_coverage(events))
    rare = {case: seen[case] for case in HARD_CASES if seen[case] < 20}
    assert rare == {}
    assert seen.keys() <= set(HARD_CASES)


HARD_CASES = (
    *("amended before it came", "retracted", "made effective again", "amended without effect"),
    *("a title of one word", "an article called by its address", "a place without a name"),
    *("after", "unknown", "at once", "a tie of words", "a speaker under two names"),
    *("single", "consistent", "disputed", "an old claim", "two claims of one event"),
    *("a claimant written in two ways", "a tie of dates", "a dated claim", "a wave or aggregate"),
    *("claims of two reports", "a corrected claim"),
    *("only cited", "recorded and cited", "an address named twice", "a tie of articles"),
    *("an article that changed its address", "cited by both kinds"),
)


def of_amendments(events: list[Json]) -> Counter[str]:
    """What amendments do in a history."""
    places = {key_of(event): place for place, event in enumerate(events)}
    held = effective(events)
    seen: Counter[str] = Counter()
    corrections = {amended_by(event) for event in events if words_of(event)[1] == "corrected"}
    retractions = {amended_by(event) for event in events if words_of(event)[1] == "retracted"}
    for place, event in enumerate(events):
        key, amended = key_of(event), amended_by(event)
        if amended is None:
            seen["retracted"] += key not in held
            seen["made effective again"] += key in held and key in corrections & retractions
        else:
            seen["amended before it came"] += places.get(amended, place) > place
            named = events[places[amended]] if amended in places else event
            other = words_of(named)[0] != words_of(event)[0]
            seen["amended without effect"] += other or amended_by(named) is not None
    return seen


def of_chronology(entries: dict[str, Json]) -> Counter[str]:
    """What lines are like."""
    seen: Counter[str] = Counter()
    for body in entries.values():
        title = body["title"]
        seen["an article called by its address"] += [title] == body["articles"]
        seen["a title of one word"] += len(title.split()) == 1
        unnamed = ("geonames:", "unnamed", "50.0", "1e-07", "-33.9")
        seen["a place without a name"] += body["kind"] == "strike" and title.startswith(unnamed)
    return seen


def of_reversals(entries: dict[str, Json]) -> Counter[str]:
    """What reversals are like."""
    seen: Counter[str] = Counter()
    for body in entries.values():
        earlier, later = body["earlier_words"]["said"], body["later_words"]["said"]
        seen[body["order"]] += 1
        seen["at once"] += earlier["latest"] == later["earliest"]
        seen["a tie of words"] += earlier == later
        seen["a speaker under two names"] += body["speaker"].get("id") == "Q4117077"
    return seen


def of_figures(entries: dict[str, Json]) -> Counter[str]:
    """What claims are like."""
    seen: Counter[str] = Counter()
    for body in entries.values():
        claims = body["claims"]
        seen[body["agreement"]] += 1
        seen["a wave or aggregate"] += body["scope"] != "incident"
        seen["an old claim"] += any(not claim["current"] for claim in claims)
        tellers = [claim["event"] for claim in claims]
        seen["claims of two reports"] += len(set(tellers)) > 1
        seen["two claims of one event"] += len(set(tellers)) < len(tellers)
        written = {claim["claimant"] for claim in claims if not claim["current"]}
        current = {claim["claimant"] for claim in claims if claim["current"]}
        seen["a claimant written in two ways"] += not written <= current
        dates = [claim.get("as_of", claim["reported"]) for claim in claims]
        seen["a tie of dates"] += len(set(dates)) < len(dates)
        seen["a dated claim"] += any("as_of" in claim for claim in claims)
        seen["a corrected claim"] += len({claim["reported"] for claim in claims}) > 1
    return seen


def of_coverage(events: list[Json]) -> Counter[str]:
    """What addresses are like."""
    seen: Counter[str] = Counter()
    articles = [report for report in effective(events).values() if report.kind == "article"]
    own = {key_of(event): event["data"].get("url") for event in events}
    named = Counter(article.body["url"] for article in articles)
    timed = Counter((article.body["url"], article.time) for article in articles)
    seen["a tie of articles"] += sum(count > 1 for count in timed.values())
    seen["an article that changed its address"] += sum(
        article.body["url"] != own[article.key] for article in articles
    )
    for body in OTHERS["coverage"](events).values():
        cites = bool(body["statements"] or body["reports"])
        seen["only cited"] += not body["recorded"]
        seen["recorded and cited"] += body["recorded"] and cites
        seen["cited by both kinds"] += bool(body["statements"] and body["reports"])
        seen["an address named twice"] += named[body["url"]] > 1
    return seen
