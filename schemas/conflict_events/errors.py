"""Refusals: why an event is not recorded. The list of reasons is closed."""

from typing import Literal

Reason = Literal[
    "not_json",
    "not_utf8",
    "too_large",
    "too_deep",
    "unknown_type",
    "invalid",
    "wrong_stream",
    "conflicting_body",
    "not_owner",
    "unknown_conflict",
]
"""Why an event was refused."""


class RefusedError(ValueError):
    """An event is not as the contract wants it; `path` is the JSON path of the fault."""

    def __init__(self, reason: Reason, path: str, message: str) -> None:
        super().__init__(f"{reason} at {path}: {message}")
        self.reason: Reason = reason
        self.path = path
        self.message = message


class WindowTextError(ValueError):
    """A text is not a time or a window that `Window.parse` reads."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(f"{text[:80]!r} is no window: {why}")
        self.text = text
        self.why = why
