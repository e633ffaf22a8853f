"""Any arrival order, same knowledge (I7): orders, repeats and pages as Hypothesis finds them.

A failing case is shrunk to few events in almost the order in which they happened.
"""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from conflict_events.codec import Accepted
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.registry import projection
from conflict_timeline.projector.advance import Advancer
from conflict_timeline.testing.memory import MemoryCommitter, MemoryLog
from tests.oracle.histories import history
from tests.simulation.checks import Current, check_oracle, check_revisions, knowledge
from tests.simulation.plans import NAMES
from tests.support import accepted


@settings(max_examples=400, deadline=None, print_blob=True)
@given(
    seed=st.integers(0, 2**32),
    size=st.integers(1, 16),
    pages=st.sampled_from((1, 2, 7, 500)),
    data=st.data(),
)
def test_the_same_events_in_any_order_give_the_same_knowledge(
    seed: int, size: int, pages: int, data: st.DataObject
) -> None:
    """And it is what the oracle computes of them."""
    events = [accepted(event) for event in history(seed, events=size)]
    order = data.draw(st.permutations(events), label="order")
    repeats = data.draw(st.lists(st.sampled_from(events), max_size=5), label="repeats")

    known = asyncio.run(_projected(events, pages=500))
    again = asyncio.run(_projected([*order, *repeats], pages=pages))

    assert knowledge(again) == knowledge(known)


async def _projected(offered: list[Accepted], *, pages: int) -> dict[str, Current]:
    """The current entries of each timeline, after checking them against the oracle."""
    log = MemoryLog("ukraine")
    for one in offered:
        await log.append([one])
    current: dict[str, Current] = {}
    for name in NAMES:
        committer = MemoryCommitter(name)
        advancer = Advancer(committer, Fold(projection(name)), name=name)
        await advancer.open()
        async for page in log.follow(page_events_max=pages):
            await advancer.advance(page)
        current[name] = check_revisions(name, log.events, committer.revisions)
    check_oracle(log.events, current)
    return current
