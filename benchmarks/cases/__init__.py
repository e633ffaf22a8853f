"""The cases, in the order in which they run."""

from typing import Final

from benchmarks.case import Case
from benchmarks.cases import append, follow, page, readmodel, replay, restart, worst

CASES: Final[tuple[Case, ...]] = (
    append.CASE,
    follow.CASE,
    *replay.CASES,
    *worst.CASES,
    restart.CASE,
    *readmodel.CASES,
    page.CASE,
)
