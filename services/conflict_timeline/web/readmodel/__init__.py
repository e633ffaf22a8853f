"""The read model: the timelines that are served, in a file of their own, indexed for the filters.

A file belongs to one process and holds nothing that the timelines do not: it may be thrown away.
"""

from conflict_timeline.web.readmodel.answers import (
    Asked,
    BehindError,
    Page,
    Place,
    Served,
    TookTooLongError,
)
from conflict_timeline.web.readmodel.model import ReadModel

__all__ = ["Asked", "BehindError", "Page", "Place", "ReadModel", "Served", "TookTooLongError"]
