"""Prints the digests of some histories: `python -m tests.projections.digests 20`."""

import sys
from collections.abc import Iterator

from conflict_timeline.projections.registry import PROJECTIONS
from tests.oracle.histories import history, shuffled

from .dense import dense_history
from .folding import folded, recorded


def digests(count: int) -> Iterator[str]:
    """One line a projection and history: as many random as dense ones."""
    for seed in range(count):
        for kind, events in (
            ("random", shuffled(history(seed, events=60), seed)),
            ("dense", dense_history(seed)),
        ):
            log = recorded(events)
            for name in PROJECTIONS:
                made = folded(name, log)
                yield f"{name} {kind} {seed} {len(made)} {made[-1].digest.hex() if made else '-'}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in digests(int(sys.argv[1])))
