"""Timelines: the shapes of what readers get. Part of the contract, like the events."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from conflict_events.events import Act
from conflict_events.parties import Basis, Speaker
from conflict_events.place import Place
from conflict_events.taxonomy import Topic

TimeText = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?Z\Z")]
"""A time in UTC, `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`."""

Status = Literal["asserted", "withdrawn"]
WindowName = Literal["24h", "72h", "7d", "30d"]
Fit = Literal["definite", "possible"]

MEMBERS_MAX: Final = 256
"""How many members an incident's body lists; beyond it `members_total` says how many there are."""


class Span(Struct, frozen=True, kw_only=True):
    """`[earliest, latest)` in UTC; equal ends are an instant."""

    earliest: TimeText
    latest: TimeText


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
    order: Literal["after", "unknown"]
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


class Withdrawn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of a withdrawn entry; an incident's may name the one that holds its report now."""

    merged_into: str | UnsetType = UNSET


TIMELINE_BODIES: Final[dict[str, type[Struct]]] = {"incidents": Incident, "pairings": Pairing}
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
