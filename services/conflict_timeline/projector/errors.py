"""What stops a projector. Never retried: one of us is wrong."""


class DivergedError(RuntimeError):
    """Two folds of one log made other bytes up to the same position."""

    def __init__(self, timeline: str, position: int, ours: str, theirs: str) -> None:
        super().__init__(
            f"{timeline} diverged: at position {position} our digest is {ours}, "
            f"the committed one {theirs}. "
            "Two versions of the code run side by side, or a timeline was tampered with. "
            "Stop the projectors, then replay the log to see which one holds."
        )
        self.timeline = timeline
        self.position = position


class CheckpointMovedBackError(RuntimeError):
    """A checkpoint is behind what this process saw committed: the server lost writes."""

    def __init__(self, timeline: str, ours: int, theirs: int) -> None:
        super().__init__(
            f"the checkpoint of {timeline} went back from {ours} to {theirs}: the server lost "
            "writes. Started again, the projector folds the log anew and commits what is missing."
        )


class RebuildError(RuntimeError):
    """A rebuild that cannot be begun, or not be finished; what is served stays as it is."""
