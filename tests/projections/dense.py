"""Dense histories: one town in one week, reported again and again, corrected as often.

Windows lie on a grid or follow a few bulletins, so that cores touch, nest, tie and compete. Every
correction changes what grouping looks at: this is where a grouping that is kept up to date would
come to differ from one that is made anew.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

from tests.oracle.times import DAY, HOUR, microseconds, text_of

from .folding import Json

MONDAY: Final = microseconds("2025-02-10T00:00:00Z")
WEEK_DAYS: Final = 7
BROAD: Final = 36 * HOUR

TOWN: Final[Json] = {"geonames": 709930, "admin1": "UA-12"}
ELSEWHERE: Final[tuple[Json, ...]] = ({"geonames": 706483}, {"name": "A town", "country": "UA"})

SIDES: Final[tuple[tuple[tuple[str, ...], ...], ...]] = (
    ((),),
    ((), ("RUS",), ("UKR",)),
    ((), (), ("RUS",), ("UKR",), ("RUS", "UKR")),
    (("RUS",), ("UKR",), ("un",), ("RUS", "un"), ()),
    ((), (), (), (), (), ("RUS",), ("UKR",)),
)
"""Whom the reports of a history blame: who may meet whom is half of the grouping."""

CHANGEABLE: Final = ("occurred", "attribution", "place", "scope", "incident")


@dataclass
class _Town:
    """What the reports of one history are drawn from."""

    rng: Random
    step: int
    span: int
    longest: int
    instants: float
    broad: float
    bulletins: list[tuple[int, int]]
    sides: tuple[tuple[str, ...], ...]
    places: list[Json]
    shared: float

    def occurred(self) -> Json:
        """A window on the grid or of a bulletin, an instant, or a broad window."""
        rng = self.rng
        chance = rng.random()
        if chance < self.instants:
            start = end = rng.randrange(self.span) * self.step
        elif chance < self.instants + self.broad:
            start = rng.randrange(-self.span, self.span) * self.step
            end = start + BROAD + rng.choice((0, 1, 1, HOUR, 12 * HOUR, 40 * HOUR))
        elif chance < 0.6:
            start = rng.randrange(self.span) * self.step
            end = start + rng.randint(1, self.longest) * self.step
        else:
            low, high = rng.choice(self.bulletins)
            midnight = rng.randrange(WEEK_DAYS) * DAY
            start, end = midnight + low * HOUR, midnight + high * HOUR
        if end > start:  # A microsecond more or less, now and then.
            start += rng.choice((0,) * 18 + (-1, 1))
            end += rng.choice((0,) * 18 + (-1, 1))
        return {"earliest": text_of(MONDAY + start), "latest": text_of(MONDAY + end)}

    def body(self) -> Json:
        """A report."""
        rng = self.rng
        body: Json = {
            "occurred": self.occurred(),
            "place": rng.choice(self.places),
            "attribution": [
                {"party": party, "basis": "assessed"} for party in rng.choice(self.sides)
            ],
            "targets": ["rail"],
        }
        if rng.random() < self.shared:
            body["incident"] = f"attack:{rng.randrange(2)}"
        if rng.random() < 0.05:
            body["scope"] = "wave"
        return body

    def changed(self, body: Json) -> Json:
        """The same report with one field, two or all of another."""
        fresh = self.body()
        replacement = dict(body)
        for name in self.rng.sample(CHANGEABLE, self.rng.choice((1, 1, 2, len(CHANGEABLE)))):
            replacement.pop(name, None)
            if name in fresh:
                replacement[name] = fresh[name]
        return replacement


def _town(rng: Random) -> _Town:
    starts = [rng.randrange(20) for _ in range(rng.choice((2, 3, 6)))]
    return _Town(
        rng=rng,
        step=rng.choice((HOUR, HOUR, HOUR // 2, 3 * HOUR)),
        span=rng.choice((6, 12, 24, 48, 168)),
        longest=rng.choice((2, 4, 8, 12)),
        instants=rng.choice((0, 0.1, 0.2)),
        broad=rng.choice((0, 0.05, 0.15)),
        bulletins=[(start, start + rng.randint(1, 16)) for start in starts],
        sides=rng.choice(SIDES),
        places=rng.choice(([TOWN], [TOWN], [TOWN] * 3 + [ELSEWHERE[0]], [TOWN, *ELSEWHERE])),
        shared=rng.choice((0, 0, 0, 0.05)),
    )


def dense_history(seed: int) -> list[Json]:
    """A log of 60 to 200 valid events, up to four fifths of them amendments."""
    rng = Random(seed)
    town = _town(rng)
    amending = rng.choice((0, 0.2, 0.4, 0.6, 0.8))
    recent = rng.choice((5, 50, 500))
    count = rng.randint(60, 200)
    reports: list[Json] = []
    says: dict[str, Json] = {}
    log: list[Json] = []
    for number in range(count):
        if reports and rng.random() < amending:
            report = rng.choice(reports[-recent:])
            named = {"source": report["source"], "id": report["id"]}
            data: Json = {"retracts": named, "reason": "late"}
            if verb := "corrected" * (rng.random() < 0.65):
                says[report["id"]] = town.changed(says[report["id"]])
                data = {"corrects": named, "reason": "late", "replacement": says[report["id"]]}
            # Mostly in the order in which they were made.
            made = number if rng.random() < 0.9 else rng.randrange(count)
            log.append(_event(number, verb or "retracted", report["source"], made, data))
        else:
            source = rng.choice(("https://scrapers.example/a", "https://scrapers.example/B"))
            log.append(_event(number, "reported", source, 0, town.body()))
            reports.append(log[-1])
            says[log[-1]["id"]] = log[-1]["data"]
    return log


def _event(number: int, verb: str, source: str, made: int, data: Json) -> Json:
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": source,
        "type": f"conflict.strike.{verb}.v1",
        "time": text_of(MONDAY + made * 1_000_000),
        "conflict": "ukraine",
        "data": data,
    }
