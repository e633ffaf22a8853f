"""`publish`: CloudEvents from NDJSON straight into the logs."""

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Annotated, BinaryIO

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK, SOME_REFUSED, usage
from conflict_timeline.cli.options import Common, Format

if TYPE_CHECKING:
    from conflict_timeline.cli.receipts import Receipts
    from conflict_timeline.cli.session import Session


def publish(
    file: Annotated[
        str, Parameter(allow_leading_hyphen=True, help="NDJSON file; - is standard input.")
    ] = "-",
    /,
    *,
    output: Annotated[
        Format | None,
        Parameter(
            name="--output",
            help="How to print receipts [ndjson]; the others come when all is recorded.",
        ),
    ] = None,
    common: Common | None = None,
) -> int:
    """Record CloudEvents from NDJSON; one receipt a line.

    Each line is recorded, a repeat, or refused with a reason; a bad line never stops the others.
    Blank lines are passed over. Receipts go to standard output, the totals to standard error.
    """
    from conflict_timeline.cli.receipts import Receipts
    from conflict_timeline.cli.session import Session, run

    async def work(session: Session) -> int:
        if file.startswith("-") and file != "-":
            usage(f"there is no option {file}; a file of that name is ./{file}")
        with Receipts(output) as receipts:
            if file == "-":
                return await _publish(session, sys.stdin.buffer, receipts)
            with open(file, "rb", opener=_open) as stream:  # noqa: ASYNC230 - does not wait
                return await _publish(session, stream, receipts)

    return run(common, work)


def _open(path: str, flags: int) -> int:
    # Of a named pipe, opening would wait for a writer, and no signal could end that.
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


async def _publish(session: "Session", stream: BinaryIO, receipts: "Receipts") -> int:
    from conflict_timeline.intake.lines import record_lines

    totals: Counter[str] = Counter()
    try:
        async for batch in record_lines(session.redis, session.policy, stream):
            totals.update(receipt.outcome for receipt in batch)
            receipts.write(batch)
    finally:
        sys.stderr.write(f"{_sentence(totals)}\n")
    return SOME_REFUSED if totals["refused"] else OK


def _sentence(totals: Counter[str]) -> str:
    recorded, repeats, refused = (totals[name] for name in ("recorded", "repeat", "refused"))
    return (
        f"{recorded + repeats + refused} events: {recorded} recorded, {repeats} repeated,"
        f" {refused} refused"
    )
