"""The services that `up` and `demo` run, side by side in one process."""

import asyncio

from conflict_timeline.cli.session import Session
from conflict_timeline.intake.service import Intake
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.projector.service import Projector
from conflict_timeline.projector.snapshots import Snapshots


def start_services(tasks: asyncio.TaskGroup, session: Session) -> None:
    """Start intake and projector; if one of them fails, the group ends with its error."""
    tasks.create_task(Intake(session.url, session.redis, session.policy).run())
    projector = Projector(
        session.url,
        session.redis,
        projections=tuple(PROJECTIONS),
        snapshots=Snapshots(session.folder("snapshots")),
    )
    tasks.create_task(projector.run())
