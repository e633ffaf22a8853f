"""Filters: what is asked for is found, what is not is left out, what cannot be asked is said."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest

from conflict_events.timelines import TIMELINE_BODIES
from conflict_timeline.queries.filters import APPLY, FilterError, Filters, chooser
from conflict_timeline.testing import Json, article, denial, key_of, statement, strike
from tests.queries.views import entries, view_of

LAVROV: Final[Json] = {
    "name": "Sergei Lavrov",
    "id": "Q58217",
    "role": "Foreign Minister",
    "party": "RUS",
}
WORDS = denial(
    "2025-02-18T10:00:00Z/2025-02-18T14:00:00Z",
    speaker=LAVROV,
    regions=["UA"],
    quotes=[{"lang": "ru", "text": "мы никогда не подвергали опасности"}],
    articles=["https://news.example/words"],
    id="words",
)
ADMITTED = statement(
    "2022-12-01T00:00:00Z/2022-12-02T00:00:00Z",
    act="admit",
    speaker={**LAVROV, "name": "S. Lavrov"},
    topics=["energy_grid"],
    proposition="Energy sites were struck.",
    id="admitted",
)
PROMISE = statement(
    "2025-02-10T00:00:00Z",
    speaker={"name": "Zoë", "party": "UKR"},
    act="promise",
    proposition="Ukraine doesn\u2019t strike energy.",
    id="promise",
)
ODESA = strike(
    "2025-02-18T20:00:00Z/2025-02-19T05:00:00Z",
    figures=[
        {"measure": "injured", "unit": "people", "best": 4, "claimant": "Kiper"},
        {"measure": "injured", "unit": "people", "best": 5, "claimant": "Trukhanov"},
        {
            "measure": "damaged",
            "unit": "homes",
            "low": 1,
            "claimant": {"name": "An agency", "party": "UKR"},
        },
    ],
    claimant={"name": "Oleh Kiper", "party": "UKR"},
    id="odesa",
)
KURSK = strike(
    "2025-02-20T01:00:00Z",
    place={"name": "Kursk", "as_written": "под Курском", "country": "RU", "admin1": "RU-KRS"},
    attribution=[{"party": "UKR", "basis": "alleged_by_target", "disputed_by": ["UKR"]}],
    targets=["oil_gas"],
    id="kursk",
)
ARTICLE = article(
    "2025-02-18T15:00:00Z",
    url="https://news.example/words",
    outlet={"name": "The News", "group": "A Group"},
    title="What was said",
    id="article",
)
LOG: Final = (WORDS, ADMITTED, PROMISE, ODESA, KURSK, ARTICLE)


def named(event: Json) -> str:
    """The incident of a report."""
    return f"i-{key_of(event)}"


def pair(words: Json, report: Json) -> str:
    """The pair of words and a report."""
    return f"{key_of(words)}:{named(report)}"


ODESA_PAIRS: Final = {pair(WORDS, ODESA)}
FOUND: Final[list[tuple[str, dict[str, Any], set[str]]]] = [
    ("chronology", {"from": "2025-02-20"}, {key_of(KURSK)}),
    ("chronology", {"to": "2022"}, {key_of(ADMITTED)}),
    (
        "chronology",
        {"from": "2025-02-18", "to": "2025-02-18"},
        {key_of(WORDS), key_of(ODESA), key_of(ARTICLE)},
    ),
    ("chronology", {"party": ("UKR",)}, {key_of(PROMISE), key_of(KURSK)}),
    ("chronology", {"party": ("UKR", "GBR"), "act": ("promise",)}, {key_of(PROMISE)}),
    ("chronology", {"topic": ("energy_grid",)}, {key_of(ADMITTED)}),
    ("chronology", {"region": ("RU",)}, {key_of(KURSK)}),
    ("chronology", {"speaker": ("Q58217",)}, {key_of(WORDS), key_of(ADMITTED)}),
    ("chronology", {"speaker": ("sergei",)}, {key_of(WORDS)}),
    ("chronology", {"q": "НИКОГДА lavrov"}, {key_of(WORDS)}),
    ("chronology", {"q": "the news"}, {key_of(ARTICLE)}),
    ("chronology", {"q": "ZOË"}, {key_of(PROMISE)}),
    ("chronology", {"q": "курском"}, {key_of(KURSK)}),
    ("chronology", {"q": "doesn\u2019t"}, {key_of(PROMISE)}),
    ("chronology", {"q": "DOESN'T"}, {key_of(PROMISE)}),
    ("incidents", {"topic": ("energy",)}, {named(ODESA), named(KURSK)}),
    ("incidents", {"topic": ("energy_grid",)}, set()),
    ("incidents", {"region": ("UA-51",)}, {named(ODESA)}),
    ("incidents", {"region": ("UA",)}, {named(ODESA)}),
    ("incidents", {"region": ("UA-5",)}, set()),
    ("incidents", {"disputed": True}, {named(KURSK)}),
    ("incidents", {"disputed": False}, {named(ODESA)}),
    ("incidents", {"incident": named(ODESA)}, {named(ODESA)}),
    ("incidents", {"q": "kiper odesa"}, {named(ODESA)}),
    ("incidents", {"q": "kiper kursk"}, set()),
    ("incidents", {"to": "2025-02-18T20:00:00Z"}, set()),
    ("incidents", {"to": "2025-02-18T20:00:01Z"}, {named(ODESA)}),
    ("incidents", {"from": "2025-02-19T05:00:00Z"}, {named(KURSK)}),
    ("incidents", {"from": "2025-02-19T04:59:59Z"}, {named(ODESA), named(KURSK)}),
    ("incidents", {"from": "2025-02-20T01:00:00Z", "to": "2025-02-20T01:00:00Z"}, {named(KURSK)}),
    ("pairings", {"speaker": ("lavrov",), "order": "after"}, ODESA_PAIRS),
    ("pairings", {"order": "unknown"}, set()),
    ("pairings", {"within": "24h"}, ODESA_PAIRS),
    ("pairings", {"incident": named(ODESA), "act": ("deny",)}, ODESA_PAIRS),
    ("pairings", {"statement": key_of(WORDS)}, ODESA_PAIRS),
    ("pairings", {"statement": key_of(PROMISE)}, {pair(PROMISE, KURSK)}),
    ("pairings", {"statement": key_of(WORDS), "incident": named(KURSK)}, set()),
    ("pairings", {"statement": key_of(ODESA)}, set()),
    ("pairings", {"party": ("UKR",)}, {pair(PROMISE, KURSK)}),
    ("pairings", {"disputed": True}, {pair(PROMISE, KURSK)}),
    ("pairings", {"q": "никогда"}, ODESA_PAIRS),
    ("reversals", {"act": ("admit",)}, {f"{key_of(ADMITTED)}:{key_of(WORDS)}"}),
    (
        "reversals",
        {"from": "2022-12-01", "to": "2022-12-01"},
        {f"{key_of(ADMITTED)}:{key_of(WORDS)}"},
    ),
    ("reversals", {"statement": key_of(ADMITTED)}, {f"{key_of(ADMITTED)}:{key_of(WORDS)}"}),
    ("reversals", {"statement": key_of(WORDS)}, {f"{key_of(ADMITTED)}:{key_of(WORDS)}"}),
    ("reversals", {"statement": key_of(PROMISE)}, set()),
    ("reversals", {"from": "2023", "to": "2024"}, set()),
    ("reversals", {"topic": ("rail",)}, set()),
    ("reversals", {"q": "подвергали sites"}, {f"{key_of(ADMITTED)}:{key_of(WORDS)}"}),
    ("figures", {"disputed": True}, {f"{named(ODESA)}:injured:people"}),
    ("figures", {"party": ("UKR",)}, {f"{named(ODESA)}:damaged:homes"}),
    ("figures", {"incident": named(KURSK)}, set()),
    ("figures", {"q": "trukhanov"}, {f"{named(ODESA)}:injured:people"}),
    ("chronology", {"from": "2025-02-20", "to": "2025-02"}, {key_of(KURSK)}),
    ("chronology", {"from": "2025-02-20T00:30", "to": "2025-02-20"}, {key_of(KURSK)}),
    ("coverage", {"q": "a group"}, {entry.entry for entry in entries("coverage", LOG)}),
    ("coverage", {"to": "2025-02-17"}, set()),
]


@pytest.mark.parametrize(
    ("projection", "asked", "expected"), FOUND, ids=[f"{one[0]} {one[1]}" for one in FOUND]
)
def test_what_is_asked_for_is_found(
    projection: str, asked: dict[str, Any], expected: set[str]
) -> None:
    filters = msgspec.convert(asked, Filters)
    is_chosen = chooser(projection, filters, texts=view_of(*LOG).texts)

    found = {entry.entry for entry in entries(projection, LOG) if is_chosen(entry)}

    assert found == expected


@pytest.mark.parametrize("projection", TIMELINE_BODIES)
def test_every_projection_has_filters_and_a_test_of_each(projection: str) -> None:
    tested = {name for other, asked, _ in FOUND if other == projection for name in asked}

    untested = set(APPLY[projection]) - tested
    # Those that one function answers for all projections are tested with one of them.
    assert untested <= {"from", "to", "party", "topic", "region", "act", "speaker", "order", "q"}
    assert tested


@pytest.mark.parametrize("name", ["from", "to", "topic", "region", "order", "incident", "q"])
def test_a_filter_that_is_given_leaves_something_out_somewhere(name: str) -> None:
    found = [expected for _, asked, expected in FOUND if name in asked]

    assert found


@pytest.mark.parametrize("projection", TIMELINE_BODIES)
def test_without_filters_everything_is_chosen(projection: str) -> None:
    is_chosen = chooser(projection, Filters())

    assert all(is_chosen(entry) for entry in entries(projection, LOG))


REFUSED: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("chronology", {"order": "after"}, "cannot be filtered by 'order'"),
    ("coverage", {"party": ("RUS",)}, "it can by from, to, q"),
    ("incidents", {"party": ("Russia",)}, "'Russia' is no party"),
    ("incidents", {"region": ("ua",)}, "'ua' is no region"),
    ("incidents", {"topic": ("power",)}, "'power' is no topic"),
    ("incidents", {"from": "yesterday"}, "'from'"),
    ("incidents", {"from": "2025-02-19", "to": "2025-02-17"}, "lies before 'from'"),
    ("incidents", {"from": "2025-03", "to": "2025-02"}, "lies before 'from'"),
    ("pairings", {"statement": ""}, "'' is no event key"),
    ("pairings", {"statement": pair(WORDS, ODESA)}, "is no event key"),
    ("reversals", {"statement": key_of(WORDS).upper()}, "is no event key"),
    ("incidents", {"statement": key_of(WORDS)}, "cannot be filtered by 'statement'"),
    ("mine", {"q": "x"}, "'mine' cannot be filtered"),
]


@pytest.mark.parametrize(
    ("projection", "asked", "message"), REFUSED, ids=[f"{one[0]} {one[1]}" for one in REFUSED]
)
def test_what_cannot_be_asked_is_said(projection: str, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(FilterError, match=message):
        chooser(projection, msgspec.convert(asked, Filters))


def test_the_filters_that_were_given_can_be_told_again() -> None:
    asked = {"from": "2025-02-18", "party": ["RUS"], "disputed": False}

    assert msgspec.convert(asked, Filters).given() == asked
    assert Filters().given() == {}


def _always(_: object) -> bool:
    return True


def test_a_plug_in_is_read_without_filters() -> None:
    is_chosen: Callable[[Any], bool] = chooser("mine", Filters())

    assert is_chosen(object()) is _always(None)
