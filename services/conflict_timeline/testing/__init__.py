"""For people who write projections: given, when, then; rules to be kept; stores without a server.

    given(strike("2025-02-18T20:00Z/2025-02-19T07:00Z"))
    when(retraction_of(...))
    then(StrikesPerDay).holds_nothing()

    keeps_the_rules(StrikesPerDay, history(seed=7))

`memory` has a log and timelines that need no server. Nothing here needs pytest.
"""

from conflict_timeline.testing.events import (
    InvalidEventError,
    Json,
    article,
    correction_of,
    denial,
    event,
    key_of,
    retraction_of,
    statement,
    strike,
    window,
)
from conflict_timeline.testing.folding import Folded, Make, current, folded, record
from conflict_timeline.testing.histories import history
from conflict_timeline.testing.reader import Expected, Reader, asserted, withdrawn
from conflict_timeline.testing.rules import (
    any_batches,
    any_order,
    applied_twice,
    bodies_alone,
    keeps_the_rules,
    pure,
    survives_a_restart,
    well_formed,
)
from conflict_timeline.testing.story import NotBegunError, given, then, when

__all__ = [
    "Expected",
    "Folded",
    "InvalidEventError",
    "Json",
    "Make",
    "NotBegunError",
    "Reader",
    "any_batches",
    "any_order",
    "applied_twice",
    "article",
    "asserted",
    "bodies_alone",
    "correction_of",
    "current",
    "denial",
    "event",
    "folded",
    "given",
    "history",
    "keeps_the_rules",
    "key_of",
    "pure",
    "record",
    "retraction_of",
    "statement",
    "strike",
    "survives_a_restart",
    "then",
    "well_formed",
    "when",
    "window",
    "withdrawn",
]
