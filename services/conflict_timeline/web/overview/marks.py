"""Marks: what is seen of statements and incidents, as columns."""

from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from conflict_events.instants import SECOND_US
from conflict_timeline.web.overview.shapes import (
    Density,
    Extent,
    IncidentMarks,
    IncidentsSeen,
    Seen,
    StatementMarks,
    StatementsSeen,
)
from conflict_timeline.web.readmodel.overview import Row, Surveyed

RevisionT = TypeVar("RevisionT")

NONE: Final = -1
"""Where a column of names has none."""


def as_seen(surveyed: Surveyed) -> Seen:
    """What was found, as it is told. Cost: O(rows)."""
    names = _Names()
    bins, statements, incidents = surveyed.bins, surveyed.statements, surveyed.incidents
    said = None if statements.rows is None else _statements(statements.rows, names)
    struck = None if incidents.rows is None else _incidents(incidents.rows, names)
    return Seen(
        extent=None
        if surveyed.extent is None
        else Extent(from_s=_floor(surveyed.extent.low_us), to_s=_ceil(surveyed.extent.high_us)),
        density=None
        if bins is None
        else Density(
            from_s=bins.from_s,
            step_s=bins.step_s,
            statements=statements.counts,
            incidents=incidents.counts,
        ),
        names=names.texts,
        statements=StatementsSeen(total=statements.total, marks=said),
        incidents=IncidentsSeen(total=incidents.total, marks=struck),
        unreadable=_unreadable(statements.rows, said) + _unreadable(incidents.rows, struck),
    )


class _Names:
    """Texts by number, in the order in which they are first met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._lists: dict[tuple[str, ...], list[int]] = {}

    @property
    def texts(self) -> list[str]:
        """All of them."""
        return list(self._numbers)

    def of(self, text: str | None) -> int:
        """The number of a text."""
        return NONE if text is None else self._numbers.setdefault(text, len(self._numbers))

    def all(self, texts: tuple[str, ...]) -> list[int]:
        """The numbers of texts. Many entries have the same ones: they share a list."""
        found = self._lists.get(texts)
        if found is None:
            found = self._lists[texts] = [self.of(text) for text in texts]
        return found


# A body has more than this; what is not looked at is not decoded.


class _Speaker(Struct, gc=False):
    name: str
    party: str | None = None


class _Statement(Struct, gc=False):
    title: str
    act: str
    speaker: _Speaker
    topics: tuple[str, ...]
    regions: tuple[str, ...]
    about: tuple[str, ...] = ()


class _Place(Struct, gc=False):
    name: str | None = None
    as_written: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None


class _Held(Struct, gc=False):
    party: str
    disputed_by: tuple[str, ...]


class _Incident(Struct, gc=False):
    windows_disagree: bool
    imprecise: bool
    place: _Place
    parties: tuple[_Held, ...]
    targets: tuple[str, ...]
    weapons: tuple[str, ...]
    admin1s: tuple[str, ...]
    countries: tuple[str, ...]


class _StatementRevision(Struct, gc=False):
    revision: int
    position: int
    body: _Statement


class _IncidentRevision(Struct, gc=False):
    revision: int
    position: int
    body: _Incident


_STATEMENT: Final = msgspec.json.Decoder(_StatementRevision)
_INCIDENT: Final = msgspec.json.Decoder(_IncidentRevision)


def _statements(rows: Iterable[Row], names: _Names) -> StatementMarks:
    readable, found = _read(rows, _STATEMENT)
    bodies = [one.body for one in found]
    return StatementMarks(
        entry=[entry for entry, *_ in readable],
        revision=[one.revision for one in found],
        position=[one.position for one in found],
        from_s=[_floor(low_us) for _, low_us, _, _ in readable],
        to_s=[_ceil(high_us) for _, _, high_us, _ in readable],
        title=[body.title for body in bodies],
        act=[names.of(body.act) for body in bodies],
        speaker=[names.of(body.speaker.name) for body in bodies],
        party=[names.of(body.speaker.party) for body in bodies],
        about=[names.all(body.about) for body in bodies],
        topics=[names.all(body.topics) for body in bodies],
        regions=[names.all(body.regions) for body in bodies],
    )


def _incidents(rows: Iterable[Row], names: _Names) -> IncidentMarks:
    readable, found = _read(rows, _INCIDENT)
    bodies = [one.body for one in found]
    return IncidentMarks(
        entry=[entry for entry, *_ in readable],
        revision=[one.revision for one in found],
        position=[one.position for one in found],
        from_s=[_floor(low_us) for _, low_us, _, _ in readable],
        to_s=[_ceil(high_us) for _, _, high_us, _ in readable],
        place=[names.of(body.place.name or body.place.as_written) for body in bodies],
        country=[names.of(_country(body)) for body in bodies],
        lat=[body.place.lat for body in bodies],
        lon=[body.place.lon for body in bodies],
        admin1s=[names.all(body.admin1s) for body in bodies],
        parties=[names.all(tuple(held.party for held in body.parties)) for body in bodies],
        disputed=[int(any(held.disputed_by for held in body.parties)) for body in bodies],
        targets=[names.all(body.targets) for body in bodies],
        weapons=[names.all(body.weapons) for body in bodies],
        imprecise=[int(body.imprecise) for body in bodies],
        windows_disagree=[int(body.windows_disagree) for body in bodies],
    )


def _read(
    rows: Iterable[Row], decoder: msgspec.json.Decoder[RevisionT]
) -> tuple[list[Row], list[RevisionT]]:
    """The rows that can be decoded, and what is in them."""
    readable: list[Row] = []
    found: list[RevisionT] = []
    for row in rows:
        try:
            found.append(decoder.decode(row[3]))
        except msgspec.DecodeError:
            continue
        readable.append(row)
    return readable, found


def _country(body: _Incident) -> str | None:
    """That of the place, or else the first that a report gives."""
    return body.place.country or next(iter(body.countries), None)


def _unreadable(rows: list[Row] | None, marks: StatementMarks | IncidentMarks | None) -> int:
    return 0 if rows is None or marks is None else len(rows) - len(marks.entry)


def _floor(at_us: int) -> int:
    """The second that has begun."""
    return at_us // SECOND_US


def _ceil(at_us: int) -> int:
    """The second that is over then."""
    return -(-at_us // SECOND_US)
