"""Filtering: the options by which commands take filters. Light: each `--help` imports it."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from conflict_timeline.queries.filters import Filters


@Parameter(name="*")
@dataclass(frozen=True)
class Filtering:
    """Options that choose entries. All that are given must hold; of several values, one."""

    from_: Annotated[
        str | None,
        Parameter(name="--from", help="Event time: not over before it, such as 2025-02-18 (UTC)."),
    ] = None
    to: Annotated[
        str | None, Parameter(name="--to", help="Event time: begun by then; a day counts whole.")
    ] = None
    party: Annotated[
        tuple[str, ...],
        Parameter(name="--party", negative="", help="Whose conduct or claims: RUS. Repeatable."),
    ] = ()
    topic: Annotated[
        tuple[str, ...],
        Parameter(name="--topic", negative="", help="It covers what is below it. Repeatable."),
    ] = ()
    region: Annotated[
        tuple[str, ...],
        Parameter(name="--region", negative="", help="UA, or UA-51. Repeatable."),
    ] = ()
    act: Annotated[
        tuple[str, ...], Parameter(name="--act", negative="", help="Such as deny. Repeatable.")
    ] = ()
    speaker: Annotated[
        tuple[str, ...],
        Parameter(name="--speaker", negative="", help="An id, or part of a name. Repeatable."),
    ] = ()
    order: Annotated[
        Literal["after", "unknown"] | None, Parameter(name="--order", help="Of the two times.")
    ] = None
    within: Annotated[
        Literal["24h", "72h", "7d", "30d"] | None,
        Parameter(name="--within", help="Pairs that fit this window, at least possibly."),
    ] = None
    statement: Annotated[
        str | None, Parameter(name="--statement", help="A statement's event key, of 32 hex digits.")
    ] = None
    incident: Annotated[str | None, Parameter(name="--incident", help="An incident's id: i-…")] = (
        None
    )
    disputed: Annotated[
        bool | None,
        Parameter(name="--disputed", help="Attributions or figures that somebody disputes."),
    ] = None
    q: Annotated[
        str | None, Parameter(name="--q", help="Words in propositions, quotes, places, names.")
    ] = None


def filters_of(filtering: Filtering | None) -> "Filters":
    """The filters that options ask for.

    Raises:
        FilterError: one of them is none.
    """
    from conflict_timeline.queries.filters import filters_of as read

    given: dict[str, Any] = {}
    if filtering is not None:
        for option in fields(filtering):
            value = getattr(filtering, option.name)
            if value is not None and value != ():
                given["from" if option.name == "from_" else option.name] = value
    return read(given)
