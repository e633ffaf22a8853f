"""Plans: what is delivered in one simulation, in which order, and what goes wrong, from a seed."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any, Final, Literal, NamedTuple

import msgspec

from conflict_events import codec
from conflict_events.codec import Accepted
from tests.oracle.histories import history
from tests.oracle.reports import amended_by

Json = dict[str, Any]
Batch = list[Accepted]

NAMES: Final = ("incidents", "pairings")
"""The projections that race; the oracle knows both."""

EVENTS_MAX: Final = 60
OTHER_TIME: Final = "2025-06-01T00:00:00Z"
"""Later than any event of a history: an event with it is another body."""


FAULT_STEPS: Final = 80
"""Faults come early: a history takes some eighty steps."""

Fault = Literal["killed", "away"]


class Racer(NamedTuple):
    """A projector of one projection: how it reads and how often it keeps its fold in a file."""

    projection: str
    page_events_max: int
    snapshots: float
    """The chance of one after each page; without any, it starts again from nothing."""


class Plan(NamedTuple):
    """One simulation."""

    seed: int
    intakes: list[list[Batch]]
    """By process that appends: its batches, in order."""
    racers: list[Racer]
    commit_revisions_max: int
    faults: dict[int, Fault]
    """By step of the whole: what befalls the process whose step it is."""

    @property
    def deliveries(self) -> int:
        """How many events are offered, repeats counted."""
        return sum(len(batch) for batches in self.intakes for batch in batches)


def plan_of(seed: int) -> Plan:
    """The plan that a seed stands for: one in three has no faults, half have no race."""
    rng = Random(f"plan {seed}")
    offered = _arrivals(rng, history(seed, events=_size(rng)))
    intakes = _dealt(rng, [_accepted(event) for event in offered])
    return Plan(
        seed=seed,
        intakes=intakes,
        racers=_racers(rng),
        commit_revisions_max=rng.choice((1, 3, 2_000)),
        faults={
            rng.randrange(FAULT_STEPS): rng.choice(("killed", "away"))
            for _ in range(rng.choice((0, 0, 1, 1, 2, 5)))
        },
    )


def _size(rng: Random) -> int:
    """How many events: 12 in the median, 11 in the mean, 60 at most."""
    share = rng.random()
    if share < 0.46:
        return rng.randint(2, 11)
    return rng.randint(12, 15) if share < 0.96 else rng.randint(16, EVENTS_MAX)


def _arrivals(rng: Random, events: list[Json]) -> list[Json]:
    """The events as they are offered: in some order, some twice, some with another body."""
    order = rng.random()
    if order > 0.15:  # The rest arrives as it happened.
        rng.shuffle(events)
    if order > 0.6:  # Amendments before their events …
        events.sort(key=lambda event: amended_by(event) is None)
    elif order > 0.5:  # … and after them.
        events.sort(key=lambda event: amended_by(event) is not None)
    offered = list(events)
    for _ in range(rng.randint(0, len(events) // 3)):
        offered.insert(rng.randint(0, len(offered)), rng.choice(events))
    if rng.random() < 0.2:
        other = {**rng.choice(events), "time": OTHER_TIME}
        offered.insert(rng.randint(0, len(offered)), other)
    return offered


def _accepted(event: Json) -> Accepted:
    """An event as intake would hand it on; how intake judges bytes is tested elsewhere."""
    raw = msgspec.json.encode(event)
    return Accepted(raw=raw, event=codec.read(raw))


def _dealt(rng: Random, offered: list[Accepted]) -> list[list[Batch]]:
    """Deliveries dealt to one or two processes, in batches."""
    if rng.random() < 0.3:  # One more with other blanks: a repeat all the same.
        again = rng.choice(offered)
        raw = json.dumps(json.loads(again.raw), indent=1).encode()
        offered.append(Accepted(raw=raw, event=again.event))
    most = rng.choice((1, 3, 8, EVENTS_MAX))
    intakes: list[list[Batch]] = [[] for _ in range(rng.choice((1, 1, 2)))]
    start = 0
    while start < len(offered):
        length = rng.randint(1, most)
        rng.choice(intakes).append(offered[start : start + length])
        start += length
    return intakes


def _racers(rng: Random) -> list[Racer]:
    doubled: Sequence[str] = rng.choice(((), (), (), NAMES[:1], NAMES[1:], NAMES))
    return [
        Racer(name, rng.choice((1, 2, 3, 7, 500)), rng.choice((0, 0, 0, 0.2)))
        for name in (*NAMES, *doubled)
    ]
