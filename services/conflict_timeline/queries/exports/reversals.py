"""The table of reversals: a row for two statements of one speaker by opposite acts."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, get_args

import msgspec

from conflict_events.timelines import Order, Reversal, Words
from conflict_timeline.queries.exports.columns import JOINED, Column, Row, Table, joined
from conflict_timeline.queries.exports.common import ACTS, ENTRY, speaker, window
from conflict_timeline.queries.exports.selection import Selection

_REVERSAL: Final = msgspec.json.Decoder(Reversal)

_Pair = Row[Reversal, None]


def _rows(selection: Selection) -> Iterator[_Pair]:
    for entry in selection.entries:
        yield Row(entry, selection.position, _REVERSAL.decode(entry.body), None)


def _words(which: str, words_of: Callable[[_Pair], Words]) -> Sequence[Column[_Pair]]:
    return (
        Column(
            f"{which}_act",
            "string",
            f"What the speaker did by the {which} statement.",
            lambda row: words_of(row).act,
            required=True,
            values=ACTS,
        ),
        *window(
            f"{which}_said", f"When the {which} words were said", lambda row: words_of(row).said
        ),
        Column(
            f"{which}_proposition",
            "string",
            f"What was said {which}, in neutral words.",
            lambda row: words_of(row).proposition,
            required=True,
        ),
    )


REVERSALS: Final = Table[_Pair](
    "Two statements of one speaker on one topic, by opposite acts.",
    "two statements",
    (
        *ENTRY,
        Column(
            "earlier",
            "string",
            "Event key of the earlier statement.",
            lambda row: row.body.earlier,
            required=True,
        ),
        Column(
            "later",
            "string",
            "Event key of the later statement.",
            lambda row: row.body.later,
            required=True,
        ),
        Column(
            "order",
            "string",
            "after: the later one surely began when the earlier was over; unknown: nobody knows.",
            lambda row: row.body.order,
            required=True,
            values=get_args(Order),
        ),
        Column(
            "gap_min_s",
            "integer",
            "Least time between the two, whole seconds.",
            lambda row: row.body.gap_min_s,
            required=True,
        ),
        Column(
            "gap_max_s",
            "integer",
            "Greatest time between the two, whole seconds.",
            lambda row: row.body.gap_max_s,
            required=True,
        ),
        Column(
            "rules",
            "string",
            "By which rules the two were found.",
            lambda row: row.body.rules,
            required=True,
        ),
        *speaker(lambda row: row.body.speaker),
        Column(
            "parties",
            "string",
            f"Parties whose conduct both are about; {JOINED}.",
            lambda row: joined(row.body.parties),
        ),
        Column(
            "topics",
            "string",
            f"Topics of either that cover, or are covered by, one of the other; {JOINED}.",
            lambda row: joined(row.body.topics),
        ),
        *_words("earlier", lambda row: row.body.earlier_words),
        *_words("later", lambda row: row.body.later_words),
    ),
    _rows,
)
