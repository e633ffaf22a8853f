"""One simulation: a plan is played, and what must hold is checked."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from random import Random
from typing import Final, NamedTuple
from unittest.mock import patch

import stamina
from stamina.instrumentation import get_on_retry_hooks, set_on_retry_hooks

from conflict_timeline.projector import advance
from conflict_timeline.testing.memory import MemoryCommitter, MemoryLog
from tests.simulation.checks import (
    BrokenPromiseError,
    check,
    check_counts,
    check_log,
    check_oracle,
    check_order,
    check_replay,
    check_revisions,
)
from tests.simulation.plans import NAMES, Plan, plan_of
from tests.simulation.processes import IDLE, Fault, Intake, Process, Projecting

ORDER_EVERY: Final = 2
"""Every second seed is also folded in another order of arrival (I7)."""

ORACLE_EVERY: Final = 25
"""The oracle takes as long as all the rest."""

FAULT_SHARE: Final = 0.08
"""How often something goes wrong at a point, until as much has as is planned."""

CLOCK_MS: Final = 1_740_000_000_000

MakeCommitter = Callable[[str], MemoryCommitter]


class SimulationFailedError(AssertionError):
    """A simulation broke a promise. Its message says which, and how to see it again (R5)."""

    def __init__(self, seed: int, cause: Exception) -> None:
        kind = "" if isinstance(cause, BrokenPromiseError) else f"{type(cause).__name__}: "
        super().__init__(f"seed {seed}: {kind}{cause} (again: just simulate {seed})")
        self.seed = seed
        self.promise = cause.promise if isinstance(cause, BrokenPromiseError) else "R4"

    def __reduce__(self) -> tuple[object, ...]:
        """Let it cross from one process to another."""
        return _again, (self.seed, self.promise, str(self))


def _again(seed: int, promise: str, message: str) -> SimulationFailedError:
    error = SimulationFailedError(seed, BrokenPromiseError(promise, ""))
    error.args = (message,)
    return error


class Simulated(NamedTuple):
    """What came of a simulation that held."""

    events: int
    steps: int
    faults: int
    digest: str
    """Of its log and timelines: the same wherever the seed is simulated (hex)."""


def simulate(
    seeds: Iterable[int], *, committer: MakeCommitter = MemoryCommitter, thorough: bool = False
) -> Iterator[Simulated]:
    """Simulate each seed. `thorough` makes of all seeds the checks that only some get.

    Raises:
        SimulationFailedError: at the first that breaks a promise.
    """
    with asyncio.Runner() as runner:
        for seed in seeds:
            try:
                yield runner.run(_simulated(seed, committer, thorough=thorough))
            except Exception as error:
                raise SimulationFailedError(seed, error) from error


async def _simulated(seed: int, committer: MakeCommitter, *, thorough: bool) -> Simulated:
    # The services' own code asks for its task; nothing here waits for the loop.
    with _by_hand():
        return _World(plan_of(seed), committer).play(thorough=thorough)


@contextmanager
def _by_hand() -> Iterator[None]:
    """Have coroutines driven by us: no waiting between attempts, no loop to close generators."""
    hooks = sys.get_asyncgen_hooks()
    told = get_on_retry_hooks()
    sys.set_asyncgen_hooks(None, None)
    set_on_retry_hooks([])
    try:
        with stamina.set_testing(True, attempts=100):
            yield
    finally:
        set_on_retry_hooks(told)
        sys.set_asyncgen_hooks(*hooks)


class _World:
    """The stores and the processes of one plan."""

    def __init__(self, plan: Plan, committer: MakeCommitter) -> None:
        self._plan = plan
        self._rng = Random(f"play {plan.seed}")
        self._now_ms = CLOCK_MS
        self._log = MemoryLog("ukraine", clock_ms=self._clock_ms)
        self._committers = {name: committer(name) for name in NAMES}
        self._intakes = [Intake(self._log, batches) for batches in plan.intakes]
        self._racers = [
            Projecting(self._log, self._committers[racer.projection], racer, self._rng)
            for racer in plan.racers
        ]
        self._processes = [Process(one.run) for one in (*self._intakes, *self._racers)]
        self._faults = 0

    def _clock_ms(self) -> int:
        self._now_ms += self._rng.randint(-1, 2)
        return self._now_ms

    def play(self, *, thorough: bool) -> Simulated:
        """Run until nothing is left to do, then check what must hold."""
        with patch.object(advance, "COMMIT_REVISIONS_MAX", self._plan.commit_revisions_max):
            steps = self._run()
        return self._checked(steps, thorough=thorough)

    def _run(self) -> int:
        """R4: it ends."""
        rng = self._rng
        steps_max = 100 + 20 * (self._plan.deliveries + 5) * (len(self._processes) + 5)
        head, steps = 0, 0
        while ready := [one for one in self._processes if one.is_ready(head)]:
            process = rng.choice(ready)
            for _ in range(rng.choice((1, 1, 2, 8))):
                process.go_on(self._fault(), head)
                steps += 1
                head = self._log.head.position
                if not process.is_ready(head):
                    break
            check(steps < steps_max, "R4", f"it did not end within {steps_max} steps")
        for process in self._processes:
            check(
                process.has_ended or process.point == IDLE, "R4", f"it hangs at {process.point}"
            )
            process.stop()
        return steps

    def _fault(self) -> Fault | None:
        if self._faults == self._plan.faults_max or self._rng.random() > FAULT_SHARE:
            return None
        self._faults += 1
        return self._rng.choice(("killed", "away"))

    def _checked(self, steps: int, *, thorough: bool) -> Simulated:
        seed, log = self._plan.seed, self._log.events
        answers = [answer for intake in self._intakes for answer in intake.acknowledged]
        check_log(log, answers)
        check_counts(
            len(log),
            self._plan.deliveries,
            sum(intake.written for intake in self._intakes),
            answers,
        )
        current = {}
        digest = sha256()
        for recorded in log:
            digest.update(recorded.raw)
        for name, committer in self._committers.items():
            check_replay(name, log, committer.revisions, committer.stands)
            current[name] = check_revisions(name, log, committer.revisions)
            digest.update(committer.stands.digest.encode())
        for racer in self._racers:
            stands = self._committers[racer.racer.projection].stands
            reached = (racer.fold.position, racer.fold.digest.hex(), racer.fold.revisions)
            check(stands == reached, "R3", f"a projector of {racer.racer} is at {reached}")
        if thorough or seed % ORDER_EVERY == 0:
            check_order(seed, log, current)
        if thorough or seed % ORACLE_EVERY == 0:
            check_oracle(log, current)
        return Simulated(len(log), steps, self._faults, digest.hexdigest())
