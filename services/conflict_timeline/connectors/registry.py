"""The registry: one line for each connector."""

from typing import Final

from conflict_timeline.connectors.alerts import ALERTS
from conflict_timeline.connectors.articles_csv import ARTICLES_CSV
from conflict_timeline.connectors.connector import Connector
from conflict_timeline.connectors.errors import UnknownSetError
from conflict_timeline.connectors.lebanon_fpv import LEBANON_FPV
from conflict_timeline.connectors.rss import RSS
from conflict_timeline.connectors.ucdp_ged import UCDP_GED
from conflict_timeline.connectors.viina import VIINA

CONNECTORS: Final[dict[str, Connector]] = {
    one.name: one
    for one in (
        VIINA,
        UCDP_GED,
        LEBANON_FPV,
        ARTICLES_CSV,
        ALERTS,
        RSS,
    )
}
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
