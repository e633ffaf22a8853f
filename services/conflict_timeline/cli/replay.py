"""`replay`: fold logs from their first event, in the foreground, writing nothing."""

import sys
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK, VERIFICATION_FAILED, complain
from conflict_timeline.cli.options import Common, Format, Output, ProjectionName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conflict_timeline.cli.progress import Tell
    from conflict_timeline.cli.replaying import Order, Outcome, Wants
    from conflict_timeline.cli.session import Session

_DIGEST: Final = ("projection", "version", "conflict", "position", "revisions", "digest")
_COMPARISON: Final = (*_DIGEST, "served", "equal", "difference")


def replay(
    projection: ProjectionName,
    /,
    *,
    conflict: Annotated[
        list[str] | None, Parameter(negative="", help="Whose log; may be repeated [all].")
    ] = None,
    until: Annotated[
        str | None, Parameter(help="A position, or a time with a zone, to stop at.")
    ] = None,
    digest: Annotated[
        bool, Parameter(negative="", help="Print the digest instead of the entries.")
    ] = False,
    compare: Annotated[
        bool,
        Parameter(negative="", help="Compare each revision with the served timeline instead."),
    ] = False,
    jobs: Annotated[
        str, Parameter(help="How many conflicts to replay at once, each in a process of its own.")
    ] = "1",
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Fold logs from position 1 and print the entries, their digest, or how they compare.

    The digest equals that of the committed timeline at the same position.
    """
    from conflict_timeline.cli.replay_jobs import JobFailedError, job_count
    from conflict_timeline.cli.session import Session, run

    async def work(session: Session) -> int:
        wants: Wants = "comparison" if compare else "digest" if digest else "entries"
        processes = job_count(jobs)
        orders = await _orders(session, projection, conflict, until, wants)
        try:
            outcomes = await _carried_out(session, orders, processes)
        except JobFailedError as error:
            complain(str(error))
            return error.code
        # Of one conflict that was named, the digest is one object and no list of one.
        _write(projection, outcomes, wants, output, is_one=len(set(conflict or ())) == 1)
        if not outcomes:
            sys.stderr.write("nothing is recorded yet: there is nothing to replay\n")
        return _told(outcomes)

    return run(common, work)


async def _orders(
    session: "Session",
    projection: str,
    conflicts: "Sequence[str] | None",
    until: str | None,
    wants: "Wants",
) -> "list[Order]":
    """What to replay, by name of the conflict. What is not there is found before any work."""
    from conflict_timeline.cli.asof import known_head, position_meant
    from conflict_timeline.cli.replaying import Order
    from conflict_timeline.log.follow import conflicts_of
    from conflict_timeline.projections.registry import projection as registered
    from conflict_timeline.projector.compare import standing_of

    registered(projection)
    orders: list[Order] = []
    for conflict in sorted(set(conflicts or await conflicts_of(session.redis))):
        head = await known_head(session.redis, conflict)
        upto = await position_meant(
            session.redis, conflict, until, limit=head.position, limit_is="the head of the log"
        )
        standing = None
        if wants == "comparison":
            standing = await standing_of(session.redis, conflict, projection)
            upto = min(upto, standing.checkpoint.position)
        orders.append(
            Order(
                conflict=conflict, projection=projection, upto=upto, wants=wants, standing=standing
            )
        )
    return orders


async def _carried_out(session: "Session", orders: "Sequence[Order]", jobs: int) -> "list[Outcome]":
    """What each order came to: here one after the other, or in processes side by side."""
    from conflict_timeline.cli.progress import is_shown, shown_bars
    from conflict_timeline.cli.replay_jobs import in_processes
    from conflict_timeline.cli.replaying import carried_out

    with shown_bars("events") as bar:

        def begin(order: "Order") -> "Tell":
            return bar(f"{order.conflict} {order.projection}", order.upto)

        if min(jobs, len(orders)) > 1:
            return await in_processes(
                orders,
                session.url,
                jobs=jobs,
                is_watched=is_shown(),
                begin=begin,
            )
        return [await carried_out(session.redis, one, begin(one)) for one in orders]


def _write(
    projection: str,
    outcomes: "Sequence[Outcome]",
    wants: "Wants",
    output: Format | None,
    *,
    is_one: bool,
) -> None:
    from conflict_timeline.cli.asof import with_as_of
    from conflict_timeline.cli.entries import columns_of
    from conflict_timeline.cli.output import Columns, chosen, write_one, write_rows
    from conflict_timeline.queries.exports.ndjson import as_of_position

    if wants == "entries":
        is_csv = chosen(output) == "csv"
        rows = [row for one in outcomes for row in as_of_position(one.entries, one.position)]
        columns = columns_of(projection, citable=is_csv, rows=rows)
        write_rows(rows, with_as_of(columns) if is_csv else columns, output)
        return
    names = _COMPARISON if wants == "comparison" else _DIGEST
    found = [one.comparison if wants == "comparison" else one.digest for one in outcomes]
    if is_one:
        write_one(found[0], output)
    else:
        write_rows(found, Columns(names, lambda row: [_cell(row, name) for name in names]), output)


def _cell(row: object, name: str) -> str | int | None:
    value = getattr(row, name)
    if name == "difference":
        return None if value is None else str(value.message)
    return str(value).lower() if isinstance(value, bool) else value


def _told(outcomes: "Sequence[Outcome]") -> int:
    """Say what became of each, the first difference for all of them; the exit code."""
    faults = [one.told for one in outcomes if not one.is_well]
    for one in outcomes:
        if one.is_well:
            sys.stderr.write(f"{one.told}\n")
    if not faults:
        return OK
    complain(faults[0])
    return VERIFICATION_FAILED
