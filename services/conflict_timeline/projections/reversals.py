"""Reversals: one speaker, one topic, opposite acts."""

from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar, Final

from msgspec import Struct

from conflict_events.events import StatementMade
from conflict_events.instants import SECOND_US
from conflict_events.parties import Speaker
from conflict_events.recorded import RecordedEvent
from conflict_events.taxonomy import covers
from conflict_events.timelines import Reversal, Span, Words
from conflict_timeline.projections.effective import Effective, EffectiveBodies
from conflict_timeline.projections.projection import Change

RULES: Final = "reversals/1"

OPPOSITES: Final[dict[str, tuple[str, ...]]] = {
    "deny": ("admit", "justify"),
    "admit": ("deny",),
    "justify": ("deny",),
    "promise": ("threaten", "reject"),
    "agree": ("threaten", "reject"),
    "threaten": ("promise", "agree"),
    "reject": ("promise", "agree"),
}
"""What an act is reversed by; the relation is symmetric."""

_Slot = tuple[tuple[str, str], str, str]
"""Speaker, act and party: where a statement looks for what reverses it."""


class _Statement(Struct, eq=False):
    """A statement that may be reversed, or reverse another; `order` says which is the earlier."""

    key: str
    who: tuple[str, str]
    about: tuple[str, ...]
    made: StatementMade
    order: tuple[int, int, str]

    def slots(self) -> Iterator[_Slot]:
        """Where others look for it."""
        return ((self.who, self.made.act, party) for party in self.about)

    def opposite_slots(self) -> Iterator[_Slot]:
        """Where it looks for others."""
        return ((self.who, act, party) for party in self.about for act in OPPOSITES[self.made.act])


class Reversals:
    """One entry for each two statements of which one reverses the other."""

    name: ClassVar[str] = "reversals"
    version: ClassVar[int] = 1

    def __init__(self) -> None:
        self._bodies = EffectiveBodies("statement")
        self._statements: dict[str, _Statement] = {}
        self._at = defaultdict[_Slot, dict[str, _Statement]](dict)
        # What is asserted now: by statement, the other one and the entry of both.
        self._entries: dict[str, dict[str, str]] = {}

    @property
    def waiting(self) -> int:
        """How many events are amended but not recorded yet."""
        return self._bodies.waiting

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the reversals that one recorded event may change.

        Cost: O(k) for k statements of that speaker, of opposite acts and about the same parties.
        """
        effective = self._bodies.apply(recorded)
        if effective is None:
            return
        key = effective.key
        if (gone := self._statements.pop(key, None)) is not None:
            for slot in gone.slots():
                del self._at[slot][key]
                if not self._at[slot]:
                    del self._at[slot]
        now = self._now(_statement(effective))
        for other, entry in self._entries.pop(key, {}).items():
            del self._entries[other][key]
            if entry not in now:
                yield Change(entry, None)
        for entry, (reversal, other) in now.items():
            self._entries.setdefault(key, {})[other] = entry
            self._entries.setdefault(other, {})[key] = entry
            yield Change(entry, reversal)

    def _now(self, statement: _Statement | None) -> dict[str, tuple[Reversal, str]]:
        """Take a statement in; answer its reversals by entry, each with the other statement."""
        if statement is None:
            return {}
        self._statements[statement.key] = statement
        for slot in statement.slots():
            self._at[slot][statement.key] = statement
        others = {
            key: other
            for slot in statement.opposite_slots()
            for key, other in self._at.get(slot, {}).items()
        }
        found: dict[str, tuple[Reversal, str]] = {}
        for key, other in others.items():
            topics = _topics(statement.made, other.made)
            if topics:
                earlier, later = sorted((statement, other), key=lambda one: one.order)
                entry = f"{earlier.key}:{later.key}"
                found[entry] = (_reversal(earlier, later, topics), key)
        return found


def _statement(effective: Effective) -> _Statement | None:
    made = effective.body
    if not isinstance(made, StatementMade) or made.act not in OPPOSITES or not made.topics:
        return None
    about = made.about or (() if made.speaker.party is None else (made.speaker.party,))
    if not about:
        return None
    said = made.said
    return _Statement(
        effective.key,
        speaker_key(made.speaker),
        tuple(sorted(set(about))),
        made,
        (said.earliest_us, said.latest_us, effective.key),
    )


def speaker_key(speaker: Speaker) -> tuple[str, str]:
    """Who a speaker is: by id, else by name."""
    return ("id", speaker.id) if speaker.id is not None else ("name", speaker.name.casefold())


def _topics(one: StatementMade, other: StatementMade) -> tuple[str, ...]:
    """The topics of either that overlap with one of the other: either covers the other."""
    return tuple(
        sorted(
            {
                topic
                for mine in one.topics
                for theirs in other.topics
                if covers(mine, theirs) or covers(theirs, mine)
                for topic in (mine, theirs)
            }
        )
    )


def _reversal(earlier: _Statement, later: _Statement, topics: tuple[str, ...]) -> Reversal:
    before, after = earlier.made.said, later.made.said
    return Reversal(
        earlier=earlier.key,
        later=later.key,
        order="after" if after.earliest_us >= before.latest_us else "unknown",
        gap_min_s=max(0, after.earliest_us - before.latest_us) // SECOND_US,
        gap_max_s=(after.latest_us - before.earliest_us) // SECOND_US,
        rules=RULES,
        speaker=later.made.speaker,
        parties=tuple(party for party in earlier.about if party in later.about),
        topics=topics,  # type: ignore[arg-type]  # Topics as text.
        earlier_words=_words(earlier.made),
        later_words=_words(later.made),
    )


def _words(made: StatementMade) -> Words:
    said = made.said
    return Words(
        act=made.act,
        said=Span.of_us(said.earliest_us, said.latest_us),
        proposition=made.proposition,
    )
