"""Replaying several conflicts, in processes of their own, and beside what is served."""

import asyncio
import csv
import io
import json
import os
import signal
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from conflict_timeline.broker import connect
from conflict_timeline.cli.exits import UsageError
from conflict_timeline.cli.replay_jobs import job_count
from tests.cli.console import Console, Running, wait_for
from tests.oracle.builders import corrected, statement, strike
from tests.oracle.times import Json
from tests.services.projector.projecting import advanced
from tests.support import append, served

BY_RUSSIA: Final[Json] = {"attribution": [{"party": "RUS", "basis": "assessed"}]}
HISTORY: Final = (
    statement("denial", 10, 11, "deny", about=["RUS"]),
    strike("first", 20, 21, **BY_RUSSIA),
    strike("second", 60, 61, **BY_RUSSIA),
    corrected("moved", strike("first", 20, 21, **BY_RUSSIA), targets=["energy", "rail"]),
)
TIMELINE: Final = "{ukraine}:timeline:incidents:1"
CHECKPOINT: Final = "{ukraine}:checkpoint:incidents:1"


several_processors = pytest.mark.skipif(
    (os.cpu_count() or 1) < 2 or not Path("/proc/self/stat").exists(),
    reason="needs two processors, and /proc to find processes",
)


def of(conflict: str, *events: Json) -> list[Json]:
    """The same events, of another conflict."""
    return [{**event, "conflict": conflict} for event in events]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Console]:
    """Give a console with two conflicts: one is folded up to its head, the other one behind it."""
    console = Console(tmp_path_factory.mktemp("two"), environment)
    with served(console.data) as url:
        asyncio.run(folded(url))
        yield console
        console.clear()


async def folded(url: str) -> None:
    """Record both histories, and fold what was recorded first."""
    async with connect(url) as redis:
        await append(redis, [*of("sudan", *HISTORY[:3]), *HISTORY])
        for conflict in ("sudan", "ukraine"):
            for name in ("incidents", "pairings"):
                await advanced(redis, name, conflict)
        await append(redis, of("sudan", strike("late", 70, 71)))


@asynccontextmanager
async def altered(
    console: Console, key: str, *commands: tuple[str | bytes, ...]
) -> AsyncGenerator[None]:
    """Do something to a key, and put it back afterwards."""
    redis: Any = connect(f"unix://{console.data}/broker/valkey.sock")
    dump = await redis.dump(key)
    assert dump is not None
    try:
        for command in commands:
            await redis.execute_command(*command)
        yield
    finally:
        await redis.restore(key, 0, dump, replace=True)
        await redis.aclose()


# Several conflicts


def test_several_conflicts_come_by_name_however_they_were_named(two: Console) -> None:
    done = two("replay", "incidents", "--conflict", "ukraine", "--conflict", "sudan")

    assert done.code == 0
    names = [row["conflict"] for row in done.rows]
    assert names == sorted(names)
    assert set(names) == {"sudan", "ukraine"}
    assert done.out == two.asked("replay", "incidents").out


def test_an_entry_tells_the_position_that_its_conflict_is_as_of(two: Console) -> None:
    rows = two.asked("replay", "incidents").rows

    assert {(row["conflict"], row["as_of"]) for row in rows} == {("sudan", 4), ("ukraine", 4)}
    assert {row["position"] for row in rows} == {2, 3, 4}


@several_processors
@pytest.mark.parametrize(
    ("wanted", "output"), [([], "json"), (["--digest"], "csv"), (["--compare"], "json")]
)
def test_what_several_conflicts_come_to_is_one_output_in_processes_or_not(
    two: Console, wanted: list[str], output: str
) -> None:
    apart = two("replay", "pairings", *wanted, "--jobs", "2", "--output", output)
    here = two.asked("replay", "pairings", *wanted, "--output", output)

    assert (apart.code, apart.out) == (0, here.out), apart.err
    is_json = output == "json"
    rows = json.loads(here.out) if is_json else list(csv.DictReader(io.StringIO(here.out)))
    names = ["sudan", "sudan", "ukraine", "ukraine"]
    assert [row["conflict"] for row in rows] == (names[::2] if wanted else names)


def test_of_one_conflict_that_is_named_the_digest_is_one_object(two: Console) -> None:
    named = two("replay", "incidents", "--conflict", "sudan", "--digest", "--output", "json")
    every = two("replay", "incidents", "--digest", "--output", "json")

    assert named.one == json.loads(every.out)[0]


def test_where_nothing_is_recorded_there_is_nothing_to_replay(console: Console) -> None:
    done = console("replay", "incidents", "--output", "json")

    assert (done.code, json.loads(done.out)) == (0, [])
    assert done.complaints == ["nothing is recorded yet: there is nothing to replay"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--conflict sudan --conflict nowhere", ["'nowhere'"]),
        ("--until 5", ["position 5", "head of the log"]),
        (f"--until 1{'0' * 30}", ["position 1000"]),
    ],
)
def test_what_one_of_them_does_not_have_is_exit_3(
    two: Console, arguments: str, words: list[str]
) -> None:
    two("replay", "incidents", *arguments.split()).refuses(3, *words)


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "1.5", "1_0", "\u0662", "9" * 5000, ""])
def test_a_number_of_jobs_that_is_none_is_refused(jobs: str) -> None:
    with pytest.raises(UsageError, match="processors"):
        job_count(jobs)


def test_more_jobs_than_processors_is_exit_2(two: Console) -> None:
    two("replay", "incidents", "--jobs", "9999").refuses(2, "--jobs '9999'", "1 to")


def test_digits_are_those_of_ascii(two: Console) -> None:
    command = ["timeline", "incidents", "--conflict", "ukraine"]

    two(*command, "--as-of", "\u0665").refuses(2, "neither a position nor a time")
    two(*command, "--as-of", "\u0662\u0660\u0662\u0665-01-01T00:00:00Z").refuses(2, "neither")


def test_as_of_the_position_before_the_first_there_is_nothing(two: Console) -> None:
    zeros = "0" * 5000

    done = two("timeline", "incidents", "--conflict", "ukraine", f"--as-of={zeros}")

    assert (done.code, done.out) == (0, "")
    assert done.complaints == ["ukraine incidents/1 as of position 0: 0 entries"]


# Processes


def jobs_of(running: Running) -> list[int]:
    """The processes of the jobs that a command has started."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
            is_job = b"cli.replay_job" in (folder / "cmdline").read_bytes()
            if is_job and parent == running.process.pid:
                found.append(int(folder.name))
    return found


def with_its_jobs_stopped(console: Console) -> tuple[Running, list[int]]:
    """Start a replay of two conflicts side by side, and let its processes stand still."""
    running = console.start("replay", "incidents", "--digest", "--jobs", "2")
    stopped: set[int] = set()

    def stop() -> bool:
        for job in set(jobs_of(running)) - stopped:
            os.kill(job, signal.SIGSTOP)
            stopped.add(job)
        return len(stopped) == 2

    running.until(stop)
    return running, sorted(stopped)


def is_gone(process: int) -> bool:
    """Tell whether a process has ended; one that nobody has waited for yet has too."""
    try:
        return ") Z" in Path(f"/proc/{process}/stat").read_text("utf-8")
    except OSError:
        return True


@several_processors
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_jobs_too_and_at_once(two: Console, number: signal.Signals) -> None:
    running, jobs = with_its_jobs_stopped(two)
    began = time.monotonic()

    done = running.send(number)

    assert (done.code, done.out) == (130, "")
    assert time.monotonic() - began < 5
    assert all(is_gone(job) for job in jobs)
    assert "Traceback" not in done.err


@several_processors
def test_jobs_do_not_outlive_a_command_that_was_killed(two: Console) -> None:
    running, jobs = with_its_jobs_stopped(two)

    running.send(signal.SIGKILL)
    for job in jobs:
        os.kill(job, signal.SIGCONT)

    wait_for(lambda: all(is_gone(job) for job in jobs))


@several_processors
def test_a_job_that_was_killed_fails_the_command_in_one_sentence(two: Console) -> None:
    running, jobs = with_its_jobs_stopped(two)

    os.kill(jobs[0], signal.SIGKILL)
    done = running.done()

    done.refuses(1, "the process that replayed", "signal 9")
    assert is_gone(jobs[1])


@several_processors
async def test_a_job_that_fails_gives_the_command_its_code_and_sentence(two: Console) -> None:
    async with altered(two, "{ukraine}:log", ("XDEL", "{ukraine}:log", "2-0")):
        apart = two("replay", "incidents", "--digest", "--jobs", "2")
        here = two("replay", "incidents", "--digest")

    apart.refuses(1, "'ukraine' has a gap: position 2")
    assert (apart.code, apart.complaints) == (here.code, here.complaints)


@several_processors
def test_jobs_whose_broker_goes_away_end_the_command_with_75(console: Console) -> None:
    console.publish(*of("sudan", HISTORY[1]), HISTORY[1])
    up = console.start("run", "intake")
    up.says("intake.started")
    running, jobs = with_its_jobs_stopped(console)

    os.kill(int((console.data / "broker" / "valkey.pid").read_text()), signal.SIGKILL)
    for job in jobs:
        os.kill(job, signal.SIGCONT)
    done = running.done()

    assert (done.code, done.out) == (75, "")
    assert [line for line in done.complaints if "is away" in line] == done.complaints[-1:]
    up.end()


@several_processors
def test_each_conflict_at_work_has_its_bar_on_a_terminal(two: Console) -> None:
    shown = two.on_terminal("replay", "incidents", "--digest", "--jobs", "2").out

    assert "sudan incidents" in shown
    assert "ukraine incidents" in shown
    assert shown.count("events,") >= 2


# Beside what is served


def test_a_comparison_goes_to_the_checkpoint_and_finds_what_is_served_equal(two: Console) -> None:
    sudan, ukraine = two.asked("replay", "incidents", "--compare").rows

    assert (sudan["position"], sudan["revisions"], ukraine["position"]) == (3, 2, 4)
    assert [(one["equal"], one["difference"]) for one in (sudan, ukraine)] == [(True, None)] * 2
    committed = {
        (conflict["conflict"], one["digest"])
        for conflict in two("status").one["conflicts"]
        for one in conflict["projections"]
        if one["projection"] == "incidents"
    }
    assert committed == {(one["conflict"], one["digest"]) for one in (sudan, ukraine)}


def test_a_comparison_says_so_in_a_sentence(two: Console) -> None:
    done = two("replay", "incidents", "--conflict", "ukraine", "--compare", "--until", "2")

    assert done.one["position"] == 2
    (sentence,) = done.complaints
    assert sentence == (
        "ukraine incidents/1 replayed equals version 1, which is served, at position 2:"
        f" 1 revisions, digest {done.one['digest']}"
    )


async def test_a_revision_that_was_altered_is_exit_4_with_the_first_difference(
    two: Console,
) -> None:
    redis = connect(f"unix://{two.data}/broker/valkey.sock")
    # redis-py types its answers for all of its modes at once.
    entries: list[tuple[bytes, dict[bytes, bytes]]] = await redis.xrange(TIMELINE)  # type: ignore[assignment]
    await redis.aclose()
    changed = [
        (
            "XADD",
            TIMELINE,
            entry_id,
            "r",
            fields[b"r"].replace(b'"rail"', b'"road"'),
            "d",
            fields[b"d"],
        )
        for entry_id, fields in entries
    ]

    async with altered(two, TIMELINE, ("DEL", TIMELINE), *changed):
        done = two("replay", "incidents", "--compare")

    assert done.code == 4
    (sentence,) = (line for line in done.complaints if line.startswith("conflict-timeline: "))
    assert "at position 4: revision 2 of entry i-" in sentence
    assert 'body.targets[1] is "rail" as replayed, "road" as committed' in sentence
    sudan, ukraine = done.rows
    assert sudan["equal"]
    assert (ukraine["equal"], ukraine["digest"], ukraine["revisions"]) == (False, None, None)
    difference = ukraine["difference"]
    assert (difference["what"], difference["at"], difference["revision"]) == ("changed", "4-0", 2)
    assert difference["fields"] == ["body.targets[1]"]
    assert difference["replayed"]["body"]["targets"] == ["energy", "rail"]
    assert difference["committed"]["body"]["targets"] == ["energy", "road"]
    assert difference["message"] in sentence


async def test_a_checkpoint_that_was_altered_is_found_where_it_stands(two: Console) -> None:
    arguments = ["replay", "incidents", "--conflict", "ukraine", "--compare"]

    async with altered(two, CHECKPOINT, ("HSET", CHECKPOINT, "revisions", "9")):
        at_it, before_it = two(*arguments), two(*arguments, "--until", "3")

    assert (at_it.code, at_it.one["difference"]["what"]) == (4, "checkpoint")
    assert (before_it.code, before_it.one["equal"]) == (0, True)


def test_what_is_not_served_cannot_be_compared_with(console: Console) -> None:
    console.publish(HISTORY[1])

    console("replay", "incidents", "--compare").refuses(3, "no projector")
