"""What can be wrong with a timeline."""


class TimelineError(Exception):
    """A timeline that must not be written to as it is."""


class BrokenTimelineError(TimelineError):
    """The keys of a timeline are not what they should be: somebody else wrote to them."""


class UnservedError(LookupError):
    """No version of this projection is served for this conflict yet."""

    def __init__(self, projection: str, conflict: str) -> None:
        super().__init__(
            f"no timeline {projection!r} is served for {conflict!r} yet: no projector has"
            " committed. conflict-timeline up, or run projector, does"
        )
        self.projection = projection
        self.conflict = conflict


class ServedError(ValueError):
    """The version that readers get cannot be removed."""

    def __init__(self, projection: str, conflict: str, version: int) -> None:
        super().__init__(
            f"{projection}/{version} of {conflict!r} is served: rebuild another version first"
        )


class DroppedError(LookupError):
    """A version was removed while it was read. Read the one that is served now."""

    def __init__(self, projection: str, conflict: str, version: int) -> None:
        super().__init__(f"{projection}/{version} of {conflict!r} was removed while it was read")
