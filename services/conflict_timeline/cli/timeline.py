"""`timeline`: the entries of a timeline, as known now or at any earlier moment."""

import sys
from typing import Annotated

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK
from conflict_timeline.cli.options import Common, Output


def timeline(
    projection: Annotated[str, Parameter(help="incidents or pairings.")],
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

    The position that they are as of goes to standard error.
    """
    from conflict_timeline.cli.asof import known_head, position_meant
    from conflict_timeline.cli.entries import columns_of
    from conflict_timeline.cli.output import chosen, write_rows
    from conflict_timeline.cli.session import Session, run
    from conflict_timeline.projections.registry import projection as registered
    from conflict_timeline.timelines.read import Timeline

    async def work(session: Session) -> int:
        registered(projection)
        await known_head(session.redis, conflict)
        served = await Timeline.served(session.redis, conflict, projection)
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
        columns = columns_of(projection, citable=history or chosen(output) == "csv")
        write_rows(rows, columns, output)
        what = "revisions" if history else "entries"
        sys.stderr.write(
            f"{conflict} {projection}/{served.version} as of position {position}:"
            f" {len(rows)} {what}\n"
        )
        return OK

    return run(common, work)
