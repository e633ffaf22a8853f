"""`up`: everything in one process."""

import asyncio
import sys

from conflict_timeline.broker import redacted
from conflict_timeline.cli.session import OK, Common, Session, run
from conflict_timeline.projections.registry import PROJECTIONS


def up(*, common: Common | None = None) -> int:
    """Run broker, intake and projectors in one process, until told to stop."""

    async def work(session: Session) -> int:
        async with asyncio.TaskGroup() as tasks:
            start_services(tasks, session)
            sys.stderr.write(f"broker: {redacted(session.url)}\n")
        return OK

    return run(common, work)


def start_services(tasks: asyncio.TaskGroup, session: Session) -> None:
    """Start intake and projector; if one of them fails, the group ends with its error."""
    from conflict_timeline.intake.service import Intake
    from conflict_timeline.projector.service import Projector

    tasks.create_task(Intake(session.url, session.redis, session.policy).run())
    tasks.create_task(Projector(session.url, session.redis, projections=tuple(PROJECTIONS)).run())
