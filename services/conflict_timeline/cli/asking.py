"""Asking: the commands that answer a question about one statement share how they find it."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from conflict_timeline.cli.exits import OK, NotFoundError
from conflict_timeline.cli.options import Common, Format
from conflict_timeline.cli.output import write_one
from conflict_timeline.cli.session import Session, run
from conflict_timeline.cli.viewing import viewed
from conflict_timeline.log.follow import conflicts_of, position_of
from conflict_timeline.queries.view import View

_KEY_DIGITS: Final = 32


def answer(
    ask: Callable[[View, str], Struct],
    statement: str,
    *,
    conflict: str | None,
    as_of: str | None,
    output: Format | None,
    common: Common | None,
) -> int:
    """Print what a view answers about a statement; the exit code."""

    async def work(session: Session) -> int:
        whose = conflict or await _conflict_of(session, statement)
        view, _ = await viewed(session.redis, whose, as_of)
        write_one(ask(view, statement), output)
        return OK

    return run(common, work)


async def _conflict_of(session: Session, statement: str) -> str:
    """The conflict in whose log an event key is.

    Raises:
        NotFoundError: none has it, or several do.
    """
    if len(statement) != _KEY_DIGITS:
        raise NotFoundError(
            f"{statement!r} is no event key: these are 32 hex digits, as timelines show them"
        )
    found = [
        one
        for one in await conflicts_of(session.redis)
        if await position_of(session.redis, one, statement) is not None
    ]
    if not found:
        raise NotFoundError(f"no conflict has an event {statement!r}")
    if len(found) > 1:
        raise NotFoundError(f"{statement!r} is in {', '.join(found)}: name one by --conflict")
    return found[0]
