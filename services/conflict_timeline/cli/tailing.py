"""Tailing: a revision as `tail` prints it."""

from conflict_events.frames import Followed


class FollowedAsOf(Followed, frozen=True, kw_only=True):
    """A revision with the position to which everything was printed: as `timeline` has it."""

    as_of: int

    @classmethod
    def of_followed(cls, revision: Followed, as_of: int) -> "FollowedAsOf":
        """A revision, as of a position."""
        values = {name: getattr(revision, name) for name in Followed.__struct_fields__}
        return cls(**values, as_of=as_of)
