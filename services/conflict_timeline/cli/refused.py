"""`refused`: events that were not recorded, and why."""

import sys
from typing import Annotated, Any

from cyclopts import Parameter

from conflict_events.errors import Reason
from conflict_timeline.cli.output import Columns, Output, write_one, write_rows
from conflict_timeline.cli.session import OK, Common, NotFoundError, Session, run, usage
from conflict_timeline.log.refuse import RefusedEvent, refusal, refusals

_COLUMNS = Columns(
    ("refused", "reason", "path", "message", "source", "id", "conflict", "stream", "entry"),
    lambda row: [
        row["refused"],
        row["reason"],
        row["path"],
        row["message"],
        row["source"],
        row["id"],
        row["conflict"],
        row["stream"],
        row["entry"],
    ],
)


def list_(
    *,
    source: Annotated[str | None, Parameter(help="Only those of this producer.")] = None,
    reason: Annotated[Reason | None, Parameter(help="Only those refused for this.")] = None,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """List refused events, oldest first, without their bytes."""

    async def work(session: Session) -> int:
        rows = [
            _row(one)
            async for one in refusals(session.redis)
            if source in (None, one.source) and reason in (None, one.reason)
        ]
        write_rows(rows, _COLUMNS, output)
        sys.stderr.write(f"{len(rows)} refused events\n")
        return OK

    return run(common, work)


def show(
    refused: Annotated[str, Parameter(help="Its id among the refused, as `list` prints it.")],
    /,
    *,
    output: Output = None,
    common: Common | None = None,
) -> int:
    r"""Print one refused event with its original bytes.

    Bytes that are not UTF-8 are shown as \\\x escapes; `sha256` is that of the original.
    """

    async def work(session: Session) -> int:
        milliseconds, _, sequence = refused.partition("-")
        if not (milliseconds.isascii() and milliseconds.isdigit()) or not (
            sequence.isascii() and sequence.isdigit()
        ):
            usage(f"{refused!r} is no id of a refused event; `refused list` prints them")
        one = await refusal(session.redis, refused)
        if one is None:
            raise NotFoundError(f"there is no refused event {refused!r}")
        write_one(_row(one) | {"event": one.event.decode(errors="backslashreplace")}, output)
        return OK

    return run(common, work)


def _row(one: RefusedEvent) -> dict[str, Any]:
    return {name: getattr(one, name) for name in RefusedEvent.__struct_fields__ if name != "event"}
