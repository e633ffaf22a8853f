"""Wanted: filters as values and marks, none of which the entries that are asked for can lack."""

import sqlite3
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from conflict_events.edtf import parse_bounds
from conflict_timeline.queries.facts import plain
from conflict_timeline.queries.filters import Filters
from conflict_timeline.web.readmodel.stands import Stands
from conflict_timeline.web.readmodel.times import FAR_US
from conflict_timeline.web.readmodel.values import bit_of, searched, value_of

FEW_VALUES: Final = 1_000
"""So many values of a word are looked up at once, in a few ms."""

VALUES_MAX: Final = 20_000
"""More values than this are too many to look each of them up."""

_TRIGRAM: Final = 3
_TRIGRAMS_MAX: Final = 1_000

_WITH_WORD: Final = (
    "SELECT text.value FROM word CROSS JOIN text ON text.id = word.rowid"
    " WHERE word MATCH :match AND instr(text.text, :word) LIMIT :most"
)
_TRIGRAMS: Final = "SELECT term FROM trigram WHERE term >= ? AND term < ? LIMIT ?"
_WITH_PART: Final = (
    "SELECT value FROM text WHERE timeline = :timeline AND facet = :facet"
    " AND instr(text, :word) LIMIT :most"
)
_WITH_VALUES: Final = (
    "SELECT DISTINCT revision.entry FROM json_each(:values) AS wanted"
    " CROSS JOIN posting ON posting.timeline = :timeline AND posting.value = wanted.value"
    " AND posting.cell < :cells"
    " CROSS JOIN revision ON revision.id = :base | posting.seq"
    " LIMIT :most"
)


class Wanted(NamedTuple):
    """What entries must have: of each group a value, of each mark a bit, and a time in common.

    A mark is a number with a bit for each value that will do.

    `may_know_more` tells that there are words of which more values can be looked up.
    """

    groups: list[tuple[int, ...]]
    marks: list[int]
    low_us: int
    high_us: int
    may_know_more: bool


def wanted(  # noqa: PLR0913, PLR0917 - what an index knows, and of how much it is asked
    connection: sqlite3.Connection,
    stands: Stands,
    filters: Filters,
    said: Stands | None,
    words: tuple[str, ...],
    most: int,
) -> Wanted:
    """What the entries of a timeline that are asked for must have, as far as an index knows.

    `said` is the chronology, where the quotes of statements are searched too. Of `words`, which are
    among those asked for, one of which there are more than `most` values is left out.
    """
    groups: list[tuple[int, ...]] = []
    marks: list[int] = []
    for facet in ("party", "topic", "region", "act"):
        asked: tuple[str, ...] = getattr(filters, facet)
        if asked:
            groups.append(tuple(value_of(facet, one) for one in asked))
            marks.append(_bits_of(facet, asked))
    marks += [bit_of(facet, text) for facet, text in _marks(filters)]
    if filters.disputed:
        groups.append((value_of("disputed", "true"),))
    if filters.statement is not None:
        groups.append((value_of("statement", filters.statement),))
    if filters.incident is not None:
        groups.append((value_of("incident", filters.incident),))
    looked = [_with_word(connection, stands, said, word, most) for word in words]
    may_know_more = None in looked and most < VALUES_MAX
    if filters.speaker:
        looked.append(_speakers(connection, stands, filters.speaker))
    groups += [found for found in looked if found is not None]
    return Wanted(groups, marks, *_times(filters), may_know_more)


def _bits_of(facet: str, asked: tuple[str, ...]) -> int:
    bits = 0
    for one in asked:
        bits |= bit_of(facet, one)
    return bits


def _marks(filters: Filters) -> Iterator[tuple[str, str]]:
    if filters.order is not None:
        yield "order", filters.order
    if filters.within is not None:
        yield "within", filters.within
    if filters.disputed is not None:
        yield "disputed", "true" if filters.disputed else "false"


def _times(filters: Filters) -> tuple[int, int]:
    low, high = -FAR_US, FAR_US
    if filters.from_ is not None:
        low = parse_bounds(filters.from_, None).earliest_us
    if filters.to is not None:
        high = parse_bounds(filters.to, None).latest_us
    return low, high


def _speakers(
    connection: sqlite3.Connection, stands: Stands, asked: tuple[str, ...]
) -> tuple[int, ...] | None:
    """The values of speakers by an id or a part of their names."""
    found = [value_of("speaker-id", one) for one in asked]
    for one in asked:
        named = _with_part(connection, stands, "speaker", plain(one), VALUES_MAX)
        if named is None:
            return None
        found += named
    return _at_most(tuple(dict.fromkeys(found)), VALUES_MAX)


def _with_word(
    connection: sqlite3.Connection, stands: Stands, said: Stands | None, word: str, most: int
) -> tuple[int, ...] | None:
    """The values with which a word may be found; None where they are too many."""
    found = _texts_with(connection, stands, word, most)
    if found is None or said is None:
        return found
    quoted = _texts_with(connection, said, word, most)
    if quoted is None:
        return None
    rows = connection.execute(
        _WITH_VALUES,
        {
            "values": _json(quoted),
            "timeline": said.timeline,
            "base": said.base,
            "cells": said.cells,
            "most": most + 1,
        },
    )
    return _at_most((*found, *(value_of("statement", entry) for (entry,) in rows)), most)


def _texts_with(
    connection: sqlite3.Connection, stands: Stands, word: str, most: int
) -> tuple[int, ...] | None:
    """The values of texts that a word is in."""
    match = _match(connection, word, most)
    if match is None:
        return None if most < VALUES_MAX else _with_part(connection, stands, "text", word, most)
    if not match:
        return ()
    given = {
        "match": f"{_quoted(stands.mark)} AND ({match})",
        "word": searched(word),
        "most": most + 1,
    }
    return _at_most(tuple(value for (value,) in connection.execute(_WITH_WORD, given)), most)


def _match(connection: sqlite3.Connection, word: str, most: int) -> str | None:
    """What texts with a word match; empty when no text has it, None where the index cannot tell."""
    if "\0" in word:
        return None
    if len(word) >= _TRIGRAM:
        trigrams = (word[at : at + _TRIGRAM] for at in range(len(word) - _TRIGRAM + 1))
        return " AND ".join(map(_quoted, dict.fromkeys(trigrams)))
    if most < VALUES_MAX:
        return None  # What is that short is mostly in many texts.
    given = (word, word + "\U0010ffff" * _TRIGRAM, _TRIGRAMS_MAX + 1)
    begun = [term for (term,) in connection.execute(_TRIGRAMS, given)]
    return " OR ".join(map(_quoted, begun)) if len(begun) <= _TRIGRAMS_MAX else None


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))


def _with_part(
    connection: sqlite3.Connection, stands: Stands, facet: str, part: str, most: int
) -> tuple[int, ...] | None:
    """The same by looking at every text: of a part that is too short to be indexed."""
    given = {
        "timeline": stands.timeline,
        "facet": facet,
        "word": searched(part),
        "most": most + 1,
    }
    return _at_most(tuple(value for (value,) in connection.execute(_WITH_PART, given)), most)


def _at_most(values: tuple[int, ...], most: int) -> tuple[int, ...] | None:
    return values if len(values) <= most else None


def _json(values: tuple[int, ...]) -> str:
    return msgspec.json.encode(values).decode()
