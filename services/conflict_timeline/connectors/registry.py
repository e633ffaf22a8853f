"""The registry: one line for each connector."""

from typing import Final

from conflict_timeline.connectors.connector import Connector
from conflict_timeline.connectors.errors import UnknownSetError
from conflict_timeline.connectors.viina import VIINA

CONNECTORS: Final[dict[str, Connector]] = {one.name: one for one in (VIINA,)}
"""Every connector by its name."""


def connector(name: str) -> Connector:
    """The connector of that name.

    Raises:
        UnknownSetError: there is none.
    """
    if name not in CONNECTORS:
        names = ", ".join(CONNECTORS)
        raise UnknownSetError(f"there is no set {name!r}; there are {names}")
    return CONNECTORS[name]
