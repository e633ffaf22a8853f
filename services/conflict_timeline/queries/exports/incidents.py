"""The table of incidents: a row for each attack at one place."""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import UNSET

from conflict_events.timelines import Incident
from conflict_timeline.queries.exports.columns import JOINED, Column, Row, Table, joined
from conflict_timeline.queries.exports.common import ENTRY, attributed, place, window
from conflict_timeline.queries.exports.selection import Selection

_INCIDENT: Final = msgspec.json.Decoder(Incident)

_Attack = Row[Incident, None]


def _rows(selection: Selection) -> Iterator[_Attack]:
    for entry in selection.entries:
        yield Row(entry, selection.position, _INCIDENT.decode(entry.body), None)


def _members_total(row: _Attack) -> int:
    body = row.body
    return len(body.members) if body.members_total is UNSET else body.members_total


INCIDENTS: Final = Table[_Attack](
    "Attacks at one place each, as their reports tell them.",
    "incident",
    (
        *ENTRY,
        *window("core", "The time that the reports agree on", lambda row: row.body.core),
        Column(
            "windows_disagree",
            "boolean",
            "True where no time lies in all windows, so that the core is all of theirs.",
            lambda row: row.body.windows_disagree,
            required=True,
        ),
        Column(
            "imprecise",
            "boolean",
            "True where the only report has a window of more than 36 h.",
            lambda row: row.body.imprecise,
            required=True,
        ),
        *place(lambda row: row.body.place),
        *attributed(lambda row: row.body.parties),
        Column(
            "targets",
            "string",
            f"What was hit, as words of the taxonomy; {JOINED}.",
            lambda row: joined(row.body.targets),
        ),
        Column(
            "weapons",
            "string",
            f"Families of weapons, as reported; {JOINED}.",
            lambda row: joined(row.body.weapons),
        ),
        Column(
            "admin1s",
            "string",
            f"Regions that the reports name, ISO 3166-2; {JOINED}.",
            lambda row: joined(row.body.admin1s),
        ),
        Column(
            "countries",
            "string",
            f"Countries that the reports name, ISO 3166-1 alpha-2; {JOINED}.",
            lambda row: joined(row.body.countries),
        ),
        Column(
            "claimants",
            "string",
            f"Whose accounts the reports are; {JOINED}.",
            lambda row: joined(row.body.claimants),
        ),
        Column(
            "producers",
            "string",
            f"Who published the reports: CloudEvents sources; {JOINED}.",
            lambda row: joined(row.body.producers),
            required=True,
        ),
        Column(
            "members",
            "string",
            f"Event keys of the reports, at most 256 of them; {JOINED}.",
            lambda row: joined(row.body.members),
            required=True,
        ),
        Column(
            "members_total",
            "integer",
            "How many reports there are.",
            _members_total,
            required=True,
        ),
    ),
    _rows,
)
