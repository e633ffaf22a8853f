"""Receipts: what became of each event of a file or of a request, in the order they came."""

from typing import Final, Literal

from msgspec import Struct

from conflict_events.errors import Reason

BODY_BYTES_MAX: Final = 1_000_000
"""1 MB: what one request may carry. A producer with more to say sends another."""

SINGLE: Final = "application/cloudevents+json"
"""The content type of a body that is one event."""

BATCH: Final = "application/cloudevents-batch+json"
"""The content type of a body that is a JSON array of events."""


class Receipt(Struct, frozen=True, kw_only=True):
    """What became of one line, or of one event of a request. `line` counts from 1."""

    line: int
    source: str | None
    id: str | None
    outcome: Literal["recorded", "repeat", "refused"]
    conflict: str | None
    position: int | None = None
    reason: Reason | None = None
    path: str | None = None
    message: str | None = None
    unknown_fields: tuple[str, ...] = ()
