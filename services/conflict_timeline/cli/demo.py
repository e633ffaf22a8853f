"""`demo`: the whole way from a scraper's event to the flagship timeline, on the sample history."""

import sys
from typing import Annotated

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK
from conflict_timeline.cli.options import Common, NoOutput


class _Ended(Exception):  # noqa: N818 - no error: the demo has shown what it shows
    """The demo is over and its services may stop."""


def demo(
    *,
    once: Annotated[
        bool, Parameter(negative="", help="End after printing instead of serving until Ctrl-C.")
    ] = False,
    output: NoOutput = None,  # noqa: ARG001 - see NoOutput
    common: Common | None = None,
) -> int:
    """Publish the sample history through the intake streams and print the flagship timeline.

    Then the page is served, at the address that is printed. Run again on the same folder, every
    event is a repeat and the result the same.
    """
    import asyncio

    from conflict_timeline.cli.samples import (
        CONFLICT,
        caught_up,
        publish_samples,
        report_samples,
    )
    from conflict_timeline.cli.services import addresses_of, start_services, web_of
    from conflict_timeline.cli.session import Session, run

    async def work(session: Session) -> int:
        try:
            async with asyncio.TaskGroup() as tasks:
                start_services(tasks, session)
                await publish_samples(session.redis)
                await caught_up(session.redis)
                await report_samples(session.redis)
                if once:
                    _end()
                web = web_of(session, None, None, any_port=True)
                tasks.create_task(web.run())
                sys.stderr.write("".join(f"{line}\n" for line in addresses_of(web)))
                sys.stderr.write(
                    "Serving until Ctrl-C. In another terminal:"
                    f" conflict-timeline timeline pairings --conflict {CONFLICT}\n"
                )
        except* _Ended:
            pass
        return OK

    return run(common, work, serves=not once)


def _end() -> None:
    raise _Ended
