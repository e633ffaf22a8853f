"""`import`: a public data set or a feed, read by its connector and recorded."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK, SOME_REFUSED, usage
from conflict_timeline.cli.options import Common, Format

if TYPE_CHECKING:
    from conflict_timeline.cli.session import Session
    from conflict_timeline.connectors.connector import Connector, Options


def import_(
    set_: Annotated[
        str | None, Parameter(name="SET", help="A public data set or kind of feed.")
    ] = None,
    path: Annotated[
        str | None, Parameter(name="PATH", help="Its file; for rss also an address.")
    ] = None,
    /,
    *,
    list_: Annotated[
        bool, Parameter(name="--list", negative="", help="List the sets and end.")
    ] = False,
    conflict: Annotated[
        str | None, Parameter(help="Record all of it in this conflict [each row's own].")
    ] = None,
    alerts: Annotated[
        Path | None, Parameter(help="A table of air-raid alerts that narrows windows (viina).")
    ] = None,
    dry_run: Annotated[
        bool, Parameter(negative="", help="Print the receipts, and record nothing.")
    ] = False,
    output: Annotated[
        Format | None,
        Parameter(
            name="--output",
            help="How to print receipts [ndjson]; the others come when all is recorded.",
        ),
    ] = None,
    common: Common | None = None,
) -> int:
    """Record a public data set or a feed; one receipt an event, one a refused row.

    An import that was stopped is run again: what was recorded is a repeat. Receipts go to standard
    output, the totals to standard error.
    """
    if list_:
        return _list(output)
    from conflict_timeline.cli.session import Session, run

    async def work(session: Session) -> int:
        from conflict_timeline.connectors.connector import Options, is_conflict_id
        from conflict_timeline.connectors.registry import connector

        if set_ is None or path is None:
            usage("which set, and where is it? conflict-timeline import SET PATH; --list shows all")
        one = connector(set_)
        if conflict is not None and not is_conflict_id(conflict):
            usage(
                f"{conflict!r} cannot name a conflict: at most 63 lower-case letters, digits and"
                " hyphens, no hyphen first"
            )
        if alerts is not None and "alerts" not in one.takes:
            usage(f"{one.name} has no windows that alerts could narrow: leave --alerts out")
        options = Options(conflict=conflict, alerts=alerts, state=session.folder("connectors"))
        return await _import(session, one, path, options, dry_run=dry_run, output=output)

    return run(common, work)


def _list(output: Format | None) -> int:
    from conflict_timeline.cli.output import Columns, write_rows
    from conflict_timeline.connectors.registry import CONNECTORS

    rows = [
        {"set": one.name, "about": one.about, "licence": one.licence} for one in CONNECTORS.values()
    ]
    write_rows(rows, Columns(("set", "about", "licence"), lambda row: list(row.values())), output)
    return OK


async def _import(
    session: "Session",
    connector: "Connector",
    path: str,
    options: "Options",
    *,
    dry_run: bool,
    output: Format | None,
) -> int:
    import asyncio

    from conflict_timeline.cli.importing import Importer
    from conflict_timeline.cli.progress import shown_progress
    from conflict_timeline.cli.receipts import Receipts

    # Reading may wait for a disk or a network, and the loop has signals to heed.
    reading = await asyncio.to_thread(connector.read, path, options)
    importer = Importer(session.redis, session.policy, connector, dry_run=dry_run)
    try:
        # An address may hold a password.
        title = connector.name if "://" in path else path
        with Receipts(output) as receipts, shown_progress(title, 100, "%") as progress:
            async for batch in importer.receipts(reading):
                receipts.write(batch)
                progress(int(100 * reading.fraction()))
        if not dry_run:
            await asyncio.to_thread(reading.finish)
    finally:
        sys.stderr.write(f"{importer.sentence()}\n")
    return SOME_REFUSED if importer.refused else OK
