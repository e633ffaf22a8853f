"""The central property: any arrival order, repetition, crash or race gives the same knowledge."""

import pickle
from random import SystemRandom
from statistics import mean, median

import pytest

from tests.simulation import __main__ as command
from tests.simulation.checks import BrokenPromiseError
from tests.simulation.many import simulate_many
from tests.simulation.plans import EVENTS_MAX, plan_of
from tests.simulation.planted import lost_retraction
from tests.simulation.processes import BEGIN, IDLE
from tests.simulation.simulate import SimulationFailedError, simulate

PARTS, HISTORIES = 8, 2_500
"""20,000 histories in all: about a minute."""

POINTS = {
    *("before append", "after append", "after read"),
    *("before checkpoint", "after serve", "before commit", "after commit", "before digest"),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_any_order_any_repetition_any_crash_and_any_race_keep_every_promise(part: int) -> None:
    """R1 to R5, I7 and the rules of revisions; `just simulate` takes as many as wanted."""
    first = SystemRandom().getrandbits(32)
    print(f"part {part}: seeds from {first}")

    told = simulate_many(range(first, first + HISTORIES))

    print(told.sentence)
    assert told.failures == []


def test_a_seed_is_one_simulation_step_by_step() -> None:
    """Whatever was simulated before it."""
    once = [simulate(seed) for seed in range(60)]

    assert [simulate(seed, thorough=True) for seed in reversed(range(60))] == once[::-1]


def test_histories_are_of_12_events_in_the_median_and_of_60_at_most() -> None:
    plans = [plan_of(seed) for seed in range(2_000)]
    sizes = [
        len({one.event.key for batches in plan.intakes for batch in batches for one in batch})
        for plan in plans
    ]

    assert median(sizes) == 12
    assert max(sizes) == EVENTS_MAX
    assert min(sizes) <= 2
    assert mean(plan.deliveries for plan in plans) > 1.1 * mean(sizes)


def test_processes_are_struck_wherever_they_can_be() -> None:
    """Killed at every point, and away before and after every call."""
    struck = {one for seed in range(1_500) for one in simulate(seed).struck}

    assert {point for point, fault in struck if fault == "killed"} == {*POINTS, BEGIN, IDLE}
    assert {point for point, fault in struck if fault == "away"} >= POINTS


def test_a_failure_names_its_seed_and_how_to_see_it_again() -> None:
    """Also when it comes from another process."""
    error = SimulationFailedError(41, BrokenPromiseError("R1", "an event is in the log twice"))

    for one in (error, pickle.loads(pickle.dumps(error))):  # noqa: S301 - our own bytes
        assert (one.seed, one.promise) == (41, "R1")
        assert str(one) == ("seed 41: R1: an event is in the log twice (again: just simulate 41)")


def test_another_error_is_a_failure_too() -> None:
    """Such as a projector that stops with an error: whatever was raised, the seed is told."""
    error = SimulationFailedError(7, KeyError("gone"))

    assert str(error) == "seed 7: KeyError: 'gone' (again: just simulate 7)"
    assert error.promise == "R4"


def test_the_command_repeats_one_seed_and_tells_its_rate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.main(["7"]) == 0

    first, last = capsys.readouterr().out.splitlines()
    assert first == "seeds 7 to 7"
    assert last.startswith("1 histories in ")
    assert "histories/s" in last


def test_the_command_takes_a_random_seed_and_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--histories", "3"]) == 0

    first, last = capsys.readouterr().out.splitlines()
    _, begin, _, end = first.split()
    assert int(end) == int(begin) + 2
    assert last.startswith("3 histories in ")


def test_the_command_fails_with_the_seed_of_what_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Here because retractions are lost."""
    with lost_retraction():
        assert command.main(["350"]) == 1

    _, told, last = capsys.readouterr().out.splitlines()
    assert told.startswith("seed 350: oracle: ")
    assert told.endswith("(again: just simulate 350)")
    assert "1 failed" in last


def test_on_two_cores_the_same_comes_of_the_same_seeds() -> None:
    one, two = simulate_many(range(600)), simulate_many(range(600), jobs=2)

    assert one.digest == two.digest
    assert one.failures == two.failures == []
