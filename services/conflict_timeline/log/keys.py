"""The keys of a log. `{c}` is a hash tag: all keys of one conflict share a slot of a cluster."""

from typing import Final

from conflict_events.events import KINDS

BELL: Final = "recorded"
"""Rung once for each batch that was appended: `c` the conflict, `p` its head. Carries no truth."""

CONFLICTS: Final = "conflicts"
"""The set of conflicts that have a log."""

REFUSED: Final = "intake:refused"
"""What intake would not record: original bytes and why."""

INTAKE: Final = {f"intake:{kind}": kind for kind in KINDS}
"""The intake streams, one a kind."""


def log_key(conflict: str) -> str:
    """The stream of recorded events; entry ids are `<position>-0`."""
    return f"{{{conflict}}}:log"


def ids_key(conflict: str) -> str:
    """The hash from event key to position and digest; also `head` and `recorded_at` of the log."""
    return f"{{{conflict}}}:ids"
