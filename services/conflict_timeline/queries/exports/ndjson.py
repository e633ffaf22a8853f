"""NDJSON: an entry a line, with the position that it is as of."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

import msgspec

from conflict_events.timelines import Entry, Pairing
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.view import View

_PAIRING: Final = msgspec.json.Decoder(Pairing)


class EntryAsOf(Entry, frozen=True, kw_only=True):
    """An entry as it leaves us: with the position that the whole answer is as of."""

    as_of: int


class PairAsOf(EntryAsOf, frozen=True, kw_only=True):
    """A pair as it is exported: no pair is shown without the base rate of its statement."""

    base_rate: msgspec.Raw


def as_of_position(entries: Iterable[Entry], position: int) -> Iterator[EntryAsOf]:
    """Entries with the position that they are as of."""
    for entry in entries:
        fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
        yield EntryAsOf(**fields, as_of=position)


def ndjson_of(selection: Selection) -> Iterator[bytes]:
    """The selection, a line at a time."""
    rows = as_of_position(selection.entries, selection.position)
    if selection.view is not None:
        rows = _pairs(rows, selection.view, selection.versions)
    for row in rows:
        yield msgspec.json.encode(row) + b"\n"


def _pairs(
    entries: Iterable[EntryAsOf], view: View, versions: dict[str, int]
) -> Iterator[EntryAsOf]:
    @cache
    def rate(statement: str) -> msgspec.Raw:
        # Of the pair as well: its view need not know of it.
        found = msgspec.structs.replace(view.base_rate(statement), versions=versions)
        return msgspec.Raw(msgspec.json.encode(found))

    for entry in entries:
        fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
        yield PairAsOf(**fields, base_rate=rate(_PAIRING.decode(entry.body).statement))
