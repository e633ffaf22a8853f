"""The gate: takes the body of a request with a key, and answers with a receipt for each event."""

from hashlib import sha256
from typing import Final, NamedTuple

from msgspec.structs import replace
from redis.asyncio import Redis

from conflict_events.codec import EVENT_BYTES_MAX, Policy
from conflict_events.outcomes import Refused
from conflict_events.receipts import BODY_BYTES_MAX, Receipt
from conflict_timeline.log.append import BATCH_EVENTS_MAX
from conflict_timeline.log.record import Door, Line, Recorder
from conflict_timeline.log.refuse import Whole
from conflict_timeline.web.keys.key import Kept
from conflict_timeline.web.publishing.body import TooManyEventsError, events_of
from conflict_timeline.web.publishing.limiter import Limiter

DOOR: Final = "http"
"""In place of a stream's name, beside refused events that came by requests.

Their `entry` is the id of the key and the number of the event in its request, `<id>:<n>`."""

PATIENCE_S: Final = 5.0
"""How long a request waits for the broker: its sender, who asks again, is more patient."""


class BodyTooLargeError(ValueError):
    """A body is larger than any may be; nothing of it was taken."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} bytes; a request has at most {BODY_BYTES_MAX}: send several")
        self.length = length


class Published(NamedTuple):
    """What became of a body: a receipt for each event, in order.

    `is_refused` tells that all of it was refused as one: one event, or a body that is no batch.
    """

    receipts: list[Receipt]
    is_refused: bool


class Gate:
    """Where requests with events come in; one for each process."""

    def __init__(self, redis: Redis, policy: Policy, *, limiter: Limiter | None = None) -> None:
        self._recorder = Recorder(redis, patience_s=PATIENCE_S)
        self._policy = policy
        self._limiter = limiter or Limiter()

    def admit(self, key: Kept) -> None:
        """Let a request in, or not, before its body is read.

        Raises:
            LimitedError: the key has published more than it may.
        """
        self._limiter.admit(key)

    async def publish(self, key: Kept, body: bytes, *, is_batch: bool) -> Published:
        """Record the events of a body; a receipt for each, in order.

        An event is recorded, a repeat, or refused and kept. A body that cannot be cut into events
        is refused as a whole, with one receipt. Safe to repeat, also after an error: what was
        recorded is a repeat then.

        Raises:
            BodyTooLargeError, TooManyEventsError: nothing was taken.
            LimitedError: nothing was taken; the key has published more than it may.
            One of AWAY: the broker is away; some of it may have been recorded.
            BrokenLogError: a log is not what it should be; the same.
        """
        if len(body) > BODY_BYTES_MAX:
            raise BodyTooLargeError(len(body))
        self._limiter.admit(key)
        try:
            events = events_of(body, is_batch=is_batch)
        except TooManyEventsError:
            self._limiter.take(key, 1)
            raise
        door = Door(DOOR, f"{key.id}:")
        if isinstance(events, Refused):
            self._limiter.take(key, 1)
            receipt = await self._recorder.refuse(_whole(body), events, door)
            return Published([receipt], is_refused=True)
        self._limiter.take(key, len(events))
        policy = policy_of(key, self._policy)
        receipts: list[Receipt] = []
        for start in range(0, len(events), BATCH_EVENTS_MAX):
            batch = [
                Line(number, raw)
                for number, raw in enumerate(events[start : start + BATCH_EVENTS_MAX], start + 1)
            ]
            receipts += await self._recorder.record(policy, batch, door)
        is_refused = not is_batch and receipts[0].outcome == "refused"
        return Published(receipts, is_refused)


def policy_of(key: Kept, policy: Policy) -> Policy:
    """What a deployment allows, narrowed to what a key is for."""
    conflicts = policy.conflicts
    if key.conflicts is not None:
        own = frozenset(key.conflicts)
        conflicts = own if conflicts is None else own & conflicts
    return replace(policy, sources=frozenset(key.sources), conflicts=conflicts)


def _whole(body: bytes) -> Line:
    """A body as one line; of a long one the beginning, and what the whole was."""
    if len(body) <= EVENT_BYTES_MAX:
        return Line(1, body)
    return Line(1, body[:EVENT_BYTES_MAX], Whole(len(body), sha256(body).hexdigest()))
