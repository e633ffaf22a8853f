"""Viewing: timelines of one conflict read together, all as of one position."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import UNSET
from redis.asyncio import Redis

from conflict_events.timelines import Entry, Happening
from conflict_timeline.cli.asof import known_head, moment_of, position_meant
from conflict_timeline.log.follow import recorded_at_position
from conflict_timeline.queries.view import AsOf, View
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.timelines.read import Timeline

VIEWED: Final = ("chronology", "incidents")
"""What a view is made of."""

LAGGARD_S: Final = 2.0
"""How long one timeline is waited for that is behind another: they move on side by side."""

_LOOK_S: Final = 0.02
_HAPPENING: Final = msgspec.json.Decoder(Happening)


async def together(
    redis: Redis, conflict: str, projections: Sequence[str], as_of: str | None
) -> tuple[dict[str, Timeline], int]:
    """The served timelines of several projections, and the position to read all of them at.

    An answer over several timelines is as of the lowest checkpoint.

    Raises:
        UnknownConflictError: nothing was ever recorded for it.
        UnservedError: one of them is not served.
        BeyondKnownError: the moment lies beyond the lowest checkpoint.
    """
    await known_head(redis, conflict)
    served = {name: await Timeline.served(redis, conflict, name) for name in projections}
    limit = await _lowest_checkpoint(served)
    names = " and ".join(projections)
    position = await position_meant(
        redis,
        conflict,
        as_of,
        limit=limit,
        limit_is=f"the {'lowest ' if len(served) > 1 else ''}checkpoint of {names}",
    )
    return served, position


async def viewed(
    redis: Redis, conflict: str, as_of: str | None, *, beside: Sequence[str] = ()
) -> tuple[View, dict[str, list[Entry]]]:
    """A view, and the entries of further projections as of the same position.

    Raises:
        As `together` does.
    """
    served, position = await together(redis, conflict, (*VIEWED, *beside), as_of)
    entries = {name: await one.entries(upto=position) for name, one in served.items()}
    view = View(
        AsOf(
            conflict=conflict,
            position=position,
            versions={name: one.version for name, one in served.items()},
        ),
        await _known_until_us(redis, conflict, position, as_of),
        entries["chronology"],
        entries["incidents"],
    )
    return view, {name: entries[name] for name in beside}


def texts_of(chronology: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """The quotes of each statement, by event key: searched beside the entries that name it."""
    return {
        entry.entry: tuple(quote.text for quote in happening.quotes)
        for entry in chronology
        if (happening := _HAPPENING.decode(entry.body)).quotes is not UNSET
    }


async def _lowest_checkpoint(served: dict[str, Timeline]) -> int:
    """The lowest checkpoint, after a little patience with those that are behind."""
    until = time.monotonic() + LAGGARD_S
    wanted: int | None = None
    while True:
        heed_cancellation()
        positions = [(await one.checkpoint()).position for one in served.values()]
        wanted = max(positions) if wanted is None else wanted
        if min(positions) >= wanted or time.monotonic() > until:
            return min(positions)
        await asyncio.sleep(_LOOK_S)


async def _known_until_us(redis: Redis, conflict: str, position: int, as_of: str | None) -> int:
    """The time as of which a position is known: the one asked for, else when it was recorded."""
    if as_of is not None and (at_us := moment_of(as_of)) is not None:
        return at_us
    recorded = await recorded_at_position(redis, conflict, position)
    return 0 if recorded is None else recorded.recorded_at_ms * 1_000
