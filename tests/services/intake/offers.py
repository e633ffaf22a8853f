"""What scrapers put into the intake streams, good and bad, and what has to become of it."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any, NamedTuple, cast

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_events.codec import Policy
from conflict_timeline.broker import connect
from conflict_timeline.intake.service import GROUP, Intake
from conflict_timeline.log.keys import INTAKE
from conflict_timeline.log.refuse import RefusedEvent, refusals
from tests.oracle.builders import statement, strike
from tests.support import POLICY, log_of, offer, raw_of, serving, until


@asynccontextmanager
async def consuming(url: str, policy: Policy = POLICY) -> AsyncGenerator[Intake]:
    """Run an intake in this process for a while."""
    async with connect(url) as client:
        intake = Intake(url, client, policy)
        async with serving(intake.run()):
            yield intake


async def is_listening(redis: Redis) -> bool:
    """Tell whether a consumer waits for each of the streams."""
    found: Any = await redis.client_list()
    clients = cast("list[dict[str, str]]", found)
    return sum(one["cmd"] == "xreadgroup" for one in clients) == len(INTAKE)


async def is_settled(redis: Redis) -> bool:
    """Tell whether nothing waits in the intake streams, and nothing is pending there."""
    for stream in INTAKE:
        with suppress(ResponseError):  # There is no group yet.
            pending = await redis.xpending(stream, GROUP)
            if not pending["pending"] and not await redis.xlen(stream):
                continue
        return False
    return True


async def settled(redis: Redis, *, within_s: float = 20) -> None:
    """Wait until the streams are empty and nothing is pending."""
    await until(lambda: is_settled(redis), within_s=within_s)


async def refused(redis: Redis) -> list[RefusedEvent]:
    """All that was refused."""
    return [one async for one in refusals(redis)]


async def grow_old(redis: Redis) -> int:
    """Have what the dead left pending look as if they had died a minute ago; answer how much."""
    count = 0
    for stream in INTAKE:
        if not await redis.exists(stream):
            continue
        found: Any = await redis.xpending_range(stream, GROUP, "-", "+", 100_000)
        for one in cast("list[dict[str, Any]]", found):
            count += 1
            await redis.xclaim(
                stream,
                GROUP,
                one["consumer"],
                min_idle_time=0,
                message_ids=[one["message_id"]],
                idle=60_000,
                justid=True,
            )
    return count


class Offer(NamedTuple):
    """An entry of an intake stream."""

    stream: str
    raw: bytes


class Mixture:
    """Good events, repeats, other bodies under the same id, garbage, and events gone astray.

    Of two bodies under one id the first to come is recorded, whichever that is.
    """

    def __init__(self, rng: Random, count: int) -> None:
        self.once: list[bytes] = []
        self.rivals: list[tuple[bytes, bytes]] = []
        self.bad: list[Offer] = []
        offers: list[Offer] = []
        for number in range(count):
            name = f"{number}"
            chance = rng.random()
            if chance < 0.1:
                self.bad.append(Offer(rng.choice(list(INTAKE)), b"{%d" % number))
            elif chance < 0.2:
                astray = raw_of(statement(name, 0, 1, "deny"))
                self.bad.append(Offer("intake:strike", astray))
            elif chance < 0.3:
                rivals = (raw_of(strike(name, 0, 1)), raw_of(strike(name, 0, 2)))
                self.rivals.append(rivals)
                offers += [Offer("intake:strike", one) for one in rivals]
            else:
                event = (
                    Offer("intake:strike", raw_of(strike(name, 0, 1)))
                    if chance < 0.7
                    else Offer("intake:statement", raw_of(statement(name, 0, 1, "deny")))
                )
                self.once.append(event.raw)
                offers += [event] * rng.choice((1, 1, 1, 2, 3))
        self.offers = [*offers, *self.bad]
        rng.shuffle(self.offers)

    async def offer(self, redis: Redis, part: slice = slice(None)) -> None:
        """Put it, or a part of it, into the streams."""
        for stream in INTAKE:
            await offer(redis, [raw for to, raw in self.offers[part] if to == stream], stream)

    async def assert_settled_once(self, redis: Redis) -> None:
        """Check that every offer was recorded, a repeat, or refused; each once."""
        log, kept = await log_of(redis), await refused(redis)
        told = Counter(one.event for one in kept)

        # Recorded: each good event once, and one of each pair of rivals.
        rivals_recorded = [raw for pair in self.rivals for raw in pair if raw in log]
        assert Counter(log) == Counter(self.once) + Counter(rivals_recorded)
        assert len(rivals_recorded) == len(self.rivals)
        # Refused: all that is bad, and the other rivals; no entry twice.
        bad = Counter(one.raw for one in self.bad)
        assert told == bad + Counter(
            raw for pair in self.rivals for raw in pair if raw not in rivals_recorded
        )
        assert len({(one.stream, one.entry) for one in kept}) == len(kept)
        assert Counter(one.stream for one in kept if one.event in bad) == Counter(
            one.stream for one in self.bad
        )
        reasons = Counter(one.reason for one in kept)
        assert reasons["conflicting_body"] == len(self.rivals)
        # Whatever is neither recorded nor refused was a repeat of what is.
        repeats = len(self.offers) - len(log) - len(kept)
        assert repeats == sum(one.raw in self.once for one in self.offers) - len(self.once)
