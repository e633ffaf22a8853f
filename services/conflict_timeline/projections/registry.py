"""The projections that ship, one line each."""

from collections.abc import Callable
from typing import Final

from conflict_timeline.projections.incidents import Incidents
from conflict_timeline.projections.pairings import Pairings
from conflict_timeline.projections.projection import Projection

PROJECTIONS: Final[dict[str, Callable[[], Projection]]] = {
    "incidents": Incidents,
    "pairings": Pairings,
}
"""By name; calling the value makes an empty one."""


class UnknownProjectionError(LookupError):
    """There is no projection of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no projection {name!r}; there are: {', '.join(PROJECTIONS)}")
        self.name = name


def projection(name: str) -> Projection:
    """An empty projection.

    Raises:
        UnknownProjectionError: with the names that there are.
    """
    if (make := PROJECTIONS.get(name)) is None:
        raise UnknownProjectionError(name)
    return make()
