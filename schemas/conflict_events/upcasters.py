"""Upcasters: how an event of an older version is read as one of today's.

Pure functions, one a step, run on read. Recorded bytes never change.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

JsonObject = dict[str, Any]


class Upcaster(NamedTuple):
    """One step: the type it leads to, and how `data` changes on the way."""

    to: str
    upcast: Callable[[JsonObject], JsonObject]


Upcasters = Mapping[str, Upcaster]
"""From an older event type to the step that leads away from it."""

UPCASTERS: Final[Upcasters] = {}
"""The steps in use. None yet: v1 is the first version."""


def upcast(event: JsonObject, upcasters: Upcasters) -> JsonObject:
    """Carry an event forward, step by step, to a type that has no further step.

    Raises:
        KeyError, TypeError, ValueError: `data` is not as its type's step expects it.
    """
    while (step := upcasters.get(event["type"])) is not None:
        event = {**event, "type": step.to, "data": step.upcast(dict(event["data"]))}
    return event
