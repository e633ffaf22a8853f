"""Ring: the last frames of a timeline, for everybody who has come so far."""

from bisect import bisect_right
from typing import Final, NamedTuple

from conflict_timeline.web.live.places import Place

_COMPACTED_FROM: Final = 1_024
_CHUNKS_SHARED_MAX: Final = 32


class Chunk(NamedTuple):
    """Frames that follow one another, and the place after the last of them."""

    frames: bytes
    upto: Place


class Ring:
    """Every frame between its floor and the last one, in order; the oldest ones are dropped.

    Nobody has a queue here: a subscriber is a place, and asks for what comes after it. However many
    do not read, nothing more is kept for them.
    """

    def __init__(
        self, floor: Place, *, revisions_max: int, bytes_max: int, chunk_bytes_max: int
    ) -> None:
        """Nothing is kept yet; the first frame will be what follows `floor`."""
        self.floor = floor
        self.last = floor
        self._revisions_max = revisions_max
        self._bytes_max = bytes_max
        self._chunk_bytes_max = chunk_bytes_max
        # In parallel; below `_start` they are dropped. `_ends` counts all bytes from the first.
        self._places: list[Place] = []
        self._frames: list[bytes] = []
        self._ends: list[int] = []
        self._start = 0
        self._dropped_bytes = 0
        self._appended_bytes = 0
        self._chunks: dict[int, Chunk] = {}

    def __len__(self) -> int:
        return len(self._places) - self._start

    @property
    def bytes_held(self) -> int:
        """How long the frames kept are together."""
        return self._appended_bytes - self._dropped_bytes

    def append(self, place: Place, frame: bytes) -> None:
        """Keep a frame that follows the last one, and drop what there is no room for."""
        self._chunks.clear()
        self._appended_bytes += len(frame)
        self._places.append(place)
        self._frames.append(frame)
        self._ends.append(self._appended_bytes)
        self.last = place
        while len(self) > self._revisions_max or (
            self.bytes_held > self._bytes_max and len(self) > 1
        ):
            self._drop()

    def reaches(self, after: Place) -> bool:
        """Whether everything after a place is kept."""
        return after >= self.floor

    def after(self, place: Place) -> Chunk | None:
        """What follows a place that it reaches, up to a bound in bytes; None when nothing does.

        Who asks for the same gets the same bytes, not a copy.
        """
        index = bisect_right(self._places, place, self._start)
        if index == len(self._places):
            return None
        if (chunk := self._chunks.get(index)) is None:
            begin = self._ends[index] - len(self._frames[index])
            end = bisect_right(self._ends, begin + self._chunk_bytes_max, index)
            end = max(end, index + 1)
            chunk = Chunk(b"".join(self._frames[index:end]), self._places[end - 1])
            if len(self._chunks) >= _CHUNKS_SHARED_MAX:
                self._chunks.clear()
            self._chunks[index] = chunk
        return chunk

    def waiting_bytes(self, after: Place) -> int:
        """How much is kept that follows a place."""
        index = bisect_right(self._places, after, self._start)
        if index == len(self._places):
            return 0
        return self._appended_bytes - self._ends[index] + len(self._frames[index])

    def _drop(self) -> None:
        self.floor = self._places[self._start]
        self._dropped_bytes += len(self._frames[self._start])
        self._frames[self._start] = b""
        self._start += 1
        if self._start >= _COMPACTED_FROM and self._start * 2 >= len(self._places):
            for kept in (self._places, self._frames, self._ends):
                del kept[: self._start]
            self._start = 0
