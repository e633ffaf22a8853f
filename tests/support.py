"""What tests of the running parts share: events, processes, and looking at what is stored."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from redis.asyncio import Redis

from conflict_events.codec import Accepted, Policy, accept
from conflict_events.outcomes import Outcome
from conflict_timeline.broker import embedded
from conflict_timeline.broker.streams import StreamEntry, entries_of
from conflict_timeline.log.append import Appender
from conflict_timeline.log.follow import conflicts_of, follow, head_of
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import PROJECTIONS, projection
from conflict_timeline.runtime import faults
from conflict_timeline.timelines.commit import Checkpoint, Committer
from conflict_timeline.timelines.keys import timeline_key
from tests.oracle.histories import EDITOR

Json = dict[str, Any]

PROGRAM: Final = Path(sys.executable).with_name("conflict-timeline")
POLICY: Final = Policy(editors=frozenset({EDITOR}))
"""Random histories have an editor who amends the events of others."""


# Events


def raw_of(event: Json) -> bytes:
    """An event's bytes, as a producer might send them."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def accepted(event: Json | bytes) -> Accepted:
    """An event that may be recorded."""
    found = accept(event if isinstance(event, bytes) else raw_of(event), POLICY)
    assert isinstance(found, Accepted), found
    return found


def of(conflict: str, event: Json) -> Json:
    """The same event, of another conflict."""
    return {**event, "conflict": conflict}


async def append(redis: Redis, events: Iterable[Json | bytes]) -> list[Outcome]:
    """Record events, straight into their logs."""
    return await Appender(redis).append([accepted(event) for event in events])


async def offer(
    redis: Redis, events: Iterable[Json | bytes], stream: str | None = None
) -> list[str]:
    """Put events into their intake streams, or all into one; answer their entry ids."""
    async with redis.pipeline(transaction=False) as pipe:
        for event in events:
            raw = event if isinstance(event, bytes) else raw_of(event)
            into = stream or f"intake:{json.loads(raw)['type'].split('.')[1]}"
            pipe.xadd(into, {"event": raw})
        return [entry.decode() for entry in await pipe.execute()]


# Chance


def seeded() -> random.Random:
    """Give chance a seed that is told, so that the case can be repeated."""
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # pytest shows it when the test fails
    return random.Random(seed)


# Processes


@contextmanager
def served(data: Path) -> Generator[str]:
    """Keep an embedded broker running, from code that runs in no event loop."""
    with asyncio.Runner() as runner:
        broker = embedded(data)
        url = runner.run(_entered(broker))
        try:
            yield url
        finally:
            runner.run(_left(broker))


async def _entered(broker: Any) -> str:
    return cast("str", await broker.__aenter__())


async def _left(broker: Any) -> None:
    await broker.__aexit__(None, None, None)


class Program:
    """The command line, running as a process of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", told: Path) -> None:
        self._process = process
        self._told = told

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def is_running(self) -> bool:
        """Tell whether it has not ended."""
        return self._process.poll() is None

    def told(self) -> str:
        """What it wrote on standard error so far."""
        return self._told.read_text(errors="replace")

    async def has_started(self) -> None:
        """Wait until its service consumes."""

        def starts() -> bool:
            assert self.is_running(), f"it ended before it had started: {self.told()}"
            return ".started " in self.told()

        await until(starts, self.told)

    def kill(self) -> None:
        """End it as a crash would, and wait for its end."""
        self._process.kill()
        self._process.wait(10)

    async def stop(self) -> int:
        """Tell it to stop, and answer its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return await self.exit_code()

    async def exit_code(self, within_s: float = 20) -> int:
        """Wait for its end; minus the number of the signal that killed it."""
        await until(lambda: not self.is_running(), self.told, within_s=within_s)
        return self._process.returncode


@asynccontextmanager
async def running(
    *arguments: str | Path, url: str, fault: str | None = None, data: Path | None = None
) -> AsyncGenerator[Program]:
    """Run a command against a broker; whatever happens, it has ended afterwards.

    What it keeps on this machine goes to `data`, by default to a folder of its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "stderr"
        keeps = Path(folder) / "data" if data is None else data
        process = _started([*arguments, "--url", url, "--data", keeps], told, fault)
        try:
            yield Program(process, told)
        finally:
            process.kill()
            process.wait(10)


def _started(
    arguments: Sequence[str | Path], told: Path, fault: str | None
) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "CONFLICT_TIMELINE_EDITORS": EDITOR, "NO_COLOR": "1"}
    if fault is not None:
        environment[faults.ENV] = fault
    with told.open("wb") as stderr:
        return subprocess.Popen(
            [PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=environment,
        )


@asynccontextmanager
async def serving(service: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Run a service in this process for a while; fail if it ended by itself."""
    task = asyncio.create_task(service)
    try:
        yield
    finally:
        ended = task.done()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert not ended


async def until(
    holds: Callable[[], bool] | Callable[[], Awaitable[bool]],
    why: Callable[[], str] = lambda: "",
    *,
    within_s: float = 20,
) -> None:
    """Wait until something holds; fail, saying what is known, when it does not come to."""
    give_up = time.monotonic() + within_s
    while True:
        answer = holds()
        if answer if isinstance(answer, bool) else await answer:
            return
        assert time.monotonic() < give_up, f"it did not happen within {within_s:g} s: {why()}"
        await asyncio.sleep(0.02)


# What is stored


async def snapshot(redis: Redis, *without: str) -> dict[bytes, bytes]:
    """Everything on a server, byte by byte."""
    keys = cast("list[bytes]", await redis.keys("*"))
    return {key: await dump_of(redis, key) for key in keys if key.decode() not in without}


async def dump_of(redis: Redis, key: str | bytes) -> bytes:
    """What a key holds, as the server would restore it."""
    dump = await redis.dump(key)
    assert dump is not None
    return dump


async def log_of(redis: Redis, conflict: str = "ukraine") -> list[bytes]:
    """The bytes of a log's events, in order."""
    return [recorded.raw async for page in follow(redis, conflict) for recorded in page]


class Stored(NamedTuple):
    """A revision as it is stored."""

    id: str
    raw: bytes
    digest: str


async def timeline_of(redis: Redis, name: str, conflict: str = "ukraine") -> list[Stored]:
    """All that a timeline holds."""
    return stored(await entries_of(redis, timeline_key(conflict, name, 1)))


def stored(entries: Sequence[StreamEntry]) -> list[Stored]:
    """Entries of a timeline's stream."""
    return [Stored(id_.decode(), f[b"r"], f[b"d"].decode()) for id_, f in entries]


async def checkpoint_of(redis: Redis, name: str, conflict: str = "ukraine") -> Checkpoint:
    """How far a timeline has come."""
    return await Committer(redis, conflict, name, 1).checkpoint()


async def folded(
    redis: Redis, name: str, conflict: str = "ukraine"
) -> tuple[list[Stored], Checkpoint]:
    """What a timeline has to hold, by a fold of its log in this process, and its checkpoint."""
    fold = Fold(projection(name))
    made = [
        Stored(f"{one.position}-{one.k}", one.raw, one.digest.hex())
        async for page in follow(redis, conflict)
        for recorded in page
        for one in fold.apply(recorded)
    ]
    return made, Checkpoint(fold.position, fold.digest.hex(), fold.revisions)


async def has_caught_up(redis: Redis) -> bool:
    """Tell whether every timeline stands at the head of its log."""
    for conflict in await conflicts_of(redis):
        head = (await head_of(redis, conflict)).position
        for name in PROJECTIONS:
            if (await checkpoint_of(redis, name, conflict)).position != head:
                return False
    return True


async def assert_as_folded(redis: Redis) -> None:
    """Check that every timeline holds, byte by byte, what a fold of its log gives."""
    for conflict in await conflicts_of(redis):
        for name in PROJECTIONS:
            made, reached = await folded(redis, name, conflict)
            assert await checkpoint_of(redis, name, conflict) == reached, (conflict, name)
            assert await timeline_of(redis, name, conflict) == made, (conflict, name)
