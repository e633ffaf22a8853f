"""Compare: a committed timeline beside what a replay makes of the log, revision by revision."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final, Literal, NamedTuple

import msgspec
from msgspec import Raw, Struct
from redis.asyncio import Redis

from conflict_events.recorded import RecordedEvent
from conflict_timeline.broker.streams import StreamEntry, entries_of
from conflict_timeline.log.follow import follow
from conflict_timeline.projections.fold import Fold, RevisionMade
from conflict_timeline.projections.projection import Projection
from conflict_timeline.projector.stuck import applied
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.timelines.commit import START, Checkpoint
from conflict_timeline.timelines.errors import DroppedError
from conflict_timeline.timelines.keys import checkpoint_key, timeline_key
from conflict_timeline.timelines.read import Timeline

_PAGE_REVISIONS_MAX: Final = 500
_FIELDS: Final = {b"r", b"d"}
_FIELDS_SHOWN_MAX: Final = 4
_VALUE_SHOWN_MAX: Final = 60


class Standing(Struct, frozen=True, kw_only=True):
    """A version of a timeline, and how far it was committed at one moment."""

    version: int
    checkpoint: Checkpoint


class Difference(Struct, frozen=True, kw_only=True):
    """Where a committed timeline first differs from the replay.

    `missing`: it does not hold a revision that the replay makes; `extra`: it holds one that the
    replay does not make; `changed`: other bytes (`fields` are the paths that differ); `digest`: the
    same bytes under another digest; `checkpoint`: the revisions are right, it is not.
    `at` is the id of the revision in its stream, `<position>-<k>`. `replayed` and `committed` are
    the two revisions; one that is no JSON is given as a text.
    """

    what: Literal["missing", "extra", "changed", "digest", "checkpoint"]
    position: int
    at: str | None
    entry: str | None
    revision: int | None
    fields: list[str]
    replayed: Raw | None
    committed: Raw | None
    message: str


class Comparison(Struct, frozen=True, kw_only=True):
    """A served timeline compared with a replay up to a position.

    `version` is that of the projection that replayed, `served` that of the timeline. `revisions`
    and `digest` are those of both at the position, and null where they differ.
    """

    projection: str
    version: int
    conflict: str
    position: int
    revisions: int | None
    digest: str | None
    served: int
    equal: bool
    difference: Difference | None


async def standing_of(redis: Redis, conflict: str, projection: str) -> Standing:
    """The served version, and its checkpoint.

    Raises:
        UnservedError: none is served yet.
        BrokenTimelineError: the checkpoint is none.
    """
    timeline = await Timeline.served(redis, conflict, projection)
    return Standing(version=timeline.version, checkpoint=await timeline.checkpoint())


async def compare(  # noqa: PLR0913 - what to fold, how far, against what, and how to tell
    redis: Redis,
    conflict: str,
    projection: Projection,
    standing: Standing,
    *,
    upto: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Fold positions 1 to `upto`, at most the checkpoint's, and compare each revision's bytes.

    Both sides are read as a stream and neither is held. Stops at the first difference. The digests
    alone would not do: they say nothing of bytes that were altered under a digest that was not.

    Raises:
        DroppedError: the version was removed meanwhile.
        LogGapError, UnreadableEventError: the log cannot be read through.
    """
    fold = Fold(projection)
    committed = _Committed(redis, timeline_key(conflict, projection.name, standing.version), upto)
    difference = await _first_difference(
        follow(redis, conflict, upto=upto), fold, committed, progress
    )
    if difference is None and upto == standing.checkpoint.position:
        difference = _of_checkpoint(fold, standing.checkpoint)
    if difference is not None and await _is_dropped(redis, conflict, projection.name, standing):
        raise DroppedError(projection.name, conflict, standing.version)
    return Comparison(
        projection=projection.name,
        version=projection.version,
        conflict=conflict,
        position=upto,
        revisions=fold.revisions if difference is None else None,
        digest=fold.digest.hex() if difference is None else None,
        served=standing.version,
        equal=difference is None,
        difference=difference,
    )


async def _is_dropped(redis: Redis, conflict: str, projection: str, standing: Standing) -> bool:
    if standing.checkpoint == START:
        return False
    return not await redis.exists(checkpoint_key(conflict, projection, standing.version))


async def _first_difference(
    pages: AsyncIterator[list[RecordedEvent]],
    fold: Fold,
    committed: "_Committed",
    progress: Callable[[int], None],
) -> Difference | None:
    async for page in pages:
        for recorded in page:
            for made in applied(fold, recorded):
                if (difference := _between(made, await committed.peek())) is not None:
                    return difference
                committed.take()
        progress(fold.position)
    left = await committed.peek()
    return None if left is None else _extra(left)


class _Stored(NamedTuple):
    """A committed revision: its place, its id as it is stored, and its fields."""

    at: tuple[int, int]
    entry_id: str
    fields: dict[bytes, bytes]

    @property
    def raw(self) -> bytes:
        return self.fields.get(b"r", b"")


class _Committed:
    """The committed revisions up to a position, one after the other."""

    def __init__(self, redis: Redis, key: str, upto: int) -> None:
        self._entries = _entries(redis, key, upto)
        self._next: _Stored | None = None

    async def peek(self) -> _Stored | None:
        """The next one, which stays the next one."""
        if self._next is None:
            entry = await anext(self._entries, None)
            if entry is not None:
                entry_id = entry[0].decode()
                position, _, k = entry_id.partition("-")
                self._next = _Stored((int(position), int(k)), entry_id, entry[1])
        return self._next

    def take(self) -> None:
        """Go on to the one after it."""
        self._next = None


async def _entries(redis: Redis, key: str, upto: int) -> AsyncIterator[StreamEntry]:
    start = "-"
    while True:
        entries = await entries_of(redis, key, start, f"{upto}", _PAGE_REVISIONS_MAX)
        heed_cancellation()
        for entry in entries:
            yield entry
        if len(entries) < _PAGE_REVISIONS_MAX:
            return
        start = f"({entries[-1][0].decode()}"


def _between(made: RevisionMade, stored: _Stored | None) -> Difference | None:
    """What is wrong with the stored revision that should be the one made now."""
    ours = (made.position, made.k)
    if stored is None or stored.at > ours:
        return _missing(made)
    if stored.at < ours:
        return _extra(stored)
    if stored.raw != made.raw or set(stored.fields) != _FIELDS:
        return _changed(made, stored)
    if stored.fields[b"d"] != made.digest.hex().encode():
        entry, number = _named(made.raw)
        theirs = _shown(stored.fields[b"d"].decode(errors="backslashreplace"))
        return Difference(
            what="digest",
            position=made.position,
            at=stored.entry_id,
            entry=entry,
            revision=number,
            fields=["d"],
            replayed=_json(made.raw),
            committed=_json(stored.raw),
            message=(
                f"the digest after revision {number} of entry {entry} ({stored.entry_id}) is"
                f" {made.digest.hex()} as replayed, {theirs} as committed"
            ),
        )
    return None


def _missing(made: RevisionMade) -> Difference:
    entry, number = _named(made.raw)
    at = f"{made.position}-{made.k}"
    return Difference(
        what="missing",
        position=made.position,
        at=at,
        entry=entry,
        revision=number,
        fields=[],
        replayed=_json(made.raw),
        committed=None,
        message=(
            f"revision {number} of entry {entry} ({at}) is missing:"
            " the replay makes it, the timeline does not hold it"
        ),
    )


def _extra(stored: _Stored) -> Difference:
    entry, number = _named(stored.raw)
    what = "a revision" if number is None else f"revision {number}"
    return Difference(
        what="extra",
        position=stored.at[0],
        at=stored.entry_id,
        entry=entry,
        revision=number,
        fields=[],
        replayed=None,
        committed=_json(stored.raw),
        message=(
            f"{what} of entry {entry or 'that cannot be read'} ({stored.entry_id}) is extra:"
            " the timeline holds it, the replay does not make it"
        ),
    )


def _changed(made: RevisionMade, stored: _Stored) -> Difference:
    entry, number = _named(made.raw)
    fields, how = _how_changed(made.raw, stored)
    return Difference(
        what="changed",
        position=made.position,
        at=stored.entry_id,
        entry=entry,
        revision=number,
        fields=fields,
        replayed=_json(made.raw),
        committed=_json(stored.raw),
        message=(f"revision {number} of entry {entry} ({stored.entry_id}) has changed: {how}"),
    )


def _how_changed(ours: bytes, stored: _Stored) -> tuple[list[str], str]:
    names = sorted(name.decode(errors="backslashreplace") for name in stored.fields)
    if set(stored.fields) != _FIELDS:
        return names, f"it is stored with the fields {', '.join(names)} instead of d, r"
    try:
        theirs = msgspec.json.decode(stored.raw)
    except ValueError:  # DecodeError among them, and bytes that are not UTF-8.
        return ["r"], "its bytes are no JSON"
    changes = list(_changes(msgspec.json.decode(ours), theirs, ""))
    if not changes:
        return ["r"], "the same values are written in other bytes"
    shown = [
        f"{path} is {_shown(_text(our))} as replayed, {_shown(_text(their))} as committed"
        for path, our, their in changes[:_FIELDS_SHOWN_MAX]
    ]
    if len(changes) > _FIELDS_SHOWN_MAX:
        shown.append(f"and {len(changes) - _FIELDS_SHOWN_MAX} more")
    return [path for path, _, _ in changes], "; ".join(shown)


_ABSENT: Final = object()


def _changes(ours: Any, theirs: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """The paths at which two JSON values differ, with what stands there."""
    kinds = {_kind(ours), _kind(theirs)}
    if kinds == {"dict"}:
        for name in dict.fromkeys((*ours, *theirs)):
            below = f"{path}.{name}" if path else name
            yield from _changes(ours.get(name, _ABSENT), theirs.get(name, _ABSENT), below)
    elif kinds == {"list"} and len(ours) == len(theirs):
        for index, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from _changes(*pair, f"{path}[{index}]")
    elif len(kinds) > 1 or ours != theirs:  # To Python `true` is 1.
        yield path or "the revision", ours, theirs


def _kind(value: Any) -> str:
    return type(value).__name__


def _of_checkpoint(fold: Fold, checkpoint: Checkpoint) -> Difference | None:
    replayed = {"digest": fold.digest.hex(), "revisions": fold.revisions}
    committed = {"digest": checkpoint.digest, "revisions": checkpoint.revisions}
    changes = list(_changes(replayed, committed, ""))
    if not changes:
        return None
    path, ours, theirs = changes[0]
    return Difference(
        what="checkpoint",
        position=checkpoint.position,
        at=None,
        entry=None,
        revision=None,
        fields=[path for path, _, _ in changes],
        replayed=Raw(msgspec.json.encode(replayed)),
        committed=Raw(msgspec.json.encode(committed)),
        message=(
            f"the {path} of the checkpoint at position {checkpoint.position} is"
            f" {_shown(_text(ours))} as replayed, {_shown(_text(theirs))} as committed"
        ),
    )


class _Named(Struct):
    entry: str
    revision: int


def _named(raw: bytes) -> tuple[str | None, int | None]:
    """The entry and the number of a revision, as far as they can be read."""
    try:
        named = msgspec.json.decode(raw, type=_Named)
    except ValueError:
        return None, None
    return named.entry, named.revision


def _json(raw: bytes) -> Raw:
    """Bytes as they are when they are JSON, else as a JSON text."""
    try:
        msgspec.json.decode(raw)
    except ValueError:
        raw = msgspec.json.encode(raw.decode(errors="backslashreplace"))
    return Raw(raw)


def _text(value: Any) -> str:
    return "absent" if value is _ABSENT else msgspec.json.encode(value).decode()


def _shown(text: str) -> str:
    return text if len(text) <= _VALUE_SHOWN_MAX else f"{text[:_VALUE_SHOWN_MAX]}…"
