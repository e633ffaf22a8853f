"""`refused`: events that were not recorded, and why."""

import sys
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK, NotFoundError, usage
from conflict_timeline.cli.options import Common, Output

if TYPE_CHECKING:
    from conflict_timeline.log.refuse import RefusedEvent

# The contract's `Reason`, again: importing that costs --help 80 ms. A test compares them.
RefusalReason = Literal[
    "not_json",
    "not_utf8",
    "too_large",
    "too_deep",
    "unknown_type",
    "invalid",
    "wrong_stream",
    "conflicting_body",
    "not_owner",
    "unknown_conflict",
]

_NAMES: Final = (
    "refused",
    "reason",
    "path",
    "message",
    "source",
    "id",
    "conflict",
    "stream",
    "entry",
)
_SEQUENCE_MAX: Final = 2**64 - 1
"""Of both halves of a stream entry's id."""


def list_(
    *,
    source: Annotated[str | None, Parameter(help="Only those of this producer.")] = None,
    reason: Annotated[RefusalReason | None, Parameter(help="Only those refused for this.")] = None,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """List refused events, oldest first, without their bytes."""
    from conflict_timeline.cli.output import Columns, write_rows
    from conflict_timeline.cli.session import Session, run
    from conflict_timeline.log.refuse import refusals

    async def work(session: Session) -> int:
        rows = [_row(one) async for one in refusals(session.redis, source=source, reason=reason)]
        write_rows(rows, Columns(_NAMES, lambda row: [row[name] for name in _NAMES]), output)
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
    from conflict_timeline.cli.output import write_one
    from conflict_timeline.cli.session import Session, run
    from conflict_timeline.log.refuse import refusal

    async def work(session: Session) -> int:
        if not _is_entry_id(refused):
            usage(f"{refused!r} is no id of a refused event; `refused list` prints them")
        one = await refusal(session.redis, refused)
        if one is None:
            raise NotFoundError(f"there is no refused event {refused!r}")
        write_one(_row(one) | {"event": one.event.decode(errors="backslashreplace")}, output)
        return OK

    return run(common, work)


def _is_entry_id(text: str) -> bool:
    halves = text.split("-")
    return len(halves) == 2 and all(  # noqa: PLR2004
        half.isascii() and half.isdigit() and len(half) <= 20 and int(half) <= _SEQUENCE_MAX  # noqa: PLR2004
        for half in halves
    )


def _row(one: "RefusedEvent") -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__struct_fields__ if name != "event"}
