"""Times: where an entry stands in the order of a timeline, as a number."""

from datetime import datetime
from typing import Final

import msgspec

from conflict_events.event_time import earliest_of
from conflict_events.instants import to_us
from conflict_events.timelines import TimeText

NO_TIME_US: Final = -(2**62)
"""An entry that has no time comes first."""

FAR_US: Final = 2**62


def event_us(body: msgspec.Raw) -> int:
    """The time by which `by_event_time` sorts an entry, in us.

    What is no time in UTC, as timelines write it, counts as none: only the body of somebody else's
    projection can hold that.
    """
    try:
        return to_us(datetime.fromisoformat(msgspec.convert(earliest_of(body), TimeText)))
    except ValueError:  # ValidationError among them.
        return NO_TIME_US
