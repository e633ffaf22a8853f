"""Workloads: histories of any length, the same for the same seed, in bytes as producers send them.

All keep their density whatever their length: a longer one covers more time. Otherwise a long one
would cost more an event because more happens at once, and not because it is long.
"""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

Json = dict[str, Any]
Order = Literal["time", "random"]

SEED: Final = 20_250_210
START: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""A million mixed events take 27 years from here, and the contract knows years up to 2199."""

MIXED_A_DAY: Final = 100
CITY_A_NIGHT: Final = 91
"""100,000 reports in three years of nights."""

_CITY_NIGHTS_A_DENIAL: Final = 7

_STATEMENTS: Final = 0.10
_AMENDMENTS: Final = 0.06
_ARTICLES: Final = 0.04
_AMENDABLE_MAX: Final = 2_000
"""Amendments are of one of so many reports before them."""

_encode: Final = msgspec.json.Encoder().encode


class Workload(Struct, frozen=True):
    """A history of so many events, of a conflict of its own."""

    kind: Literal["mixed", "worded", "city"]
    events: int
    order: Order = "time"
    use: str = "read"

    @property
    def conflict(self) -> str:
        """The conflict that its events are of."""
        return f"{self.use}-{self.kind}-{self.order}-{self.events}"


def mixed(events: int, *, use: str = "read") -> Workload:
    """Many places and speakers: 10 % statements, 6 % amendments, 4 % articles, the rest strikes.

    In the order of their times, give or take the days that a report takes to arrive.
    """
    return Workload("mixed", events, use=use)


def worded(events: int) -> Workload:
    """The same, whose statements and articles have texts of their own, to be searched."""
    return Workload("worded", events)


def city(events: int, order: Order) -> Workload:
    """Reports of strikes on one city, 91 a night, on windows that chain each night to the next.

    One event a week is a denial instead: without words there is nothing to pair.
    """
    return Workload("city", events, order)


def lines(workload: Workload) -> Iterator[bytes]:
    """The events of a workload, in order of arrival."""
    rng = Random(SEED)  # noqa: S311 - the same history each time, no secret
    scene = _Scene(rng, workload.conflict, Random(SEED) if workload.kind == "worded" else None)  # noqa: S311
    if workload.kind != "city":
        return _mixed(scene, workload.events)
    return _city(scene, workload.events, workload.order)


# Many places


def _mixed(scene: "_Scene", events: int) -> Iterator[bytes]:
    rng = scene.rng
    # What was reported and has not arrived yet, by the time at which it will.
    on_the_way: list[tuple[float, int, Json]] = []
    recent: list[Json] = []
    for number in range(events):
        day = number / MIXED_A_DAY
        event = _one(scene, number, day, recent)
        late = rng.expovariate(1 / 30) if rng.random() < 0.05 else rng.expovariate(1.0)
        heapq.heappush(on_the_way, (day + late, number, event))
        while on_the_way and on_the_way[0][0] <= day:
            yield _encode(heapq.heappop(on_the_way)[2])
    for _, _, event in sorted(on_the_way, key=lambda one: one[:2]):
        yield _encode(event)


def _one(scene: "_Scene", number: int, day: float, recent: list[Json]) -> Json:
    """The next event; a report joins those that may be amended."""
    chance = scene.rng.random()
    if recent and chance < _AMENDMENTS:
        return scene.amendment(number, day, scene.rng.choice(recent))
    if chance < _AMENDMENTS + _ARTICLES:
        return scene.event(number, day, "article.published", scene.article(day))
    if chance < _AMENDMENTS + _ARTICLES + _STATEMENTS:
        event = scene.event(number, day, "statement.made", scene.statement(day))
    else:
        event = scene.event(number, day, "strike.reported", scene.strike(day))
    if len(recent) < _AMENDABLE_MAX:
        recent.append(event)
    else:
        recent[number % _AMENDABLE_MAX] = event
    return event


# One city


# Bounds of windows in hours from the midnight before a night, with how often each is reported:
# parts of the night, the night, and the evening-to-evening ones that chain it to the next.
_NIGHT: Final = (
    *(((18, 30), 22), ((21, 27), 12), ((20, 33), 8), ((18, 24), 6), ((24, 30), 6), ((22, 26), 8)),
    *(((23, 25), 10), ((25, 26), 6), ((24, 48), 6), ((30, 42), 4), ((22, 46), 6), ((18, 54), 4)),
    ((6, 66), 2),
)
_SHAPES: Final = tuple(shape for shape, _ in _NIGHT)
_OFTEN: Final = tuple(often for _, often in _NIGHT)


def _city(scene: "_Scene", events: int, order: Order) -> Iterator[bytes]:
    rng = scene.rng
    numbers = list(range(events))
    made = [_encode(_of_a_night(scene, number)) for number in numbers]
    if order == "random":
        rng.shuffle(numbers)
    return (made[number] for number in numbers)


def _of_a_night(scene: "_Scene", number: int) -> Json:
    rng = scene.rng
    night, nth = divmod(number, CITY_A_NIGHT)
    if night % _CITY_NIGHTS_A_DENIAL == 0 and nth == 0:
        body = {**scene.statement(float(night)), **_DENIAL}
        return scene.event(number, night + 1.0, "statement.made", body)
    low, high = map(float, rng.choices(_SHAPES, _OFTEN)[0])
    if rng.random() < 0.3:  # Most repeat a bulletin; some have a watch of their own.
        low, high = low + rng.randint(-60, 60) / 60, high + rng.randint(61, 120) / 60
    body = scene.strike(float(night), place=_CITY, window=(low, high))
    return scene.event(number, night + 2.0, "strike.reported", body)


# What events say


def _places(count: int) -> list[Json]:
    """Places of 24 regions; the first are reported most."""
    rng = Random(SEED)  # noqa: S311 - the same places each time, no secret
    return [
        {
            "as_written": f"селище № {number}",
            "name": f"Settlement {number}",
            "country": "UA",
            "admin1": f"UA-{_REGIONS[number % len(_REGIONS)]}",
            "geonames": 600_000 + number,
            "lat": round(rng.uniform(46, 52), 5),
            "lon": round(rng.uniform(24, 40), 5),
            "where_prec": 1,
        }
        for number in range(count)
    ]


_REGIONS: Final = (
    *("05", "07", "09", "12", "14", "18", "21", "23", "26", "32", "35", "46", "48"),
    *("51", "53", "56", "59", "61", "63", "65", "68", "71", "74", "77"),
)
_PLACES: Final = _places(400)
_WEIGHTS: Final = [1 / (rank + 5) for rank in range(len(_PLACES))]
_CITY: Final = _PLACES[3]
_DENIAL: Final[Json] = {"act": "deny", "about": ["RUS"], "topics": ["energy"], "regions": ["UA"]}
WORDS: Final = tuple(
    first + second + third
    for third in ("", "ka", "lo", "mi", "ter", "an", "sil", "bra")
    for first in ("de", "vo", "ri", "su", "na", "pe", "do", "ga", "mor", "tu", "che", "zo")
    for second in ("", "ne", "sta", "vi", "gor", "le", "pu", "xi", "tan", "qo", "re", "ful")
)
"""What texts are made of; the first are used most, and are the shortest."""

_OFTEN_USED: Final = tuple(accumulate(1 / (rank + 3) for rank in range(len(WORDS))))
_PRODUCERS: Final = tuple(f"https://scrapers.example/monitor-{number}" for number in range(12))
_TARGETS: Final = (
    *(("residential", 30), ("military", 20), ("energy_grid", 6), ("industry", 8), ("rail", 4)),
    *(("health", 3), ("education", 3), ("water", 2), ("oil_gas", 3), ("port", 2), ("unknown", 19)),
)
_WEAPONS: Final = ("one_way_drone", "cruise_missile", "ballistic_missile", "guided_bomb")
_ACTS: Final = (
    *(("deny", 12), ("threaten", 5), ("promise", 5), ("agree", 3), ("reject", 5), ("demand", 8)),
    *(("request", 2), ("accuse", 20), ("report", 20), ("announce", 10), ("condemn", 10)),
)
_TOPICS: Final = ("energy", "civilian", "military", "transport", "nuclear", "government", "health")
_BASES: Final = ("alleged_by_target", "assessed", "coded_by_dataset", "inferred_by_outlet")
_MIXED_SHAPES: Final = ((18, 30), (0, 24), (2, 4), (21, 27), (9, 10), (5, 5), (0, 60))


class _Scene:
    """Draws what the events of one history say."""

    def __init__(self, rng: Random, conflict: str, texts: Random | None = None) -> None:
        self.rng = rng
        self._conflict = conflict
        self._texts = texts

    def event(self, number: int, day: float, what: str, data: Json, source: str = "") -> Json:
        """An envelope; `day` counts from the start."""
        return {
            "specversion": "1.0",
            "id": f"{what.partition('.')[0]}/{number:08}",
            "source": source or self.rng.choice(_PRODUCERS),
            "type": f"conflict.{what}.v1",
            "time": _text(START + timedelta(days=day)),
            "conflict": self._conflict,
            "datacontenttype": "application/json",
            "data": data,
        }

    def strike(
        self, day: float, *, place: Json | None = None, window: tuple[float, float] | None = None
    ) -> Json:
        """A report of a strike: about 850 bytes with its envelope."""
        rng = self.rng
        low, high = rng.choice(_MIXED_SHAPES) if window is None else window
        body: Json = {
            "occurred": {
                **_window(int(day), low, high),
                "as_written": "в ніч на цю дату",
                "zone": "Europe/Kyiv",
                "zone_basis": "assumed",
            },
            "place": rng.choices(_PLACES, _WEIGHTS)[0] if place is None else place,
            "attribution": self._attribution(),
            "weapons": [{"family": rng.choice(_WEAPONS)}],
            "targets": [_weighted(rng, _TARGETS)],
            "claimant": {"name": "Regional Military Administration", "party": "UKR"},
            "articles": [f"https://news.example/regions/2024/{rng.randrange(10**9)}/attack.html"],
        }
        if rng.random() < 0.3:
            body["figures"] = [
                {
                    "measure": "injured",
                    "unit": "people",
                    "best": rng.randrange(1, 30),
                    "claimant": "Regional Military Administration",
                }
            ]
        return body

    def _attribution(self) -> list[Json]:
        chance = self.rng.random()
        if chance < 0.12:
            return []
        party = "UKR" if chance < 0.15 else "RUS"
        return [{"party": party, "basis": self.rng.choice(_BASES), "by": "Armed forces of Ukraine"}]

    def statement(self, day: float) -> Json:
        """Words on one topic, four in five of them about one region."""
        rng = self.rng
        hour = rng.uniform(0, 23)
        body: Json = {
            "speaker": {
                "name": f"Speaker {rng.randrange(40)}",
                "id": f"Q{4_000_000 + rng.randrange(40)}",
                "role": "press secretary",
                "party": "RUS" if rng.random() < 0.6 else "UKR",
            },
            "said": _window(int(day), hour, hour + rng.choice((0, 1, 6))),
            "act": _weighted(rng, _ACTS),
            "proposition": self._words(
                "The forces of this party do not strike such objects and will not."
            ),
            "topics": [rng.choice(_TOPICS)],
            "quotes": [
                {
                    "lang": "ru",
                    "text": self._words("мы никогда не подвергали опасности такие объекты"),
                    "source": "https://news.example/briefings",
                }
            ],
            "articles": [f"https://news.example/briefings/{rng.randrange(10**9)}"],
        }
        if rng.random() < 0.8:
            body["regions"] = [f"UA-{rng.choice(_REGIONS)}"]
        return body

    def article(self, day: float) -> Json:
        """An article, which neither incidents nor pairings look at."""
        return {
            "url": f"https://news.example/{self.rng.randrange(10**9)}",
            "outlet": {"name": "News", "group": "News Group", "country": "UA"},
            "published": _window(int(day), 12, 12),
            "lang": "uk",
            "title": self._words(
                "Вночі по місту завдали удару, є постраждалі: що відомо на цю годину"
            ),
        }

    def _words(self, otherwise: str) -> str:
        """Twelve words, if texts are drawn at all."""
        if self._texts is None:
            return otherwise
        return " ".join(self._texts.choices(WORDS, cum_weights=_OFTEN_USED, k=12))

    def amendment(self, number: int, day: float, report: Json) -> Json:
        """A correction of a report, four in five times; else a retraction."""
        kind = report["type"].split(".")[1]
        named = {"source": report["source"], "id": report["id"]}
        source = report["source"]
        if self.rng.random() < 0.2:
            data: Json = {"retracts": named, "reason": "It spoke of another attack."}
            return self.event(number, day, f"{kind}.retracted", data, source)
        replacement = dict(report["data"])
        if kind == "strike":
            replacement["targets"] = [_weighted(self.rng, _TARGETS)]
        else:
            replacement["topics"] = [self.rng.choice(_TOPICS)]
        data = {"corrects": named, "reason": "Coded anew.", "replacement": replacement}
        return self.event(number, day, f"{kind}.corrected", data, source)


def _weighted(rng: Random, words: tuple[tuple[str, int], ...]) -> str:
    return rng.choices([word for word, _ in words], [often for _, often in words])[0]


def _window(day: int, low: float, high: float) -> Json:
    """A window in hours from the midnight of a day."""
    midnight = START + timedelta(days=day)
    return {
        "earliest": _text(midnight + timedelta(hours=low)),
        "latest": _text(midnight + timedelta(hours=high)),
    }


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
