"""The shared pieces: taxonomy, event keys, instants, and the checks of structs made in Python."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conflict_events.amendments import EventRef
from conflict_events.events import BODIES, KINDS, TYPES, kind_of
from conflict_events.figures import Figure
from conflict_events.identity import body_digest, event_key
from conflict_events.instants import format_us, from_us, to_us, written_fault
from conflict_events.parties import Claimant
from conflict_events.place import Place
from conflict_events.taxonomy import PARENTS, TOPICS, covered, covers
from conflict_events.window import Window

# The taxonomy.

TREE = {
    "energy": {"energy_generation", "energy_grid", "energy_heat", "oil_gas"},
    "civilian": {"residential", "health", "education", "water", "religious_cultural"},
    "transport": {"rail", "port", "aviation"},
    **{word: set[str]() for word in ("industry", "military", "government", "media", "nuclear")},
    **{word: set[str]() for word in ("dam", "other", "unknown")},
}


def test_the_taxonomy_is_the_tree_of_the_contract() -> None:
    """Written out here: statements and strikes are matched by it."""
    assert set(TOPICS) == set(TREE) | {leaf for leaves in TREE.values() for leaf in leaves}
    assert len(TOPICS) == len(set(TOPICS))
    assert {(parent, leaf) for leaf, parent in PARENTS.items()} == {
        (parent, leaf) for parent, leaves in TREE.items() for leaf in leaves
    }


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_covers_itself_and_its_descendants_only(topic: str) -> None:
    """Never its parent, nor its siblings."""
    assert {target for target in TOPICS if covers(topic, target)} == {topic} | TREE.get(
        topic, set()
    )


@pytest.mark.parametrize(
    ("topics", "targets", "found"),
    [
        (["energy"], ["energy_grid", "port"], ("energy",)),
        (["energy_grid"], ["energy"], ()),
        (["port", "energy", "energy_grid"], ["energy_grid"], ("energy", "energy_grid")),
        (["transport", "port", "port"], ["port", "rail"], ("port", "transport")),
        (["civilian"], ["energy"], ()),
        (["unknown"], ["other"], ()),
        ([], ["port"], ()),
        (["port"], [], ()),
    ],
)
def test_the_topics_that_cover_a_target_are_sorted(
    topics: list[str], targets: list[str], found: tuple[str, ...]
) -> None:
    """Each once, by code point: timelines are compared byte by byte."""
    assert covered(topics, targets) == found


# Event keys.


def test_an_event_key_is_the_documented_digest() -> None:
    """By sha256sum of the source, a line feed, and the id."""
    key = "2111dcf2b007969675b4b56ec9cc5baa"
    assert event_key("https://scraper.example/odesa", "2025-02-19/1") == key
    assert EventRef(source="https://scraper.example/odesa", id="2025-02-19/1").key == key


def test_source_and_id_cannot_be_shifted_into_each_other() -> None:
    """Neither may hold the line feed that parts them."""
    assert event_key("a", "b") != event_key("ab", "")
    assert event_key("a", "bc") != event_key("ab", "c")


def test_a_body_digest_is_the_sha256_of_the_bytes() -> None:
    """By `printf '{}' | sha256sum`; blanks count."""
    digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert body_digest(b"{}").hex() == digest
    assert body_digest(b"{ }").hex() != digest


# Kinds and types.


def test_there_are_nine_types_of_three_kinds() -> None:
    """One body each."""
    assert len(BODIES) == 9
    assert {
        kind: [kind_of(name) for name in BODIES].count(kind) for kind in KINDS
    } == dict.fromkeys(KINDS, 3)
    assert {TYPES[body]: body for body in TYPES} == BODIES


@pytest.mark.parametrize("name", ["", "conflict", "strike", "conflict.strikes.v1", "x.strike.y"])
def test_other_types_have_no_kind(name: str) -> None:
    """They belong to another contract."""
    with pytest.raises(ValueError, match="is no event type of this contract"):
        kind_of(name)


# Instants.


@pytest.mark.parametrize(
    ("at_us", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (500_000, "1970-01-01T00:00:00.500000Z"),
        (1_739_836_800_000_000, "2025-02-18T00:00:00Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00Z"),
        (-5_364_662_400_000_000, "1800-01-01T00:00:00Z"),
        (7_258_118_399_999_999, "2199-12-31T23:59:59.999999Z"),
    ],
)
def test_timelines_write_times_with_no_or_six_digits(at_us: int, text: str) -> None:
    """One notation for one instant: timelines are compared byte by byte."""
    assert format_us(at_us) == text
    assert to_us(datetime.fromisoformat(text)) == at_us
    assert written_fault(text) is None


@given(st.integers(-5_364_662_400_000_000, 7_258_118_399_999_999), st.integers(-1439, 1439))
@example(7_258_118_399_999_999, -1439)
def test_microseconds_survive_every_way_of_writing_them(at_us: int, offset_min: int) -> None:
    """No float comes near them."""
    at = from_us(at_us)
    assert to_us(at) == at_us
    assert to_us(at.astimezone(timezone(timedelta(minutes=offset_min)))) == at_us
    assert to_us(datetime.fromisoformat(format_us(at_us))) == at_us


# Structs made in Python.

NOON = datetime(2025, 2, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("earliest", "latest", "why"),
    [
        (NOON, NOON - timedelta(microseconds=1), "latest is not before its earliest"),
        (NOON, NOON.replace(tzinfo=timezone(timedelta(hours=1))), "not before its earliest"),
        (datetime(1799, 12, 31, 23, tzinfo=UTC), NOON, "the years 1800 to 2199"),
        (NOON, datetime(2200, 1, 1, tzinfo=UTC), "the years 1800 to 2199"),
        (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), "1800 to 2199"),
        (
            datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))),
            datetime.min.replace(tzinfo=timezone(timedelta(hours=23))),
            "latest is not before its earliest",
        ),
    ],
)
def test_a_window_that_cannot_be_is_refused(earliest: datetime, latest: datetime, why: str) -> None:
    """At the ends of the calendar, too, where comparing times overflows."""
    with pytest.raises(ValueError, match=why):
        Window(earliest=earliest, latest=latest)


def test_a_window_counts_in_microseconds() -> None:
    """And knows its length; an instant has none."""
    window = Window(earliest=NOON, latest=NOON + timedelta(microseconds=1))
    assert (window.earliest_us, window.latest_us) == (1_739_880_000_000_000, 1_739_880_000_000_001)
    assert window.length == timedelta(microseconds=1)
    assert Window(earliest=NOON, latest=NOON).length == timedelta(0)


def test_a_window_is_read_from_text_with_all_that_is_known_of_it() -> None:
    """The example of the contract."""
    assert Window.parse("2025-02-18", zone="Europe/Moscow", basis="the headline") == Window(
        earliest=datetime(2025, 2, 17, 21, tzinfo=UTC),
        latest=datetime(2025, 2, 18, 21, tzinfo=UTC),
        as_written="2025-02-18",
        edtf="2025-02-18",
        zone="Europe/Moscow",
        zone_basis="assumed",
        basis="the headline",
    )
    assert Window.parse("2025-02-18", zone="Europe/Moscow", zone_basis="stated").zone_basis == (
        "stated"
    )


@pytest.mark.parametrize("place", [{}, {"lat": 1.0}, {"lon": 1.0, "name": "x"}])
def test_a_place_that_is_half_a_point_or_nothing_is_refused(place: dict[str, Any]) -> None:
    """When it is made, not when it is sent."""
    with pytest.raises(ValueError, match="a place "):
        Place(**place)


@pytest.mark.parametrize("figure", [{}, {"low": 2, "best": 1}, {"best": 2, "high": 1}])
def test_a_figure_without_a_number_or_out_of_order_is_refused(figure: dict[str, Any]) -> None:
    """When it is made, not when it is sent."""
    with pytest.raises(ValueError, match="a figure "):
        Figure(measure="killed", unit="people", claimant="x", **figure)


@pytest.mark.parametrize("missing", ["measure", "unit", "claimant"])
def test_a_figure_names_what_is_counted_in_what_and_by_whom(missing: str) -> None:
    """The contract: a figure without unit or claimant is refused."""
    fields = {"measure": "killed", "unit": "people", "claimant": "x", "best": 1}
    del fields[missing]
    with pytest.raises(TypeError, match=missing):
        Figure(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("one", [Place(name="x"), Claimant(name="x"), Window.parse("2025")])
def test_the_shared_pieces_cannot_be_changed(one: msgspec.Struct) -> None:
    """An event is frozen: projections may share its parts."""
    with pytest.raises(AttributeError, match="immutable"):
        setattr(one, one.__struct_fields__[0], "y")
    assert hash(one) == hash(msgspec.structs.replace(one))


def test_a_window_whose_end_has_no_zone_is_refused_with_a_sentence() -> None:
    """A naive end would be compared with an aware one, which Python answers with a TypeError."""
    with pytest.raises(ValueError, match="have a zone"):
        Window(
            earliest=datetime(2025, 2, 18, tzinfo=UTC),
            latest=datetime(2025, 2, 19),  # noqa: DTZ001 - the fault that is meant
        )
