"""Timelines: the shapes of what readers get. Part of the contract, like the events."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from conflict_events.events import Act, Grade, Kind, Quote, Scope
from conflict_events.figures import Outlet
from conflict_events.instants import format_us
from conflict_events.parties import Attribution, Basis, Claimant, Speaker
from conflict_events.place import Place
from conflict_events.taxonomy import Topic

TimeText = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?Z\Z")]
"""A time in UTC, `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`."""

Status = Literal["asserted", "withdrawn"]
WindowName = Literal["24h", "72h", "7d", "30d"]
Fit = Literal["definite", "possible"]

Order = Literal["after", "unknown"]
"""`after` where one thing surely began when the other was over; else nobody knows."""

Agreement = Literal["single", "consistent", "disputed"]

MEMBERS_MAX: Final = 256
"""How many members of one kind a body lists; beyond it `…_total` says how many there are."""


class Span(Struct, frozen=True, kw_only=True):
    """`[earliest, latest)` in UTC; equal ends are an instant."""

    earliest: TimeText
    latest: TimeText

    @classmethod
    def of_us(cls, earliest: int, latest: int) -> "Span":
        """The span between two numbers of microseconds since the epoch."""
        return cls(earliest=format_us(earliest), latest=format_us(latest))


class PartyHeld(Struct, frozen=True, kw_only=True):
    """A party to which reports attribute an attack: on what bases, and who disputes it."""

    party: str
    bases: tuple[Basis, ...]
    disputed_by: tuple[str, ...]


class Incident(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attack at one place, as its reports tell it.

    `members` are event keys; `core` is the time that the reports agree on; `parties` are those with
    an attribution of another basis than `inferred_by_outlet`.
    """

    members: tuple[str, ...]
    core: Span
    windows_disagree: bool
    imprecise: bool
    place: Place
    parties: tuple[PartyHeld, ...]
    targets: tuple[Topic, ...]
    weapons: tuple[str, ...]
    admin1s: tuple[str, ...]
    countries: tuple[str, ...]
    claimants: tuple[str, ...]
    producers: tuple[str, ...]
    members_total: int | UnsetType = UNSET


class Pairing(Struct, frozen=True, kw_only=True):
    """A statement, and an incident reported after it.

    `order` is `unknown` where the incident may have begun before the words were out; lags are whole
    seconds; `windows` holds each of 24h, 72h, 7d and 30d that the lag fits.
    """

    statement: str
    incident: str
    parties: tuple[PartyHeld, ...]
    topics: tuple[Topic, ...]
    order: Order
    lag_min_s: int
    lag_max_s: int
    windows: dict[WindowName, Fit]
    rules: Literal["pairings/1"]
    speaker: Speaker
    act: Act
    proposition: str
    said: Span
    place: Place
    core: Span
    targets: tuple[Topic, ...]


class WeaponReported(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A weapon as a report names it; `status` is `contested` where sources disagree about it."""

    family: str
    status: Literal["reported", "contested"]
    model: str | UnsetType = UNSET


class Happening(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An article, a statement or a report that counts, as a line of the chronology.

    `window` is when it was published, said or struck. `parties` are those whose conduct a statement
    is about and the speaker's, or those to which a report attributes an attack on more than an
    outlet's inference. `topics` are a statement's topics or a report's targets, `regions` a
    statement's regions or a report's country and admin1, `articles` the addresses that it cites, or
    its own. `about` is as the statement gives it, `as_written` and `edtf` are the source's words
    for the time. `quotes`, `attribution` and `weapons` are in the order reported; `grade` is the
    report's.
    """

    kind: Kind
    window: Span
    title: str
    parties: tuple[str, ...]
    topics: tuple[Topic, ...]
    regions: tuple[str, ...]
    articles: tuple[str, ...]
    as_written: str | UnsetType = UNSET
    edtf: str | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    speaker: Speaker | UnsetType = UNSET
    act: Act | UnsetType = UNSET
    about: tuple[str, ...] | UnsetType = UNSET
    validity: Span | UnsetType = UNSET
    quotes: tuple[Quote, ...] | UnsetType = UNSET
    scope: Scope | UnsetType = UNSET
    claimant: Claimant | UnsetType = UNSET
    attribution: tuple[Attribution, ...] | UnsetType = UNSET
    weapons: tuple[WeaponReported, ...] | UnsetType = UNSET
    grade: Grade | UnsetType = UNSET
    outlet: Outlet | UnsetType = UNSET


class Words(Struct, frozen=True, kw_only=True):
    """What one statement of a reversal said."""

    act: Act
    said: Span
    proposition: str


class Reversal(Struct, frozen=True, kw_only=True):
    """Two statements of one speaker on one topic, by opposite acts.

    `earlier` and `later` are event keys. `order` is `unknown` where the later one may have begun
    before the earlier was over; gaps are whole seconds. `parties` are those that both are about,
    `topics` those of either that cover, or are covered by, one of the other.
    """

    earlier: str
    later: str
    order: Order
    gap_min_s: int
    gap_max_s: int
    rules: Literal["reversals/1"]
    speaker: Speaker
    parties: tuple[str, ...]
    topics: tuple[Topic, ...]
    earlier_words: Words
    later_words: Words


class Claim(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claimant's number, as one event gives it.

    `current` is the claimant's latest; the others are kept beside it. `reported` is the time of the
    event, or of the amendment that holds; `as_of` is the claimant's own date, where there is one.
    """

    claimant: str
    event: str
    current: bool
    reported: TimeText
    low: int | UnsetType = UNSET
    best: int | UnsetType = UNSET
    high: int | UnsetType = UNSET
    as_of: TimeText | UnsetType = UNSET
    as_written: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    party: str | UnsetType = UNSET


class FigureClaims(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every number claimed of one thing, in one unit, side by side; never averaged or converted.

    `of` is the id of an incident, or the event key of a wave or an aggregate. `agreement` looks at
    current claims: of one claimant only, with a number that all of them allow, or without.
    """

    of: str
    measure: str
    unit: str
    agreement: Agreement
    claims: tuple[Claim, ...]
    scope: Scope
    core: Span
    place: Place
    claims_total: int | UnsetType = UNSET


class ArticleCoverage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One article by its address: what rests on it, and what is known of it.

    `recorded` says whether an article event names it; without one it is only cited, and nothing but
    its address is known. `article`, `statements` and `reports` are event keys.
    """

    url: str
    recorded: bool
    statements: tuple[str, ...]
    reports: tuple[str, ...]
    statements_total: int | UnsetType = UNSET
    reports_total: int | UnsetType = UNSET
    article: str | UnsetType = UNSET
    outlet: Outlet | UnsetType = UNSET
    published: Span | UnsetType = UNSET
    title: str | UnsetType = UNSET
    lang: str | UnsetType = UNSET
    archive_urls: tuple[str, ...] | UnsetType = UNSET


class Withdrawn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of a withdrawn entry; an incident's may name the one that holds its report now."""

    merged_into: str | UnsetType = UNSET


TIMELINE_BODIES: Final[dict[str, type[Struct]]] = {
    "chronology": Happening,
    "incidents": Incident,
    "pairings": Pairing,
    "reversals": Reversal,
    "figures": FigureClaims,
    "coverage": ArticleCoverage,
}
"""The body of each projection's asserted entries."""


class Revision(Struct, frozen=True, kw_only=True):
    """One immutable state of an entry.

    `revision` numbers the states of the entry from 1; `position` is the log position that made it;
    `because` holds the event key at that position, then that of the event it amends, if any.
    """

    entry: str
    revision: int
    position: int
    status: Status
    because: tuple[str, ...]
    body: Raw


class Entry(Struct, frozen=True, kw_only=True):
    """A revision as readers get it: with the timeline that it stands on."""

    projection: str
    version: int
    conflict: str
    entry: str
    revision: int
    position: int
    status: Status
    because: tuple[str, ...]
    body: Raw

    @classmethod
    def of(cls, revision: Revision, *, projection: str, version: int, conflict: str) -> "Entry":
        """A revision with the timeline that it stands on."""
        return cls(
            projection=projection,
            version=version,
            conflict=conflict,
            entry=revision.entry,
            revision=revision.revision,
            position=revision.position,
            status=revision.status,
            because=revision.because,
            body=revision.body,
        )
