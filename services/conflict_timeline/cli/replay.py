"""`replay`: fold a log from its first event, in the foreground, writing nothing."""

import sys
import time
from typing import Annotated

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK
from conflict_timeline.cli.options import Common, Output


def replay(
    projection: Annotated[str, Parameter(help="incidents or pairings.")],
    /,
    *,
    conflict: Annotated[str, Parameter(help="Whose log.")],
    until: Annotated[
        str | None, Parameter(help="A position, or a time with a zone, to stop at.")
    ] = None,
    digest: Annotated[
        bool, Parameter(negative="", help="Print the digest instead of the entries.")
    ] = False,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Fold a log from position 1 and print the entries, or their digest.

    The digest equals that of the committed timeline at the same position.
    """
    from conflict_timeline.cli.asof import known_head, position_meant
    from conflict_timeline.cli.entries import columns_of
    from conflict_timeline.cli.output import chosen, write_one, write_rows
    from conflict_timeline.cli.progress import shown_progress
    from conflict_timeline.cli.session import Session, run
    from conflict_timeline.projections.registry import projection as registered
    from conflict_timeline.projector.replay import entries_of
    from conflict_timeline.projector.replay import replay as replayed

    async def work(session: Session) -> int:
        fold = registered(projection)
        head = await known_head(session.redis, conflict)
        upto = await position_meant(
            session.redis, conflict, until, limit=head.position, limit_is="the head of the log"
        )
        began = time.monotonic()
        with shown_progress(f"{conflict} {projection}", upto, "events") as progress:
            made = await replayed(
                session.redis,
                conflict,
                fold,
                upto=upto,
                keep_entries=not digest,
                progress=progress,
            )
        took_s = time.monotonic() - began
        if digest:
            line = {
                "projection": fold.name,
                "version": fold.version,
                "conflict": conflict,
                "position": made.fold.position,
                "revisions": made.fold.revisions,
                "digest": made.fold.digest.hex(),
            }
            write_one(line, output)
        else:
            columns = columns_of(projection, citable=chosen(output) == "csv")
            write_rows(entries_of(made, conflict), columns, output)
        sys.stderr.write(
            f"{conflict} {projection}/{fold.version} replayed to position {made.fold.position}:"
            f" {made.fold.revisions} revisions in {took_s:.1f} s\n"
        )
        return OK

    return run(common, work)
