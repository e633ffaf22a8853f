"""Which seeds random tests take: `TIMELINE_SEEDS_TIMES` for more, `TIMELINE_SEEDS_FROM` for others.

`TIMELINE_SEEDS_TIMES=40 pytest -v tests/projections/test_dense_histories.py` takes forty times as
many as usual, and shows each range of seeds as it goes.
"""

import os
from collections.abc import Callable
from typing import Any, Final

import pytest

FIRST: Final = int(os.environ.get("TIMELINE_SEEDS_FROM", "0"))
TIMES: Final = int(os.environ.get("TIMELINE_SEEDS_TIMES", "1"))


def seeds(count: int, *, by: int = 100) -> Callable[[Callable[..., Any]], pytest.MarkDecorator]:
    """Have a test take `seeds`, `count` of them in ranges of `by`; its name shows the range."""
    last = FIRST + count * TIMES
    ranges = [range(at, min(at + by, last)) for at in range(FIRST, last, by)]
    return pytest.mark.parametrize(
        "seeds", ranges, ids=[f"seeds-{one.start}-to-{one.stop - 1}" for one in ranges]
    )
