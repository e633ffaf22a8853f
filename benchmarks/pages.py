"""Pages: what is asked of a read model, by which filters, and how long the answers take.

One reader; filters that choose much, little and nothing, as of early, middle and last positions, at
the beginning and deep in the walk.
"""

import time
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from benchmarks.workloads import MIXED_A_DAY, SEED, START, WORDS
from conflict_events.instants import DAY_US, to_us
from conflict_timeline.queries.filters import APPLY, Filters
from conflict_timeline.web.readmodel.answers import Asked, Place
from conflict_timeline.web.readmodel.pages import page
from conflict_timeline.web.readmodel.schema import reader

PAGES: Final = 20
LIMIT: Final = 100

# Of two letters and in half of the texts, in a tenth of them, in one in a hundred, in a few.
TWO, COMMON, RARE, RAREST = WORDS[0], WORDS[12], WORDS[143], WORDS[1100]

ASKED: Final[dict[str, Filters]] = {
    "all": Filters(),
    "party": Filters(party=("RUS",)),
    "other_party": Filters(party=("UKR",)),
    "no_party": Filters(party=("SYR",)),
    "topic": Filters(topic=("energy",)),
    "region": Filters(region=("UA",)),
    "party_topic_region": Filters(party=("UKR",), topic=("health",), region=("UA-51",)),
    "month": Filters(from_="1990-02-01", to="1990-03-01"),
    "party_until": Filters(to="1991", party=("RUS",)),
    "two_letters": Filters(q=TWO),
    "no_two_letters": Filters(q="zx"),
    "common_word": Filters(q=COMMON),
    "rare_word": Filters(q=RARE),
    "rarest_word": Filters(q=RAREST),
    "no_word": Filters(q="nowhere"),
    "words": Filters(q=f"{COMMON} {RARE}"),
    "name": Filters(q="settlement 3"),
    "claimant": Filters(q="administration"),
    "region_word": Filters(region=("UA-51",), q=COMMON),
    "act": Filters(act=("deny",)),
    "act_two_letters": Filters(act=("deny",), q=TWO),
    "act_common_word": Filters(act=("deny",), q=COMMON),
    "act_rare_word": Filters(act=("deny",), q=RARE),
    "speaker": Filters(speaker=("speaker 3",)),
    "order": Filters(order="unknown"),
    "within_act": Filters(within="24h", act=("deny",)),
    "disputed": Filters(disputed=True),
}


class Took(NamedTuple):
    """How long a page took (ms): by the clock, and of this thread's CPU time."""

    wall_ms: float
    cpu_ms: float


def asked_of(name: str) -> dict[str, Filters]:
    """The filters that a projection has."""
    return {
        label: filters for label, filters in ASKED.items() if set(filters.given()) <= {*APPLY[name]}
    }


def pages(path: Path, name: str, last: int) -> dict[str, list[Took]]:
    """How long pages take, by the filters."""
    rng = Random(SEED)  # noqa: S311 - the same questions each time, no secret
    connection = reader(path)
    took: dict[str, list[Took]] = {}
    for label, filters in asked_of(name).items():
        took[label] = []
        for number in range(PAGES):
            position = (last // 20, last // 2, last, last)[number % 4]
            day = rng.random() * position / MIXED_A_DAY
            deep = Place(to_us(START) + int(day * DAY_US), "")
            asked = Asked("c", name, position, filters, LIMIT, deep if number % 2 else None)
            wall, cpu = time.perf_counter(), time.thread_time()
            connection.execute("BEGIN")
            page(connection, asked)
            connection.execute("ROLLBACK")
            cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
            took[label].append(Took(wall * 1_000, cpu * 1_000))
    connection.close()
    return took


def figures(took: dict[str, list[Took]]) -> dict[str, float]:
    """Of all pages and, in CPU time, of each set of filters."""
    every = [one for some in took.values() for one in some]
    return {
        "page_p50_ms": at([one.wall_ms for one in every], 50),
        "page_p99_ms": at([one.wall_ms for one in every], 99),
        "page_cpu_p50_ms": at([one.cpu_ms for one in every], 50),
        "page_cpu_p99_ms": at([one.cpu_ms for one in every], 99),
        **{
            f"{label}_cpu_p50_ms": at([one.cpu_ms for one in some], 50)
            for label, some in took.items()
        },
    }


def at(values: list[float], percent: int) -> float:
    """What so many of a hundred do not exceed."""
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]
