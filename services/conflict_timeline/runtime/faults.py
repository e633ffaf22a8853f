"""Planned faults: named points at which a test makes a real process die or fail.

`CONFLICT_TIMELINE_FAULT=projector.before_commit:kill:3` kills the process the third time that it
comes to that point; `raise` in place of `kill` raises there each time. Without it nothing happens.
"""

import os
import signal
from collections import Counter
from typing import Final

ENV: Final = "CONFLICT_TIMELINE_FAULT"

_reached: Final[Counter[str]] = Counter()


class PlannedFaultError(RuntimeError):
    """A fault that a test planned."""


def reach(point: str) -> None:
    """Say that the process is at a named point."""
    plan = os.environ.get(ENV)
    if plan is None:
        return
    # The name of a point may hold a colon, as those of streams do.
    if not plan.startswith(f"{point}:"):
        return
    _reached[point] += 1
    action, _, nth = plan.removeprefix(f"{point}:").partition(":")
    if action == "raise":
        raise PlannedFaultError(f"a planned fault at {point}")
    if _reached[point] == int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
