"""`keys`: who may publish over HTTP."""

import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from conflict_timeline.cli.exits import FAILURE, OK, NotFoundError, complain, usage
from conflict_timeline.cli.options import Common, Output

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from conflict_timeline.web.keys.key import Kept

KeyId = Annotated[str, Parameter(help="The key's id, as `list` prints it.")]

_NAMES: Final = (
    "id",
    "name",
    "sources",
    "conflicts",
    "rate_per_s",
    "created",
    "expires",
    "revoked",
)
_HOURS_MAX: Final = 24 * 366
_DAYS_MAX: Final = 36_600


def create(
    name: Annotated[str, Parameter(help="Whose key it is, for people.")],
    /,
    *,
    source: Annotated[
        list[str], Parameter(negative=(), help="A producer that it may publish as; repeatable.")
    ],
    conflict: Annotated[
        list[str] | None, Parameter(negative=(), help="Only about this one; repeatable [any].")
    ] = None,
    rate: Annotated[float, Parameter(help="How many events a second it may publish.")] = 100.0,
    expires_days: Annotated[
        int | None, Parameter(help="After how many days it ends [never].")
    ] = None,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Make a key and print it: this once, for only its hash is kept."""
    from conflict_timeline.web.keys import store
    from conflict_timeline.web.keys.key import Grant

    async def work(redis: "Redis") -> int:
        grant = Grant(
            name=name,
            sources=tuple(source),
            conflicts=tuple(conflict) if conflict else None,
            rate_per_s=rate,
            expires=_in_days(expires_days),
        )
        try:
            key, kept = await store.create(redis, grant)
        except ValueError as error:
            usage(f"no such key can be made: {error}")
        _show_once(key, kept, output)
        return OK

    return _run(common, work)


def list_(*, output: Output = None, common: Common | None = None) -> int:
    """List the keys, oldest first, also those that have ended; never the secrets."""
    from conflict_timeline.cli.output import Columns, write_rows
    from conflict_timeline.web.keys import store

    async def work(redis: "Redis") -> int:
        rows = [_row(kept) for kept in await store.list_(redis)]
        write_rows(rows, Columns(_NAMES, _cells), output)
        return OK

    return _run(common, work)


def rotate(
    key_id: KeyId,
    /,
    *,
    overlap_hours: Annotated[
        float, Parameter(help="How long what it was until now is valid yet.")
    ] = 24.0,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Give a key another secret and print it; the one until now is valid for a while."""
    from conflict_timeline.web.keys import store

    async def work(redis: "Redis") -> int:
        if not 0 <= overlap_hours <= _HOURS_MAX:
            usage(f"--overlap-hours: {overlap_hours:g} is not within 0 and {_HOURS_MAX}")
        key, kept = await store.rotate(redis, key_id, timedelta(hours=overlap_hours))
        _show_once(key, kept, output)
        return OK

    return _run(common, work)


def revoke(key_id: KeyId, /, *, output: Output = None, common: Common | None = None) -> int:
    """End a key, with all its secrets, within two seconds everywhere."""
    from conflict_timeline.cli.output import write_one
    from conflict_timeline.web.keys import store

    async def work(redis: "Redis") -> int:
        write_one(_row(await store.revoke(redis, key_id)), output)
        return OK

    return _run(common, work)


def _run(common: Common | None, work: "Callable[[Redis], Awaitable[int]]") -> int:
    from conflict_timeline.cli.session import Session, run
    from conflict_timeline.web.keys.errors import KeysError, NoSuchKeyError

    async def told(session: Session) -> int:
        try:
            return await work(session.redis)
        except NoSuchKeyError as error:
            raise NotFoundError(str(error)) from error
        except KeysError as error:
            complain(str(error))
            return FAILURE

    return run(common, told)


def _in_days(days: int | None) -> datetime | None:
    if days is None:
        return None
    if not 1 <= days <= _DAYS_MAX:
        usage(f"--expires-days: {days} is not within 1 and {_DAYS_MAX}")
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def _show_once(key: str, kept: "Kept", output: Output) -> None:
    from conflict_timeline.cli.output import write_one

    write_one({"key": key} | _row(kept), output)
    sys.stderr.write("the key is shown this once: only its hash is kept\n")


def _row(kept: "Kept") -> dict[str, Any]:
    return {name: getattr(kept, name) for name in _NAMES}


def _cells(row: dict[str, Any]) -> list[str | int | None]:
    return [_cell(row[name]) for name in _NAMES]


def _cell(value: Any) -> str | int | None:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value if value is None else str(value)
