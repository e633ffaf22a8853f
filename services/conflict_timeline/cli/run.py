"""`run`: one service, for a deployment of several processes."""

from typing import Annotated

from cyclopts import Parameter

from conflict_timeline.cli.session import OK, Common, Session
from conflict_timeline.cli.session import run as run_session
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.projections.registry import projection as registered


def intake(*, common: Common | None = None) -> int:
    """Take events from the intake streams into the logs, until told to stop."""

    async def work(session: Session) -> int:
        from conflict_timeline.intake.service import Intake

        await Intake(session.url, session.redis, session.policy).run()
        return OK

    return run_session(common, work)


def projector(
    *,
    projection: Annotated[
        list[str] | None, Parameter(negative="", help="Only these projections [all].")
    ] = None,
    conflict: Annotated[
        list[str] | None, Parameter(negative="", help="Only these conflicts [all].")
    ] = None,
    common: Common | None = None,
) -> int:
    """Keep timelines up to date with the logs, until told to stop."""

    async def work(session: Session) -> int:
        from conflict_timeline.projector.service import Projector

        for name in projection or ():
            registered(name)
        await Projector(
            session.url,
            session.redis,
            projections=tuple(projection or PROJECTIONS),
            conflicts=conflict,
        ).run()
        return OK

    return run_session(common, work)
