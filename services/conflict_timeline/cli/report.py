"""The report of a statement: what was reported after it, beside its base rate, for people."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from msgspec import UNSET

from conflict_events.instants import DAY_US
from conflict_events.timelines import Entry, Happening, Pairing, WindowName
from conflict_timeline.cli.entries import held, lag, place_name, span
from conflict_timeline.projections.pairing_rules import (
    COMMITMENTS,
    REACH_US,
    RULES,
    WINDOWS_US,
)
from conflict_timeline.queries.base_rate import DAYS_RECORDED_MIN, Followed, WindowRate
from conflict_timeline.queries.view import StatementRate, View

PAIRS_SHOWN_MAX: Final = 6
"""How many pairs of a statement the demo shows in full; `timeline pairings` shows all."""

_PAIRING: Final = msgspec.json.Decoder(Pairing)


def report(
    view: View,
    key: str,
    pairs: Iterable[Entry],
    *,
    pairs_max: int | None = None,
    is_part: bool = False,
) -> Iterator[str]:
    """The lines about one statement. `is_part`: its pairs are filtered; the rates never are.

    Raises:
        UnknownStatementError: it does not count as of the view's position.
    """
    happening = view.statement(key)
    bodies = [_PAIRING.decode(entry.body) for entry in pairs]
    yield from _words(happening)
    yield ""
    which = "Of what was reported after it, as filtered" if is_part else "Reported after it"
    yield f"{which} (rules {RULES}, as of position {view.as_of.position}):"
    for order, title in (("after", None), ("unknown", "  Order unknown, never counted:")):
        chosen = [pair for pair in bodies if pair.order == order]
        if chosen and title is not None:
            yield title
        for pair in chosen[:pairs_max]:
            yield from _pair(pair)
        if pairs_max is not None and len(chosen) > pairs_max:
            yield f"  … and {len(chosen) - pairs_max} more"
    if not bodies:
        yield "  nothing"
    yield ""
    rate = view.base_rate(key)
    yield from _rates(happening, rate)
    yield from _among(happening, rate)
    if happening.act == "deny":
        yield from _before(view, key)
    yield from _mirror(view, key)


def _words(happening: Happening) -> Iterator[str]:
    if happening.speaker is UNSET or happening.act is UNSET:
        return
    speaker = happening.speaker
    yield f"{speaker.name}, {speaker.role or speaker.party or 'speaker'}"
    yield f"  act: {happening.act}   said: {span(msgspec.to_builtins(happening.window))}"
    for quote in (() if happening.quotes is UNSET else happening.quotes)[:1]:
        yield f"  «{quote.text}»{'' if quote.complete else ' [cut]'}"
    yield f"  {happening.title}"


def _pair(pair: Pairing) -> Iterator[str]:
    fits = ", ".join(f"{fit} within {name}" for name, fit in pair.windows.items())
    yield f"  {place_name(msgspec.to_builtins(pair.place))}: {', '.join(pair.targets)}"
    core = span(msgspec.to_builtins(pair.core))
    yield f"    core {core}   lag {lag(pair.lag_min_s, pair.lag_max_s)}"
    yield f"    {fits or 'beyond 30d'}"
    yield f"    attributed to {held(msgspec.to_builtins(pair.parties))}"


def _shorter_reach(happening: Happening) -> str | None:
    """What the rule pairs, where that is not all of the longest window."""
    if happening.act is UNSET:
        return None
    if happening.act in COMMITMENTS and happening.validity is not UNSET:
        return f"while it holds, {span(msgspec.to_builtins(happening.validity))}"
    reach_us = REACH_US.get(happening.act, 0)
    return None if reach_us >= max(WINDOWS_US.values()) else f"for {reach_us // DAY_US} days"


def _rates(happening: Happening, rate: StatementRate) -> Iterator[str]:
    yield "Observed beside expected (the same kind of strike in the 90 days before the words):"
    for name, one in rate.windows.items():
        yield f"  {observed_beside_expected(name, one)}"
    if (reach := _shorter_reach(happening)) is not None:
        yield f"  observed is what the rule pairs, {reach}; expected is all that fits a window"
    days = f"  recorded: {rate.days_recorded} of 90 days, with a match {rate.days_with_match}"
    if rate.reason is not None:
        days += f"; too little data for a rate, which needs {DAYS_RECORDED_MIN} days"
    yield days


def observed_beside_expected(name: WindowName, one: WindowRate) -> str:
    """One window on one line."""
    return (
        f"{name}: observed {one.observed_definite} definite, {one.observed_possible} possible;"
        f" {_expected(one)}"
    )


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


def _among(happening: Happening, rate: StatementRate) -> Iterator[str]:
    """Of how many such words these are."""
    count = rate.denominator.statements
    if happening.speaker is UNSET or happening.act is UNSET:
        return
    such = f"{happening.speaker.party or 'this speaker'} by act {happening.act} on such topics"
    if count == 1:
        yield f"  the only statement of {such}"
        return
    told = ", ".join(f"{name} {_share(one)}" for name, one in rate.denominator.windows.items())
    yield f"  among {count} statements of {such}; with a definite one within: {told}"


def _share(one: Followed) -> str:
    later = f" ({one.not_yet_over} not yet over)" if one.not_yet_over else ""
    return f"{one.definite} of {one.over}{later}"


def _before(view: View, key: str) -> Iterator[str]:
    incidents = view.before(key).incidents
    line = f"Reported before it, in 365 days (only these bear on a denial): {len(incidents)}"
    if incidents:
        latest = view.incidents.bodies[incidents[-1]]
        where = place_name(msgspec.to_builtins(latest.place))
        line += f", the last one {where}, core {span(msgspec.to_builtins(latest.core))}"
    yield line


def _mirror(view: View, key: str) -> Iterator[str]:
    mirror = view.mirror(key)
    if not mirror.about:
        yield "The same for the other side: no other party is in the incidents"
        return
    yield f"The same for the other side (strikes of {', '.join(mirror.about)}):"
    for name, one in mirror.windows.items():
        yield f"  {observed_beside_expected(name, one)}"
    if mirror.beyond_regions:
        yield f"  {mirror.beyond_regions} more in regions that the words are not about"
