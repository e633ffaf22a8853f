"""Folding apart: in a process of its own, with another order of sets and another local time.

`python -m conflict_timeline.testing.apart` reads a task and writes revisions, a line each.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from conflict_events.codec import read
from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.fold import Fold
from conflict_timeline.testing.folding import Make

PATIENCE_S: Final = 120
"""How long a process may take; one that hangs is ended."""

_ZONES: Final = ("UTC-14", "UTC+11", "UTC")
"""POSIX notation, in which east is minus: no zone database is needed."""


class Task(NamedTuple):
    """What is to be folded: by an empty projection, or by a pickled fold that goes on.

    Each event as its position, when it was recorded (ms) and its bytes.
    """

    make: Make | None
    fold: bytes | None
    events: tuple[tuple[int, int, bytes], ...]


class ApartError(Exception):
    """A process did not come to its end; the message holds what it said."""


def task(
    log: Sequence[RecordedEvent], *, make: Make | None = None, fold: bytes | None = None
) -> bytes:
    """A task, pickled.

    Raises:
        Exception: whatever pickling raises: the projection cannot be found by name.
    """
    events = tuple((one.position, one.recorded_at_ms, one.raw) for one in log)
    return pickle.dumps(Task(make, fold, events))


def folded_apart(tasks: Sequence[bytes], hash_seeds: Sequence[int]) -> list[list[bytes]]:
    """The revisions (bytes) that each task makes in a process with that PYTHONHASHSEED.

    Raises:
        ApartError: a process failed.
    """
    with ExitStack() as stack:
        running = [
            stack.enter_context(_process(hash_seed, _ZONES[number % len(_ZONES)]))
            for number, hash_seed in enumerate(hash_seeds)
        ]
        return [_answer(process, one) for process, one in zip(running, tasks, strict=True)]


@contextmanager
def _process(hash_seed: int, zone: str) -> "Generator[subprocess.Popen[bytes]]":
    """A process that has ended afterwards, whatever happens."""
    path = os.pathsep.join(one or str(Path.cwd()) for one in sys.path)
    with subprocess.Popen(  # noqa: S603 - this very module
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": path, "TZ": zone},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _answer(process: "subprocess.Popen[bytes]", given: bytes) -> list[bytes]:
    try:
        out, err = process.communicate(given, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired as error:
        raise ApartError(f"no answer within {PATIENCE_S} s") from error
    if process.returncode:
        raise ApartError(err.decode(errors="replace").strip())
    return out.splitlines()


def main() -> None:
    """Read a task from standard input, fold, and write the revisions made."""
    given: Task = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from the process that started us
    if given.fold is not None:
        fold: Fold = pickle.loads(given.fold)  # noqa: S301 - the same
    elif given.make is not None:
        fold = Fold(given.make())
    else:
        raise ValueError("a task has a projection or a fold")
    # A projection that prints must not be taken for an answer.
    out, sys.stdout = sys.stdout.buffer, sys.stderr
    for position, recorded_at_ms, raw in given.events:
        recorded = RecordedEvent(
            position=position, recorded_at_ms=recorded_at_ms, raw=raw, event=read(raw)
        )
        for made in fold.apply(recorded):
            out.write(made.raw + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
