"""The checks of the simulation fail when they should: of each kind of damage, one."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

import msgspec
import pytest

from conflict_events.codec import Accepted
from conflict_events.outcomes import Outcome, Recorded, Refused, Repeat
from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.testing.memory import MemoryCommitter, MemoryLog
from conflict_timeline.timelines.commit import START, Checkpoint, Committable
from tests.oracle.builders import corrected, strike
from tests.simulation.checks import (
    BrokenPromiseError,
    check_counts,
    check_log,
    check_oracle,
    check_order,
    check_replay,
    check_revisions,
)
from tests.support import accepted

NAME = "incidents"


class Played(NamedTuple):
    """A log, what its producers were told, and a timeline."""

    log: list[RecordedEvent]
    answers: list[tuple[Accepted, Outcome]]
    revisions: list[Committable]
    checkpoint: Checkpoint


def played() -> Played:
    """A good one: two reports become one incident and part again; one event is a repeat."""
    return asyncio.run(_played())


async def _played() -> Played:
    one, two = strike("a", 0, 4), strike("b", 1, 3)
    apart = corrected("c", two, occurred=strike("x", 9, 10)["data"]["occurred"])
    offered = [accepted(event) for event in (two, one, apart, one)]
    log, committer = MemoryLog("ukraine"), MemoryCommitter(NAME)
    answers = list(zip(offered, await log.append(offered), strict=True))
    advancer = Advancer(committer, Fold(projection(NAME)), name=NAME)
    await advancer.open()
    async for page in log.follow():
        await advancer.advance(page)
    return Played(log.events, answers, committer.revisions, committer.stands)


def check_all(it: Played) -> None:
    """Every check."""
    check_log(it.log, it.answers)
    recorded = sum(isinstance(outcome, Recorded) for _, outcome in it.answers)
    check_counts(len(it.log), 4, recorded, it.answers)
    check_replay(NAME, it.log, it.revisions, it.checkpoint)
    check_revisions(NAME, it.log, it.revisions)


def answered(it: Played, at: int, outcome: Outcome) -> Played:
    """The same, but one answer."""
    answers = list(it.answers)
    answers[at] = (answers[at][0], outcome)
    return it._replace(answers=answers)


def chained(revisions: list[Committable]) -> list[Committable]:
    """The revisions with a digest chain that holds over them."""
    digest, made = bytes(32), list[Committable]()
    for one in revisions:
        digest = sha256(digest + one.raw).digest()
        made.append(one._replace(digest=digest.hex()))
    return made


def rewritten(it: Played, at: int, old: bytes, new: bytes) -> list[Committable]:
    """The revisions with other bytes in one of them, chained anew."""
    revisions = list(it.revisions)
    assert old in revisions[at].raw
    revisions[at] = revisions[at]._replace(raw=revisions[at].raw.replace(old, new))
    return chained(revisions)


def test_a_good_timeline_passes_every_check() -> None:
    it = played()

    check_all(it)

    assert [one.entry_id for one in it.revisions] == ["1-0", "2-0", "3-0", "3-1"]


DAMAGE: dict[str, tuple[str, Callable[[Played], Played]]] = {
    "an event twice": ("R1", lambda it: it._replace(log=[*it.log, it.log[0]])),
    "a gap": ("R1", lambda it: it._replace(log=[it.log[0], it.log[2]])),
    "an acknowledged event that is lost": ("R1", lambda it: it._replace(log=it.log[:2])),
    "an answer with another position": ("R1", lambda it: answered(it, 3, Repeat(1))),
    "a repeat that was refused": (
        "R1",
        lambda it: answered(it, 3, Refused("conflicting_body", "$", "")),
    ),
    "an event without an answer": ("R2", lambda it: it._replace(answers=it.answers[:3])),
    "an event that nobody recorded": ("R2", lambda it: answered(it, 0, Repeat(1))),
    "a revision twice": (
        "R3",
        lambda it: it._replace(revisions=[*it.revisions, it.revisions[-1]]),
    ),
    "a lost revision": ("R3", lambda it: it._replace(revisions=it.revisions[:-1])),
    "a checkpoint behind": ("R3", lambda it: it._replace(checkpoint=START)),
    "another digest": (
        "R3",
        lambda it: it._replace(
            revisions=[*it.revisions[:-1], it.revisions[-1]._replace(digest="f" * 64)]
        ),
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found(damage: str) -> None:
    promise, harm = DAMAGE[damage]

    with pytest.raises(BrokenPromiseError) as caught:
        check_all(harm(played()))

    assert caught.value.promise == promise


REVISIONS: dict[str, tuple[str, Callable[[Played], list[Committable]]]] = {
    "the digest": (
        "the digest is no chain",
        lambda it: [it.revisions[0]._replace(digest="f" * 64)],
    ),
    "the number": (
        "number 7",
        lambda it: rewritten(it, 1, b'"revision":2', b'"revision":7'),
    ),
    "the cause": (
        "not because of",
        lambda it: rewritten(it, 0, it.log[0].key.encode() + b'"]', b'f"]'),
    ),
    "the place": (
        "not the 1-th",
        lambda it: [*it.revisions[:-1], it.revisions[-1]._replace(entry_id="3-2")],
    ),
    "the order within a position": (
        "entry ids by their bytes",
        lambda it: chained(
            [
                *it.revisions[:2],
                it.revisions[3]._replace(entry_id="3-0"),
                it.revisions[2]._replace(entry_id="3-1"),
            ]
        ),
    ),
    "the order of positions": (
        "positions fall",
        lambda it: chained([*it.revisions, it.revisions[1]]),
    ),
}


@pytest.mark.parametrize("what", REVISIONS)
def test_a_revision_that_breaks_the_rules_is_found(what: str) -> None:
    """From the stored bytes alone, without a fold that might make the same mistake."""
    says, harm = REVISIONS[what]
    it = played()

    with pytest.raises(BrokenPromiseError, match=says):
        check_revisions(NAME, it.log, harm(it))


def test_entries_that_another_order_would_not_give_are_found() -> None:
    """Here because one is missing."""
    it = played()
    entries = check_revisions(NAME, it.log, it.revisions)
    check_order(0, it.log, {"incidents": entries, "pairings": {}})

    entries.popitem()

    with pytest.raises(BrokenPromiseError, match="come in another order"):
        check_order(0, it.log, {"incidents": entries, "pairings": {}})


def test_entries_that_the_oracle_does_not_compute_are_found() -> None:
    """Here because a target is another."""
    it = played()
    entries = check_revisions(NAME, it.log, it.revisions)
    check_oracle(it.log, {"incidents": entries, "pairings": {}})
    entry, body = entries.popitem()
    other = msgspec.json.decode(body) | {"targets": ["oil_gas"]}

    with pytest.raises(BrokenPromiseError, match=f"oracle: incidents {entry} has targets"):
        check_oracle(
            it.log,
            {"incidents": {**entries, entry: msgspec.json.encode(other)}, "pairings": {}},
        )
