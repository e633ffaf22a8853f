"""Health: whether this process lives, and whether what it answers can be relied on."""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import structlog
from msgspec import Struct
from redis.asyncio import Redis

from conflict_timeline.log.errors import LogError
from conflict_timeline.log.follow import check_end
from conflict_timeline.projector.status import ProjectionStatus, Status, status_of
from conflict_timeline.runtime.cancelling import heed_cancellation
from conflict_timeline.runtime.patience import AWAY

log = structlog.get_logger()

LOOK_S: Final = 1.0
"""How often everything is looked at; a fault shows within three of these."""

ANSWER_S: Final = 2.0
"""How long the broker may take to answer."""

STALLED_S: Final = 3.0
"""How long a timeline may stay where it is while its log goes on."""

_STALLED_LOOKS: Final = 4
"""As seen by so many looks in a row: where this process is slow, so are projectors."""


class Trouble(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong, and where; of a fold that raised also the event and the trace."""

    what: str
    reason: str
    conflict: str | None = None
    projection: str | None = None
    position: int | None = None
    key: str | None = None
    traceback: str | None = None


class Ready(Struct, frozen=True, kw_only=True):
    """Whether this service is ready, and if not, why."""

    ready: bool
    troubles: list[Trouble]


class StatusTold(Status, frozen=True, kw_only=True):
    """What `status` prints, and what `/readyz` says, as both were seen last."""

    ready: bool
    troubles: list[Trouble]


class _Stay(NamedTuple):
    """Where a checkpoint is, since when (monotonic, s), and by how many looks it was there."""

    position: int
    since: float
    looks: int


class Health:
    """Looks at the broker, the projectors and the disk, again and again."""

    def __init__(
        self,
        redis: Redis,
        folder: Path,
        broken: Callable[[], Mapping[str, str]] = dict[str, str],
    ) -> None:
        """`folder` is where this process writes, `broken` what it cannot read on, and why."""
        self._redis = redis
        self._broken = broken
        self._folder = folder
        self._stays: dict[tuple[str, str, int], _Stay] = {}
        self.status: Status | None = None
        """As it was seen last; None before that, and while the broker is away."""
        self.ready = Ready(
            ready=False, troubles=[Trouble(what="start", reason="nothing was looked at yet")]
        )

    @property
    def is_broker_away(self) -> bool:
        """Whether the broker did not answer when it was looked at last."""
        return any(trouble.what == "broker" for trouble in self.ready.troubles)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            was_ready = self.ready.ready
            began = time.monotonic()
            self.ready = await self._look()
            took_s = time.monotonic() - began
            if was_ready and not self.ready.ready:
                reasons = [trouble.reason for trouble in self.ready.troubles]
                log.warning("web.not_ready", reasons=reasons)
            heed_cancellation()
            # Thousands of timelines take a while to look at: half of the time at most.
            await asyncio.sleep(max(LOOK_S, took_s))

    async def _look(self) -> Ready:
        troubles: list[Trouble] = []
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._redis.ping()
            self.status = await status_of(self._redis)
            troubles += await self._of_logs(self.status)
        except (TimeoutError, *AWAY, OSError):
            self.status = None
            troubles.append(Trouble(what="broker", reason="the broker does not answer"))
        except Exception as error:  # noqa: BLE001 - keys of somebody else's making
            self.status = None
            troubles.append(Trouble(what="keys", reason=str(error)))
        if self.status is not None:
            troubles += self._of_projectors(self.status)
        troubles += [
            Trouble(what="timeline", reason=f"{name}: {why}")
            for name, why in self._broken().items()
        ]
        if (fault := await asyncio.to_thread(_disk_fault, self._folder)) is not None:
            troubles.append(Trouble(what="disk", reason=fault))
        return Ready(ready=not troubles, troubles=troubles)

    async def _of_logs(self, status: Status) -> list[Trouble]:
        """What keeps logs from growing: `append` refuses to go on from an end that is none."""
        troubles: list[Trouble] = []
        for one in status.conflicts:
            try:
                await check_end(self._redis, one.conflict)
            except LogError as error:
                troubles.append(Trouble(what="keys", reason=str(error), conflict=one.conflict))
        return troubles

    def _of_projectors(self, status: Status) -> list[Trouble]:
        troubles: list[Trouble] = []
        now = time.monotonic()
        for conflict in status.conflicts:
            for one in conflict.projections:
                if one.state == "stuck":
                    troubles.append(_stuck(conflict.conflict, one))
                elif one.served and self._stalls(conflict.conflict, one, now):
                    troubles.append(
                        Trouble(
                            what="projector",
                            reason=f"{one.projection}/{one.version} of {conflict.conflict!r} stays"
                            f" at position {one.position}, {one.lag_events} behind the log",
                            conflict=conflict.conflict,
                            projection=one.projection,
                            position=one.position,
                        )
                    )
        return troubles

    def _stalls(self, conflict: str, one: ProjectionStatus, now: float) -> bool:
        """Whether a checkpoint has not moved for long although there is something to fold."""
        place = (conflict, one.projection, one.version)
        stay = self._stays.get(place)
        if stay is None or one.position != stay.position or not one.lag_events:
            self._stays[place] = _Stay(one.position, now, 1)
            return False
        stay = self._stays[place] = stay._replace(looks=stay.looks + 1)
        return now - stay.since > STALLED_S and stay.looks >= _STALLED_LOOKS


def _stuck(conflict: str, one: ProjectionStatus) -> Trouble:
    stuck = one.stuck
    return Trouble(
        what="projector",
        reason=one.reason or "a timeline is stuck",
        conflict=conflict,
        projection=one.projection,
        position=one.position if stuck is None else stuck.position,
        key=None if stuck is None else stuck.key,
        traceback=None if stuck is None else stuck.traceback,
    )


def _disk_fault(folder: Path) -> str | None:
    """Why the disk refuses writes, if it does."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4_096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return f"the disk refuses writes: {error.strerror}"
    return None
