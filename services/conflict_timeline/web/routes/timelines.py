"""`/conflicts/{c}/timelines/{p}`: entries as of any moment, and every revision of one."""

from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.response import Stream
from msgspec import UNSET, Raw
from redis.asyncio import Redis

from conflict_events.instants import format_us
from conflict_events.timelines import Entry, Incident, Withdrawn
from conflict_timeline.log.follow import position_of, recorded_at_position
from conflict_timeline.queries.exports.datapackage import MEDIA_TYPES
from conflict_timeline.queries.exports.files import file_of, formats_of
from conflict_timeline.queries.exports.selection import RULES, Selection
from conflict_timeline.queries.view import StatementRate
from conflict_timeline.web.answers import EntryHistory, EventBehind, TimelinePage
from conflict_timeline.web.asking import (
    LIMIT,
    LIMIT_MAX,
    Cursor,
    Question,
    asked_of,
    one,
    only,
    position_asked,
    question,
)
from conflict_timeline.web.leaving import unless_left
from conflict_timeline.web.problems import AskedWronglyError, NotThereError, PassedError
from conflict_timeline.web.readmodel import Asked, Place, ReadModel
from conflict_timeline.web.tags import known_as, tagged

BEHIND_MAX: Final = 256
"""How many events behind an entry are shown."""

_WITHDRAWN: Final = msgspec.json.Decoder(Withdrawn)
_HOPS_MAX: Final = 64


@get("/conflicts/{conflict:str}/timelines/{projection:str}")
async def timeline(
    request: Request[Any, Any, Any], conflict: str, projection: str, model: ReadModel, redis: Redis
) -> Response[Any]:
    """Entries as of a moment, by event time, then id."""
    asked = question(_query(request))
    served = await model.served(conflict, projection)
    of = asked_of(conflict, projection, asked.filters)
    if asked.cursor is not None and asked.cursor.of != of:
        raise AskedWronglyError("`cursor` is of another question: give the same filters with it")
    position = await _position(redis, conflict, asked, served.position)
    if asked.cursor is not None and asked.cursor.version != served.version:
        raise PassedError(projection, asked.cursor.version)
    tag = tagged(projection, served.version, position, asked)
    headers = {"etag": tag, "cache-control": "no-cache", "x-position": str(position)}
    if (known := known_as(request.headers.get("if-none-match", ""), tag)) is not None:
        return Response(b"", status_code=304, headers={**headers, "etag": known})
    if asked.format != "json":
        file = _file(model, conflict, projection, position, asked, headers)
        return await unless_left(request.receive, file)
    wanted = Asked(
        conflict,
        projection,
        position,
        asked.filters,
        asked.limit or LIMIT,
        None if asked.cursor is None else asked.cursor.place,
    )
    page = await unless_left(request.receive, model.page(wanted))
    answer = TimelinePage(
        conflict=conflict,
        projection=projection,
        version=served.version,
        position=position,
        rules=RULES.get(projection),
        filters=asked.filters.given(),
        entries=page.entries,
        next=None if page.after is None else _next(position, served.version, page.after, of),
        base_rates=await _rates(model, conflict, position, page.entries)
        if projection == "pairings"
        else None,
    )
    return Response(msgspec.json.encode(answer), media_type="application/json", headers=headers)


@get("/conflicts/{conflict:str}/timelines/{projection:str}/entries/{entry:path}")
async def entry_history(  # noqa: PLR0913, PLR0917 - the path, and what it needs
    request: Request[Any, Any, Any],
    conflict: str,
    projection: str,
    entry: str,
    model: ReadModel,
    redis: Redis,
) -> Response[bytes]:
    """Every revision of an entry, and the events behind it."""
    query = _query(request)
    only(query, ("as_of",))
    served = await model.served(conflict, projection)
    position = await position_asked(redis, conflict, one(query, "as_of"), limit=served.position)
    name = entry.removeprefix("/")
    revisions = await model.revisions(conflict, projection, name, upto=position)
    if not revisions:
        raise NotThereError(
            f"{projection} of {conflict!r} has no entry {name!r} as of position {position}"
        )
    last = revisions[-1]
    merged = _merged(last)
    leads_to, hops = merged, 0
    while leads_to is not None and hops < _HOPS_MAX:
        further = await model.revisions(conflict, projection, leads_to, upto=position)
        onward = _merged(further[-1]) if further else None
        if onward is None:
            break
        leads_to, hops = onward, hops + 1
    answer = EntryHistory(
        conflict=conflict,
        projection=projection,
        version=served.version,
        position=position,
        entry=name,
        status=last.status,
        merged_into=merged,
        leads_to=leads_to,
        revisions=revisions,
        events=await _behind(redis, conflict, revisions),
    )
    return Response(msgspec.json.encode(answer), media_type="application/json")


def _query(request: Request[Any, Any, Any]) -> dict[str, list[str]]:
    return {name: request.query_params.getall(name) for name in request.query_params}


async def _position(redis: Redis, conflict: str, asked: Question, limit: int) -> int:
    """All pages of one question are of one position, whatever has come in since."""
    if asked.cursor is None:
        return await position_asked(redis, conflict, asked.as_of, limit=limit)
    if asked.as_of is not None:
        raise AskedWronglyError("a cursor has its own position: leave `as_of` out")
    if asked.cursor.position > limit:
        raise AskedWronglyError("`cursor` is none that this service gave")
    return asked.cursor.position


def _next(position: int, version: int, after: Place, of: str) -> str:
    return Cursor(position, version, after.event_us, after.entry, of).text()


async def _rates(
    model: ReadModel, conflict: str, position: int, entries: Iterable[Entry]
) -> dict[str, StatementRate]:
    keys = dict.fromkeys(entry.entry.partition(":")[0] for entry in entries)
    if not keys:
        return {}
    view = await model.view(conflict, position)
    return {key: view.base_rate(key) for key in keys}


async def _file(  # noqa: PLR0913, PLR0917 - what to write, as of when, and how
    model: ReadModel,
    conflict: str,
    projection: str,
    position: int,
    asked: Question,
    headers: dict[str, str],
) -> Response[Any]:
    """All entries that are asked for, or a page of them, as a file."""
    formats = formats_of(projection)
    if asked.format == "json" or asked.format not in formats:
        raise AskedWronglyError(
            f"{projection} is not to be had as {asked.format}; it is as json, {', '.join(formats)}"
        )
    entries = [entry async for entry in _all(model, conflict, projection, position, asked)]
    view = await model.view(conflict, position) if projection == "pairings" else None
    versions = {} if view is None else dict(view.as_of.versions)
    versions[projection] = (await model.served(conflict, projection)).version
    selection = Selection(conflict, projection, versions, position, entries, view)
    name = f"{conflict}-{projection}-{position}.{asked.format}"
    headers = {**headers, "content-disposition": f'attachment; filename="{name}"'}
    chunks = file_of(selection, asked.format)
    return Stream(_later(chunks), media_type=MEDIA_TYPES[asked.format], headers=headers)


async def _later(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def _all(
    model: ReadModel, conflict: str, projection: str, position: int, asked: Question
) -> AsyncIterator[Entry]:
    after = None if asked.cursor is None else asked.cursor.place
    left = asked.limit
    while True:
        limit = LIMIT_MAX if left is None else min(left, LIMIT_MAX)
        page = await model.page(Asked(conflict, projection, position, asked.filters, limit, after))
        for entry in page.entries:
            yield entry
        after = page.after
        left = None if left is None else left - len(page.entries)
        if after is None or left == 0:
            return


def _merged(revision: Entry) -> str | None:
    if revision.status == "asserted":
        return None
    merged = _WITHDRAWN.decode(revision.body).merged_into
    return None if merged is UNSET else merged


async def _behind(redis: Redis, conflict: str, revisions: Iterable[Entry]) -> list[EventBehind]:
    """The events that made the revisions, and of an incident its members, by position."""
    keys: dict[str, None] = {}
    for revision in revisions:
        keys.update(dict.fromkeys(revision.because))
        if revision.projection == "incidents" and revision.status == "asserted":
            members = msgspec.json.decode(revision.body, type=Incident).members
            keys.update(dict.fromkeys(members))
    positions: dict[int, str] = {}
    for key in list(keys)[:BEHIND_MAX]:
        position = await position_of(redis, conflict, key)
        if position is not None:
            positions[position] = key
    behind: list[EventBehind] = []
    for position, key in sorted(positions.items()):
        recorded = await recorded_at_position(redis, conflict, position)
        if recorded is not None:
            behind.append(
                EventBehind(
                    key=key,
                    position=position,
                    recorded_at=format_us(recorded.recorded_at_ms * 1_000),
                    event=Raw(recorded.raw),
                )
            )
    return behind
