"""Values: by what entries are found. The exact filters have the last word; these lose nothing."""

from array import array
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from conflict_events.instants import DAY_US
from conflict_events.taxonomy import PARENTS
from conflict_events.timelines import Revision
from conflict_timeline.queries.facts import FACTS, Facts, plain
from conflict_timeline.web.readmodel.times import NO_TIME_US, event_us

ALL: Final = 0
"""The value that every asserted entry has."""

LASTING_US_MAX: Final = (2 * DAY_US, 64 * DAY_US)
"""How long entries of the first classes last at most; those of one more class last longer."""

BLOCK_BITS: Final = 16
"""Revisions of one block: a reader of an early position looks through one block at most in vain."""

_CLASS_BITS: Final = 2
_ORDER_BYTES: Final = 12
_EXACT_BITS: Final = {
    ("order", "after"): 0,
    ("order", "unknown"): 1,
    ("within", "24h"): 2,
    ("within", "72h"): 3,
    ("within", "7d"): 4,
    ("within", "30d"): 5,
    ("disputed", "true"): 6,
    ("disputed", "false"): 7,
}
_HASHED_FROM: Final = 8
_HASHED_BITS: Final = 54


class Text(NamedTuple):
    """Something that words are looked for in: `text` or `speaker`, its value, itself in plain."""

    facet: str
    value: int
    text: str


class Indexed(NamedTuple):
    """A revision as it is found: `signature` has a bit for what many entries have in common.

    `words` are the values of the texts that words are looked for in, of eight bytes each.
    """

    event_us: int
    end_us: int
    order: bytes
    values: set[int]
    signature: int
    texts: list[Text]
    words: bytes


@lru_cache(maxsize=100_000)
def value_of(facet: str, text: str) -> int:
    """The number of a value. Two may share one: that costs a look, and nothing else."""
    return 1 + (int.from_bytes(blake2b(f"{facet}\0{text}".encode(), digest_size=8).digest()) >> 2)


@lru_cache(maxsize=100_000)
def _found_by(facet: str, text: str) -> tuple[int, int]:
    return value_of(facet, text), bit_of(facet, text)


def bit_of(facet: str, text: str) -> int:
    """The bit of a value in the signature of entries that have it."""
    exact = _EXACT_BITS.get((facet, text))
    if exact is None:
        return 1 << (_HASHED_FROM + value_of(facet, text) % _HASHED_BITS)
    return 1 << exact


def cell_of(seq: int, start_us: int, end_us: int) -> int:
    """The block of a revision and its class of length."""
    length = end_us - start_us
    lasting = sum(length > longest for longest in LASTING_US_MAX)
    return seq >> BLOCK_BITS << _CLASS_BITS | lasting


def cells_upto(seq: int) -> Iterator[tuple[int, int | None]]:
    """The cells of all revisions up to one, with how long their entries last at most (us)."""
    for block in range((seq >> BLOCK_BITS) + 1):
        for lasting, longest in enumerate((*LASTING_US_MAX, None)):
            yield block << _CLASS_BITS | lasting, longest


def searched(text: str) -> str:
    """A text as the index of words keeps it: SQL ends a text at a NUL."""
    return text.replace("\0", " ")


def order_of(projection: str, entry: str) -> bytes:
    """What an entry's id begins with, enough to tell most of one time apart.

    Of somebody else's projection all of it: its ids may begin with anything.
    """
    raw = entry.encode()
    return raw[:_ORDER_BYTES] if projection in FACTS else raw


def indexed(projection: str, revision: Revision) -> Indexed:
    """By what an asserted revision is found.

    Raises:
        msgspec.ValidationError: its body is not one of this projection.
    """
    order = order_of(projection, revision.entry)
    known = FACTS.get(projection)
    if known is None:
        start_us = event_us(revision.body)
        return Indexed(start_us, start_us, order, {ALL}, 0, [], b"")
    decoder, facts_of = known
    facts = facts_of(revision.entry, decoder.decode(revision.body), {})
    # What filters look at first is what a timeline is sorted by.
    start_us = facts.times[0][0] if facts.times else NO_TIME_US
    end_us = max(end for _, end in facts.times) if facts.times else NO_TIME_US
    values, signature = {ALL}, 0
    for facet, text in _values(facts):
        value, bit = _found_by(facet, text)
        values.add(value)
        signature |= bit
    for facet, text in _marked(facts):
        signature |= bit_of(facet, text)
    values.update(value_of("incident", one) for one in facts.incident or ())
    values.update(value_of("statement", one) for one in facts.statement or ())
    texts = _texts(facts)
    values.update(one.value for one in texts)
    words = array("q", (one.value for one in texts if one.facet == "text")).tobytes()
    return Indexed(start_us, end_us, order, values, signature, texts, words)


def _values(facts: Facts) -> Iterator[tuple[str, str]]:
    """What entries are found by and marked with."""
    for party in facts.party or ():
        yield "party", party
    for topic in facts.topic or ():
        yield "topic", topic
        if (parent := PARENTS.get(topic)) is not None:
            yield "topic", parent
    for region in facts.region or ():
        yield "region", region
        yield "region", region.partition("-")[0]
    for act in facts.act or ():
        yield "act", act
    for speaker in facts.speaker or ():
        if speaker.id is not None:
            yield "speaker-id", speaker.id
    if facts.disputed:
        yield "disputed", "true"


def _marked(facts: Facts) -> Iterator[tuple[str, str]]:
    """What so many entries have that they are marked with it only."""
    if facts.order is not None:
        yield "order", facts.order
    for window in facts.within or ():
        yield "within", window
    if facts.disputed is False:
        yield "disputed", "false"


@lru_cache(maxsize=20_000)
def _text(facet: str, text: str) -> Text:
    searchable = searched(plain(text))
    return Text(facet, value_of(facet, searchable), searchable)


def _texts(facts: Facts) -> list[Text]:
    parts = {part for part in facts.q or () if part}
    names = {one.name for one in facts.speaker or ()}
    return [*(_text("text", one) for one in parts), *(_text("speaker", one) for one in names)]
