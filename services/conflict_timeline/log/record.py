"""Record: offered events are judged and appended or refused, and each gets a receipt."""

from collections.abc import Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from redis.asyncio import Redis

from conflict_events import codec
from conflict_events.codec import EVENT_BYTES_MAX, Accepted, Policy, names_of
from conflict_events.outcomes import Recorded, Refused, Repeat
from conflict_events.receipts import Receipt
from conflict_timeline.log.append import Appender
from conflict_timeline.log.foresee import Foresight
from conflict_timeline.log.refuse import Whole, refuse, refused_fields
from conflict_timeline.runtime.patience import patiently

PATIENCE_S: Final = 30.0
"""How long a command waits for its broker. Somebody sits there; services are more patient."""


class Door(NamedTuple):
    """The way that events came in, where it is no stream: refused ones are kept with it.

    `name` stands in place of a stream's name, `prefix` before the number of each event.
    """

    name: str
    prefix: str = ""


PUBLISHED: Final = Door("publish")
"""Events that came as lines."""


class Line(NamedTuple):
    """An offered line, or one event of a request. `number` counts from 1.

    Of one that is too long, `raw` is the beginning and `whole` says what the whole was.
    """

    number: int
    raw: bytes
    whole: Whole | None = None


class Recorder:
    """Records events over one connection; for `patience_s` seconds, should the broker be away."""

    def __init__(self, redis: Redis, *, patience_s: float = PATIENCE_S) -> None:
        self._redis = redis
        self._appender = Appender(redis)
        self._patience_s = patience_s

    async def record(
        self, policy: Policy, batch: Sequence[Line], door: Door | None = PUBLISHED
    ) -> list[Receipt]:
        """Record events that are there; a receipt for each, in order.

        What is refused is kept among the refused events, unless there is no `door`: then it is kept
        elsewhere anyway. Safe to repeat: what was recorded is a repeat then.

        Raises:
            One of AWAY: the broker stayed away.
            BrokenLogError: a log is not what it should be.
        """
        judged = [_judged(line, policy) for line in batch]
        accepted = [one for one in judged if isinstance(one, Accepted)]
        append = partial(self._appender.append, accepted)
        outcomes = iter(await patiently(append, patience_s=self._patience_s))
        receipts: list[Receipt] = []
        refused: list[tuple[Line, Refused]] = []
        for line, one in zip(batch, judged, strict=True):
            outcome = next(outcomes) if isinstance(one, Accepted) else one
            if isinstance(one, Accepted) and not isinstance(outcome, Refused):
                receipts.append(_receipt_of(line, one, _name(outcome), outcome.position))
            elif isinstance(outcome, Refused):
                refused.append((line, outcome))
                receipts.append(_refusal(line, outcome))
        if door is not None:
            await self._keep(refused, door)
        return receipts

    async def refuse(self, line: Line, refused: Refused, door: Door) -> Receipt:
        """Keep what was refused before it could be judged as an event; its receipt."""
        await self._keep([(line, refused)], door)
        return _refusal(line, refused)

    async def _keep(self, refused: Sequence[tuple[Line, Refused]], door: Door) -> None:
        fields = [
            refused_fields(line.raw, why, door.name, f"{door.prefix}{line.number}", line.whole)
            for line, why in refused
        ]
        await refuse(self._redis, *fields)


async def foresee_batch(
    foresight: Foresight, policy: Policy, batch: Sequence[Line]
) -> list[Receipt]:
    """The receipts that `record_batch` would give, without positions, and nothing is written."""
    judged = [_judged(line, policy) for line in batch]
    accepted = [one for one in judged if isinstance(one, Accepted)]
    foreseen = iter(await patiently(partial(foresight.outcomes, accepted), patience_s=PATIENCE_S))
    receipts: list[Receipt] = []
    for line, one in zip(batch, judged, strict=True):
        if isinstance(one, Refused):
            receipts.append(_refusal(line, one))
        elif isinstance(outcome := next(foreseen), Refused):
            receipts.append(_refusal(line, outcome))
        else:
            receipts.append(_receipt_of(line, one, outcome, None))
    return receipts


def _judged(line: Line, policy: Policy) -> Accepted | Refused:
    if line.whole is not None:
        message = f"{line.whole.length} bytes; an event has at most {EVENT_BYTES_MAX}"
        return Refused("too_large", "$", message)
    return codec.accept(line.raw, policy)


def _receipt_of(
    line: Line,
    accepted: Accepted,
    outcome: Literal["recorded", "repeat"],
    position: int | None,
) -> Receipt:
    event = accepted.event
    return Receipt(
        line=line.number,
        source=event.source,
        id=event.id,
        outcome=outcome,
        conflict=event.conflict,
        position=position,
        unknown_fields=accepted.unknown_fields,
    )


def _refusal(line: Line, refused: Refused) -> Receipt:
    source, event_id, conflict = names_of(line.raw)
    return Receipt(
        line=line.number,
        source=source,
        id=event_id,
        outcome="refused",
        conflict=conflict,
        reason=refused.reason,
        path=refused.path,
        message=refused.message,
    )


def _name(outcome: Recorded | Repeat) -> Literal["recorded", "repeat"]:
    return "recorded" if isinstance(outcome, Recorded) else "repeat"
