"""The table of the chronology: a row for each article, statement and report."""

from collections.abc import Iterator
from typing import Final, get_args

import msgspec
from msgspec import UNSET

from conflict_events.events import KINDS, Grade, Quote, Scope
from conflict_events.timelines import Happening
from conflict_timeline.queries.exports.columns import JOINED, Column, Row, Table, given, joined
from conflict_timeline.queries.exports.common import (
    ACTS,
    ENTRY,
    outlet,
    person,
    place,
    quotes,
    speaker,
    window,
)
from conflict_timeline.queries.exports.selection import Selection

_HAPPENING: Final = msgspec.json.Decoder(Happening)

_Line = Row[Happening, None]


def _rows(selection: Selection) -> Iterator[_Line]:
    for entry in selection.entries:
        yield Row(entry, selection.position, _HAPPENING.decode(entry.body), None)


def _quotes(row: _Line) -> tuple[Quote, ...]:
    return () if row.body.quotes is UNSET else row.body.quotes


def _about(row: _Line) -> str | None:
    return None if row.body.about is UNSET else joined(row.body.about)


def _attribution(row: _Line) -> str | None:
    return joined(
        f"{one.party}: {one.basis}" if one.by is None else f"{one.party}: {one.basis}, by {one.by}"
        for one in given(row.body.attribution) or ()
    )


def _disputed_by(row: _Line) -> str | None:
    return joined(
        f"{one.party}: {', '.join(one.disputed_by)}"
        for one in given(row.body.attribution) or ()
        if one.disputed_by
    )


def _weapons(row: _Line) -> str | None:
    return joined(
        one.family
        + ("" if one.model is UNSET else f": {one.model}")
        + (" (contested)" if one.status == "contested" else "")
        for one in given(row.body.weapons) or ()
    )


CHRONOLOGY: Final = Table[_Line](
    "What was published, said and struck, as reported.",
    "event that counts",
    (
        *ENTRY,
        Column(
            "kind",
            "string",
            "What the event is about.",
            lambda row: row.body.kind,
            required=True,
            values=KINDS,
        ),
        *window("window", "When it was published, said or struck", lambda row: row.body.window),
        Column(
            "as_written",
            "string",
            "That time in the words of the source.",
            lambda row: given(row.body.as_written),
        ),
        Column(
            "edtf",
            "string",
            "Those words as EDTF, day level.",
            lambda row: given(row.body.edtf),
        ),
        Column(
            "title",
            "string",
            "An article's title or address, a statement's proposition in neutral words, or a"
            " report's place and targets.",
            lambda row: row.body.title,
            required=True,
        ),
        Column(
            "parties",
            "string",
            "Parties whose conduct a statement is about and the speaker's, or those to which a"
            f" report attributes an attack on more than an outlet's inference; {JOINED}.",
            lambda row: joined(row.body.parties),
        ),
        Column(
            "topics",
            "string",
            f"Topics of a statement, or targets of a report; {JOINED}.",
            lambda row: joined(row.body.topics),
        ),
        Column(
            "regions",
            "string",
            f"Regions of a statement, or country and region of a report's place; {JOINED}.",
            lambda row: joined(row.body.regions),
        ),
        Column(
            "articles",
            "string",
            f"Addresses that the event cites, or the article's own; {JOINED}.",
            lambda row: joined(row.body.articles),
        ),
        *speaker(lambda row: given(row.body.speaker)),
        Column(
            "act",
            "string",
            "What the speaker did by saying it.",
            lambda row: given(row.body.act),
            values=ACTS,
        ),
        Column(
            "about",
            "string",
            "Parties whose conduct the words are about, as the statement gives them; empty: the"
            f" speaker's; {JOINED}.",
            _about,
        ),
        *window(
            "validity",
            "The time that a commitment covers",
            lambda row: given(row.body.validity),
            required=False,
        ),
        *quotes(_quotes),
        Column(
            "scope",
            "string",
            "What a report speaks of: one attack, a wave of them, or a count over a time.",
            lambda row: given(row.body.scope),
            values=get_args(Scope),
        ),
        *person(
            "claimant",
            "the claimant, whose account a report is",
            lambda row: given(row.body.claimant),
        ),
        Column(
            "attribution",
            "string",
            "Who is said to have attacked, on what basis and by whom, as reported, such as `RUS:"
            f" alleged_by_target, by Air Force`; {JOINED}.",
            _attribution,
        ),
        Column(
            "disputed_by",
            "string",
            "Who disputes each attribution that is disputed, such as `RUS: RUS, BLR`;"
            f" attributions {JOINED}.",
            _disputed_by,
        ),
        Column(
            "weapons",
            "string",
            "Weapons as reported: family, model and whether sources disagree, such as"
            f" `one_way_drone: Shahed (contested)`; {JOINED}.",
            _weapons,
        ),
        Column(
            "grade",
            "string",
            "How well the report is confirmed, as its producer grades it.",
            lambda row: given(row.body.grade),
            values=get_args(Grade),
        ),
        *place(lambda row: given(row.body.place)),
        *outlet(lambda row: given(row.body.outlet)),
    ),
    _rows,
)
