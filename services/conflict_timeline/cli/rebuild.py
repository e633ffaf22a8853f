"""`rebuild`: another version of a timeline, built beside the one served, then put in its place."""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK, usage
from conflict_timeline.cli.options import Common, Format, Output, ProjectionName

if TYPE_CHECKING:
    from conflict_timeline.cli.session import Session

_DIGITS_MAX: Final = 6


def rebuild(
    projection: ProjectionName,
    /,
    *,
    conflict: Annotated[
        list[str] | None, Parameter(negative="", help="Whose timeline; may be repeated [all].")
    ] = None,
    version: Annotated[
        str | None,
        Parameter(help="The number of the version to build [one left unfinished, else the next]."),
    ] = None,
    diff: Annotated[
        bool,
        Parameter(negative="", help="Print which entries would change; write and switch nothing."),
    ] = False,
    drop_old: Annotated[
        bool,
        Parameter(negative="", help="Remove the versions not served any more; build nothing."),
    ] = False,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Fold the log from position 1 into another version, and serve it once it is at the head.

    Readers get the old version until the switch, and the new one after it. The old one is kept.
    """
    from conflict_timeline.cli.session import Session, run

    async def work(session: Session) -> int:
        from conflict_timeline.cli.asof import known_head
        from conflict_timeline.log.follow import conflicts_of
        from conflict_timeline.projections.registry import projection as registered

        registered(projection)
        if diff + drop_old + (version is not None) > 1:
            usage("one at a time: --version, --diff, --drop-old")
        number = None if version is None else _number(version)
        conflicts = list(dict.fromkeys(conflict or await conflicts_of(session.redis)))
        for name in conflicts:
            await known_head(session.redis, name)
        if not conflicts:
            sys.stderr.write("nothing is recorded yet: there is nothing to rebuild\n")
        if diff:
            return await _diff(session, projection, conflicts, output)
        if drop_old:
            return await _drop_old(session, projection, conflicts, output)
        return await _build(session, projection, conflicts, number, output)

    return run(common, work)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX and int(text)):
        usage(f"{text!r} is no version: a whole number from 1 to 999999")
    return int(text)


async def _build(
    session: "Session",
    projection: str,
    conflicts: list[str],
    version: int | None,
    output: Format | None,
) -> int:
    from conflict_timeline.cli.asof import known_head
    from conflict_timeline.cli.output import Columns, write_rows
    from conflict_timeline.cli.progress import shown_bars
    from conflict_timeline.projections.registry import projection as registered
    from conflict_timeline.projector.difference import between
    from conflict_timeline.projector.rebuild import Rebuild
    from conflict_timeline.projector.snapshots import Snapshots
    from conflict_timeline.timelines.errors import DroppedError, TimelineError

    rows: list[dict[str, object]] = []
    with shown_bars("events") as bar:
        for conflict in conflicts:
            head = (await known_head(session.redis, conflict)).position
            rebuild = Rebuild(
                session.redis,
                conflict,
                lambda: registered(projection),
                snapshots=Snapshots(session.folder("snapshots")),
                progress=bar(f"{conflict} {projection}", head),
            )
            done = await rebuild.run(version=version)
            counts = {"added": 0, "withdrawn": 0, "changed": 0}
            if done.before is not None:
                # One that is gone already, or was damaged, has nothing to be compared with.
                with suppress(DroppedError, TimelineError):
                    found = await between(
                        session.redis, conflict, projection, old=done.before, new=done.version
                    )
                    counts = found.counts()
            rows.append(
                {
                    "projection": projection,
                    "version": done.version,
                    "conflict": conflict,
                    "before": done.before,
                    "position": done.position,
                    "revisions": done.revisions,
                    "digest": done.digest,
                    **counts,
                }
            )
            sys.stderr.write(
                f"{conflict}: {projection}/{done.version} is served now"
                + ("" if done.before is None else f" instead of {projection}/{done.before}")
                + f", as of position {done.position}; {_counted(counts)}\n"
            )
    names = list(rows[0]) if rows else ["projection", "version", "conflict"]
    write_rows(rows, Columns(names, lambda row: list(row.values())), output)
    return OK


async def _diff(
    session: "Session", projection: str, conflicts: list[str], output: Format | None
) -> int:
    from conflict_timeline.cli.asof import known_head
    from conflict_timeline.cli.output import Columns, write_rows
    from conflict_timeline.cli.progress import shown_bars
    from conflict_timeline.projections.registry import projection as registered
    from conflict_timeline.projector.difference import EntryChange, difference

    changes: list[EntryChange] = []
    with shown_bars("events") as bar:
        for conflict in conflicts:
            head = (await known_head(session.redis, conflict)).position
            found = await difference(
                session.redis,
                conflict,
                registered(projection),
                progress=bar(f"{conflict} {projection}", head),
            )
            changes += found.changes
            sys.stderr.write(
                f"{conflict}: at position {found.position} a rebuild of {projection} would leave"
                f" {_counted(found.counts())}; nothing was written\n"
            )
    names = ("conflict", "change", "entry", "before", "after")
    columns = Columns(
        names,
        lambda one: [
            one.conflict,
            one.change,
            one.entry,
            *("" if body is None else bytes(body).decode() for body in (one.before, one.after)),
        ],
    )
    write_rows(changes, columns, output)
    return OK


async def _drop_old(
    session: "Session", projection: str, conflicts: list[str], output: Format | None
) -> int:
    from conflict_timeline.cli.output import Columns, write_rows
    from conflict_timeline.projector.rebuild import drop_old
    from conflict_timeline.projector.snapshots import Snapshots

    snapshots = Snapshots(session.folder("snapshots"))
    rows: list[dict[str, object]] = []
    for conflict in conflicts:
        for version in await drop_old(session.redis, conflict, projection):
            rows.append({"projection": projection, "version": version, "conflict": conflict})
            snapshots.drop(conflict, projection, version, reason="its version was removed")
    sys.stderr.write(f"{len(rows)} old versions removed\n")
    columns = Columns(("projection", "version", "conflict"), lambda row: list(row.values()))
    write_rows(rows, columns, output)
    return OK


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} entries {what}" for what, count in counts.items())
