"""The services that `up` and `demo` run, side by side in one process."""

import asyncio
from typing import TYPE_CHECKING, Final

from conflict_timeline.cli.session import Session
from conflict_timeline.intake.service import Intake
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.projector.service import Projector
from conflict_timeline.projector.snapshots import Snapshots

if TYPE_CHECKING:
    from conflict_timeline.web.service import Web


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


PORT: Final = 8080


def addresses_of(web: "Web") -> tuple[str, ...]:
    """What is told about where a web service listens: for programs, and for people."""
    return f"http: {web.address}", f"page: {web.address}/"


def web_of(
    session: Session, host: str | None, port: int | None, *, any_port: bool = False
) -> "Web":
    """The web service, where options or else settings want it.

    `any_port`: where nobody wants a certain port and the usual one is taken, take another.

    Raises:
        PortTakenError: the address cannot be listened on.
    """
    # Here, because it costs half a second that `demo --once` and a projector need not spend.
    from conflict_timeline.web.service import PortTakenError, Web

    settings = session.settings
    where = settings.host if host is None else host
    wanted = settings.port if port is None else port

    def web(port: int) -> Web:
        return Web(
            session.redis,
            policy=session.policy,
            folder=session.folder("web"),
            host=where,
            port=port,
        )

    try:
        return web(PORT if wanted is None else wanted)
    except PortTakenError:
        if wanted is not None or not any_port:
            raise
        return web(0)
