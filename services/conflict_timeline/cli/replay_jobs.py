"""Jobs of `replay`: several conflicts at once, each in a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from conflict_timeline.cli.exits import FAILURE, usage
from conflict_timeline.cli.replay_job import (
    LENGTH_BYTES,
    Done,
    Failed,
    Job,
    Message,
    Reached,
    framed,
)
from conflict_timeline.cli.replaying import Order, Outcome

Begin = Callable[[Order], Callable[[int], None]]
"""Told that an order is begun; answers what to tell the positions that it comes to."""

# -P: a file in the working folder must not stand in for a module.
_PROGRAM: Final = (sys.executable, "-P", "-m", "conflict_timeline.cli.replay_job")
_MESSAGE: Final = msgspec.json.Decoder[Any](Message)
_DIGITS_MAX: Final = 6


class JobFailedError(Exception):
    """A job failed, and with it the command: `code` is its exit code."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def job_count(text: str) -> int:
    """How many processes `--jobs` means.

    Raises:
        UsageError: it is no number from 1 to that of the processors.
    """
    most = os.cpu_count() or 1
    is_number = text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX
    if not is_number or not 1 <= int(text) <= most:
        usage(f"--jobs {text!r} is no number from 1 to {most}, the processors of this machine")
    return int(text)


async def in_processes(
    orders: Sequence[Order], url: str, *, jobs: int, is_watched: bool, begin: Begin
) -> list[Outcome]:
    """Carry out orders, at most `jobs` at once; answer what each came to, in their order.

    The first failure ends all. None of the processes outlives this call.

    Raises:
        JobFailedError: one failed.
    """
    seats = asyncio.Semaphore(jobs)

    async def one(order: Order) -> Outcome:
        async with seats:
            job = Job(order=order, url=url, is_watched=is_watched)
            return await _carried_out(job, begin(order))

    tasks = [asyncio.create_task(one(order)) for order in orders]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _carried_out(job: Job, tell: Callable[[int], None]) -> Outcome:
    # A group of its own: Ctrl-C is for us, and we end it.
    process = await asyncio.create_subprocess_exec(
        *_PROGRAM, stdin=PIPE, stdout=PIPE, process_group=0
    )
    try:
        return await _answer(process, job, tell)
    finally:
        if process.returncode is None:
            process.kill()  # It writes nothing, so there is nothing to tidy up.
        await process.wait()


async def _answer(process: Process, job: Job, tell: Callable[[int], None]) -> Outcome:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both were asked for")
    conflict = job.order.conflict
    try:
        process.stdin.write(framed(job))
        await process.stdin.drain()
        while True:
            length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
            message: Message = _MESSAGE.decode(await process.stdout.readexactly(length))
            match message:
                case Reached(position):
                    tell(position)
                case Done(outcome):
                    return outcome
                case Failed(code, sentence):
                    raise JobFailedError(code, sentence)
    except (asyncio.IncompleteReadError, ConnectionError):
        code = await process.wait()
        how = f"signal {-code}" if code < 0 else f"code {code}"
        raise JobFailedError(
            FAILURE, f"the process that replayed {conflict!r} ended with {how} before it was done"
        ) from None
