"""The table of pairings: a row for each pair, with the base rate of its statement beside it."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple, get_args

import msgspec
from msgspec import UNSET

from conflict_events.events import Quote
from conflict_events.timelines import Fit, Order, Pairing, WindowName
from conflict_timeline.projections.pairing_rules import WINDOWS_US
from conflict_timeline.queries.base_rate import WindowRate
from conflict_timeline.queries.exports.columns import JOINED, Column, Row, Table, joined
from conflict_timeline.queries.exports.common import (
    ACTS,
    ENTRY,
    attributed,
    place,
    quotes,
    speaker,
    window,
)
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.exports.spreadsheet import Cell
from conflict_timeline.queries.view import StatementRate

_PAIRING: Final = msgspec.json.Decoder(Pairing)


class _Shown(NamedTuple):
    """What is never left out beside a pair."""

    rate: StatementRate
    quotes: tuple[Quote, ...]


_Pair = Row[Pairing, _Shown]


def _rows(selection: Selection) -> Iterator[_Pair]:
    view = selection.view
    if view is None:
        raise ValueError("pairings are exported from a view: none is shown without its base rate")

    @cache
    def shown(statement: str) -> _Shown:
        said = view.statement(statement).quotes
        return _Shown(view.base_rate(statement), () if said is UNSET else said)

    for entry in selection.entries:
        body = _PAIRING.decode(entry.body)
        yield Row(entry, selection.position, body, shown(body.statement))


def _fits() -> Iterator[Column[_Pair]]:
    for name in WINDOWS_US:
        yield Column(
            f"fit_{name}",
            "string",
            f"Whether the incident was reported after the words within {name}: definite (surely),"
            " possible, or empty (surely not).",
            _fit(name),
            values=get_args(Fit),
        )


def _fit(name: WindowName) -> Callable[[_Pair], Cell]:
    return lambda row: row.body.windows.get(name)


def _rates() -> Iterator[Column[_Pair]]:
    """The base rate of the pair's statement; what is expected first."""
    for name in WINDOWS_US:
        yield from _expected(name)
    for name in WINDOWS_US:
        yield from _observed(name)


def _expected(name: WindowName) -> Sequence[Column[_Pair]]:
    share = (
        f"Base rate: of all moments in the 90 days that end {name} before the words, the share (0"
        f" to 1) that an incident of the same party, topic and region followed within {name};"
    )
    mean = f"Base rate: how many such incidents followed such a moment within {name} on average;"
    null = "Empty where `base_rate_reason` is given."
    return (
        _rate(name, "share_low", f"{share} at least. {null}"),
        _rate(name, "share_high", f"{share} at most. {null}"),
        _rate(name, "mean_low", f"{mean} at least. {null}"),
        _rate(name, "mean_high", f"{mean} at most. {null}"),
    )


def _rate(name: WindowName, figure: str, description: str) -> Column[_Pair]:
    return Column(f"expected_{name}_{figure}", "number", description, _figure(name, figure))


def _figure(name: WindowName, figure: str) -> Callable[[_Pair], Cell]:
    def cell(row: _Pair) -> Cell:
        rate: WindowRate = row.more.rate.windows[name]
        value: float | None = getattr(rate, figure)
        return value

    return cell


def _observed(name: WindowName) -> Sequence[Column[_Pair]]:
    whole = "All of its pairs count, whichever were chosen."
    return (
        Column(
            f"observed_{name}_definite",
            "integer",
            f"How many incidents were reported after the statement surely within {name}. {whole}",
            lambda row: row.more.rate.windows[name].observed_definite,
            required=True,
        ),
        Column(
            f"observed_{name}_possible",
            "integer",
            f"How many more possibly were, within {name}. {whole}",
            lambda row: row.more.rate.windows[name].observed_possible,
            required=True,
        ),
    )


PAIRINGS: Final = Table[_Pair](
    "Statements paired with the strikes reported after them, each beside its base rate: how often"
    " such strikes came anyway. A strike after a denial does not refute it.",
    "pair",
    (
        *ENTRY,
        Column(
            "statement",
            "string",
            "Event key of the statement.",
            lambda row: row.body.statement,
            required=True,
        ),
        Column(
            "incident",
            "string",
            "Id of the incident that was reported after it.",
            lambda row: row.body.incident,
            required=True,
        ),
        *speaker(lambda row: row.body.speaker),
        Column(
            "act",
            "string",
            "What the speaker did by saying it.",
            lambda row: row.body.act,
            required=True,
            values=ACTS,
        ),
        Column(
            "proposition",
            "string",
            "What was said, in neutral words.",
            lambda row: row.body.proposition,
            required=True,
        ),
        *quotes(lambda row: row.more.quotes),
        *window("said", "When it was said", lambda row: row.body.said),
        Column(
            "order",
            "string",
            "after: the incident surely began when the words were out; unknown: it may have begun"
            " before, and is in no headline count.",
            lambda row: row.body.order,
            required=True,
            values=get_args(Order),
        ),
        Column(
            "lag_min_s",
            "integer",
            "Least time from the words to the beginning of the incident, whole seconds.",
            lambda row: row.body.lag_min_s,
            required=True,
        ),
        Column(
            "lag_max_s",
            "integer",
            "Greatest time from the words to the end of the incident, whole seconds.",
            lambda row: row.body.lag_max_s,
            required=True,
        ),
        *_fits(),
        *attributed(lambda row: row.body.parties),
        Column(
            "topics",
            "string",
            f"Topics of the statement that cover a target of the incident; {JOINED}.",
            lambda row: joined(row.body.topics),
            required=True,
        ),
        Column(
            "targets",
            "string",
            f"What was hit, as words of the taxonomy; {JOINED}.",
            lambda row: joined(row.body.targets),
            required=True,
        ),
        *place(lambda row: row.body.place),
        *window("core", "The time that the incident's reports agree on", lambda row: row.body.core),
        Column(
            "rules",
            "string",
            "By which rules the pair was made.",
            lambda row: row.body.rules,
            required=True,
        ),
        *_rates(),
        Column(
            "base_rate_reason",
            "string",
            "Why there is no base rate: `too_little_data` with fewer than 30 days recorded.",
            lambda row: row.more.rate.reason,
        ),
        Column(
            "days_recorded",
            "integer",
            "UTC days, of the 90 that end 24 h before the words, that the core of any incident"
            " overlaps.",
            lambda row: row.more.rate.days_recorded,
            required=True,
        ),
        Column(
            "days_with_match",
            "integer",
            "Those of them that the core of an incident of the same party, topic and region"
            " overlaps.",
            lambda row: row.more.rate.days_with_match,
            required=True,
        ),
    ),
    _rows,
)
