"""The report of one statement: what was reported after it, beside its base rate."""

from collections.abc import AsyncIterable, Collection, Iterable
from typing import Any, Final

import msgspec

from conflict_events.events import StatementMade
from conflict_events.instants import format_us
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import Entry, Incident
from conflict_timeline.cli.entries import held, lag, place_name, span
from conflict_timeline.projections.effective import EffectiveBodies
from conflict_timeline.projections.pairing_rules import RULES
from conflict_timeline.queries.base_rate import (
    DAYS_RECORDED_MIN,
    BaseRate,
    WindowRate,
    base_rate,
)

PAIRS_SHOWN_MAX: Final = 6
"""How many pairs of a statement are shown in full; all are on the timeline."""


async def effective_statements(
    pages: AsyncIterable[Iterable[RecordedEvent]], keys: Collection[str]
) -> dict[str, StatementMade]:
    """What statements say once their amendments are in; those that are not there are left out."""
    bodies = EffectiveBodies()
    found: dict[str, StatementMade] = {}
    async for page in pages:
        for recorded in page:
            effective = bodies.apply(recorded)
            if effective is None or effective.key not in keys:
                continue
            found.pop(effective.key, None)
            if isinstance(effective.body, StatementMade):
                found[effective.key] = effective.body
    return found


def report(
    statement: StatementMade, pairs: Iterable[Entry], incidents: Iterable[Entry], position: int
) -> list[str]:
    """Lines for people, as of a position that both timelines have reached."""
    speaker = statement.speaker
    said = {
        "earliest": format_us(statement.said.earliest_us),
        "latest": format_us(statement.said.latest_us),
    }
    rate = base_rate(
        statement, (msgspec.json.decode(entry.body, type=Incident) for entry in incidents)
    )
    bodies: list[dict[str, Any]] = [msgspec.json.decode(entry.body) for entry in pairs]
    lines = [
        f"{speaker.name}, {speaker.role or speaker.party or 'speaker'}",
        f"  act: {statement.act}   said: {span(said)}",
        *(
            f"  «{quote.text}»{'' if quote.complete else ' [cut]'}"
            for quote in statement.quotes[:1]
        ),
        f"  {statement.proposition}",
        "",
        f"Reported after it (rules {RULES}, as of position {position}):",
    ]
    for order, title in (("after", None), ("unknown", "  Order unknown, never counted:")):
        chosen = [pair for pair in bodies if pair["order"] == order]
        if chosen and title is not None:
            lines.append(title)
        for pair in chosen[:PAIRS_SHOWN_MAX]:
            lines += _pair(pair)
        if len(chosen) > PAIRS_SHOWN_MAX:
            lines.append(f"  … and {len(chosen) - PAIRS_SHOWN_MAX} more")
    if not bodies:
        lines.append("  nothing")
    return [*lines, "", *_rates(rate)]


def _pair(pair: dict[str, Any]) -> list[str]:
    fits = ", ".join(f"{fit} within {name}" for name, fit in pair["windows"].items())
    return [
        f"  {place_name(pair['place'])}: {', '.join(pair['targets'])}",
        f"    core {span(pair['core'])}   lag {lag(pair['lag_min_s'], pair['lag_max_s'])}",
        f"    {fits or 'beyond 30d'}",
        f"    attributed to {held(pair['parties'])}",
    ]


def _rates(rate: BaseRate) -> list[str]:
    head = "Observed beside expected (the same kind of strike in the 90 days before the words):"
    lines = [
        f"  {name}: observed {one.observed_definite} definite, {one.observed_possible} possible;"
        f" {_expected(one)}"
        for name, one in rate.windows.items()
    ]
    days = f"  recorded: {rate.days_recorded} of 90 days, with a match {rate.days_with_match}"
    if rate.reason is not None:
        days += f"; too little data for a rate, which needs {DAYS_RECORDED_MIN} days"
    return [head, *lines, days]


def _expected(one: WindowRate) -> str:
    if (
        one.share_low is None
        or one.share_high is None
        or one.mean_low is None
        or one.mean_high is None
    ):
        return "expected: unknown"
    return (
        f"expected {one.mean_low:.1f} to {one.mean_high:.1f},"
        f" at least one in {one.share_low:.0%} to {one.share_high:.0%} of moments"
    )
