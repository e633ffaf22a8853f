"""Filters: which entries of a timeline a reader wants. The same ones for commands and HTTP."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct

from conflict_events.edtf import parse_bounds
from conflict_events.errors import WindowTextError
from conflict_events.events import Act
from conflict_events.parties import Speaker
from conflict_events.taxonomy import TOPICS, covers
from conflict_events.timelines import Entry, Order, WindowName
from conflict_timeline.projections.grouping import overlaps
from conflict_timeline.queries.facts import FACTS, Facts, Texts, plain

VALUES_MAX: Final = 100
"""How many values one filter may have; those that are given twice count once."""

TEXT_CHARS_MAX: Final = 400
"""How long the text of `q` may be, and any other value."""

WORDS_MAX: Final = 32
"""How many words `q` may have; those that are given twice count once."""

_ACTS: Final = get_args(Act)
_LISTS: Final = ("party", "topic", "region", "act", "speaker")


class FilterError(ValueError):
    """A filter that cannot be read, or that a projection does not have."""


class Filters(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a reader asks for. All that are given must hold; of several values, one.

    `from` and `to` bound the event time, as RFC 3339, ISO 8601 or EDTF text: `2025-02-18` is the
    whole day in UTC, on either end. `topic` covers what lies below it, `region` a country all of
    its regions. `within` asks for a pair that fits the window, definitely or possibly.
    `statement` is an event key: of a pair its statement, of a reversal either. Every word of `q` is
    looked for, in any spelling of case.

    One filter has at most `VALUES_MAX` values, a value `TEXT_CHARS_MAX` characters, and `q` at most
    `WORDS_MAX` words. `filters_of` sees to it: what a question costs is bounded by that.
    """

    from_: str | None = msgspec.field(default=None, name="from")
    to: str | None = None
    party: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    act: tuple[Act, ...] = ()
    speaker: tuple[str, ...] = ()
    order: Order | None = None
    within: WindowName | None = None
    statement: str | None = None
    incident: str | None = None
    disputed: bool | None = None
    q: str | None = None

    def given(self) -> dict[str, Any]:
        """The filters that are given, by name, as JSON values."""
        found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        return found


def filters_of(given: Mapping[str, Any]) -> Filters:
    """Filters from values by name; a value that is given twice is there once.

    Raises:
        FilterError: one of them is none, is too long, or there are too many.
    """
    given = {
        name: _bounded(name, value) if name in _LISTS else value for name, value in given.items()
    }
    for act in given.get("act", ()):
        if act not in _ACTS:
            raise FilterError(f"{act!r} is no act; there are: {', '.join(_ACTS)}")
    try:
        filters = msgspec.convert(given, Filters)
    except msgspec.ValidationError as error:
        raise FilterError(f"a filter cannot be read: {error}") from error
    _check_lengths(filters)
    return filters


def words_of(filters: Filters) -> tuple[str, ...]:
    """The words that are looked for, as they are searched, each once."""
    return () if filters.q is None else tuple(dict.fromkeys(plain(filters.q).split()))


def _bounded(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """The values of a filter, each once."""
    found = tuple(dict.fromkeys(values))
    if len(found) > VALUES_MAX:
        raise FilterError(f"{name!r} has {len(found)} values; a filter has at most {VALUES_MAX}")
    return found


def _check_lengths(filters: Filters) -> None:
    for name, value in filters.given().items():
        texts: Iterable[Any] = getattr(filters, name) if name in _LISTS else (value,)
        if any(isinstance(text, str) and len(text) > TEXT_CHARS_MAX for text in texts):
            raise FilterError(f"{name!r} is longer than {TEXT_CHARS_MAX} characters")
    if (words := len(words_of(filters))) > WORDS_MAX:
        raise FilterError(f"'q' has {words} words; there may be {WORDS_MAX}")


APPLY: Final[dict[str, tuple[str, ...]]] = {
    "chronology": ("from", "to", "party", "topic", "region", "act", "speaker", "q"),
    "incidents": ("from", "to", "party", "topic", "region", "incident", "disputed", "q"),
    "pairings": (
        *("from", "to", "party", "topic", "region", "act", "speaker", "order", "within"),
        *("statement", "incident", "disputed", "q"),
    ),
    "reversals": ("from", "to", "party", "topic", "act", "speaker", "order", "statement", "q"),
    "figures": ("from", "to", "party", "region", "incident", "disputed", "q"),
    "coverage": ("from", "to", "q"),
}
"""Which filters each projection has."""

Chosen = Callable[[Entry], bool]


def chooser(projection: str, filters: Filters, *, texts: Texts | None = None) -> Chosen:
    """What tells whether a current entry of a projection is asked for.

    Raises:
        FilterError: a filter cannot be read, or the projection does not have it.
    """
    given = filters.given()
    if not given:
        return lambda _: True
    known = APPLY.get(projection)
    if known is None:
        raise FilterError(f"entries of {projection!r} cannot be filtered: it does not ship with us")
    for name in given:
        if name not in known:
            raise FilterError(
                f"{projection} cannot be filtered by {name!r}; it can by {', '.join(known)}"
            )
    _check(filters)
    times = _bounds(filters)
    decoder, facts_of = FACTS[projection]
    words = words_of(filters)
    speakers = _Speakers(filters.speaker)

    def chosen(entry: Entry) -> bool:
        facts = facts_of(entry.entry, decoder.decode(entry.body), texts or {})
        return (
            _in_time(facts, times)
            and _holds(filters, facts)
            and speakers.has_one_of(facts.speaker or ())
            and _has_words(facts, words)
        )

    return chosen


def _check(filters: Filters) -> None:
    for party in filters.party:
        _match(r"[A-Z]{3}|[a-z][a-z0-9-]{1,40}", party, "party", "RUS, or hamas")
    for region in filters.region:
        _match(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", region, "region", "UA, or UA-51")
    for topic in filters.topic:
        if topic not in TOPICS:
            raise FilterError(f"{topic!r} is no topic; there are: {', '.join(TOPICS)}")
    if filters.statement is not None:
        _match(r"[0-9a-f]{32}", filters.statement, "event key", "73434726011da913e6eec991bb14bb88")


def _match(pattern: str, text: str, name: str, example: str) -> None:
    if not re.fullmatch(pattern, text):
        raise FilterError(f"{text!r} is no {name}; one is written like {example}")


def _bounds(filters: Filters) -> tuple[int, int] | None:
    """The time asked for, in us; open ends are far away."""
    if filters.from_ is None and filters.to is None:
        return None
    low, high = -_FAR, _FAR
    if filters.from_ is not None:
        low, _ = _bounds_of("from", filters.from_)
    if filters.to is not None:
        begins, high = _bounds_of("to", filters.to)
        # `2025-02` ends where `2025-03` begins, and is before it all the same.
        if high < low or (high == low and begins < high):
            raise FilterError(f"'to' {filters.to!r} lies before 'from' {filters.from_!r}")
    return low, high


def _bounds_of(name: str, text: str) -> tuple[int, int]:
    try:
        bounds = parse_bounds(text, None)
    except WindowTextError as error:
        raise FilterError(f"{name!r}: {error}") from error
    return bounds.earliest_us, bounds.latest_us


_FAR: Final = 2**62


def _in_time(facts: Facts, times: tuple[int, int] | None) -> bool:
    if times is None:
        return True
    return any(overlaps(times, one) for one in facts.times or ())


def _holds(filters: Filters, facts: Facts) -> bool:
    return (
        _any(filters.party, facts.party)
        and (
            not filters.topic
            or any(covers(asked, held) for asked in filters.topic for held in facts.topic or ())
        )
        and (not filters.region or _in_region(filters.region, facts.region or ()))
        and _any(filters.act, facts.act)
        and filters.order in {None, facts.order}
        and (filters.within is None or filters.within in (facts.within or ()))
        and (filters.statement is None or filters.statement in (facts.statement or ()))
        and (filters.incident is None or filters.incident in (facts.incident or ()))
        and filters.disputed in {None, facts.disputed}
    )


def _any(asked: Iterable[str], held: Iterable[str] | None) -> bool:
    wanted = set(asked)
    return not wanted or not wanted.isdisjoint(held or ())


def _in_region(asked: Iterable[str], held: Iterable[str]) -> bool:
    """A country also stands for every region that begins with it."""
    named = {part for region in held for part in (region, region.partition("-")[0])}
    return not named.isdisjoint(asked)


class _Speakers:
    """Those asked for: a speaker has one of these ids, or one of these texts in the name."""

    def __init__(self, asked: Iterable[str]) -> None:
        self._ids = frozenset(asked)
        self._parts = tuple(dict.fromkeys(map(plain, self._ids)))

    def has_one_of(self, speakers: Iterable[Speaker]) -> bool:
        """Whether one of the speakers is asked for, or nobody is."""
        return not self._ids or any(self._has(one) for one in speakers)

    def _has(self, speaker: Speaker) -> bool:
        if speaker.id in self._ids:
            return True
        name = plain(speaker.name)
        return any(part in name for part in self._parts)


def _has_words(facts: Facts, words: Iterable[str]) -> bool:
    text = None
    for word in words:
        if text is None:
            text = plain(" ".join(part for part in facts.q or () if part))
        if word not in text:
            return False
    return True
