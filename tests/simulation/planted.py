"""Planted bugs: one of each kind that the simulation is there to find.

`python -m tests.simulation.planted 24 [set-iteration]` prints the digests of so many simulations,
with or without a projection that goes through a set.
"""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

from conflict_events.amendments import Corrected
from conflict_timeline.projections import grouping, incidents
from conflict_timeline.projections.effective import EffectiveBodies
from conflict_timeline.projections.grouping import Preference, State
from conflict_timeline.projections.incident_groups import words
from conflict_timeline.projections.tally import Fact, Report
from conflict_timeline.testing.memory import MemoryCommitter
from conflict_timeline.timelines.commit import Checkpoint, Committable
from tests.simulation.simulate import MakeCommitter, SimulationFailedError, simulate


@contextmanager
def unordered_tie() -> Generator[MakeCommitter]:
    """Of groups that suit a report equally well, any is joined: no founder's key decides."""
    ordered: Callable[[Report, State], Preference | None] = grouping.preference

    def unordered(report: Report, state: State) -> Preference | None:
        wish = ordered(report, state)
        return None if wish is None else (*wish[:3], "")

    with patch.object(grouping, "preference", unordered):
        yield MemoryCommitter


@contextmanager
def lost_early_retraction() -> Generator[MakeCommitter]:
    """A retraction that comes before its event is forgotten."""
    amended: Callable[..., Any] = vars(EffectiveBodies)["_amended"]

    def forgetful(self: Any, recorded: Any, key: str, kind: Any, body: Any) -> Any:
        if body is None and key not in self._own:
            return None
        return amended(self, recorded, key, kind, body)

    with patch.object(EffectiveBodies, "_amended", forgetful):
        yield MemoryCommitter


@contextmanager
def lost_retraction() -> Generator[MakeCommitter]:
    """No retraction has any effect, whenever it comes: no order of arrival gives it away."""
    amended: Callable[..., Any] = vars(EffectiveBodies)["_amended"]

    def forgetful(self: Any, recorded: Any, key: str, kind: Any, body: Any) -> Any:
        if not isinstance(recorded.event.data, Corrected):
            return None
        return amended(self, recorded, key, kind, body)

    with patch.object(EffectiveBodies, "_amended", forgetful):
        yield MemoryCommitter


class DoublingCommitter(MemoryCommitter):
    """Compares nothing: what is committed again, after a lost answer, is there twice."""

    async def commit(
        self,
        expected: Checkpoint,
        reached: Checkpoint,
        revisions: Iterable[Committable],
        *,
        waiting: int = 0,
    ) -> Checkpoint:
        """Write, whatever stands."""
        del expected, waiting
        self.revisions += revisions
        self.stands = reached
        return reached


class ForgetfulCommitter(MemoryCommitter):
    """Compares, but writes again what is asked for again in the same words."""

    _last: tuple[Checkpoint, Checkpoint] | None = None

    async def commit(
        self,
        expected: Checkpoint,
        reached: Checkpoint,
        revisions: Iterable[Committable],
        *,
        waiting: int = 0,
    ) -> Checkpoint:
        """Commit, or commit again."""
        revisions = list(revisions)
        if self._last == (expected, reached):
            self.revisions += revisions
        self._last = (expected, reached)
        return await super().commit(expected, reached, revisions, waiting=waiting)


@contextmanager
def repeated_commit() -> Generator[MakeCommitter]:
    """A commit that is done twice when its answer was lost."""
    yield ForgetfulCommitter


@contextmanager
def doubled_commit() -> Generator[MakeCommitter]:
    """A commit that compares nothing first."""
    yield DoublingCommitter


@contextmanager
def set_iteration() -> Generator[MakeCommitter]:
    """A projection that goes through a set of words."""

    def unsorted(said: dict[str, list[Fact]], word: str) -> tuple[str, ...]:
        return tuple(set(words(said, word)))

    with patch.object(incidents, "words", unsorted):
        yield MemoryCommitter


BUGS: Final = {
    "an unordered tie": unordered_tie,
    "a retraction lost when early": lost_early_retraction,
    "a lost retraction": lost_retraction,
    "a doubled commit": doubled_commit,
    "a commit doubled by a lost answer": repeated_commit,
    "a set iteration": set_iteration,
}


def first_failure(seeds: Iterable[int], committer: MakeCommitter) -> SimulationFailedError | None:
    """The first seed of which the simulation says that a promise is broken."""
    for seed in seeds:
        try:
            simulate(seed, committer=committer)
        except SimulationFailedError as error:
            return error
    return None


def digests(seeds: Iterable[int], committer: MakeCommitter = MemoryCommitter) -> Iterator[str]:
    """The digest of each simulation."""
    for seed in seeds:
        yield simulate(seed, committer=committer).digest


def main(count: int, *, planted: bool) -> None:
    """Print digests of seeds from 1 on, which is below the first that the oracle looks at."""
    with set_iteration() as committer:
        lines = list(digests(range(1, count + 1), committer)) if planted else []
    lines = lines or list(digests(range(1, count + 1)))
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main(int(sys.argv[1]), planted=sys.argv[2:] == ["set-iteration"])
