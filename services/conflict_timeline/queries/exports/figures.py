"""The table of figures: a row for each claim, so that no number stands without its claimant."""

from collections.abc import Iterator
from typing import Final, NamedTuple, get_args

import msgspec
from msgspec import UNSET

from conflict_events.events import Scope
from conflict_events.timelines import Agreement, Claim, FigureClaims
from conflict_timeline.queries.exports.columns import Column, Row, Table, given
from conflict_timeline.queries.exports.common import ENTRY, place, window
from conflict_timeline.queries.exports.selection import Selection

_FIGURES: Final = msgspec.json.Decoder(FigureClaims)


class _Nth(NamedTuple):
    """One claim of an entry, and the how manieth it is, from 1."""

    nth: int
    claim: Claim


_Claimed = Row[FigureClaims, _Nth]


def _rows(selection: Selection) -> Iterator[_Claimed]:
    for entry in selection.entries:
        body = _FIGURES.decode(entry.body)
        for nth, claim in enumerate(body.claims, 1):
            yield Row(entry, selection.position, body, _Nth(nth, claim))


def _claims_total(row: _Claimed) -> int:
    body = row.body
    return len(body.claims) if body.claims_total is UNSET else body.claims_total


FIGURES: Final = Table[_Claimed](
    "Every number that was claimed, by whom, side by side; never averaged or converted.",
    "claim, with the columns of its entry repeated",
    (
        *ENTRY,
        Column(
            "claim",
            "integer",
            "Which claim of the entry this is, counted from 1.",
            lambda row: row.more.nth,
            required=True,
        ),
        Column(
            "of",
            "string",
            "What it is claimed of: id of an incident, or event key of a wave or an aggregate.",
            lambda row: row.body.of,
            required=True,
        ),
        Column(
            "measure",
            "string",
            "What is counted, such as killed or launched.",
            lambda row: row.body.measure,
            required=True,
        ),
        Column(
            "unit",
            "string",
            "In what it is counted, such as people or drones.",
            lambda row: row.body.unit,
            required=True,
        ),
        Column(
            "agreement",
            "string",
            "Of the current claims of the entry: single (of one claimant), consistent (there is a"
            " number that all allow) or disputed.",
            lambda row: row.body.agreement,
            required=True,
            values=get_args(Agreement),
        ),
        Column(
            "claimant_name",
            "string",
            "Whose number it is.",
            lambda row: row.more.claim.claimant,
            required=True,
        ),
        Column(
            "claimant_role",
            "string",
            "Role of the claimant.",
            lambda row: given(row.more.claim.role),
        ),
        Column(
            "claimant_party",
            "string",
            "Party of the claimant.",
            lambda row: given(row.more.claim.party),
        ),
        Column(
            "event",
            "string",
            "Event key of the report that gives it.",
            lambda row: row.more.claim.event,
            required=True,
        ),
        Column(
            "current",
            "boolean",
            "True for the latest claim of its claimant; the others are kept beside it.",
            lambda row: row.more.claim.current,
            required=True,
        ),
        Column(
            "reported",
            "datetime",
            "Time of the event, or of the amendment that holds (UTC).",
            lambda row: row.more.claim.reported,
            required=True,
        ),
        Column(
            "claimed_as_of",
            "datetime",
            "The claimant's own date of the number (UTC), where there is one.",
            lambda row: given(row.more.claim.as_of),
        ),
        Column("low", "integer", "Least number claimed.", lambda row: given(row.more.claim.low)),
        Column("best", "integer", "Number claimed.", lambda row: given(row.more.claim.best)),
        Column("high", "integer", "Most claimed.", lambda row: given(row.more.claim.high)),
        Column(
            "as_written",
            "string",
            "The number in the words of the source.",
            lambda row: given(row.more.claim.as_written),
        ),
        Column(
            "claims_total",
            "integer",
            "How many claims the entry has; at most 256 of them have a row.",
            _claims_total,
            required=True,
        ),
        Column(
            "scope",
            "string",
            "What the report speaks of: one attack, a wave of them, or a count over a time.",
            lambda row: row.body.scope,
            required=True,
            values=get_args(Scope),
        ),
        *window(
            "core",
            "The core of the incident, or the window of the wave or aggregate",
            lambda row: row.body.core,
        ),
        *place(lambda row: row.body.place),
    ),
    _rows,
    key=("entry", "claim"),
)
