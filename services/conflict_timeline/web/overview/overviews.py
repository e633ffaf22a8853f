"""Overviews: made by whoever asks first, and kept as bytes for the others."""

import asyncio
from collections import OrderedDict
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from conflict_timeline.timelines.errors import DroppedError
from conflict_timeline.web.overview.marks import as_seen
from conflict_timeline.web.overview.shapes import Moment
from conflict_timeline.web.packing import Encoding, packed
from conflict_timeline.web.readmodel import ReadModel
from conflict_timeline.web.readmodel.overview import Survey, Surveyed

SEEN: Final = ("chronology", "incidents")
"""The timelines that an overview is made of."""

MARKS_MAX: Final = 50_000
"""Of one kind; of more there is only the density."""

BYTES_MAX: Final = 32 * 1024 * 1024
"""So many bytes of answers are kept."""


class Times(NamedTuple):
    """The times asked for, in us; None where open."""

    low_us: int | None
    high_us: int | None


_Key = tuple[str, Encoding | None]
"""The tag of an answer and how it is packed; or that of what is seen, before it is an answer."""


class Overviews:
    """The overviews that were asked for last."""

    def __init__(
        self,
        model: ReadModel,
        *,
        marks_max: int = MARKS_MAX,
        bytes_max: int = BYTES_MAX,
    ) -> None:
        self._model = model
        self._marks_max = marks_max
        self._bytes_max = bytes_max
        self._kept: OrderedDict[_Key, bytes] = OrderedDict()
        self._bytes = 0
        self._making = asyncio.Lock()

    async def standing(self, conflict: str) -> tuple[dict[str, int], int]:
        """The versions that an overview is made of now, and how far all of them have come.

        Raises:
            UnservedError: nothing was fed.
        """
        found = {name: await self._model.served(conflict, name) for name in SEEN}
        versions = {name: one.version for name, one in found.items()}
        return versions, min(one.position for one in found.values())

    def tag(self, moment: Moment, times: Times) -> str:
        """The ETag of an overview: all that its bytes depend on."""
        raw = msgspec.json.encode((moment, times, self._marks_max), order="sorted")
        return f'"{moment.position}-{sha256(raw).hexdigest()[:24]}"'

    async def told(self, moment: Moment, times: Times, encoding: Encoding) -> bytes:
        """An overview as JSON, packed.

        Raises:
            UnservedError, BehindError: as `ReadModel.page` does.
            DroppedError: another version came to be read meanwhile.
        """
        key: _Key = self.tag(moment, times), encoding
        kept = self._known(key)
        if kept is None:
            async with self._making:  # Made once: the others wait, and then find it.
                kept = self._known(key)
                if kept is None:
                    kept = await self._made(moment, times, encoding)
                    self._keep(key, kept)
        return kept

    async def _made(self, moment: Moment, times: Times, encoding: Encoding) -> bytes:
        # What is seen at a position stays as it is while the log goes on.
        stays = {name: moment.digests.get(name, "") for name in SEEN}
        fixed = msgspec.structs.replace(moment, head=0, digests=stays)
        key: _Key = self.tag(fixed, times), None
        seen = self._known(key)
        if seen is None:
            seen = await self._seen(moment, times)
            self._keep(key, seen)
        whole = msgspec.json.encode(moment)[:-1] + b"," + seen[1:]
        return await asyncio.to_thread(packed, whole, encoding)

    async def _seen(self, moment: Moment, times: Times) -> bytes:
        surveyed = await self._model.survey(
            Survey(moment.conflict, moment.position, *times, self._marks_max)
        )
        found = (surveyed.statements.version, surveyed.incidents.version)
        for name, version in zip(SEEN, found, strict=True):
            if version != moment.versions[name]:
                raise DroppedError(name, moment.conflict, moment.versions[name])
        return await asyncio.to_thread(_encoded, surveyed)

    def _known(self, key: _Key) -> bytes | None:
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def _keep(self, key: _Key, told: bytes) -> None:
        self._kept[key] = told
        self._bytes += len(told)
        while self._bytes > self._bytes_max:
            _, left = self._kept.popitem(last=False)
            self._bytes -= len(left)


def _encoded(surveyed: Surveyed) -> bytes:
    return msgspec.json.encode(as_seen(surveyed))
