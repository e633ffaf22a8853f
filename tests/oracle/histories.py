"""Random histories for the oracle: valid CloudEvents, made to provoke the hard cases.

Everything happens in a few nights and at a few places, so that reports meet, tie, touch and part.
"""

import pickle
import unicodedata
from dataclasses import dataclass, field
from random import Random
from typing import ClassVar, Final, TypeVar

from .times import DAY, HOUR, Json, microseconds, text_of

JsonT = TypeVar("JsonT")

EDITOR: Final = "https://scrapers.example/Desk"
"""A source that may amend every producer's events: put it on the configured list of editors."""

PRODUCERS: Final = (
    "https://scrapers.example/a",
    "https://scrapers.example/B",
    "urn:example:osint",
    EDITOR,
)
CONFLICT: Final = "ukraine"
START: Final = microseconds("2025-02-03T00:00:00Z")

SHAPES: Final = (
    *((18, 30), (18, 30), (18, 30), (21, 27), (20, 33), (18, 24), (24, 30), (22, 26), (23, 25)),
    *((30, 42), (12, 18), (0, 24), (22, 46), (6, 42), (18, 54)),
    *((12, 60), (0, 72), (-24, 144), (-48, 480)),
)
"""Bounds of windows, in hours from a day's midnight: nights that overlap, touch and nest; whole
days; exactly 36 h; longer ones."""

STRADDLING: Final = ((0, 6), (0, 6), (9, 15), (9, 15), (3, 12), (3, 12), (4, 12), (2, 11), (-3, 6))
"""Bounds of which a longer one straddles two shorter ones and contains neither."""

_NFC: Final = "Київ Йосипівка"
PLACES: Final[tuple[Json, ...]] = (
    {"geonames": 709930, "name": "Dnipro", "country": "UA", "admin1": "UA-12"},
    {"geonames": 709930, "name": "Dnipropetrovsk", "admin1": "UA-23", "lat": 48.45, "lon": 35.05},
    {"geonames": 706483, "as_written": "Харків", "country": "UA"},
    {"name": "Kryvyi Rih", "country": "UA", "admin1": "UA-12"},
    {"name": "  KRYVYI   RIH ", "admin1": "UA-12"},
    {"name": "kryvyi rih", "country": "UA"},
    {"name": "Dnipro", "country": "UA", "admin1": "UA-12", "where_prec": 1},
    {"name": _NFC, "admin1": "UA-30", "country": "UA"},
    {"name": unicodedata.normalize("NFD", _NFC).upper(), "admin1": "UA-30"},
    {"name": "Mine №1", "admin1": "UA-14"},
    {"name": "mine no1", "admin1": "UA-14"},
    {"name": "Hauptstraße", "country": "UA", "lat": 50.45, "lon": 30.52},
    {"name": "HAUPTSTRASSE", "country": "UA", "radius_m": 500},
    {"lat": 50.4501, "lon": 30.5234},
    {"lat": 50.451, "lon": 30.524, "admin1": "UA-30", "country": "UA"},
    {"lat": 50.47, "lon": 30.57},
    {"name": "Nowhere in particular", "lat": 50.452, "lon": 30.525},
    {"lat": -33.9, "lon": 18.4, "radius_m": 1000.5},
    {"admin1": "UA-12"},
    {"admin1": "UA-63", "country": "UA", "name": "Bilhorod"},
    {"admin1": "RU-BEL", "country": "RU"},
    {"as_written": "под Сумами"},
    {"country": "UA"},
    {"name": "Somewhere"},
)

RUS: Final[Json] = {"party": "RUS", "basis": "alleged_by_target", "by": "OVA"}
UKR: Final[Json] = {"party": "UKR", "basis": "claimed_by_attacker", "disputed_by": ["RUS"]}
ATTRIBUTIONS: Final[tuple[list[Json], ...]] = (
    [],
    [],
    [],
    [RUS],
    [RUS],
    [UKR],
    [UKR, RUS],
    [{"party": "RUS", "basis": "assessed", "disputed_by": ["RUS", "un"]}],
    [{"party": "RUS", "basis": "inferred_by_outlet", "disputed_by": ["BLR"]}],
    [{"party": "UKR", "basis": "inferred_by_outlet"}],
    [{"party": "RUS", "basis": "inferred_by_outlet"}, RUS, RUS],
    [{"party": "wagner-group", "basis": "physical_evidence"}],
    [{"party": "wagner-group", "basis": "coded_by_dataset"}, RUS],
)

ACTS: Final = (
    *("deny", "threaten", "promise", "agree", "reject", "request", "demand"),
    *("deny", "threaten", "promise", "agree", "promise", "agree", "reject"),
    *("accuse", "admit", "justify", "report", "announce", "condemn", "other"),
)
TARGETS: Final = ("energy", "energy_grid", "oil_gas", "civilian", "residential", "rail", "port")
WORDS: Final = (*TARGETS, "energy", "energy", "civilian", "transport", "nuclear", "unknown")
REGIONS: Final = ("UA", "UA-12", "UA-30", "UA-1", "RU", "RU-BEL")
WEAPONS: Final = ("one_way_drone", "cruise_missile", "ballistic_missile", "unknown")
CLAIMANTS: Final = ("Сумська міська рада", "ISW", "Ministry of Defence", "ministry of defence")
SPEAKERS: Final[tuple[Json, ...]] = (
    {"name": "Dmitry Peskov", "id": "Q4117077", "party": "RUS", "role": "press secretary"},
    {"name": "Volodymyr Zelenskyy", "party": "UKR"},
    {"name": "An observer"},
)
LAGS: Final = (0, 0, 0, DAY, 3 * DAY, 7 * DAY, 30 * DAY)
JITTERS: Final = (0, 0, 0, 0, 0, 0, -1, 1, 1_000_000, 500_000)
OFFSETS: Final = (("Z", 0), ("Z", 0), ("+00:00", 0), ("+02:00", 120), ("-05:30", -330))


def copied(value: JsonT) -> JsonT:
    """A copy of a JSON value; `copy.deepcopy` would take a tenth of a simulation."""
    copy: JsonT = pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes
    return copy


def written(rng: Random, instant: int) -> str:
    """An instant as producers write it: in some zone, with some digits of a fraction."""
    suffix, minutes = rng.choice(OFFSETS)
    written = text_of(instant + minutes * 60_000_000).removesuffix("Z")
    if "." in written:
        written = written.rstrip("0")
    elif rng.random() < 0.1:
        written += rng.choice((".0", ".000", ".000000"))
    return written + suffix


def window_of(rng: Random, start: int, end: int) -> Json:
    """A window between two instants, in some zone each."""
    window: Json = {"earliest": written(rng, start), "latest": written(rng, end)}
    if rng.random() < 0.1:
        window["as_written"] = "ночью"
    return window


def some(rng: Random, words: tuple[str, ...], most: int) -> list[str]:
    """From none to `most` words, repeats among them."""
    return [rng.choice(words) for _ in range(rng.randint(0, most))]


@dataclass
class Scene:
    """What a history's events are drawn from; each history draws narrowly or widely."""

    droppable: ClassVar[tuple[str, ...]] = ("scope", "incident", "about", "validity", "regions")
    """What a correction may leave out."""

    rng: Random
    nights: int
    step: int  # hours of a grid that windows lie on; 0: windows are of `shapes`
    places: list[Json]
    attributions: list[list[Json]]
    shared_ids: int
    shapes: tuple[tuple[int, int], ...] = SHAPES
    taken: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def bounds(self) -> tuple[int, int]:
        """A window, or an instant on, in or beside one."""
        rng = self.rng
        midnight = START + rng.randrange(self.nights) * DAY
        low, high = rng.choice(self.shapes)
        if self.step and rng.random() < 0.8:
            low = rng.randrange(0, 18, self.step)
            high = low + rng.choice((1, 2, 2, 3, 3, 4, 5)) * self.step
        elif rng.random() < 0.15:
            low = rng.randrange(30)
            high = low + rng.randint(1, 12)
        start, end = midnight + low * HOUR, midnight + high * HOUR
        if rng.random() < 0.2:
            instant = rng.choice((start, end, (start + end) // 2, midnight + DAY))
            return (instant, instant)
        jitter = rng.choice(JITTERS) if rng.random() < 0.3 else 0
        return (start, end + jitter) if rng.random() < 0.5 else (start + jitter, end)

    def strike(self) -> Json:
        """A report of a strike."""
        rng = self.rng
        body: Json = {
            "occurred": window_of(rng, *self.bounds()),
            "place": copied(rng.choice(self.places)),
            "attribution": copied(rng.choice(self.attributions)),
            "targets": some(rng, TARGETS, 3),
        }
        if rng.random() < 0.3:
            body["scope"] = rng.choice(("incident", "incident", "wave", "aggregate"))
        if rng.random() < 0.3 and self.shared_ids:
            body["incident"] = f"attack:{rng.randrange(self.shared_ids)}"
        if rng.random() < 0.4:
            body["claimant"] = {"name": rng.choice(CLAIMANTS)}
        if rng.random() < 0.4:
            body["weapons"] = [{"family": word} for word in some(rng, WEAPONS, 2)]
        if rng.random() < 0.2:
            body["figures"] = [
                {"measure": "killed", "unit": "people", "best": 2, "claimant": "ISW"}
            ]
        return body

    def statement(self) -> Json:
        """Words, often said just before or exactly a rule's length before a window's bound."""
        rng = self.rng
        said = rng.choice(self.bounds()) - rng.choice(LAGS) + rng.choice(JITTERS)
        body: Json = {
            "speaker": copied(rng.choice(SPEAKERS)),
            "said": window_of(rng, said, said + rng.choice((0, 0, 0, 1, HOUR, 6 * HOUR, DAY))),
            "act": rng.choice(ACTS),
            "proposition": rng.choice(("No strikes on energy.", "Strikes will come.")),
            "topics": some(rng, WORDS, 3),
        }
        if rng.random() < 0.5:
            body["about"] = some(rng, ("RUS", "UKR", "wagner-group"), 2)
        if rng.random() < 0.4:
            body["regions"] = some(rng, REGIONS, 2)
        if rng.random() < 0.4:
            start, end = self.bounds()
            earlier = rng.choice((0, 0, 0, 10 * DAY))
            body["validity"] = window_of(rng, start - earlier, end - earlier)
        return body

    def article(self) -> Json:
        """An article, which neither projection looks at."""
        return {
            "url": f"https://news.example/{self.rng.randrange(5)}",
            "outlet": {"name": "News"},
            "published": window_of(self.rng, *self.bounds()),
        }

    def body(self, kind: str) -> Json:
        """A body of a kind, sometimes with what no contract knows."""
        make = {"strike": self.strike, "statement": self.statement, "article": self.article}
        body = make[kind]()
        if self.rng.random() < 0.05:
            body["x_mood"] = {"grim": True}
            body.get("place", {})["x_hint"] = self.rng.choice(("left bank", "right bank"))
        return body

    def corrected(self, kind: str, body: Json) -> Json:
        """A replacement: all new, the same, or with a few fields of a new one."""
        rng = self.rng
        fresh = self.body(kind)
        if rng.random() < 0.25:
            return fresh
        replacement = copied(body)
        for name in rng.sample(sorted(fresh), min(len(fresh), rng.randint(0, 2))):
            replacement[name] = fresh[name]
        for name in self.droppable:
            if rng.random() < 0.15:
                replacement.pop(name, None)
        return replacement

    def event(self, event_type: str, source: str, data: Json) -> Json:
        """An envelope; ids repeat across sources, never within one; times tie."""
        rng = self.rng
        name = f"{rng.choice(('e', 'E', 'n/'))}{rng.randrange(12)}"
        while (source, name) in self.taken:
            name = f"{rng.choice('eE')}{rng.randrange(100_000)}"
        self.taken.add((source, name))
        moment = START + rng.randrange(2) * DAY + rng.choice((0, 0, 0, 0, 1, 500_000))
        return {
            "specversion": "1.0",
            "id": name,
            "source": source,
            "type": event_type,
            "time": written(rng, moment),
            "conflict": CONFLICT,
            "data": data,
        }


VERBS: Final = {"strike": "reported", "statement": "made", "article": "published"}


def _amendment(scene: Scene, reports: list[Json], amendments: list[Json]) -> Json:
    """A correction or retraction, mostly of a report; some have no effect."""
    rng = scene.rng
    target = rng.choice(reports)
    kind = target["type"].split(".")[1]
    named = {"source": target["source"], "id": target["id"]}
    body = target["data"]
    chance = rng.random()
    if chance < 0.07:  # of another kind
        kind = rng.choice([other for other in VERBS if other != kind])
        body = scene.body(kind)
    elif chance < 0.14 and amendments:  # of an amendment
        other = rng.choice(amendments)
        kind = other["type"].split(".")[1]
        named = {"source": other["source"], "id": other["id"]}
        body = scene.body(kind)
    elif chance < 0.19:  # of an event that never comes
        named["id"] = "never-comes"
    source = EDITOR if rng.random() < 0.3 else named["source"]
    retracting = rng.random() < 0.25
    verb = "retracted" if retracting else "corrected"
    data: Json = {"retracts" if retracting else "corrects": named, "reason": "late"}
    if not retracting:
        data["replacement"] = scene.corrected(kind, body)
    event = scene.event(f"conflict.{kind}.{verb}.v1", source, data)
    if 0.19 <= chance < 0.2:  # of itself
        named.update(source=source, id=event["id"])
    return event


def _scene(rng: Random) -> Scene:
    rivals: list[list[Json]] = [[], [RUS], [UKR]]
    if rng.random() < 0.3:  # one crowded block, where ties have to be broken
        return Scene(
            rng=rng,
            nights=rng.choice((1, 2, 8, 21)),
            step=rng.choice((0, 1, 3, 3)),
            shapes=rng.choice((SHAPES, STRADDLING, STRADDLING)),
            places=[rng.choice(PLACES[:4])],
            attributions=rng.choice((rivals, [*rivals, [UKR, RUS]])),
            shared_ids=0,
        )
    places = rng.sample(PLACES, rng.choice((1, 1, 2, 4, 8, len(PLACES))))
    if rng.random() < 0.5:
        places = [*places, *PLACES[3:5], *PLACES[7:9]]
    return Scene(
        rng=rng,
        nights=rng.choice((1, 2, 4, 8, 21)),
        step=rng.choice((0, 0, 3, 6)),
        places=places,
        attributions=rng.choice((rivals, rng.sample(ATTRIBUTIONS, 4), list(ATTRIBUTIONS))),
        shared_ids=rng.choice((0, 1, 3, 6)),
    )


def history(seed: int, *, events: int) -> list[Json]:
    """A log of that many valid events of one conflict, in the order in which they arrive.

    Amendments are by the same source or by `EDITOR`. Some come before their events.
    """
    return told_in(_scene(Random(seed)), events=events, weights=((14, 5, 1), (30, 3, 1)))


def told_in(scene: Scene, *, events: int, weights: tuple[tuple[int, int, int], ...]) -> list[Json]:
    """A log of that many events of a scene.

    `weights` are of strikes, statements and articles: one choice of several.
    """
    rng = scene.rng
    amending = int(events * rng.choice((0, 0.15, 0.3, 0.5)))
    kinds = rng.choices(
        ("strike", "statement", "article"),
        rng.choice(weights),
        k=events - amending,
    )
    reports = [
        scene.event(f"conflict.{kind}.{VERBS[kind]}.v1", rng.choice(PRODUCERS), scene.body(kind))
        for kind in kinds
    ]
    # A few events are amended again and again.
    often = rng.sample(reports, min(len(reports), rng.choice((2, 5, len(reports)))))
    amendments: list[Json] = []
    for _ in range(amending):
        amendments.append(_amendment(scene, often, amendments))
    arrivals = [(float(at), event) for at, event in enumerate(reports)]
    for event in amendments:
        early = rng.random() < 0.3
        arrivals.append((len(reports) * rng.uniform(-0.1 if early else 0.4, 1.2), event))
    arrivals.sort(key=lambda arrival: arrival[0])
    return [event for _, event in arrivals]


def shuffled(events: list[Json], seed: int) -> list[Json]:
    """The same events in another order of arrival."""
    rng = Random(seed)
    return rng.sample(events, len(events))
