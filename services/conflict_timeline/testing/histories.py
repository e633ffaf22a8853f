"""Histories: random events of all kinds, the same for a seed, with amendments and repeats."""

from random import Random
from typing import Final

from conflict_timeline.testing.events import (
    ODESA,
    Json,
    article,
    correction_of,
    retraction_of,
    statement,
    strike,
)

_PLACES: Final[tuple[Json, ...]] = (
    ODESA,
    {"name": "Dnipro", "country": "UA", "admin1": "UA-12", "geonames": 709930},
    {"name": "Kharkiv", "country": "UA", "admin1": "UA-63"},
    {"country": "UA"},
)
_TARGETS: Final[tuple[list[str], ...]] = (["energy"], ["energy_grid", "rail"], ["residential"], [])
_ACTS: Final = ("deny", "promise", "threaten", "report")
_HOURS: Final = (1, 6, 24, 60)


def history(seed: int, *, events: int = 30) -> list[Json]:
    """So many events of four days of February 2025: reports, amendments of them, and repeats.

    Amendments may come before what they amend, and some of that never comes.
    """
    rng = Random(seed)  # noqa: S311 - a seeded generator is no secret
    made: list[Json] = []
    reports: list[Json] = []
    for number in range(events):
        match rng.randrange(10):
            case 0 if reports:
                made.append(rng.choice(made))
            case 1 | 2 if reports:
                made.append(_amendment(rng, rng.choice(reports), number))
            case _:
                made.append(_report(rng, f"{seed}/{number}"))
                if ".article." not in made[-1]["type"]:
                    reports.append(made[-1])
    rng.shuffle(made)
    # Once in a while an amendment waits for an event that never comes.
    return made[: max(1, events - events // 10)]


def _report(rng: Random, name: str) -> Json:
    day, hour, length = rng.randint(10, 13), rng.randrange(24), rng.choice(_HOURS)
    start = f"2025-02-{day}T{hour:02}:00:00Z"
    end_day, end_hour = day + (hour + length) // 24, (hour + length) % 24
    during = f"{start}/2025-02-{end_day}T{end_hour:02}:00:00Z"
    match rng.randrange(8):
        case 0:
            return article(start, id=name, url=f"https://news.example/{name}")
        case 1 | 2:
            return statement(during, act=rng.choice(_ACTS), id=name)
        case _:
            place, targets = rng.choice(_PLACES), rng.choice(_TARGETS)
            return strike(during, place=place, targets=targets, id=name)


def _amendment(rng: Random, report: Json, number: int) -> Json:
    time = f"2025-04-02T{rng.randrange(24):02}:{number % 60:02}:00Z"
    name = f"{report['id']}/{number}"
    if rng.randrange(3) == 0:
        return retraction_of(report, time=time, id=name)
    window = {"earliest": "2025-02-12T00:00:00Z", "latest": "2025-02-12T06:00:00Z"}
    fields: Json = {"occurred" if "occurred" in report["data"] else "said": window}
    return correction_of(report, time=time, id=name, **fields)
