"""`tail`: the revisions of a timeline, from any place on, as they are made."""

import sys
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Parameter

from conflict_timeline.cli.exits import BROKER_AWAY, FAILURE, NOT_FOUND, OK, USAGE
from conflict_timeline.cli.options import Common, ProjectionName

if TYPE_CHECKING:
    from conflict_events.frames import Switched
    from conflict_events.subscriber import Timelines

_CODES: Final = {"away": BROKER_AWAY, "not_there": NOT_FOUND, "asked_wrongly": USAGE}
"""The exit code of each reason; any other is a failure."""


def tail(
    projection: ProjectionName,
    /,
    *,
    conflict: Annotated[str, Parameter(help="Whose timeline.")],
    after: Annotated[
        str, Parameter(help="The place, POSITION-K, of the last revision known [before the first].")
    ] = "0-0",
    follow: Annotated[
        bool, Parameter(negative="", help="Go on with what is made; do not end at the head.")
    ] = False,
    output: Annotated[  # noqa: ARG001 - see its help
        Literal["ndjson"] | None,
        Parameter(name="--output", help="Taken by every command; this one prints NDJSON."),
    ] = None,
    common: Common | None = None,
) -> int:
    """Print every revision after a place, once and in order, one a line.

    `at` of each is where to go on after it. With --follow a lost connection is made again. --url
    may be that of the HTTP service here.
    """
    from conflict_timeline.cli.reading import read_timelines

    async def work(timelines: "Timelines") -> int:
        from conflict_events.subscribing import TimelinesError

        try:
            if follow:
                await _follow(timelines, projection, conflict, after)
            else:
                await _to_head(timelines, projection, conflict, after)
        except TimelinesError as error:
            from conflict_timeline.cli.exits import complain

            complain(str(error))
            return _CODES.get(error.reason, FAILURE)
        return OK

    return read_timelines(common, work)


async def _follow(timelines: "Timelines", projection: str, conflict: str, after: str) -> None:
    revisions = timelines.follow(
        projection, conflict=conflict, after=after, on_switched=_told_of(projection)
    )
    # Whoever reads may go away in the middle: what is open is closed before that is told.
    async with aclosing(revisions):
        async for revision in revisions:
            _write(revision)


async def _to_head(timelines: "Timelines", projection: str, conflict: str, after: str) -> None:
    from conflict_timeline.cli.tailing import FollowedAsOf

    head = await timelines.head(projection, conflict=conflict)
    revisions = timelines.revisions(
        projection,
        conflict=conflict,
        after=after,
        upto=head.position,
        on_switched=_told_of(projection),
    )
    number = 0
    async with aclosing(revisions):
        async for revision in revisions:
            _write(FollowedAsOf.of_followed(revision, head.position))
            number += 1
    sys.stderr.write(
        f"{conflict} {projection}/{head.version} as of position {head.position}:"
        f" {number} revisions\n"
    )


def _told_of(projection: str) -> Any:
    async def tell(switched: "Switched") -> None:
        sys.stderr.write(
            f"{projection}/{switched.version} is served now and goes on after position"
            f" {switched.position}: read the entries as of it anew\n"
        )
        sys.stderr.flush()

    return tell


def _write(row: Any) -> None:
    from conflict_timeline.cli.output import Columns, write_rows

    write_rows([row], Columns((), lambda _: ()), "ndjson")
