"""Frames: server-sent events as bytes, encoded once for all subscribers."""

from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from conflict_events.timelines import Entry, Revision
from conflict_timeline.broker.streams import StreamEntry
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.keys import timeline_key
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.web.live.places import Place

_REVISION: Final = msgspec.json.Decoder(Revision)
_ENCODER: Final = msgspec.json.Encoder()


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a timeline has come, and its digest there (hex) where it is known."""

    position: int
    version: int
    digest: str | UnsetType = UNSET


class Switched(Struct, frozen=True, kw_only=True):
    """Another version is served, and goes on after this position."""

    position: int
    version: int


class Cut(Struct, frozen=True, kw_only=True):
    """Nothing follows, and why."""

    reason: str


def revision_frame(timeline: Timeline, entry: StreamEntry) -> bytes:
    """A revision as it is stored, as a frame.

    Raises:
        BrokenTimelineError: it is none, or stands at another position than it says.
    """
    entry_id, fields = entry
    try:
        revision = _REVISION.decode(fields[b"r"])
        if revision.position != Place.of(entry_id).position:
            raise ValueError(f"it says that position {revision.position} made it")  # noqa: TRY301
    except (KeyError, ValueError) as error:  # msgspec's DecodeError is a ValueError.
        key = timeline_key(timeline.conflict, timeline.projection, timeline.version)
        raise BrokenTimelineError(
            f"{key} holds no revision at {entry_id.decode()}: {error}; verify finds what else is"
            " wrong, and rebuild makes another version"
        ) from error
    return _frame("revision", timeline.entry(revision), entry_id.decode())


def progress_frame(progress: Progress, *, complete: bool) -> bytes:
    """A progress; with an id to resume from when all up to its position was sent."""
    place = str(Place.end_of(progress.position)) if complete else None
    return _frame("progress", progress, place)


def switched_frame(switched: Switched) -> bytes:
    """That another version is served from here on."""
    return _frame("switched", switched, str(Place.end_of(switched.position)))


def cut_frame(reason: str) -> bytes:
    """The last frame of a subscriber that did not read."""
    return _frame("cut", Cut(reason=reason), None)


def _frame(event: str, data: Entry | Progress | Switched | Cut, place: str | None) -> bytes:
    encoded = _ENCODER.encode(data)
    if b"\n" in encoded or b"\r" in encoded:
        # Only between the values of a body that somebody else wrote; it would end the frame.
        encoded = msgspec.json.format(encoded, indent=-1)
    head = f"event: {event}\n" if place is None else f"id: {place}\nevent: {event}\n"
    return b"%bdata: %b\n\n" % (head.encode(), encoded)
