"""`event`: what became of an event."""

from typing import Annotated

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK, NotFoundError
from conflict_timeline.cli.options import Common, Output


def event(
    source: Annotated[str, Parameter(help="The producer: the CloudEvents source.")],
    id: Annotated[str, Parameter(help="The event's id.")],  # noqa: A002 - the attribute's name
    /,
    *,
    conflict: Annotated[str, Parameter(help="The conflict it was published for.")],
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Print where an event was recorded, by what it was amended, or why it was refused."""
    from conflict_timeline.cli.output import write_one
    from conflict_timeline.cli.session import Session, run
    from conflict_timeline.log.fate import fate_of

    async def work(session: Session) -> int:
        fate = await fate_of(session.redis, conflict, source, id)
        if fate is None:
            raise NotFoundError(
                f"nothing is known of {id!r} from {source!r} for {conflict!r}: it was not"
                " published, names another conflict, or still waits in its intake stream"
            )
        write_one(fate, output)
        return OK

    return run(common, work)
