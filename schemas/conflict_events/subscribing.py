"""Subscribing: what can go wrong when a timeline is read, and how long is waited for it."""

from typing import Final, Literal

FOLLOW_PATIENCE_S: Final = 60.0
"""How long a timeline that is followed may be away before `TimelinesError`, by default."""

SILENCE_S: Final = 15.0
"""How long a connection may be silent before another is made: a progress is due every 5 s."""

TimelinesReason = Literal["away", "not_there", "asked_wrongly", "refused", "unreadable"]
"""Why a timeline cannot be read. `refused`: the other side would not; `unreadable`: it answered
with what is no timeline.
"""


class TimelinesError(Exception):
    """A timeline cannot be read; `reason` is for code, the text for people."""

    def __init__(self, reason: TimelinesReason, why: str) -> None:
        super().__init__(why)
        self.reason: TimelinesReason = reason
        self.why = why
