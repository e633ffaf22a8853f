"""`up`: everything in one process."""

import sys

from conflict_timeline.cli.exits import OK
from conflict_timeline.cli.options import Common, Host, NoOutput, Port


def up(
    *,
    host: Host = None,
    port: Port = None,
    output: NoOutput = None,  # noqa: ARG001 - see NoOutput
    common: Common | None = None,
) -> int:
    """Run broker, intake, projectors and HTTP in one process, until told to stop."""
    import asyncio

    from conflict_timeline.broker import redacted
    from conflict_timeline.cli.services import addresses_of, start_services, web_of
    from conflict_timeline.cli.session import Session, run

    async def work(session: Session) -> int:
        web = web_of(session, host, port, any_port=True)
        async with asyncio.TaskGroup() as tasks:
            start_services(tasks, session)
            tasks.create_task(web.run())
            addresses = (f"broker: {redacted(session.url)}", *addresses_of(web))
            sys.stderr.write("".join(f"{line}\n" for line in addresses))
        return OK

    return run(common, work, serves=True)
