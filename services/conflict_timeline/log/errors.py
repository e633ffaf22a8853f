"""What can be wrong with a log. Each of these stops the process that meets it."""


class LogError(Exception):
    """A log that must not be used as it is."""


class BrokenLogError(LogError):
    """The keys of a log are not what they should be: somebody else wrote to them."""

    def __init__(self, conflict: str, what: str) -> None:
        super().__init__(
            f"the log of {conflict!r} is broken and nothing was appended: {what}. "
            "Restore the keys from a backup; do not delete one of them alone."
        )
        self.conflict = conflict
        self.what = what


class LogGapError(LogError):
    """A position is missing: the log was trimmed under its reader, or the server lost writes.

    `found` is the position that stands in its place, None where the log ends before it.
    """

    def __init__(self, conflict: str, expected: int, found: int | None) -> None:
        instead = "but the log ends before it" if found is None else f"{found} found"
        super().__init__(
            f"the log of {conflict!r} has a gap: position {expected} was expected, {instead}. "
            "Restore the log from a backup."
        )
        self.conflict = conflict
        self.expected = expected
        self.found = found


class UnreadableEventError(LogError):
    """A recorded event cannot be read by this version: upgrade, the bytes are intact."""

    def __init__(self, conflict: str, position: int, why: str) -> None:
        super().__init__(
            f"position {position} of the log of {conflict!r} cannot be read: {why}. "
            "It was recorded by a newer version, or its bytes were damaged."
        )
        self.conflict = conflict
        self.position = position


class UnknownConflictError(LookupError):
    """Nothing was ever recorded for a conflict of this name."""

    def __init__(self, conflict: str) -> None:
        super().__init__(f"there is no conflict {conflict!r}: nothing was recorded for it")
        self.conflict = conflict
