"""Random histories: repeatable, of the size asked for, and without repeats in them."""

import json

import pytest

from .histories import EDITOR, history, shuffled
from .semantics import incidents, pairings, revisions
from .times import Json

SEEDS = range(25)


def knowledge(events: list[Json]) -> tuple[list[str], list[str]]:
    """What is current, with incidents named by their members: ids depend on the order."""
    held = incidents(events)
    return (
        sorted(json.dumps(body) for body in held.values()),
        sorted(
            json.dumps({**body, "incident": held[body["incident"]]["members"]})
            for body in pairings(events).values()
        ),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_history_is_repeatable_and_every_event_is_once_in_it(seed: int) -> None:
    """The same seed gives the same events; source and id are never used twice."""
    events = history(seed, events=40)
    assert events == history(seed, events=40)
    assert len({(event["source"], event["id"]) for event in events}) == 40


@pytest.mark.parametrize("seed", SEEDS)
def test_only_the_producer_or_an_editor_amends(seed: int) -> None:
    """Anything else would be refused."""
    for event in history(seed, events=40):
        named = event["data"].get("corrects") or event["data"].get("retracts")
        assert named is None or event["source"] in (named["source"], EDITOR)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_arrival_order_gives_the_same_knowledge(seed: int) -> None:
    """The definition itself depends on the set of events; ids alone on their order."""
    events = history(seed, events=40)
    assert knowledge(events) == knowledge(shuffled(events, seed))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("projection", ["incidents", "pairings"])
def test_the_last_revisions_are_the_current_entries(seed: int, projection: str) -> None:
    """What is asserted last and not withdrawn is the state after all events."""
    events = history(seed, events=25)
    last: dict[str, Json] = {}
    if projection == "incidents":
        made, state = revisions(events), incidents(events)
    else:
        made, state = revisions(events, "pairings"), pairings(events)
    for revision in made:
        last[revision["entry"]] = revision
    assert state == {
        entry: revision["body"]
        for entry, revision in last.items()
        if revision["status"] == "asserted"
    }
