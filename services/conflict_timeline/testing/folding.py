"""Folding in memory: a log that takes each event once, and what a projection makes of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

import msgspec

from conflict_events.codec import Policy, accept, same_value
from conflict_events.outcomes import Refused
from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.fold import Fold, RevisionMade
from conflict_timeline.projections.projection import Projection
from conflict_timeline.testing.events import InvalidEventError, Json, raw_of

Make = Callable[[], Projection]
"""What makes an empty projection: its class."""

_RECORDED_AT_MS: Final = 1_743_465_600_000
_APART_MS: Final = 1_000


class Folded(NamedTuple):
    """What a projection has made of a log, and how many events it waits for at the end."""

    made: list[RevisionMade]
    waiting: int

    @property
    def digest(self) -> str:
        """The timeline's digest (hex)."""
        return self.made[-1].digest.hex() if self.made else "0" * 64


def record(events: Iterable[Json]) -> list[RecordedEvent]:
    """A log of these events, in this order. A repeat is dropped, as a real log drops it.

    Every source may amend every event: what intake allows is no matter of projections.

    Raises:
        InvalidEventError: intake would refuse one.
    """
    log: dict[str, RecordedEvent] = {}
    conflict = None
    for event in events:
        raw = raw_of(event)
        found = accept(raw, Policy(editors=frozenset({str(event.get("source"))})))
        if isinstance(found, Refused):
            raise InvalidEventError(
                f"intake would refuse {event.get('id')}: {found.path}: {found.message}"
            )
        conflict = conflict or found.event.conflict
        if found.event.conflict != conflict:
            raise InvalidEventError(f"a log is of one conflict, not of {conflict} and others")
        recorded = RecordedEvent(
            position=len(log) + 1,
            recorded_at_ms=_RECORDED_AT_MS + _APART_MS * len(log),
            raw=raw,
            event=found.event,
        )
        first = log.setdefault(recorded.key, recorded)
        if not same_value(first.raw, raw):
            raise InvalidEventError(
                f"two events are named {event['id']!r} and say different things:"
                " publish a correction, or give one another id"
            )
    return list(log.values())


def folded(make: Make, log: Iterable[RecordedEvent]) -> Folded:
    """What an empty projection makes of a log."""
    fold = Fold(make())
    made = [one for recorded in log for one in fold.apply(recorded)]
    return Folded(made, fold.projection.waiting)


def read(made: RevisionMade) -> Json:
    """A revision as readers get it: entry, revision, position, status, because, body."""
    return cast("Json", msgspec.json.decode(made.raw))


def current(made: Iterable[RevisionMade]) -> dict[str, Json]:
    """The body of each entry that is asserted after these revisions."""
    entries: dict[str, Json] = {}
    for one in made:
        revision = read(one)
        if revision["status"] == "asserted":
            entries[revision["entry"]] = revision["body"]
        else:
            del entries[revision["entry"]]
    return entries


def plain(value: Any) -> Any:
    """A value as it comes back from JSON: a tuple as a list, a struct as an object."""
    return msgspec.json.decode(msgspec.json.encode(value))


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """What differs between two states of a timeline, a line for each entry."""
    lines: list[str] = []
    for entry in sorted(wanted.keys() | found.keys()):
        if entry not in found:
            lines.append(f"  missing: {entry} {_json(wanted[entry])}")
        elif entry not in wanted:
            lines.append(f"  not expected: {entry} {_json(found[entry])}")
        elif wanted[entry] != found[entry]:
            lines.append(f"  {entry}\n    expected {_json(wanted[entry])}")
            lines.append(f"    but is   {_json(found[entry])}")
    return lines


def listed(log: Sequence[RecordedEvent]) -> list[str]:
    """A log as a failure shows it, a line for each event."""
    return ["The log:", *(f"  {one.position}. {one.event.type} {one.event.id}" for one in log)]


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()
