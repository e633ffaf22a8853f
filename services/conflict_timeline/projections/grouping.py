"""Grouping: which reports of one place speak of one attack.

The grouping is defined on the set of reports: taken by rank (window length, earliest, event key),
each joins the best group that is there, or founds one. Here it is kept equal to that definition
while reports come and go.

Each group remembers its state (core, parties, founder) after each of its members, so that its state
as of a rank is a bisection. A change makes a group *dirty* from a rank on: its state there is no
longer what it was. Later reports that touch its time are looked at again, in rank order; each
compares its own group with the dirty ones only, because the others already lost. A group whose
state is what it was is clean again; when none is dirty, no later report can decide otherwise.
"""

from bisect import bisect_left
from collections.abc import Iterable
from heapq import heappop, heappush
from operator import attrgetter
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from conflict_events.instants import HOUR_US
from conflict_timeline.projections.intervals import LEVEL_MAX, IntervalIndex, level_of
from conflict_timeline.projections.tally import Rank, Report, Tally

rank_of: Final = attrgetter("rank")
"""A report's place in the order in which reports choose their groups."""

PRECISE_US_MAX: Final = 36 * HOUR_US
"""A report with a longer window joins a group but never narrows it, and nothing joins it."""

Preference = tuple[int, int, int, str]
"""How well a group suits a report: the least is the best."""


def is_precise(report: Report) -> bool:
    """Whether a report's window is at most 36 h long."""
    return report.rank[0] <= PRECISE_US_MAX


class State(NamedTuple):
    """A group as of a rank: its core in us, its parties as a bit set, its founder's event key."""

    earliest: int
    latest: int
    parties: int
    founder: str


class Group(Struct, eq=False):
    """Reports of one attack, by rank, with its state after each of them.

    `earliest` and `latest` are the founder's: it is indexed by them.
    """

    members: list[Report] = msgspec.field(default_factory=list[Report])
    states: list[State] = msgspec.field(default_factory=list[State])
    tally: Tally = msgspec.field(default_factory=Tally)
    earliest: int = 0
    latest: int = 0
    entry: str | None = None

    @property
    def core(self) -> tuple[int, int]:
        """The time that the members agree on, in us."""
        return self.states[-1].earliest, self.states[-1].latest

    @property
    def windows_disagree(self) -> bool:
        """Never here: members of such a group overlap its core."""
        return False

    @property
    def imprecise(self) -> bool:
        """Whether this is one vague report that fits no group."""
        return not is_precise(self.members[0])

    def state_before(self, rank: Rank) -> State | None:
        """The state after all members of a lower rank; None when there was no group yet."""
        index = bisect_left(self.members, rank, key=rank_of)
        return self.states[index - 1] if index else None


def overlaps(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two half-open windows share a positive length, or an instant lies in the other.

    An instant t lies inside [a, b) when a <= t < b; two instants overlap when they are equal.
    """
    # Windows that begin together overlap, be it two nights, two instants, or one of each.
    return one[0] == other[0] or (one[0] < other[1] and other[0] < one[1])


def preference(report: Report, state: State) -> Preference | None:
    """How well a group in this state suits a report; None when the report may not join it."""
    start, end, parties, founder = state
    if parties and report.parties and not parties & report.parties:
        return None
    if not overlaps((start, end), (report.earliest, report.latest)):
        return None
    if report.earliest <= start and end <= report.latest:
        return (0, 0, start, founder)
    shared = min(end, report.latest) - max(start, report.earliest)
    return (1, -shared, start, founder)


def founded_by(report: Report) -> State:
    """The state of a group that has only its founder."""
    return State(report.earliest, report.latest, report.parties, report.key)


def joined_by(state: State, report: Report) -> State:
    """The state of a group after a report has joined it."""
    parties = state.parties | report.parties
    if not is_precise(report):
        return state if parties == state.parties else state._replace(parties=parties)
    return State(
        max(state.earliest, report.earliest),
        min(state.latest, report.latest),
        parties,
        state.founder,
    )


class Block:
    """The reports of one place, grouped."""

    def __init__(self) -> None:
        self.reports: IntervalIndex[Report] = IntervalIndex()
        self.founded: IntervalIndex[Group] = IntervalIndex()
        self.group_of: dict[str, Group] = {}

    def add(self, report: Report) -> Iterable[Group]:
        """Take a report in; answer the groups that changed."""
        self.reports.add(report)
        sweep = _Sweep(self)
        sweep.decide(report)
        return sweep.run()

    def remove(self, report: Report) -> Iterable[Group]:
        """Take a report out; answer the groups that changed, an emptied one included."""
        self.reports.remove(report)
        sweep = _Sweep(self)
        sweep.leave(report)
        return sweep.run()


class _Sweep:
    """One change of a block, carried on from rank to rank until nothing differs any more."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._heap: list[tuple[Rank, Report]] = []
        self._seen: set[str] = set()
        # The state that each dirty group had here before the change; None: it did not exist.
        self._dirty: dict[Group, State | None] = {}
        self._changed: dict[Group, None] = {}

    def run(self) -> Iterable[Group]:
        """Look at queued reports by rank while a group is dirty; answer the groups that changed."""
        while self._heap and self._dirty:
            self.decide(heappop(self._heap)[1])
        return self._changed

    def decide(self, report: Report) -> None:
        """Let a report choose, and do what it chose."""
        own = self._block.group_of.get(report.key)
        best = self._best(report)
        if own is not None and best is own:
            self._stay(report, own)
        elif best is not None:
            if own is not None:
                self.leave(report)
            self._join(report, best)
        elif own is None:
            self._found(report)
        elif own.members[0] is not report:
            self.leave(report)
            self._found(report)
        elif own in self._dirty and self._dirty[own] is not None:
            # Its founder is gone and nothing else fits: it founds the group anew.
            self._found_again(report, own)

    def _best(self, report: Report) -> Group | None:
        """The group that the report now prefers; None: it founds one, or stays the founder."""
        own = self._block.group_of.get(report.key)
        if own is None:
            return self._best_of_all(report)
        best, least = None, None
        state = own.state_before(report.rank)
        if state is not None:
            best, least = own, preference(report, state)
        if own in self._dirty:
            before = self._dirty[own]
            had = preference(report, before) if before is not None else None
            # It founded its group when there was none before it: nothing got worse for it then.
            if had is not None and (least is None or least > had):
                return self._best_of_all(report)
        for group in self._dirty:
            if group is not own and (state := group.state_before(report.rank)) is not None:
                wish = preference(report, state)
                if wish is not None and (least is None or wish < least):
                    best, least = group, wish
        return best

    def _best_of_all(self, report: Report) -> Group | None:
        best: Group | None = None
        least: Preference | None = None
        below = level_of(min(report.rank[0], PRECISE_US_MAX))
        for group in self._block.founded.touching(report.earliest, report.latest, below=below):
            if (state := group.state_before(report.rank)) is not None:
                wish = preference(report, state)
                if wish is not None and (least is None or wish < least):
                    best, least = group, wish
        return best

    def _stay(self, report: Report, group: Group) -> None:
        if group not in self._dirty:
            return
        index = bisect_left(group.members, report.rank, key=rank_of)
        before = group.states[index]
        group.states[index] = joined_by(group.states[index - 1], report)
        self._settle(group, before, group.states[index], report)

    def leave(self, report: Report) -> None:
        """Take a report out of its group."""
        group = self._block.group_of.pop(report.key, None)
        if group is None:
            return
        index = bisect_left(group.members, report.rank, key=rank_of)
        before = group.states[index]
        del group.members[index], group.states[index]
        group.tally.remove(report, group.members)
        self._changed[group] = None
        if index == 0 and is_precise(report):
            self._block.founded.remove(group)
            if group.members and is_precise(group.members[0]):
                self._index(group)
        if group.members:
            after = group.states[index - 1] if index else None
            self._settle(group, before, after, report)
        else:
            self._dirty.pop(group, None)

    def _join(self, report: Report, group: Group) -> None:
        index = bisect_left(group.members, report.rank, key=rank_of)
        state = group.states[index - 1]
        before = self._dirty.get(group, state)
        after = joined_by(state, report)
        self._insert(report, group, index, after)
        self._settle(group, before, after, report)

    def _found(self, report: Report) -> None:
        group = Group()
        state = founded_by(report)
        self._insert(report, group, 0, state)
        if is_precise(report):  # Nothing joins a vague report.
            self._index(group)
            self._settle(group, None, state, report)

    def _found_again(self, report: Report, group: Group) -> None:
        if not is_precise(report):
            self.leave(report)
            self._found(report)
            return
        before = group.states[0]
        group.states[0] = founded_by(report)
        self._settle(group, before, group.states[0], report, grown=True)

    def _insert(self, report: Report, group: Group, index: int, state: State) -> None:
        group.members.insert(index, report)
        group.states.insert(index, state)
        group.tally.add(report)
        self._block.group_of[report.key] = group
        self._changed[group] = None

    def _index(self, group: Group) -> None:
        founder = group.members[0]
        group.earliest, group.latest = founder.earliest, founder.latest
        self._block.founded.add(group)

    def _settle(
        self,
        group: Group,
        before: State | None,
        after: State | None,
        report: Report,
        *,
        grown: bool = False,
    ) -> None:
        """Note whether a group now differs from what it was as of a report's rank.

        `grown` says that the time of a dirty group has grown here: elsewhere it only shrinks.
        """
        self._changed[group] = None
        if before == after:
            self._dirty.pop(group, None)
            return
        known = group in self._dirty
        self._dirty[group] = before
        if known and not grown:
            return  # Who could see the difference is queued already.
        for state in (before, after):
            if state is not None:
                self._queue(report, state.earliest, state.latest)

    def _queue(self, after: Report, earliest: int, latest: int) -> None:
        """Have later reports that touch this time look again."""
        above = level_of(after.rank[0])
        for report in self._block.reports.touching(earliest, latest, above=above, below=LEVEL_MAX):
            if report.rank > after.rank and report.key not in self._seen:
                self._seen.add(report.key)
                heappush(self._heap, (report.rank, report))
