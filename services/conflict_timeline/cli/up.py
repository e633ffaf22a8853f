"""`up`: everything in one process."""

import sys

from conflict_timeline.cli.exits import OK
from conflict_timeline.cli.options import Common, NoOutput


def up(*, output: NoOutput = None, common: Common | None = None) -> int:  # noqa: ARG001 - see NoOutput
    """Run broker, intake and projectors in one process, until told to stop."""
    import asyncio

    from conflict_timeline.broker import redacted
    from conflict_timeline.cli.services import start_services
    from conflict_timeline.cli.session import Session, run

    async def work(session: Session) -> int:
        async with asyncio.TaskGroup() as tasks:
            start_services(tasks, session)
            sys.stderr.write(f"broker: {redacted(session.url)}\n")
        return OK

    return run(common, work, serves=True)
