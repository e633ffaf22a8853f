"""A job of `replay`: one conflict in a process of its own, which `replay_jobs` starts.

What to do comes on standard input, what became of it goes to standard output, in frames. Nothing
more ever comes on standard input: where it ends, whoever wanted the answer has gone.
"""

import asyncio
import os
import sys
import threading
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

from conflict_timeline.broker import connect
from conflict_timeline.cli.exits import OK
from conflict_timeline.cli.replaying import Order, Outcome, carried_out
from conflict_timeline.cli.session import told_of

LENGTH_BYTES: Final = 8
"""A frame is its length, so many bytes of it, then a message as JSON."""


class Job(Struct, frozen=True, kw_only=True):
    """What to do, where, and whether anybody looks at the progress."""

    order: Order
    url: str
    is_watched: bool


class Reached(Struct, frozen=True, tag=True):
    """How far the replay has come."""

    position: int


class Done(Struct, frozen=True, tag=True):
    """What the replay came to."""

    outcome: Outcome


class Failed(Struct, frozen=True, tag=True):
    """Why it came to nothing: the exit code, and the sentence for people."""

    code: int
    sentence: str


Message = Reached | Done | Failed


def framed(message: Struct) -> bytes:
    """A message as a frame."""
    raw = msgspec.json.encode(message)
    return len(raw).to_bytes(LENGTH_BYTES, "big") + raw


def main() -> int:
    """Do the job; the process ends with 0 also where the job failed and could say so."""
    # What a projection of somebody else prints must not stand between the frames.
    answers_fd = os.dup(1)
    os.dup2(2, 1)
    # Unbuffered: a thread that waits in a buffer would be in the way when the process ends.
    with (
        open(0, "rb", buffering=0, closefd=False) as orders,
        open(answers_fd, "wb") as answers,  # noqa: PTH123 - it has no path
    ):
        length = int.from_bytes(_read(orders, LENGTH_BYTES), "big")
        job = msgspec.json.decode(_read(orders, length), type=Job)
        threading.Thread(target=_leave_with_parent, args=(orders.fileno(),), daemon=True).start()
        try:
            answer: Message = Done(asyncio.run(_replayed(job, answers)))
        except Exception as error:
            told = told_of(error, job.url)
            if told is None:
                raise
            answer = Failed(*told)
        answers.write(framed(answer))
    return OK


async def _replayed(job: Job, answers: BinaryIO) -> Outcome:
    def tell(position: int) -> None:
        if job.is_watched:
            answers.write(framed(Reached(position)))
            answers.flush()

    redis = connect(job.url)
    try:
        return await carried_out(redis, job.order, tell)
    finally:
        await redis.aclose()


def _read(orders: "BinaryIO", length: int) -> bytes:
    found = b""
    while len(found) < length:
        chunk = orders.read(length - len(found))
        if not chunk:
            sys.exit(OK)  # Whoever started us has gone already.
        found += chunk
    return found


def _leave_with_parent(fd: int) -> None:
    # Not sys.exit: that would end this thread only, and there is nothing to tidy up.
    while os.read(fd, 1):
        pass
    os._exit(OK)


if __name__ == "__main__":
    sys.exit(main())
