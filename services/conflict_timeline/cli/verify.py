"""`verify`: the log, its ids, and every served timeline by replay."""

import sys
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK, VERIFICATION_FAILED, complain
from conflict_timeline.cli.options import Common, Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conflict_timeline.projector.verify import Verified

_NAMES: Final = ("conflict", "what", "position", "result", "message")


def verify(
    *,
    conflict: Annotated[
        list[str] | None, Parameter(negative="", help="Only this one; may be repeated [all].")
    ] = None,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Verify that logs have no gap, times never fall, and timelines are what a replay makes.

    One row for each thing that was verified. Nothing is written.
    """
    from conflict_timeline.cli.output import Columns, write_rows
    from conflict_timeline.cli.progress import shown_bars
    from conflict_timeline.cli.session import Session, run
    from conflict_timeline.log.errors import UnknownConflictError
    from conflict_timeline.projector.verify import conflicts_kept, is_kept
    from conflict_timeline.projector.verify import verify as verified

    async def work(session: Session) -> int:
        for name in conflict or ():
            if not await is_kept(session.redis, name):
                raise UnknownConflictError(name)
        names = sorted(set(conflict or await conflicts_kept(session.redis)))
        with shown_bars("events") as bar:
            rows = [
                row for name in names async for row in verified(session.redis, name, progress=bar)
            ]
        write_rows(rows, Columns(_NAMES, lambda row: [getattr(row, n) for n in _NAMES]), output)
        return _told(rows)

    return run(common, work)


def _told(rows: "Sequence[Verified]") -> int:
    """Say how it went, or the first fault; the exit code."""
    faults = [row for row in rows if row.result == "fault"]
    if faults:
        first, more = faults[0], len(faults) - 1
        complain(
            f"{first.conflict} {first.what}: {first.message}"
            + (f" (and {more} more with faults)" if more else "")
        )
        return VERIFICATION_FAILED
    if rows:
        count = len({row.conflict for row in rows})
        sys.stderr.write(f"{len(rows)} things of {count} conflicts verified, no fault\n")
    else:
        sys.stderr.write("nothing is recorded yet: there is nothing to verify\n")
    return OK
