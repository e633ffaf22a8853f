"""The oracle's other projections, by name, and what of them no order of arrival changes."""

import json
from collections.abc import Mapping
from typing import Final

from .chronology import chronology
from .coverage import coverage
from .figures import figures
from .reversals import reversals
from .semantics import State
from .times import Json

OTHERS: Final[dict[str, State]] = {
    "chronology": chronology,
    "reversals": reversals,
    "figures": figures,
    "coverage": coverage,
}
"""The current entries after some events, by projection."""


def in_any_order(entries: Mapping[str, Json]) -> list[str]:
    """What current entries say, whatever order the events came in.

    An incident is called by the event that came first: its figures stand here without its id.
    """
    return sorted(_said(entry, body) for entry, body in entries.items())


def _said(entry: str, body: Json) -> str:
    called = {} if entry.startswith("i-") else {"entry": entry}
    said = {name: value for name, value in body.items() if name != "of"}
    return json.dumps(called | said, sort_keys=True)
