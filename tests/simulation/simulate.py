"""One simulation: a plan is played, and what must hold is checked."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from hashlib import sha256
from random import Random
from typing import Any, Final, NamedTuple

from conflict_timeline.projector import advance
from conflict_timeline.testing.memory import MemoryCommitter, MemoryLog
from tests.simulation.checks import (
    BrokenPromiseError,
    Current,
    check,
    check_counts,
    check_log,
    check_oracle,
    check_order,
    check_replay,
    check_revisions,
)
from tests.simulation.plans import NAMES, Fault, Plan, plan_of
from tests.simulation.processes import IDLE, Intake, Process, Projecting, patiently

ORDER_EVERY: Final = 4
"""Every fourth seed is also folded in another order of arrival (I7)."""

ORACLE_EVERY: Final = 25
"""The oracle takes as long as all the rest."""

BURSTS: Final = (1, 1, 3, 16)
"""How many steps a process makes before it is another one's turn."""

CLOCK_MS: Final = 1_740_000_000_000

_ADVANCE: Final[Any] = advance
"""Some of its names are set here: pytest's patches would take longer."""

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
    struck: list[tuple[str, Fault]]
    """Where processes were, and what befell them there."""
    digest: str
    """Of its log and timelines: the same wherever the seed is simulated (hex)."""


def simulate(
    seed: int, *, committer: MakeCommitter = MemoryCommitter, thorough: bool = False
) -> Simulated:
    """Simulate one seed. `thorough` makes all the checks, also those that only some seeds get.

    Raises:
        SimulationFailedError: a promise was broken.
    """
    try:
        with _by_hand():
            return _World(plan_of(seed), committer).play(thorough=thorough)
    except Exception as error:
        raise SimulationFailedError(seed, error) from error


@contextmanager
def _by_hand() -> Generator[None]:
    """Have the services' coroutines driven by us: no waiting, and no loop."""
    hooks = sys.get_asyncgen_hooks()
    usual = _ADVANCE.patiently, _ADVANCE.COMMIT_REVISIONS_MAX
    sys.set_asyncgen_hooks(None, None)
    _ADVANCE.patiently = patiently
    try:
        yield
    finally:
        _ADVANCE.patiently, _ADVANCE.COMMIT_REVISIONS_MAX = usual
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
        running = [one.run for one in self._intakes] + [one.run for one in self._racers]
        self._processes = [Process(run) for run in running]
        self._struck: list[tuple[str, Fault]] = []

    def _clock_ms(self) -> int:
        self._now_ms += self._rng.randint(-1, 2)
        return self._now_ms

    def play(self, *, thorough: bool) -> Simulated:
        """Run until nothing is left to do, then check what must hold."""
        _ADVANCE.COMMIT_REVISIONS_MAX = self._plan.commit_revisions_max
        return self._checked(self._run(), thorough=thorough)

    def _run(self) -> int:
        """R4: it ends."""
        rng, events, faults = self._rng, self._log.events, self._plan.faults
        steps_max = 100 + 20 * (self._plan.deliveries + 5) * (len(self._processes) + 5)
        steps = 0
        while ready := [one for one in self._processes if one.is_ready(len(events))]:
            process = ready[int(rng.random() * len(ready))]
            for _ in range(BURSTS[int(rng.random() * len(BURSTS))]):
                fault = faults.get(steps)
                if fault is not None:
                    self._struck.append((process.point, fault))
                process.go_on(fault, len(events))
                steps += 1
                if process.has_ended or process.point == IDLE:
                    break
            check(steps < steps_max, "R4", f"it did not end within {steps_max} steps")
        for process in self._processes:
            check(process.has_ended or process.point == IDLE, "R4", f"it hangs at {process.point}")
            process.stop()
        return steps

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
        current: dict[str, Current] = {}
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
        return Simulated(len(log), steps, self._struck, digest.hexdigest())
