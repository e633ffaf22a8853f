"""Random histories that provoke the hard cases of chronology, reversals, figures and coverage.

Few speakers who contradict themselves, few claimants whose names are almost the same, few addresses
that many events name: whatever can tie, touch or be one with another does so often.
"""

import unicodedata
from dataclasses import dataclass, field
from random import Random
from typing import ClassVar, Final

from .histories import (
    ATTRIBUTIONS,
    PLACES,
    RUS,
    SHAPES,
    START,
    UKR,
    Scene,
    copied,
    some,
    told_in,
    window_of,
    written,
)
from .times import DAY, Json

_NFC: Final = "Йосип Ґіс"
_NFD: Final = unicodedata.normalize("NFD", _NFC)

PESKOV: Final = "Dmitry Peskov"
SPEAKERS: Final[tuple[Json, ...]] = (
    {"name": PESKOV, "id": "Q4117077", "party": "RUS", "role": "press secretary"},
    {"name": "D. S. Peskov", "id": "Q4117077", "role": None},
    {"name": PESKOV, "id": "q4117077", "party": "RUS"},
    {"name": PESKOV, "id": None, "party": "RUS"},
    {"name": PESKOV.upper(), "party": "UKR"},
    {"name": f" {PESKOV} ", "party": "RUS"},
    {"name": "Q4117077", "party": "RUS"},
    {"name": "q4117077", "party": "RUS"},
    {"name": "Außenminister", "party": "UKR"},
    {"name": "AUSSENMINISTER", "party": "UKR", "role": "minister"},
    {"name": _NFC, "party": "wagner-group"},
    {"name": _NFD, "party": "wagner-group"},
    {"name": "An observer"},
)
"""Some are one speaker: the same id, or names without one that fold to the same letters."""

ACTS: Final = (
    *("deny", "admit", "deny", "justify", "promise", "threaten", "promise", "reject"),
    *("agree", "threaten", "agree", "reject", "accuse", "demand", "other"),
)
OPPOSED: Final = (
    ("deny", "admit"),
    ("deny", "justify", "admit"),
    ("promise", "reject", "threaten"),
    ("agree", "reject", "threaten", "promise"),
)
"""A history often has no other acts than these."""

TOPICS: Final = (
    ("energy", "energy_grid", "oil_gas"),
    ("energy", "energy_grid", "civilian", "residential"),
    ("transport", "rail", "port", "energy"),
    ("nuclear", "unknown", "energy"),
)
PARTIES: Final = ("RUS", "RUS", "UKR", "wagner-group")
REGIONS: Final = ("UA", "UA-12", "UA-30", "RU-BEL")

URLS: Final = (
    "https://news.example/1",
    "https://news.example/1#a",
    "https://NEWS.example/1",
    "http://news.example/1",
    "https://news.example/новини/1?a=b&c=%20",
    "https://other.example/2",
)
"""None is another, however alike."""

TITLES: Final = (
    None,
    "A night of strikes",
    "  Grid\t hit\n\nagain\u00a0 ",
    " \u2003",
    "Харків: після удару",
)
OUTLETS: Final[tuple[Json, ...]] = (
    {"name": "News"},
    {"name": "News", "group": "Holding", "country": "UA"},
    {"name": "News  ", "group": None},
    {"name": "Вісті", "country": "UA"},
)
LANGS: Final = (None, "uk", "ru", "uk-UA")

QUOTES: Final[tuple[Json, ...]] = (
    {"lang": "ru", "text": "Мы не бьём  по городам."},
    {"lang": "ru", "text": "…не бьём…", "complete": False, "source": None},
    {"lang": "en", "text": "We do not.", "complete": True, "translator": "A desk"},
    {
        "lang": "uk",
        "text": "Жодного удару.",
        "source": "https://news.example/1",
        "translator": None,
    },
)

CLAIMANTS: Final[tuple[str | Json, ...]] = (
    "ISW",
    "isw",
    {"name": "ISW", "role": "institute"},
    {"name": " ISW ", "party": "UKR"},
    "Ministry of Defence",
    {"name": "ministry   of\u00a0defence", "role": None, "party": "RUS"},
    {"name": "MINISTRY OF DEFENCE", "role": "ministry", "party": "UKR"},
    _NFC,
    {"name": _NFD.upper(), "party": "UKR"},
    "Straße",
    "STRASSE",
)
"""Some are one claimant: their names differ by case, blanks or composition alone."""

MEASURES: Final = (
    ("killed", "people"),
    ("killed", "soldiers"),
    ("without_power", "homes"),
    ("without_power", "people"),
)
SHAPES_OF_NUMBERS: Final = (
    *(("best",), ("best",), ("low",), ("high",), ("low", "high"), ("low", "high")),
    *(("low", "best"), ("best", "high"), ("low", "best", "high")),
)
COUNT_MAX: Final = 2**53 - 1

EDTFS: Final = (None, "2025-02-03", "2025-02-03/2025-02-04", "2025-02~")
GRADES: Final = (None, "confirmed", "weak", "contested")
WEAPONS: Final[tuple[Json, ...]] = (
    {"family": "one_way_drone", "model": "Geran-2"},
    {"family": "cruise_missile", "model": None, "status": "contested"},
    {"family": "missile", "status": "reported"},
)
DISPUTED: Final[Json] = {
    "party": "RUS",
    "basis": "assessed",
    "by": None,
    "disputed_by": ["un", "RUS", "un", "BLR"],
}

ODD_PLACES: Final[tuple[Json, ...]] = (
    {"geonames": 709930},
    {"geonames": 703448, "radius_m": 10},
    {"lat": 50, "lon": -0.0},
    {"lat": 0, "lon": 30.25},
    {"lat": 1e-07, "lon": 30.25},
    {"where_prec": 6, "controlled_by": "UKR"},
    {"name": None, "as_written": " під\n Сумами ", "admin1": None, "country": "UA"},
    {"admin1": "UA-12", "geonames": 709931},
)
"""What a title has to call by something else than a name."""


@dataclass
class WideScene(Scene):
    """A scene that varies what incidents and pairings do not look at."""

    droppable: ClassVar[tuple[str, ...]] = (
        *("scope", "incident", "about", "validity", "regions", "figures", "articles"),
        *("quotes", "claimant", "grade", "title", "lang", "archive_urls"),
    )

    speakers: tuple[Json, ...] = SPEAKERS
    acts: tuple[str, ...] = ACTS
    topics: tuple[str, ...] = TOPICS[0]
    urls: tuple[str, ...] = URLS
    claimants: tuple[str | Json, ...] = CLAIMANTS
    measures: tuple[tuple[str, str], ...] = MEASURES
    most: int = COUNT_MAX
    told: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def chance(self, share: float) -> bool:
        """Whether something happens that does so in this share of cases."""
        return self.rng.random() < share

    def window(self, start: int, end: int) -> Json:
        """A window, as the source wrote it."""
        window = window_of(self.rng, start, end)
        if self.chance(0.2):
            window["edtf"] = self.rng.choice(EDTFS)
        return window

    def cited(self) -> list[str]:
        """Addresses that an event cites, repeats among them."""
        return some(self.rng, self.urls, 3)

    def figure(self) -> Json:
        """A figure: any of its numbers, any date of its own."""
        rng = self.rng
        measure, unit = rng.choice(self.measures)
        names = rng.choice(SHAPES_OF_NUMBERS)
        numbers = sorted(rng.randint(0, self.most) for _ in names)
        figure: Json = {
            "measure": measure,
            "unit": unit,
            "claimant": copied(rng.choice(self.claimants)),
            **dict(zip(names, numbers, strict=True)),
        }
        if self.chance(0.5):
            moment = START + rng.randrange(2) * DAY + rng.choice((0, 0, 0, 1, 500_000))
            figure["as_of"] = written(rng, moment)
        elif self.chance(0.1):
            figure |= {"as_of": None, "as_written": None}
        if self.chance(0.2):
            figure["as_written"] = rng.choice(("a dozen", "до  10"))
        return figure

    def strike(self) -> Json:
        """A report, often with several figures."""
        rng = self.rng
        body = super().strike()
        body.pop("figures", None)
        if self.chance(0.7):
            body["figures"] = [self.figure() for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 6)))]
        if self.chance(0.2):
            body["occurred"] |= {"edtf": rng.choice(EDTFS), "as_written": None}
        if self.chance(0.3):
            body["weapons"] = copied(rng.choices(WEAPONS, k=rng.randint(0, 3)))
        if self.chance(0.3):
            body["grade"] = rng.choice(GRADES)
        if self.chance(0.1):
            body["attribution"] = [*body["attribution"], copied(DISPUTED)]
        if self.chance(0.3):
            claimant = copied(rng.choice(CLAIMANTS))
            body["claimant"] = {"name": claimant} if isinstance(claimant, str) else claimant
        if self.chance(0.5):
            body["articles"] = self.cited()
        return body

    def statement(self) -> Json:
        """Words of one of few speakers, at bounds that touch, often said when others were."""
        rng = self.rng
        said = rng.choice(self.told) if self.told and self.chance(0.3) else self.bounds()
        self.told.append(said)
        body: Json = {
            "speaker": copied(rng.choice(self.speakers)),
            "said": self.window(*said),
            "act": rng.choice(self.acts),
            "proposition": rng.choice(("No strikes on energy.", " Strikes\n will  come. ")),
            "topics": some(rng, self.topics, 3),
        }
        if self.chance(0.5):
            body["about"] = some(rng, PARTIES, 2)
        if self.chance(0.4):
            body["regions"] = some(rng, REGIONS, 3)
        if self.chance(0.3):
            body["validity"] = self.window(*self.bounds())
        if self.chance(0.4):
            body["quotes"] = copied(rng.sample(QUOTES, rng.randint(0, 3)))
        if self.chance(0.5):
            body["articles"] = self.cited()
        return body

    def article(self) -> Json:
        """An article at one of few addresses."""
        rng = self.rng
        body: Json = {
            "url": rng.choice(self.urls),
            "outlet": copied(rng.choice(OUTLETS)),
            "published": self.window(*self.bounds()),
        }
        if self.chance(0.6):
            body["title"] = rng.choice(TITLES)
        if self.chance(0.6):
            body["lang"] = rng.choice(LANGS)
        if self.chance(0.4):
            body["archive_urls"] = some(rng, URLS, 3)
        return body

    def corrected(self, kind: str, body: Json) -> Json:
        """A replacement; that of an article is often at another address."""
        replacement = super().corrected(kind, body)
        if kind == "article" and self.chance(0.4):
            replacement["url"] = self.rng.choice(self.urls)
        return replacement


def wide_history(seed: int, *, events: int) -> list[Json]:
    """A log of that many valid events of one conflict, in the order in which they arrive.

    Amendments are by the same source or by `EDITOR`. Some come before their events.
    """
    rng = Random(seed)
    weights = rng.choice((((6, 5, 4),), ((2, 8, 1),), ((9, 2, 1),), ((3, 3, 6),)))
    return told_in(_scene(rng), events=events, weights=weights)


def _scene(rng: Random) -> WideScene:
    places = rng.sample(PLACES, rng.choice((1, 1, 2, 4)))
    if rng.random() < 0.6:
        places += rng.sample(ODD_PLACES, rng.choice((1, 2, len(ODD_PLACES))))
    nobody: list[list[Json]] = [[]]
    return WideScene(
        rng=rng,
        nights=rng.choice((1, 1, 2, 4)),
        step=rng.choice((0, 1, 3, 3, 6)),
        places=places,
        attributions=rng.choice((nobody, [*nobody, [RUS], [UKR]], list(ATTRIBUTIONS))),
        shared_ids=rng.choice((0, 1, 1, 3)),
        shapes=rng.choice((SHAPES, ((0, 6), (6, 12), (3, 9)))),
        speakers=tuple(rng.sample(SPEAKERS, rng.choice((1, 2, 3, 6, len(SPEAKERS))))),
        acts=rng.choice((ACTS, *OPPOSED)),
        topics=rng.choice(TOPICS),
        urls=tuple(rng.sample(URLS, rng.choice((1, 2, 3, len(URLS))))),
        claimants=tuple(rng.sample(CLAIMANTS, rng.choice((1, 2, 3, 6, len(CLAIMANTS))))),
        measures=tuple(rng.sample(MEASURES, rng.choice((1, 1, 2, len(MEASURES))))),
        most=rng.choice((2, 6, 6, 20, COUNT_MAX)),
    )
