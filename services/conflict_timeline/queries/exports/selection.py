"""A selection: the entries of one timeline that somebody exports, as of one position."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from conflict_events.timelines import Entry
from conflict_timeline.projections import pairing_rules, reversals
from conflict_timeline.queries.view import View

RULES = {"pairings": pairing_rules.RULES, "reversals": reversals.RULES}
"""By which rules the entries of a projection are made, where there are any to be cited."""


class Selection(NamedTuple):
    """Entries by event time, then id; `versions` are those of all timelines that they rest on.

    `view` holds the statements and incidents as of the same position; pairings need it, because no
    pairing is shown without its base rate.
    """

    conflict: str
    projection: str
    versions: dict[str, int]
    position: int
    entries: Sequence[Entry]
    view: View | None = None

    @property
    def version(self) -> int:
        """The version of the timeline itself."""
        return self.versions[self.projection]

    @property
    def rules(self) -> str | None:
        """The rules that made the entries."""
        return RULES.get(self.projection)

    def citation(self) -> dict[str, Any]:
        """What tells this answer from any other, by name."""
        return {
            "conflict": self.conflict,
            "projection": self.projection,
            "version": self.version,
            "versions": self.versions,
            "position": self.position,
            "rules": self.rules,
        }
