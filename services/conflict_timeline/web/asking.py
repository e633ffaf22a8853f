"""Asking: what a request asks for, read from its query, and nothing that it does not know."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct
from redis.asyncio import Redis

from conflict_events.instants import written_fault
from conflict_timeline.log.asof import position_as_of
from conflict_timeline.queries.filters import Filters, filters_of
from conflict_timeline.web.problems import AskedWronglyError
from conflict_timeline.web.readmodel import Place

Format = Literal["json", "csv", "geojson", "ndjson"]
FORMATS: Final[tuple[Format, ...]] = ("json", "csv", "geojson", "ndjson")

LIMIT: Final = 100
LIMIT_MAX: Final = 1_000
_POSITION_DIGITS_MAX: Final = 15
_OF_DIGITS: Final = 16
_INT64_MIN: Final = -(2**63)
_INT64_MAX: Final = 2**63 - 1
_LISTS: Final = ("party", "topic", "region", "act", "speaker")
_FILTERS: Final = tuple(field.encode_name for field in msgspec.structs.fields(Filters))
_OTHERS: Final = ("as_of", "format", "limit", "cursor")


class Cursor(Struct, frozen=True, array_like=True):
    """Where a page ended: the position and version that all pages are of, and the last entry.

    `of` is what `asked_of` makes of the question: to another one, it is none.
    """

    position: Annotated[int, Meta(ge=0, le=_INT64_MAX)]
    version: Annotated[int, Meta(ge=1, le=_INT64_MAX)]
    event_us: Annotated[int, Meta(ge=_INT64_MIN, le=_INT64_MAX)]
    entry: str
    of: str

    def text(self) -> str:
        """It as a client gives it back."""
        return msgspec.json.encode(self).hex()

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Read one.

        Raises:
            AskedWronglyError: it is none of ours.
        """
        try:
            return msgspec.json.decode(bytes.fromhex(text), type=cls)
        except (ValueError, msgspec.MsgspecError) as error:
            raise AskedWronglyError("`cursor` is none that this service gave") from error

    @property
    def place(self) -> Place:
        """The end of the page."""
        return Place(self.event_us, self.entry)


def asked_of(conflict: str, projection: str, filters: Filters) -> str:
    """What is the same for all pages of a question, in short; its values may be in any order."""
    given = {name: tuple(sorted(getattr(filters, name))) for name in _LISTS}
    raw = msgspec.json.encode((conflict, projection, msgspec.structs.replace(filters, **given)))
    return sha256(raw).hexdigest()[:_OF_DIGITS]


class Question(Struct, frozen=True, kw_only=True):
    """A question to a timeline."""

    filters: Filters
    as_of: str | None
    format: Format
    limit: int | None
    cursor: Cursor | None


def question(query: Mapping[str, Sequence[str]]) -> Question:
    """Read the query of a request to a timeline.

    Raises:
        AskedWronglyError: a name is unknown, given twice, or its value is none.
        FilterError: a filter is none.
    """
    only(query, (*_FILTERS, *_OTHERS))
    given: dict[str, Any] = {}
    for name in _FILTERS:
        values = query.get(name, ())
        if name in _LISTS and values:
            given[name] = [part for value in values for part in value.split(",") if part]
            if not given[name]:
                raise AskedWronglyError(f"{name!r} is empty")
        elif values:
            given[name] = one(query, name)
    if "disputed" in given:
        given["disputed"] = _truth("disputed", given["disputed"])
    cursor = one(query, "cursor")
    return Question(
        filters=filters_of(given),
        as_of=one(query, "as_of"),
        format=_format(one(query, "format")),
        limit=limit_of(query),
        cursor=None if cursor is None else Cursor.read(cursor),
    )


def only(query: Mapping[str, Sequence[str]], known: Iterable[str]) -> None:
    """Refuse names that mean nothing: a slip in a filter would answer another question.

    Raises:
        AskedWronglyError: there is one.
    """
    names = tuple(known)
    for name in query:
        if name not in names:
            there_are = f"there are {', '.join(names)}" if names else "nothing can be asked"
            raise AskedWronglyError(f"there is no {name!r} here; {there_are}")


def one(query: Mapping[str, Sequence[str]], name: str) -> str | None:
    """The one value of a name, if it is given.

    Raises:
        AskedWronglyError: it is given twice, or is empty.
    """
    values = query.get(name, ())
    if len(values) > 1:
        raise AskedWronglyError(f"{name!r} is given {len(values)} times")
    if values and not values[0]:
        raise AskedWronglyError(f"{name!r} is empty")
    return values[0] if values else None


async def position_asked(redis: Redis, conflict: str, as_of: str | None, *, limit: int) -> int:
    """The position that `as_of` means; without it, the limit: how far the timeline has come.

    Raises:
        BeyondKnownError: it lies beyond the limit, or in the future.
        AskedWronglyError: it is neither a position nor a time.
    """
    moment: int | datetime | None = None
    if as_of is not None:
        moment = _moment(as_of)
    return await position_as_of(
        redis, conflict, moment, limit=limit, limit_is="what is known of the timeline"
    )


def _moment(text: str) -> int | datetime:
    if text.isascii() and text.isdigit() and len(text) <= _POSITION_DIGITS_MAX:
        return int(text)
    if (fault := written_fault(text)) is not None:
        raise AskedWronglyError(f"`as_of` is neither a position nor a time: {fault}")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise AskedWronglyError(f"`as_of` is no time that there is: {text!r}") from error


def _truth(name: str, text: str) -> bool:
    if text not in {"true", "false"}:
        raise AskedWronglyError(f"{name!r} is true or false")
    return text == "true"


def _format(text: str | None) -> Format:
    for known in FORMATS:
        if text in {known, None}:
            return known
    raise AskedWronglyError(f"there is no format {text!r}; there are {', '.join(FORMATS)}")


def limit_of(query: Mapping[str, Sequence[str]]) -> int | None:
    """How many are asked for, if that is given.

    Raises:
        AskedWronglyError: it is no number from 1 to `LIMIT_MAX`.
    """
    text = one(query, "limit")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= LIMIT_MAX):  # noqa: PLR2004
        raise AskedWronglyError(f"`limit` is a whole number from 1 to {LIMIT_MAX}")
    return int(text)
