"""Many simulations: as many as asked for, on some cores, with their rate."""

import gc
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from statistics import median
from typing import Final, NamedTuple

from tests.simulation.simulate import SimulationFailedError, simulate

CHUNK_HISTORIES: Final = 60
"""Simulated by one process without telling, and without collecting garbage: more of them would no
longer fit into the processor's caches."""


TELL_HISTORIES: Final = 10_000
"""After so many it is told how far it is."""


class Told(NamedTuple):
    """What many simulations came to; a digest that is the same wherever they are made (hex)."""

    histories: int
    seconds: float
    events_median: float
    events_max: int
    digest: str
    failures: list[SimulationFailedError]

    @property
    def sentence(self) -> str:
        """All of it, for people."""
        return (
            f"{self.histories} histories in {self.seconds:.1f} s, "
            f"{self.histories / self.seconds:.0f} histories/s, "
            f"median {self.events_median:g} events, up to {self.events_max}: "
            f"{len(self.failures)} failed; digest {self.digest[:16]}"
        )


class Chunk(NamedTuple):
    """Some of them: how many events each had, the digest of each, and what failed."""

    events: list[int]
    digests: list[str]
    failures: list[SimulationFailedError]


def simulate_many(
    seeds: range,
    *,
    jobs: int = 1,
    thorough: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Told:
    """Simulate every seed, also those after one that fails. `tell` hears of failures at once."""
    began = time.perf_counter()
    chunks = [seeds[at : at + CHUNK_HISTORIES] for at in range(0, len(seeds), CHUNK_HISTORIES)]
    events: list[int] = []
    failures: list[SimulationFailedError] = []
    digest = sha256()
    for chunk in _made(chunks, jobs, thorough=thorough):
        events += chunk.events
        failures += chunk.failures
        for error in chunk.failures:
            tell(str(error))
        if len(events) // TELL_HISTORIES > (len(events) - len(chunk.events)) // TELL_HISTORIES:
            tell(f"{len(events)} of {len(seeds)} held, {len(failures)} failed")
        digest.update("".join(chunk.digests).encode())
    return Told(
        histories=len(seeds),
        seconds=time.perf_counter() - began,
        events_median=median(events) if events else 0,
        events_max=max(events, default=0),
        digest=digest.hexdigest(),
        failures=failures,
    )


def _made(chunks: Iterable[range], jobs: int, *, thorough: bool) -> Iterator[Chunk]:
    make = partial(made, thorough=thorough)
    if jobs == 1:
        yield from map(make, chunks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(make, chunks)


def made(seeds: Iterable[int], *, thorough: bool = False) -> Chunk:
    """Simulate some seeds in this process."""
    chunk = Chunk([], [], [])
    with _without_garbage():
        for seed in seeds:
            try:
                done = simulate(seed, thorough=thorough)
            except SimulationFailedError as error:
                chunk.failures.append(error)
                chunk.digests.append("failed")
            else:
                chunk.events.append(done.events)
                chunk.digests.append(done.digest)
    return chunk


@contextmanager
def _without_garbage() -> Generator[None]:
    """Collect once at the end: what a fold holds is a web of cycles, and looked at for long."""
    was_enabled = gc.isenabled()
    gc.disable()
    gc.freeze()  # What was there before need not be looked at.
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
        if was_enabled:
            gc.enable()
