"""Common columns: what the tables of several projections show in the same way."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, get_args

from conflict_events.events import Act, Quote
from conflict_events.figures import Outlet
from conflict_events.parties import Claimant, Speaker
from conflict_events.place import Place
from conflict_events.timelines import PartyHeld, Span
from conflict_timeline.queries.exports.columns import JOINED, Column, Row, joined
from conflict_timeline.queries.exports.spreadsheet import Cell

RowT = TypeVar("RowT")

ACTS: Final[tuple[str, ...]] = get_args(Act)

ENTRY: Final[tuple[Column[Row[Any, Any]], ...]] = (
    Column(
        "entry",
        "string",
        "Id of the entry. A citation is this id and a position.",
        lambda row: row.entry.entry,
        required=True,
    ),
    Column(
        "revision",
        "integer",
        "Which state of the entry this is, counted from 1.",
        lambda row: row.entry.revision,
        required=True,
    ),
    Column(
        "position",
        "integer",
        "Log position that made this state.",
        lambda row: row.entry.position,
        required=True,
    ),
    Column(
        "as_of",
        "integer",
        "Log position that the whole table is as of; asked again as of it, nothing differs.",
        lambda row: row.as_of,
        required=True,
    ),
    Column(
        "because",
        "string",
        f"Event key at `position`, then that of the event that it amends, if any; {JOINED}.",
        lambda row: joined(row.entry.because),
        required=True,
    ),
)
"""Which state of which entry a row shows: the first columns of every table."""


def window(
    prefix: str, what: str, span_of: Callable[[RowT], Span | None], *, required: bool = True
) -> Sequence[Column[RowT]]:
    """Both ends of a window: what is known of a time is never made one date."""

    def earliest(row: RowT) -> Cell:
        span = span_of(row)
        return None if span is None else span.earliest

    def latest(row: RowT) -> Cell:
        span = span_of(row)
        return None if span is None else span.latest

    return (
        Column(
            f"{prefix}_earliest",
            "datetime",
            f"{what}: not before this time (UTC).",
            earliest,
            required=required,
        ),
        Column(
            f"{prefix}_latest",
            "datetime",
            f"{what}: before this time (UTC), or at it when both ends are equal.",
            latest,
            required=required,
        ),
    )


def place(place_of: Callable[[RowT], Place | None]) -> Sequence[Column[RowT]]:
    """A place, as far as it is known."""

    def part(name: str) -> Callable[[RowT], Cell]:
        def cell(row: RowT) -> Cell:
            found = place_of(row)
            value: Cell = None if found is None else getattr(found, name)
            return value

        return cell

    return (
        Column("place_name", "string", "Name of the place.", part("name")),
        Column(
            "place_as_written",
            "string",
            "The place in the words of the source.",
            part("as_written"),
        ),
        Column(
            "place_country",
            "string",
            "Country of the place, ISO 3166-1 alpha-2. It never implies an attacker.",
            part("country"),
        ),
        Column("place_admin1", "string", "Region of the place, ISO 3166-2.", part("admin1")),
        Column("place_geonames", "integer", "GeoNames id of the place.", part("geonames")),
        Column("place_lat", "number", "Latitude in degrees, north positive.", part("lat")),
        Column("place_lon", "number", "Longitude in degrees, east positive.", part("lon")),
        Column(
            "place_radius_m",
            "number",
            "The place lies within so many metres of the point.",
            part("radius_m"),
        ),
        Column(
            "place_where_prec",
            "integer",
            "Precision of the place by the UCDP GED codebook, 1 (exact) to 7.",
            part("where_prec"),
        ),
        Column(
            "place_controlled_by",
            "string",
            "Party that held the place, as reported.",
            part("controlled_by"),
        ),
    )


def person(
    prefix: str, who: str, person_of: Callable[[RowT], Speaker | Claimant | None]
) -> Sequence[Column[RowT]]:
    """Somebody with a name, a role and a party, as reported."""

    def part(name: str) -> Callable[[RowT], Cell]:
        def cell(row: RowT) -> Cell:
            found = person_of(row)
            value: Cell = None if found is None else getattr(found, name)
            return value

        return cell

    return (
        Column(f"{prefix}_name", "string", f"Name of {who}.", part("name")),
        Column(f"{prefix}_role", "string", f"Role of {who}.", part("role")),
        Column(f"{prefix}_party", "string", f"Party of {who}.", part("party")),
    )


def speaker(speaker_of: Callable[[RowT], Speaker | None]) -> Sequence[Column[RowT]]:
    """Who said something."""

    def own_id(row: RowT) -> Cell:
        found = speaker_of(row)
        return None if found is None else found.id

    name, *others = person("speaker", "the speaker", speaker_of)
    stable = Column[RowT](
        "speaker_id", "string", "Stable id of the speaker, such as a Wikidata one.", own_id
    )
    return (name, stable, *others)


def outlet(outlet_of: Callable[[RowT], Outlet | None]) -> Sequence[Column[RowT]]:
    """Who published an article."""

    def part(name: str) -> Callable[[RowT], Cell]:
        def cell(row: RowT) -> Cell:
            found = outlet_of(row)
            value: Cell = None if found is None else getattr(found, name)
            return value

        return cell

    return (
        Column("outlet_name", "string", "Name of the outlet.", part("name")),
        Column(
            "outlet_group",
            "string",
            "Owner of the outlet: outlets of one group are one source.",
            part("group"),
        ),
        Column(
            "outlet_country",
            "string",
            "Country of the outlet, ISO 3166-1 alpha-2.",
            part("country"),
        ),
    )


def quotes(quotes_of: Callable[[RowT], Sequence[Quote]]) -> Sequence[Column[RowT]]:
    """The words of a statement: the first quote, which is the original where that is known."""

    def first(part: Callable[[Quote], Cell]) -> Callable[[RowT], Cell]:
        def cell(row: RowT) -> Cell:
            found = quotes_of(row)
            return part(found[0]) if found else None

        return cell

    return (
        Column(
            "quote",
            "string",
            "The words as they were said: the first quote, in the original language where that"
            " is known.",
            first(lambda quote: quote.text),
        ),
        Column(
            "quote_lang",
            "string",
            "Language of `quote`, BCP 47.",
            first(lambda quote: quote.lang),
        ),
        Column(
            "quote_complete",
            "boolean",
            "False where the passage that `quote` is from was cut.",
            first(lambda quote: quote.complete),
        ),
        Column(
            "quote_translator",
            "string",
            "Who translated `quote`; empty where it is no translation, or nobody says.",
            first(lambda quote: quote.translator),
        ),
        Column(
            "quotes",
            "integer",
            "How many quotes there are; the others are in NDJSON of the chronology.",
            lambda row: len(quotes_of(row)),
            required=True,
        ),
    )


def attributed(parties_of: Callable[[RowT], Sequence[PartyHeld]]) -> Sequence[Column[RowT]]:
    """Whose the attack is said to have been, on what bases, and who disputes it."""
    return (
        Column(
            "parties",
            "string",
            "Parties to which reports attribute the attack on more than an outlet's inference,"
            f" {JOINED}.",
            lambda row: joined(held.party for held in parties_of(row)),
        ),
        Column(
            "attribution",
            "string",
            "Bases of the attribution to each party, such as `RUS: alleged_by_target, assessed`;"
            f" parties {JOINED}.",
            lambda row: joined(
                f"{held.party}: {', '.join(held.bases)}" for held in parties_of(row)
            ),
        ),
        Column(
            "disputed_by",
            "string",
            "Who disputes the attribution to each party that is disputed, such as `RUS: RUS, BLR`;"
            f" parties {JOINED}.",
            lambda row: joined(
                f"{held.party}: {', '.join(held.disputed_by)}"
                for held in parties_of(row)
                if held.disputed_by
            ),
        ),
    )
