"""Folding: turns the changes of a projection into numbered revisions and their digest."""

from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from conflict_events.amendments import Corrected, Retracted
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import Revision, Withdrawn
from conflict_timeline.projections.projection import Change, Projection

DIGEST_OF_NOTHING: Final = bytes(32)
"""The digest before the first revision."""

_ENCODER: Final = msgspec.json.Encoder()


class RevisionMade(NamedTuple):
    """A revision's bytes, where it stands, and the digest of the timeline up to it."""

    position: int
    k: int
    entry: str
    raw: bytes
    digest: bytes


class Fold:
    """One version of one projection over one log, in memory.

    `position` is the last event folded, `digest` chains over all revisions made so far
    (SHA-256 of the digest before, then the revision's bytes), `revisions` counts them.
    """

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.position = 0
        self.digest = DIGEST_OF_NOTHING
        self.revisions = 0
        # Two flat tables, for a fold of a million entries: how many revisions each entry has had,
        # and of each that is asserted, the fingerprint of its body.
        self._numbers: dict[str, int] = {}
        self._fingerprints: dict[str, bytes] = {}

    def apply(self, recorded: RecordedEvent) -> list[RevisionMade]:
        """Fold one event; answer the revisions it makes, in the order readers see them.

        Raises:
            OutOfOrderError: the event is not the next one of its log.
            RepeatedEntryError: the projection yields an entry twice: which state would be the one?
        """
        if recorded.position != self.position + 1:
            raise OutOfOrderError(self.position, recorded.position)
        because = because_of(recorded)
        withdrawn: list[tuple[bytes, Revision]] = []
        asserted: list[tuple[bytes, Revision]] = []
        entries: set[str] = set()
        for change in self.projection.apply(recorded):
            if change.entry in entries:
                raise RepeatedEntryError(self.projection.name, change.entry, recorded.position)
            entries.add(change.entry)
            revision = self._revise(change, recorded.position, because)
            if revision is not None:
                side = withdrawn if change.body is None else asserted
                side.append((change.entry.encode(), revision))
        made = [
            self._chain(revision, recorded.position, k)
            for k, (_, revision) in enumerate(
                sorted(withdrawn, key=_entry) + sorted(asserted, key=_entry)
            )
        ]
        self.position = recorded.position
        return made

    def _revise(self, change: Change, position: int, because: tuple[str, ...]) -> Revision | None:
        """The next revision of an entry, or None when the change leaves it as it was."""
        if change.body is None:
            if self._fingerprints.pop(change.entry, None) is None:
                return None
            merged = msgspec.UNSET if change.merged_into is None else change.merged_into
            body = _ENCODER.encode(Withdrawn(merged_into=merged))
        else:
            body = _ENCODER.encode(change.body)
            # 16 bytes stand for a body of hundreds.
            fingerprint = sha256(body).digest()[:16]
            if self._fingerprints.get(change.entry) == fingerprint:
                return None
            self._fingerprints[change.entry] = fingerprint
        number = self._numbers.get(change.entry, 0) + 1
        self._numbers[change.entry] = number
        return Revision(
            entry=change.entry,
            revision=number,
            position=position,
            status="asserted" if change.body is not None else "withdrawn",
            because=because,
            body=msgspec.Raw(body),
        )

    def _chain(self, revision: Revision, position: int, k: int) -> RevisionMade:
        raw = _ENCODER.encode(revision)
        self.digest = sha256(self.digest + raw).digest()
        self.revisions += 1
        return RevisionMade(position, k, revision.entry, raw, self.digest)


class OutOfOrderError(RuntimeError):
    """A fold was given an event that is not the next one of its log."""

    def __init__(self, folded: int, given: int) -> None:
        super().__init__(f"position {given} was given after position {folded}")
        self.folded = folded
        self.given = given


class RepeatedEntryError(RuntimeError):
    """A projection yielded one entry twice at one position, which makes at most one revision."""

    def __init__(self, projection: str, entry: str, position: int) -> None:
        super().__init__(
            f"{projection} yields {entry} twice at position {position}: a position makes at most"
            " one revision of an entry"
        )
        self.entry = entry


def because_of(recorded: RecordedEvent) -> tuple[str, ...]:
    """The event key at this position, then the key of the event that it amends, if any."""
    data = recorded.event.data
    if isinstance(data, Corrected | Retracted):
        return (recorded.key, data.amends.key)
    return (recorded.key,)


def _entry(of: tuple[bytes, Revision]) -> bytes:
    return of[0]
