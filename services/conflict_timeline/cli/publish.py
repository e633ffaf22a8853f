"""`publish`: CloudEvents from NDJSON straight into the logs."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
from cyclopts import Parameter

from conflict_timeline.cli.session import OK, SOME_REFUSED, Common, Session, run
from conflict_timeline.intake.lines import record_lines


def publish(
    file: Annotated[str, Parameter(help="NDJSON file; - is standard input.")] = "-",
    /,
    *,
    common: Common | None = None,
) -> int:
    """Record CloudEvents from NDJSON; one receipt a line.

    Each line is recorded, a repeat, or refused with a reason; a bad line never stops the others.
    Blank lines are passed over. Receipts go to standard output, the totals to standard error.
    """

    async def work(session: Session) -> int:
        if file == "-":
            return await _publish(session, sys.stdin.buffer)
        with Path(file).open("rb") as stream:  # noqa: ASYNC230 - nothing else runs here
            return await _publish(session, stream)

    return run(common, work)


async def _publish(session: Session, stream: BinaryIO) -> int:
    totals: Counter[str] = Counter()
    write = sys.stdout.buffer.write
    async for receipts in record_lines(session.redis, session.policy, stream):
        for receipt in receipts:
            totals[receipt.outcome] += 1
            write(msgspec.json.encode(receipt) + b"\n")
        sys.stdout.flush()
    sys.stderr.write(f"{_sentence(totals)}\n")
    return SOME_REFUSED if totals["refused"] else OK


def _sentence(totals: Counter[str]) -> str:
    recorded, repeats, refused = (totals[name] for name in ("recorded", "repeat", "refused"))
    return (
        f"{recorded + repeats + refused} events: {recorded} recorded, {repeats} repeated,"
        f" {refused} refused"
    )
