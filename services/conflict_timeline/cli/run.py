"""`run`: one service, for a deployment of several processes."""

from typing import Annotated

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK
from conflict_timeline.cli.options import Common, Host, NoOutput, Port


def intake(*, output: NoOutput = None, common: Common | None = None) -> int:  # noqa: ARG001 - see NoOutput
    """Take events from the intake streams into the logs, until told to stop."""
    from conflict_timeline.cli.session import Session, run

    async def work(session: Session) -> int:
        from conflict_timeline.intake.service import Intake

        await Intake(session.url, session.redis, session.policy).run()
        return OK

    return run(common, work, serves=True)


def projector(
    *,
    projection: Annotated[
        list[str] | None,
        Parameter(negative="", help="Only this projection; may be repeated [all]."),
    ] = None,
    conflict: Annotated[
        list[str] | None, Parameter(negative="", help="Only this conflict; may be repeated [all].")
    ] = None,
    output: NoOutput = None,  # noqa: ARG001 - see NoOutput
    common: Common | None = None,
) -> int:
    """Keep timelines up to date with the logs, until told to stop."""
    from conflict_timeline.cli.session import Session, run
    from conflict_timeline.projections.registry import PROJECTIONS
    from conflict_timeline.projections.registry import projection as registered

    async def work(session: Session) -> int:
        from conflict_timeline.projector.service import Projector
        from conflict_timeline.projector.snapshots import Snapshots

        for name in projection or ():
            registered(name)
        await Projector(
            session.url,
            session.redis,
            projections=tuple(dict.fromkeys(projection or PROJECTIONS)),
            conflicts=conflict,
            snapshots=Snapshots(session.folder("snapshots")),
        ).run()
        return OK

    return run(common, work, serves=True)


def web(
    *,
    host: Host = None,
    port: Port = None,
    output: NoOutput = None,  # noqa: ARG001 - see NoOutput
    common: Common | None = None,
) -> int:
    """Serve timelines over HTTP, and take events with an API key, until told to stop."""
    from conflict_timeline.cli.session import Session, run

    async def work(session: Session) -> int:
        from conflict_timeline.cli.services import web_of

        await web_of(session, host, port).run()
        return OK

    return run(common, work, serves=True)
