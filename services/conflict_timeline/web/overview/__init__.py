"""Overview: all statements and incidents of a conflict as of one position, column by column."""

from conflict_timeline.web.overview.moments import moment_of
from conflict_timeline.web.overview.overviews import MARKS_MAX, Overviews, Times
from conflict_timeline.web.overview.shapes import Moment, Seen

__all__ = ["MARKS_MAX", "Moment", "Overviews", "Seen", "Times", "moment_of"]
