"""Both sides of every bound: what is just within is accepted, what is just beyond is refused."""

from typing import Any, get_args

import pytest

from conflict_events import events, figures, parties, taxonomy, window
from conflict_events.codec import Accepted, accept
from conflict_events.outcomes import Refused
from tests.schemas.samples import ARTICLE, CORRECTION, RETRACTION, STATEMENT, STRIKE, changed, raw

DIGITS = "0123456789abcdef"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def words(longest: int) -> tuple[list[Any], list[Any]]:
    """A text of 1 to so many characters, counted as characters and not as bytes."""
    return ["x", "é" * longest], ["", "x" * (longest + 1), 1, ["x"]]


def name(longest: int = 200) -> tuple[list[Any], list[Any]]:
    """The same, not all blank."""
    within, beyond = words(longest)
    return within, [*beyond, " ", "\u00a0\t"]


def number(least: int, most: int) -> tuple[list[Any], list[Any]]:
    """A whole number within bounds."""
    return [least, most], [least - 1, most + 1, least + 0.5, str(least), True]


PARTY = (
    ["RUS", "un", "hamas", "a1-b", "a" + "z" * 40],
    ["RU", "RUSS", "Rus", "a", "a" + "z" * 41, "1ab", "-ab", "h amas", "RUS\n", "", 1],
)
COUNTRY = (["UA", "XX"], ["ua", "U", "UKR", "U1", "UA\n", "", 1])
REGION = (["UA", "UA-43", "UA-A1B"], ["UKR", "UA-", "UA-ABCD", "ua-43", "UA_43", "UA-43\n"])
URL = (
    ["http://a", "https://a.example/?q=ü#x", "https://" + "a" * 1992],
    [
        *("ftp://a", "//a", "a.example", "https://", "https:///x", "https://?q", "http://a b"),
        *("http://a\n", "HTTP://a", "https://" + "a" * 1993, "javascript://a", 1),
    ],
)
EVENT_ID = (
    ["x", "x" * 200, "A-z0.9_:/@+-"],
    ["", "x" * 201, "a b", "é", "a\n", "a#b", "a%20b", 1],
)
SOURCE = (
    ["x", "https://a.example/odesa?q=1#f", "urn:x:y", "x" * 500, "a%2Fb", "/a/b", "[::1]"],
    ["", "x" * 501, "a b", "ü", "a\n", "a%2", "a%zz", "<a>", 'a"b', "a\\b", "a^b", "{a}", 1],
)
WORD = (
    ["a", "a" * 60, "without_power", "a1_2"],
    ["", "a" * 61, "Killed", "a__b", "_a", "a_", "1a", "a-b", "a b", "killed\n", 1],
)
COUNT_MAX = 2**53 - 1

BOUNDS: list[tuple[str, str, tuple[list[Any], list[Any]]]] = [
    # The envelope.
    (STRIKE, "$.specversion", (["1.0"], ["0.3", "1", "1.1", 1.0, ""])),
    (STRIKE, "$.id", EVENT_ID),
    (STRIKE, "$.source", SOURCE),
    (
        STRIKE,
        "$.conflict",
        (["a", "0", "a" * 63, "a-b"], ["", "a" * 64, "-a", "A", "a_b", "a.b", "a}", "a\n", "é", 1]),
    ),
    (STRIKE, "$.datacontenttype", (["application/json", None], ["text/json", "", 1])),
    (
        STRIKE,
        "$.traceparent",
        ([TRACE, None], [TRACE.upper(), TRACE[:-1], TRACE + "0", TRACE + "\n", "", 1]),
    ),
    # Strikes.
    (STRIKE, "$.data.place.as_written", name()),
    (STRIKE, "$.data.place.name", name()),
    (STRIKE, "$.data.place.country", COUNTRY),
    (STRIKE, "$.data.place.admin1", (["UA-43", "UA-A1B"], ["UA", *REGION[1]])),
    (STRIKE, "$.data.place.geonames", number(1, 9_999_999_999)),
    (STRIKE, "$.data.place.lat", ([-90, 90, 0.5], [-90.000001, 90.000001, 999, "1", True])),
    (STRIKE, "$.data.place.lon", ([-180, 180, 0.5], [-180.00001, 180.00001, 999, "1", True])),
    (STRIKE, "$.data.place.radius_m", ([0, 20_037_508, 0.5], [-0.1, 20_037_508.1, "1", True])),
    (STRIKE, "$.data.place.where_prec", number(1, 7)),
    (STRIKE, "$.data.place.controlled_by", PARTY),
    (
        STRIKE,
        "$.data.incident",
        (
            ["a:b", "a" * 60 + ":" + "b" * 139, "A.b_c-1:x/y@z+1"],
            ["a" * 61 + ":b", "a:" + "b" * 140, "ab", ":b", "a:", "a b:c", "a/b:c", "a:b\n", 1],
        ),
    ),
    (STRIKE, "$.data.attribution[0].party", PARTY),
    (STRIKE, "$.data.attribution[0].disputed_by[0]", PARTY),
    (STRIKE, "$.data.attribution[0].by", name()),
    (STRIKE, "$.data.weapons[0].model", name()),
    (STRIKE, "$.data.figures[0].measure", WORD),
    (STRIKE, "$.data.figures[0].unit", WORD),
    (STRIKE, "$.data.figures[1].best", number(0, COUNT_MAX)),
    (STRIKE, "$.data.figures[2].low", number(0, COUNT_MAX)),
    (STRIKE, "$.data.figures[3].high", number(0, COUNT_MAX)),
    (STRIKE, "$.data.figures[0].as_written", words(1000)),
    (STRIKE, "$.data.figures[1].claimant", (["x", "x" * 200, {"name": "x"}], ["", "x" * 201, 1])),
    (STRIKE, "$.data.figures[0].claimant.name", name()),
    (STRIKE, "$.data.claimant.role", name()),
    (STRIKE, "$.data.claimant.party", PARTY),
    (STRIKE, "$.data.articles[0]", URL),
    (STRIKE, "$.data.graded_by", name()),
    (STRIKE, "$.data.rating.credibility", number(1, 6)),
    (STRIKE, "$.data.rating.rated_by", name()),
    (STRIKE, "$.data.occurred.as_written", words(1000)),
    (STRIKE, "$.data.occurred.basis", words(1000)),
    (
        STRIKE,
        "$.data.occurred.edtf",
        (["2025", "2" * 60, "2024-03-22/..", "202X~"], ["", "2" * 61, "spring", "2025\n", 2025]),
    ),
    (
        STRIKE,
        "$.data.occurred.zone",
        (
            ["UTC", "Europe/Kyiv", "America/Argentina/Salta", "Etc/GMT+3", "a" * 60],
            ["", "a" * 61, "Europe Kyiv", "a/b/c/d", "/a", "a/", "Europe/Kyiv\n", "../a", 2],
        ),
    ),
    # Statements.
    (STATEMENT, "$.data.speaker.name", name()),
    (STATEMENT, "$.data.speaker.id", name()),
    (STATEMENT, "$.data.speaker.role", name()),
    (STATEMENT, "$.data.speaker.party", PARTY),
    (STATEMENT, "$.data.about[0]", PARTY),
    (STATEMENT, "$.data.proposition", name(500)),
    (STATEMENT, "$.data.regions[0]", REGION),
    (STATEMENT, "$.data.quotes[0].text", name(300)),
    (STATEMENT, "$.data.quotes[0].source", words(2000)),
    (STATEMENT, "$.data.quotes[0].translator", name()),
    (STATEMENT, "$.data.quotes[0].complete", ([True, False], [0, 1, "true", None])),
    (STATEMENT, "$.data.articles[0]", URL),
    # Articles.
    (ARTICLE, "$.data.url", URL),
    (ARTICLE, "$.data.outlet.name", name()),
    (ARTICLE, "$.data.outlet.group", name()),
    (ARTICLE, "$.data.outlet.country", COUNTRY),
    (
        ARTICLE,
        "$.data.lang",
        (
            ["uk", "zh-Hant", "en-" + "a" * 8, "abcdefgh-" * 3 + "abcdefgh"],
            [
                *("", "e", "en_GB", "english language", "abcdefghi", "en-", "en-" + "a" * 9),
                *("en\n", "abcdefgh-" * 4 + "a", 1),
            ],
        ),
    ),
    (ARTICLE, "$.data.title", words(500)),
    (ARTICLE, "$.data.authors[0]", name()),
    (ARTICLE, "$.data.sha256", ([DIGITS * 4], [DIGITS.upper() * 4, DIGITS * 3, DIGITS * 5, "", 1])),
    (ARTICLE, "$.data.archive_urls[0]", URL),
    # Amendments.
    (CORRECTION, "$.data.corrects.id", EVENT_ID),
    (CORRECTION, "$.data.reason", words(1000)),
    (CORRECTION, "$.data.replacement.place.name", name()),
    (RETRACTION, "$.data.retracts.id", EVENT_ID),
    (RETRACTION, "$.data.reason", words(1000)),
]

WORDS: list[tuple[str, str, tuple[str, ...]]] = [
    (STRIKE, "$.data.scope", ("incident", "wave", "aggregate")),
    (STRIKE, "$.data.grade", ("confirmed", "fair", "weak", "contested", "discounted")),
    (STRIKE, "$.data.rating.reliability", ("A", "B", "C", "D", "E", "F")),
    (STRIKE, "$.data.weapons[0].status", ("reported", "contested")),
    (
        STRIKE,
        "$.data.weapons[0].family",
        (
            *("one_way_drone", "fpv_drone", "cruise_missile", "ballistic_missile", "missile"),
            *("guided_bomb", "artillery", "mine_ied", "small_arms", "other", "unknown"),
        ),
    ),
    (STRIKE, "$.data.attribution[0].basis", get_args(parties.Basis)),
    (STRIKE, "$.data.occurred.zone_basis", get_args(window.ZoneBasis)),
    (STRIKE, "$.data.targets[0]", taxonomy.TOPICS),
    (STATEMENT, "$.data.topics[0]", taxonomy.TOPICS),
    (STATEMENT, "$.data.act", get_args(events.Act)),
]


def outcome(sample: str, path: str, value: Any) -> Accepted | Refused:
    """What becomes of a golden sample that has this value at this path."""
    return accept(raw(changed(sample, path, value)))


@pytest.mark.parametrize(("sample", "path", "bounds"), BOUNDS)
def test_a_field_is_bounded_on_both_sides(
    sample: str, path: str, bounds: tuple[list[Any], list[Any]]
) -> None:
    """And what is beyond a bound is refused with the field's own path."""
    within, beyond = bounds
    for value in within:
        assert isinstance(outcome(sample, path, value), Accepted), value
    for value in beyond:
        refused = outcome(sample, path, value)
        assert isinstance(refused, Refused), value
        assert (refused.reason, refused.path) == ("invalid", path)


@pytest.mark.parametrize(("sample", "path", "vocabulary"), WORDS)
def test_a_vocabulary_is_closed(sample: str, path: str, vocabulary: tuple[str, ...]) -> None:
    """Each of its words is accepted, and no other: not in capitals, not with a blank."""
    for word in vocabulary:
        assert isinstance(outcome(sample, path, word), Accepted), word
    first = vocabulary[0]
    others: list[Any] = ["", "x", f"{first} ", first.swapcase(), f"{first}s", 1, [first]]
    for other in others:
        refused = outcome(sample, path, other)
        assert isinstance(refused, Refused), other
        assert (refused.reason, refused.path) == ("invalid", path)


def test_the_vocabularies_are_those_of_the_contract() -> None:
    """Written out here: a word that is dropped would make recorded events unreadable."""
    assert set(get_args(parties.Basis)) == {
        *("claimed_by_attacker", "alleged_by_target", "alleged_by_other", "assessed"),
        *("physical_evidence", "coded_by_dataset", "inferred_by_outlet"),
    }
    assert set(get_args(events.Act)) == {
        *("deny", "promise", "agree", "threaten", "reject", "request", "demand", "accuse"),
        *("admit", "justify", "report", "announce", "condemn", "other"),
    }
    assert set(get_args(window.ZoneBasis)) == {"stated", "assumed", "utc"}
    assert figures.Weapon(family="unknown").status == "reported"


# What takes two fields to judge.

PLACE = "$.data.place"
FIGURE = "$.data.figures[0]"
OCCURRED = "$.data.occurred"
COUNTED = {"measure": "killed", "unit": "people", "claimant": "x"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (PLACE, {"lat": 1}),
        (PLACE, {"lon": 1}),
        (PLACE, {"lat": 1, "lon": None, "name": "x"}),
        (PLACE, {}),
        (PLACE, {"name": None, "country": None}),
        (PLACE, {"unknown": "x"}),
        (FIGURE, COUNTED),
        (FIGURE, {**COUNTED, "best": None}),
        (FIGURE, {**COUNTED, "low": 2, "best": 1}),
        (FIGURE, {**COUNTED, "best": 2, "high": 1}),
        (FIGURE, {**COUNTED, "low": 2, "high": 1}),
        (FIGURE, {**COUNTED, "low": 1, "best": 3, "high": 2}),
        (OCCURRED, {"earliest": "2026-01-01T00:00:01Z", "latest": "2026-01-01T00:00:00Z"}),
        (OCCURRED, {"earliest": "2026-01-01T00:00:00Z", "latest": "2026-01-01T01:00:00+02:00"}),
        (
            OCCURRED,
            {"earliest": "2026-01-01T00:00:00.000001Z", "latest": "2026-01-01T00:00:00Z"},
        ),
    ],
)
def test_what_contradicts_itself_is_invalid(path: str, value: dict[str, Any]) -> None:
    """The path is that of the whole, for neither field alone is wrong."""
    refused = outcome(STRIKE, path, value)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.path) == ("invalid", path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (PLACE, {"lat": 0, "lon": 0}),
        *[(PLACE, {field: "UA-43"}) for field in ("as_written", "name", "admin1")],
        *[(PLACE, {field: 1}) for field in ("geonames", "radius_m", "where_prec")],
        (PLACE, {"country": "UA"}),
        (PLACE, {"controlled_by": "RUS"}),
        *[(FIGURE, {**COUNTED, field: 0}) for field in ("low", "best", "high")],
        (FIGURE, {**COUNTED, "low": 1, "best": 1, "high": 1}),
        (FIGURE, {**COUNTED, "low": 1, "high": 2, "best": None}),
        (OCCURRED, {"earliest": "2026-01-01T00:00:00Z", "latest": "2026-01-01T00:00:00Z"}),
        (OCCURRED, {"earliest": "2026-01-01T02:00:00+02:00", "latest": "2026-01-01T00:00:00Z"}),
    ],
)
def test_what_is_just_enough_is_accepted(path: str, value: dict[str, Any]) -> None:
    """One field of a place, one number of a figure, an instant for a window."""
    assert isinstance(outcome(STRIKE, path, value), Accepted)
