"""The body of a request: one event, or a JSON array of them, each as it was sent."""

from typing import Final

import msgspec

from conflict_events.codec import MESSAGE_CHARS_MAX
from conflict_events.outcomes import Refused

EVENTS_MAX: Final = 5_000
"""How many events a body may have. So many that are worth recording do not fit in 1 MB."""

_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])


class TooManyEventsError(ValueError):
    """A batch has more events than any may have; nothing of it was taken."""

    def __init__(self, events: int) -> None:
        super().__init__(f"{events} events; a batch has at most {EVENTS_MAX}: send several")
        self.events = events


def events_of(body: bytes, *, is_batch: bool) -> list[bytes] | Refused:
    """The events of a body, cut out and not looked at; or why it is refused as a whole.

    One that is not JSON, too deep for a parser, or no array, cannot be cut.

    Raises:
        TooManyEventsError: there are more than a batch may have.
    """
    if not is_batch:
        return [body]
    try:
        events = _ARRAY.decode(body)
    except RecursionError:
        return Refused("too_deep", "$", "an event of the batch nests too deep to be read at all")
    except msgspec.DecodeError as error:
        return _not_cut(error)
    if len(events) > EVENTS_MAX:
        raise TooManyEventsError(len(events))
    return [bytes(event) for event in events]


def _not_cut(error: msgspec.DecodeError) -> Refused:
    if isinstance(error, msgspec.ValidationError):  # It is JSON.
        return Refused("invalid", "$", "a batch is a JSON array of events")
    return Refused("not_json", "$", str(error)[:MESSAGE_CHARS_MAX])
