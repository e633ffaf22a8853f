"""The grouping kept up to date is, after any event, the grouping made anew by the oracle."""

from random import Random

import msgspec

from conflict_timeline.projections.incidents import Incidents
from tests.oracle.semantics import incidents

from .dense import dense_history
from .folding import Json, folded, knowledge, recorded
from .seeds import seeds


@seeds(500)
def test_dense_histories_group_as_the_oracle_does(seeds: range) -> None:
    for seed in seeds:
        events = dense_history(seed)
        assert entries_at(events, marks := looked_at(seed, events)) == {
            mark: incidents(events[:mark]) for mark in marks
        }, f"seed {seed}"


@seeds(40, by=20)
def test_dense_histories_give_the_same_knowledge_in_any_order(seeds: range) -> None:
    for seed in seeds:
        events = dense_history(seed)
        known = knowledge(recorded(events))
        for order in range(4):
            rng = Random(order)
            again = rng.sample(events, len(events))
            assert knowledge(recorded(again)) == known, f"seed {seed}, order {order}"


def test_dense_histories_are_repeatable_and_their_events_are_all_different() -> None:
    for seed in range(50):
        events = dense_history(seed)
        assert events == dense_history(seed)
        assert len({(event["source"], event["id"]) for event in events}) == len(events)


def test_dense_histories_move_reports_and_withdraw_incidents() -> None:
    made = [one for seed in range(20) for one in folded("incidents", recorded(dense_history(seed)))]
    withdrawn = [one for one in made if b'"withdrawn"' in one.raw]

    assert len(withdrawn) > 200
    assert any(b"merged_into" in one.raw for one in withdrawn)


def looked_at(seed: int, events: list[Json]) -> list[int]:
    """After how many events to look: once on the way, for a fault may heal, and at the end."""
    return [Random(seed).randrange(1, len(events)), len(events)]


def entries_at(events: list[Json], marks: list[int]) -> dict[int, dict[str, Json]]:
    """The current incidents after so many events."""
    projection = Incidents()
    current: dict[str, msgspec.Struct] = {}
    found: dict[int, dict[str, Json]] = {}
    for event in recorded(events):
        for change in projection.apply(event):
            if change.body is None:
                current.pop(change.entry, None)
            else:
                current[change.entry] = change.body
        if event.position in marks:
            found[event.position] = msgspec.json.decode(msgspec.json.encode(current))
    return found
