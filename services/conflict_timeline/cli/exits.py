"""Exit codes, and the one line on standard error that goes with the bad ones."""

import sys
from typing import Final, NoReturn

from conflict_timeline.cli.text import visible

OK: Final = 0
FAILURE: Final = 1
USAGE: Final = 2
NOT_FOUND: Final = 3
VERIFICATION_FAILED: Final = 4
SOME_REFUSED: Final = 5
BROKER_AWAY: Final = 75
INTERRUPTED: Final = 130

EXIT_CODES: Final = {
    OK: "ok",
    FAILURE: "failure",
    USAGE: "usage",
    NOT_FOUND: "not found",
    VERIFICATION_FAILED: "verification failed",
    SOME_REFUSED: "some events refused",
    BROKER_AWAY: "broker away",
    INTERRUPTED: "interrupted",
}
"""All of them, with what each means."""


class NotFoundError(LookupError):
    """What was asked for is not there."""


class UsageError(ValueError):
    """What was asked for cannot be understood."""


def usage(sentence: str) -> NoReturn:
    """Refuse what cannot be understood.

    Raises:
        UsageError: always.
    """
    raise UsageError(sentence)


def complain(sentence: str) -> None:
    """Write one line on standard error."""
    sys.stderr.write(f"conflict-timeline: {visible(' '.join(sentence.split()))}\n")
