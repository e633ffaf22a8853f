"""Drafts: what a producer has to say, and the checked event that is made of it."""

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
from msgspec import Struct

from conflict_events.codec import Policy, accept, encode
from conflict_events.envelope import Event
from conflict_events.events import TYPES, Body
from conflict_events.outcomes import Refused


class Draft(Struct, frozen=True, kw_only=True):
    """What a producer has to say; the publisher fills in the rest of the envelope.

    `id` is unique within the source. `time` is when the producer made this record, by default now.
    Give it wherever the same record may be published again, such as after a crash: a repeat is the
    same JSON value, and with another `time` it is another one, refused as `conflicting_body`.
    """

    id: str
    body: Body
    time: datetime | None = None
    traceparent: str | None = None


class Ready(NamedTuple):
    """An event that was checked: the intake stream of its kind, and its bytes."""

    stream: str
    raw: bytes


def timed(draft: Draft) -> Draft:
    """The draft with its time filled in: sent again, it makes the same bytes."""
    if draft.time is not None:
        return draft
    return msgspec.structs.replace(draft, time=datetime.now(UTC))


def ready(draft: Draft, source: str, conflict: str, policy: Policy) -> Ready | Refused:
    """Make an event of a draft, and check it as intake will."""
    event_type = TYPES.get(type(draft.body))
    if event_type is None:
        name = type(draft.body).__name__
        return Refused("unknown_type", "$.type", f"{name} is no body of this contract")
    event = Event(
        specversion="1.0",
        id=draft.id,
        source=source,
        type=event_type,
        time=draft.time or datetime.now(UTC),
        conflict=conflict,
        data=draft.body,
        traceparent=draft.traceparent,
    )
    try:
        raw = encode(event)
    except (TypeError, ValueError, RecursionError) as error:
        return Refused("invalid", "$", f"it cannot be written as JSON: {error}")
    accepted = accept(raw, policy)
    if isinstance(accepted, Refused):
        return accepted
    if not _says(accepted.event, event):
        why = "JSON cannot hold it as it is: a number that is none, or an offset with seconds"
        return Refused("invalid", "$", why)
    return Ready(f"intake:{accepted.event.kind}", raw)


def _says(read: Event[Body], meant: Event[Body]) -> bool:
    """Whether an event that was written and read is the one that was meant.

    Structs made in Python are not checked, and msgspec writes NaN as null, and an offset of
    02:30:17 (such as zones had before 1900) as 02:30.
    """
    values = msgspec.to_builtins(meant, builtin_types=(datetime,))
    try:
        checked = msgspec.convert(values, Event[type(meant.data)])  # type: ignore[misc]
    except msgspec.ValidationError:
        return False
    return bool(checked == read)
