"""`timeline`: the entries of a timeline, as known now or at any earlier moment."""

import sys
from typing import Annotated

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK
from conflict_timeline.cli.options import Common, Output


def timeline(
    projection: Annotated[str, Parameter(help="incidents, pairings, or one of a plug-in.")],
    /,
    *,
    conflict: Annotated[str, Parameter(help="Whose timeline.")],
    as_of: Annotated[
        str | None, Parameter(help="A position, or a time with a zone: what was known then.")
    ] = None,
    history: Annotated[
        bool, Parameter(negative="", help="Every revision, as made, instead of current entries.")
    ] = False,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Print the entries of the served version, by event time.

    The position that they are as of is a field of each, and goes to standard error too.
    """
    from conflict_timeline.cli.asof import (
        as_of_position,
        known_head,
        position_meant,
        with_as_of,
    )
    from conflict_timeline.cli.entries import columns_of
    from conflict_timeline.cli.output import chosen, write_rows
    from conflict_timeline.cli.session import Session, run
    from conflict_timeline.projections.registry import projection as registered
    from conflict_timeline.timelines.errors import UnservedError
    from conflict_timeline.timelines.read import Timeline

    async def work(session: Session) -> int:
        await known_head(session.redis, conflict)
        try:
            served = await Timeline.served(session.redis, conflict, projection)
        except UnservedError:
            registered(projection)  # There may be no such projection at all.
            raise
        checkpoint = await served.checkpoint()
        position = await position_meant(
            session.redis,
            conflict,
            as_of,
            limit=checkpoint.position,
            limit_is=f"the checkpoint of {projection}",
        )
        if history:
            rows = [entry async for entry in served.revisions(upto=position)]
        else:
            rows = await served.entries(upto=position)
        is_csv = chosen(output) == "csv"
        columns = columns_of(projection, citable=history or is_csv, rows=rows)
        columns = with_as_of(columns) if is_csv else columns
        write_rows(as_of_position(rows, position), columns, output)
        what = "revisions" if history else "entries"
        sys.stderr.write(
            f"{conflict} {projection}/{served.version} as of position {position}:"
            f" {len(rows)} {what}\n"
        )
        return OK

    return run(common, work)
