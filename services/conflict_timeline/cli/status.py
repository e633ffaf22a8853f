"""`status`: how far each timeline has come."""

from conflict_timeline.cli.output import Cell, Columns, Output, chosen, write_one, write_rows
from conflict_timeline.cli.session import OK, Common, Session, run
from conflict_timeline.projector.status import Status, status_of

_COLUMNS = Columns(
    (
        "conflict",
        "head",
        "projection",
        "version",
        "state",
        "position",
        "lag_events",
        "lag_s",
        "revisions",
        "digest",
        "reason",
    ),
    lambda row: row,
)


def status(*, output: Output = None, common: Common | None = None) -> int:
    """Print, for each conflict and projection, head, checkpoint, lag, digest and state.

    As JSON it is one object; the table and CSV have a row for each timeline.
    """

    async def work(session: Session) -> int:
        found = await status_of(session.redis)
        if chosen(output) in ("json", "ndjson"):
            write_one(found, output)
        else:
            write_rows(_rows(found), _COLUMNS, output)
        return OK

    return run(common, work)


def _rows(found: Status) -> list[list[Cell]]:
    return [
        [
            conflict.conflict,
            conflict.head,
            one.projection,
            one.version,
            one.state,
            one.position,
            one.lag_events,
            f"{one.lag_s:g}",
            one.revisions,
            one.digest[:16],
            one.reason,
        ]
        for conflict in found.conflicts
        for one in conflict.projections
    ]
