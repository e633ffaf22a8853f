"""`status`: how far each timeline has come."""

from typing import TYPE_CHECKING, Final

from conflict_timeline.cli.exits import OK
from conflict_timeline.cli.options import Common, Output

if TYPE_CHECKING:
    from conflict_timeline.cli.output import Cell
    from conflict_timeline.projector.status import Status

_NAMES: Final = (
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
)
_DIGEST_SHOWN: Final = 16


def status(*, output: Output = None, common: Common | None = None) -> int:
    """Print, for each conflict and projection, head, checkpoint, lag, digest and state.

    As JSON it is one object; the table and CSV have a row for each timeline.
    """
    from conflict_timeline.cli.output import Columns, chosen, write_one, write_rows
    from conflict_timeline.cli.session import Session, run
    from conflict_timeline.projector.status import status_of

    async def work(session: Session) -> int:
        found = await status_of(session.redis)
        match chosen(output):
            case "json" | "ndjson":
                write_one(found, output)
            case "csv":
                write_rows(_rows(found), Columns(_NAMES, lambda row: row), output)
            case "table":
                rows = _rows(found, digest_shown=_DIGEST_SHOWN)
                write_rows(rows, Columns(_NAMES, lambda row: row), output)
        return OK

    return run(common, work)


def _rows(found: "Status", digest_shown: int | None = None) -> "list[list[Cell]]":
    return [
        [
            conflict.conflict,
            conflict.head,
            one.projection,
            one.version,
            one.state,
            one.position,
            one.lag_events,
            f"{one.lag_s:.3f}",
            one.revisions,
            one.digest[:digest_shown],
            one.reason,
        ]
        for conflict in found.conflicts
        for one in conflict.projections
    ]
