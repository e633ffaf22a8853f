"""Random histories: the other projections say what the oracle reads out of the semantics, too."""

from random import Random

import pytest

from tests.oracle.figures import figures
from tests.oracle.histories import copied, history, shuffled
from tests.oracle.others import OTHERS, in_any_order
from tests.oracle.semantics import revisions_of
from tests.oracle.wide_histories import wide_history

from .dense import dense_history
from .folding import Json, folded, held, read, recorded
from .seeds import seeds


def log_of(seed: int, *, least: int, most: int) -> list[Json]:
    """A random wide history of some events, in an order that is as random."""
    return shuffled(wide_history(seed, events=least + seed % (most - least + 1)), seed)


@seeds(2000)
def test_current_entries_are_those_of_the_oracle(seeds: range) -> None:
    for seed in seeds:
        events = log_of(seed, least=10, most=60)
        log = recorded(events)
        for name, state in OTHERS.items():
            assert held(name, log) == state(events), f"{name}, seed {seed}"


@pytest.mark.parametrize("name", OTHERS)
@seeds(400)
def test_revisions_are_those_of_the_oracle(name: str, seeds: range) -> None:
    for seed in seeds:
        events = log_of(seed, least=8, most=24)
        made = list(read(folded(name, recorded(events))))
        assert made == revisions_of(OTHERS[name], events), f"seed {seed}"


@pytest.mark.parametrize("name", OTHERS)
@seeds(10, by=10)
def test_revisions_of_longer_histories_are_those_of_the_oracle(name: str, seeds: range) -> None:
    for seed in seeds:
        events = log_of(seed, least=60, most=60)
        made = list(read(folded(name, recorded(events))))
        assert made == revisions_of(OTHERS[name], events), f"seed {seed}"


@pytest.mark.parametrize("name", OTHERS)
@seeds(100, by=50)
def test_any_order_of_arrival_gives_the_same_knowledge(name: str, seeds: range) -> None:
    for seed in seeds:
        events = wide_history(seed, events=20 + seed % 41)
        known = in_any_order(held(name, recorded(events)))
        for order in (events[::-1], *(shuffled(events, again) for again in range(4))):
            assert in_any_order(held(name, recorded(order))) == known, f"seed {seed}"


@seeds(200)
def test_histories_made_for_incidents_and_pairings_are_told_as_by_the_oracle(seeds: range) -> None:
    for seed in seeds:
        events = shuffled(history(seed, events=40), seed)
        log = recorded(events)
        for name, state in OTHERS.items():
            assert held(name, log) == state(events), f"{name}, seed {seed}"


@seeds(4, by=2)
def test_histories_too_long_to_be_shown_whole_are_told_as_by_the_oracle(seeds: range) -> None:
    for seed in seeds:
        events = crowded(seed)
        log = recorded(events)
        totals: set[str] = set()
        for name, state in OTHERS.items():
            entries = held(name, log)
            assert entries == state(events), f"{name}, seed {seed}"
            totals |= {field for body in entries.values() for field in body if "_total" in field}
        assert totals == {"claims_total", "statements_total", "reports_total"}, f"seed {seed}"


@seeds(80, by=20)
def test_figures_follow_incidents_that_are_regrouped_again_and_again(seeds: range) -> None:
    for seed in seeds:
        events = counted(seed)
        half = len(events) // 2
        for log in (events[:half], events):
            assert held("figures", recorded(log)) == figures(log), f"seed {seed}"


def crowded(seed: int) -> list[Json]:
    """A wide history in which more meets at one incident and one address than a body shows."""
    rng = Random(seed)
    events = wide_history(seed, events=150)
    for verb in ("made", "reported"):
        told = [event for event in events if f".{verb}." in event["type"]]
        events += [copied({**rng.choice(told), "id": f"copy/{verb}/{at}"}) for at in range(280)]
    for event in events:
        body = event["data"].get("replacement", event["data"])
        if "occurred" in body:
            body |= {"scope": "incident", "incident": "attack:0"}
            body["figures"] = [
                {**figure, "measure": "killed", "unit": "people"}
                for figure in body.get("figures") or [{"claimant": "ISW", "best": rng.randrange(9)}]
            ]
        if "occurred" in body or "said" in body:
            body["articles"] = [*body.get("articles", []), "https://news.example/all"]
    return shuffled(events, seed)


def counted(seed: int) -> list[Json]:
    """A dense history in which almost every report counts something."""
    rng = Random(seed)
    events = dense_history(seed)
    for event in events:
        body = event["data"].get("replacement", event["data"])
        if "occurred" in body and rng.random() < 0.9:
            body["figures"] = [
                {
                    "measure": rng.choice(("killed", "wounded")),
                    "unit": "people",
                    "claimant": rng.choice(("ISW", "isw", "OVA")),
                    rng.choice(("low", "best", "high")): rng.randrange(4),
                }
                for _ in range(rng.choice((0, 1, 1, 2)))
            ]
    return events
