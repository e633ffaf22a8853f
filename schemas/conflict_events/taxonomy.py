"""The taxonomy: one small tree for what statements speak of and what strikes hit.

Descriptive, never a legal finding. The tree is closed: a new word comes with a release.
"""

from collections.abc import Iterable
from typing import Final, Literal, get_args

Topic = Literal[
    "energy",
    "energy_generation",
    "energy_grid",
    "energy_heat",
    "oil_gas",
    "civilian",
    "residential",
    "health",
    "education",
    "water",
    "religious_cultural",
    "transport",
    "rail",
    "port",
    "aviation",
    "industry",
    "military",
    "government",
    "media",
    "nuclear",
    "dam",
    "other",
    "unknown",
]
"""A word of the taxonomy."""

TOPICS: Final[tuple[str, ...]] = get_args(Topic)

PARENTS: Final[dict[str, str]] = {
    "energy_generation": "energy",
    "energy_grid": "energy",
    "energy_heat": "energy",
    "oil_gas": "energy",
    "residential": "civilian",
    "health": "civilian",
    "education": "civilian",
    "water": "civilian",
    "religious_cultural": "civilian",
    "rail": "transport",
    "port": "transport",
    "aviation": "transport",
}
"""Each word that has a parent, with it. The tree is two levels deep."""


def covers(topic: str, target: str) -> bool:
    """Whether a topic is the target itself or an ancestor of it."""
    return topic == target or PARENTS.get(target) == topic


def covered(topics: Iterable[str], targets: Iterable[str]) -> tuple[str, ...]:
    """The topics that cover at least one of the targets, by code point."""
    wanted = {up for target in targets for up in (target, PARENTS.get(target))}
    return tuple(sorted({topic for topic in topics if topic in wanted}))
