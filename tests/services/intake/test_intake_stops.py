"""What intake cannot go on without: it ends with an exit code and says why, and loses nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

from conflict_timeline.broker.subscribers import ServiceStoppedError
from conflict_timeline.intake.service import GROUP, Intake
from conflict_timeline.log.keys import log_key
from tests.oracle.builders import statement, strike
from tests.services.intake.offers import (
    consuming,
    grow_old,
    is_listening,
    refused,
    settled,
)
from tests.support import POLICY, log_of, offer, raw_of, running, until

pytestmark = pytest.mark.timeout(60)


async def set_in_place(redis: Redis) -> None:
    """Put something else where a stream was."""
    await redis.set("intake:strike", "not ours")


async def destroy_all(redis: Redis) -> None:
    """Take everything away at once."""
    await redis.flushall()


BREAKAGES: dict[str, tuple[Callable[[Redis], Awaitable[object]], str]] = {
    "its group is destroyed": (
        lambda redis: redis.xgroup_destroy("intake:strike", GROUP),
        "intake:strike",
    ),
    "a stream is deleted": (lambda redis: redis.delete("intake:statement"), "intake:statement"),
    "a stream is something else": (set_in_place, "intake:strike"),
    "everything is deleted": (destroy_all, "intake:"),
}


@pytest.mark.parametrize("case", BREAKAGES)
async def test_an_intake_that_lost_its_stream_or_group_ends_and_says_so(
    redis: Redis, server: str, case: str
) -> None:
    """Rather than stay alive and take nothing."""
    breaks, says = BREAKAGES[case]
    intake = asyncio.create_task(Intake(server, redis, POLICY).run())
    await until(lambda: is_listening(redis))
    await breaks(redis)

    with pytest.RaisesGroup(pytest.RaisesExc(ServiceStoppedError, match=says)):
        await asyncio.wait_for(intake, 5)


@pytest.mark.parametrize("case", ["its group is destroyed", "a stream is deleted"])
async def test_an_intake_process_that_lost_its_stream_or_group_can_be_started_again(
    redis: Redis, server: str, case: str
) -> None:
    """It ended with an exit code that has it started again, and what came meanwhile is taken."""
    breaks, says = BREAKAGES[case]
    async with running("run", "intake", url=server) as intake:
        await intake.has_started()
        await breaks(redis)

        assert await intake.exit_code() == 1
        *_, last = intake.told().splitlines()
        assert last.startswith("conflict-timeline: ")
        assert says in last

    events = [strike("a", 0, 1), statement("s", 0, 1, "deny")]
    await offer(redis, events)
    async with consuming(server):
        await settled(redis)
    assert sorted(await log_of(redis)) == sorted(raw_of(event) for event in events)


async def test_a_parser_that_fails_is_counted_seen_and_ends_the_process(
    redis: Redis, server: str
) -> None:
    """FastStream would log it and go on with the next entries: these would be lost."""
    events = [strike("a", 0, 1), strike("b", 0, 1), statement("s", 0, 1, "deny")]
    await offer(redis, events)

    async with running("run", "intake", url=server, fault="parse.intake:strike:raise") as intake:
        assert await intake.exit_code() == 1
        assert "service.failed" in intake.told()
        assert "errors=1" in intake.told()
        assert "where=intake:strike.parse" in intake.told()
        assert "a planned fault at parse.intake:strike" in intake.told().splitlines()[-1]

    await grow_old(redis)
    async with consuming(server):
        await settled(redis)
    assert sorted(await log_of(redis)) == sorted(raw_of(event) for event in events)
    assert await refused(redis) == []


async def test_a_handler_that_fails_ends_the_process_and_loses_nothing(
    redis: Redis, server: str
) -> None:
    """The same for a defect of ours anywhere in a batch."""
    await offer(redis, [strike("a", 0, 1), b"{}"], "intake:strike")

    async with running("run", "intake", url=server, fault="intake.decoded:raise") as intake:
        assert await intake.exit_code() == 1
        assert "where=intake:strike.handle" in intake.told()

    await grow_old(redis)
    async with consuming(server):
        await settled(redis)
    assert await log_of(redis) == [raw_of(strike("a", 0, 1))]
    assert len(await refused(redis)) == 1


async def test_a_broken_log_ends_intake_and_nothing_is_settled(redis: Redis, server: str) -> None:
    """The entries wait for whoever comes when the log is whole again."""
    await redis.set(log_key("ukraine"), "not ours")
    await offer(redis, [strike("a", 0, 1)])

    with pytest.RaisesGroup(pytest.RaisesExc(ServiceStoppedError, match="'ukraine' is broken")):
        await asyncio.wait_for(asyncio.create_task(Intake(server, redis, POLICY).run()), 5)
    assert await redis.xlen("intake:strike") == 1

    await redis.delete(log_key("ukraine"))
    await grow_old(redis)
    async with consuming(server):
        await settled(redis)
    assert await log_of(redis) == [raw_of(strike("a", 0, 1))]


async def test_a_full_server_ends_intake_and_nothing_is_lost(redis: Redis, server: str) -> None:
    """It says that memory is the reason."""
    async with running("run", "intake", url=server) as intake:
        await intake.has_started()
        try:
            async with redis.pipeline(transaction=True) as pipe:  # There is room until the end.
                pipe.xadd("intake:strike", {"event": raw_of(strike("a", 0, 1))})
                pipe.config_set("maxmemory", "1")
                await pipe.execute()
            assert await intake.exit_code() == 1
            assert "maxmemory" in intake.told().splitlines()[-1]
        finally:
            await redis.config_set("maxmemory", "0")

    await grow_old(redis)
    async with consuming(server):
        await settled(redis)
    assert await log_of(redis) == [raw_of(strike("a", 0, 1))]


async def test_a_broker_that_cannot_be_reached_is_exit_code_75(tmp_path: Path) -> None:
    """With a sentence, no trace."""
    async with running("run", "intake", url=f"unix://{tmp_path}/nobody.sock") as intake:
        assert await intake.exit_code() == 75
        assert "nobody.sock is away" in intake.told()
        assert "Traceback" not in intake.told()
