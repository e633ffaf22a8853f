"""A view: a conflict as of one position, for what is computed on read.

It is made of two timelines as of the same position: the statements of the chronology, and the
incidents. What it answers once it keeps, so one view serves many statements.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET, Struct

from conflict_events.events import StatementMade
from conflict_events.instants import DAY_US, from_us
from conflict_events.timelines import Entry, Happening, Incident, Pairing, Span, WindowName
from conflict_events.window import Window
from conflict_timeline.projections.pair import StatementSide
from conflict_timeline.projections.pairing_rules import OF_OTHERS, RULES
from conflict_timeline.queries.base_rate import (
    BaseRate,
    Denominator,
    WindowRate,
    base_rate,
    denominator,
    fits,
)
from conflict_timeline.queries.incidents_held import IncidentsHeld, bounds_us

BEFORE_US: Final = 365 * DAY_US
"""How long before a denial strikes bear on it."""

_HAPPENING: Final = msgspec.json.Decoder(Happening)
_INCIDENT: Final = msgspec.json.Decoder(Incident)
_NEVER: Final = 2**62


class UnknownStatementError(LookupError):
    """No statement of this event key counts as of that position."""

    def __init__(self, key: str, conflict: str, position: int) -> None:
        super().__init__(
            f"no statement {key!r} counts in {conflict!r} as of position {position}: a statement is"
            " named by its event key, 32 hex digits, as timelines show it"
        )


class AsOf(Struct, frozen=True, kw_only=True):
    """What an answer is as of: the position, and the versions of the timelines it rests on."""

    conflict: str
    position: int
    versions: dict[str, int]


class StatementRate(Struct, frozen=True, kw_only=True):
    """The base rate of one statement, with all that a reader needs to judge it."""

    statement: str
    conflict: str
    position: int
    versions: dict[str, int]
    rules: str
    reason: str | None
    windows: dict[WindowName, WindowRate]
    days_with_match: int
    days_recorded: int
    denominator: Denominator


class Before(Struct, frozen=True, kw_only=True):
    """The incidents before the words: they alone bear on the truth of a denial."""

    statement: str
    conflict: str
    position: int
    versions: dict[str, int]
    incidents: tuple[str, ...]


class Mirror(Struct, frozen=True, kw_only=True):
    """The same rule for the other side: the strikes of all other parties after the same words.

    `beyond_regions` counts what the rule would pair if the words were about any region: the strikes
    of the other side mostly fall elsewhere.
    """

    statement: str
    conflict: str
    position: int
    versions: dict[str, int]
    rules: str
    about: tuple[str, ...]
    pairs: tuple[Pairing, ...]
    beyond_regions: int
    reason: str | None
    windows: dict[WindowName, WindowRate]
    days_with_match: int
    days_recorded: int


class _Said(NamedTuple):
    """A statement as the chronology has it, and its side of a pair."""

    happening: Happening
    side: StatementSide


class View:
    """Statements and incidents as of one position."""

    def __init__(
        self, as_of: AsOf, as_of_us: int, chronology: Iterable[Entry], incidents: Iterable[Entry]
    ) -> None:
        """`as_of_us` is the time that is known of: what lies after it may still come."""
        self.as_of = as_of
        self._as_of_us = as_of_us
        self.happenings = {entry.entry: _HAPPENING.decode(entry.body) for entry in chronology}
        self._said = {
            key: _Said(happening, _side(key, statement_of(happening)))
            for key, happening in self.happenings.items()
            if happening.kind == "statement"
        }
        self.incidents = IncidentsHeld(
            (entry.entry, _INCIDENT.decode(entry.body)) for entry in incidents
        )
        self._rates: dict[str, BaseRate] = {}

    @property
    def statements(self) -> Mapping[str, Happening]:
        """Every statement that counts, by event key."""
        return {key: said.happening for key, said in self._said.items()}

    @property
    def texts(self) -> dict[str, tuple[str, ...]]:
        """The quotes of each statement, by event key: what filters search beside its pairs."""
        return {
            key: tuple(quote.text for quote in quotes)
            for key, said in self._said.items()
            if (quotes := said.happening.quotes) is not UNSET
        }

    def statement(self, key: str) -> Happening:
        """A statement as the chronology has it.

        Raises:
            UnknownStatementError: none of this key counts.
        """
        return self._of(key).happening

    def base_rate(self, key: str) -> StatementRate:
        """The base rate of a statement, and the statements among which it stands.

        Raises:
            UnknownStatementError: none of this key counts.
        """
        side = self._of(key).side
        if key not in self._rates:
            self._rates[key] = base_rate(side, self.incidents)
        rate = self._rates[key]
        return StatementRate(
            statement=key,
            conflict=self.as_of.conflict,
            position=self.as_of.position,
            versions=self.as_of.versions,
            rules=RULES,
            reason=rate.reason,
            windows=rate.windows,
            days_with_match=rate.days_with_match,
            days_recorded=rate.days_recorded,
            denominator=denominator(
                side, self._by_act[_by_act(side)], self._definite, self._as_of_us
            ),
        )

    def before(self, key: str) -> Before:
        """The matching incidents of the 365 days before the words, by core, then id.

        Raises:
            UnknownStatementError: none of this key counts.
        """
        side = self._of(key).side
        said = side.made.said.earliest_us
        return Before(
            statement=key,
            conflict=self.as_of.conflict,
            position=self.as_of.position,
            versions=self.as_of.versions,
            incidents=tuple(
                one.id
                for one in self.incidents.matching(side)
                if said - BEFORE_US < one.latest <= said
            ),
        )

    def mirror(self, key: str) -> Mirror:
        """The same statement's rule, with all other parties of the conflict in place of `about`.

        Raises:
            UnknownStatementError: none of this key counts.
        """
        own = self._of(key).side
        others = tuple(party for party in self.incidents.parties if party not in own.about)
        side = _side(key, own.made, parties=others if own.about else ())
        rate = base_rate(side, self.incidents)
        pairs = tuple(self.incidents.pairs(side))
        anywhere = msgspec.structs.replace(own.made, regions=())
        all_pairs = self.incidents.pairs(_side(key, anywhere, parties=side.about))
        return Mirror(
            statement=key,
            conflict=self.as_of.conflict,
            position=self.as_of.position,
            versions=self.as_of.versions,
            rules=RULES,
            about=side.about,
            pairs=pairs,
            beyond_regions=sum(1 for _ in all_pairs) - len(pairs),
            reason=rate.reason,
            windows=rate.windows,
            days_with_match=rate.days_with_match,
            days_recorded=rate.days_recorded,
        )

    def _of(self, key: str) -> _Said:
        said = self._said.get(key)
        if said is None:
            raise UnknownStatementError(key, self.as_of.conflict, self.as_of.position)
        return said

    @cached_property
    def _by_act(self) -> dict[tuple[str | None, str], list[StatementSide]]:
        """Statements by the speaker's party and the act: one is counted among its like only."""
        found: dict[tuple[str | None, str], list[StatementSide]] = {}
        for said in self._said.values():
            found.setdefault(_by_act(said.side), []).append(said.side)
        return found

    @cached_property
    def _definite(self) -> dict[str, frozenset[WindowName]]:
        """The windows in which each statement has a definite pair."""
        return {
            key: frozenset(
                name
                for windows in fits(said.side, self.incidents.matching(said.side))
                for name, fit in windows.items()
                if fit == "definite"
            )
            for key, said in self._said.items()
        }


def statement_of(happening: Happening) -> StatementMade:
    """The statement behind a line of the chronology, as far as rules ask for it.

    Raises:
        ValueError: it is no statement.
    """
    if happening.speaker is UNSET or happening.act is UNSET:
        raise ValueError(f"a {happening.kind} is no statement")
    return StatementMade(
        speaker=happening.speaker,
        said=_window(happening.window),
        act=happening.act,
        proposition=happening.title,
        about=() if happening.about is UNSET else happening.about,
        validity=None if happening.validity is UNSET else _window(happening.validity),
        topics=happening.topics,
        regions=happening.regions,
        quotes=() if happening.quotes is UNSET else happening.quotes,
        articles=happening.articles,
    )


def _by_act(side: StatementSide) -> tuple[str | None, str]:
    return side.made.speaker.party, side.made.act


def _window(span: Span) -> Window:
    earliest, latest = bounds_us(span)
    return Window(earliest=from_us(earliest), latest=from_us(latest))


def _side(
    key: str, made: StatementMade, *, parties: tuple[str, ...] | None = None
) -> StatementSide:
    """The side of any statement; of words that are never paired one that no incident reaches.

    Even these have a rate: how often such strikes came anyway.
    """
    side = StatementSide.of(key, made, parties=parties)
    if side is not None:
        return side
    if parties is None:
        parties = made.about or _default(made)
    said = Span.of_us(made.said.earliest_us, made.said.latest_us)
    return StatementSide(key, _NEVER, -_NEVER, parties, tuple(sorted(set(made.topics))), said, made)


def _default(made: StatementMade) -> tuple[str, ...]:
    if made.act in OF_OTHERS or made.speaker.party is None:
        return ()
    return (made.speaker.party,)
