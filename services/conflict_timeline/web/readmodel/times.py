"""Times: where an entry stands in the order of a timeline, as a number."""

from datetime import datetime
from typing import Final

import msgspec

from conflict_events.instants import to_us
from conflict_events.timelines import TimeText

NO_TIME_US: Final = -(2**62)
"""An entry that has no time comes first."""

FAR_US: Final = 2**62


class _Window(msgspec.Struct):
    earliest: str = ""


class _Words(msgspec.Struct):
    said: _Window


class _Timed(msgspec.Struct):
    core: _Window | None = None
    said: _Window | None = None
    window: _Window | None = None
    published: _Window | None = None
    earlier_words: _Words | None = None


_TIMED: Final = msgspec.json.Decoder(_Timed)


def event_us(body: msgspec.Raw) -> int:
    """The time by which `timelines.read.in_order` sorts an entry, in us.

    What is no time in UTC, as timelines write it, counts as none: only the body of somebody else's
    projection can hold that.
    """
    try:
        timed = _TIMED.decode(body)
    except msgspec.ValidationError:
        return NO_TIME_US
    words = None if timed.earlier_words is None else timed.earlier_words.said
    window = timed.core or timed.said or timed.window or timed.published or words
    if window is None:
        return NO_TIME_US
    try:
        return to_us(datetime.fromisoformat(msgspec.convert(window.earliest, TimeText)))
    except ValueError:  # ValidationError among them.
        return NO_TIME_US
