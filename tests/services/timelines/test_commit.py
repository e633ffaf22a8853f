"""Committing: revisions, checkpoint and digest together, once, or nothing at all."""

from collections.abc import Awaitable, Callable

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from conflict_timeline.timelines.commit import START, Checkpoint, Committable, Committer
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.keys import checkpoint_key, serving_key, timeline_key
from tests.support import Stored, checkpoint_of, snapshot, timeline_of

TIMELINE = timeline_key("ukraine", "pairings", 1)
CHECKPOINT = checkpoint_key("ukraine", "pairings", 1)

A, B, C = "a" * 64, "b" * 64, "c" * 64
TWO = Checkpoint(2, B, 2)
FIVE = Checkpoint(5, C, 3)


def committer(redis: Redis) -> Committer:
    """One of the projectors that write this timeline."""
    return Committer(redis, "ukraine", "pairings", 1)


async def committed_two(redis: Redis) -> Committer:
    """A timeline with two revisions of position 2."""
    first = committer(redis)
    revisions = [Committable("2-0", b"one", A), Committable("2-1", b"two", B)]
    assert await first.commit(START, TWO, revisions) == TWO
    return first


async def test_a_timeline_begins_at_the_digest_of_nothing(redis: Redis) -> None:
    """32 zero bytes, before anybody has committed."""
    assert await committer(redis).checkpoint() == Checkpoint(0, "00" * 32, 0) == START
    assert await committer(redis).digest_at(10) == START.digest


async def test_revisions_and_checkpoint_are_there_together(redis: Redis) -> None:
    """Entry ids are position and place, and the digest stands beside each revision."""
    await committed_two(redis)

    assert await timeline_of(redis, "pairings") == [
        Stored("2-0", b"one", A),
        Stored("2-1", b"two", B),
    ]
    assert await redis.hgetall(CHECKPOINT) == {
        b"position": b"2",
        b"digest": B.encode(),
        b"revisions": b"2",
        b"waiting": b"0",
    }


async def test_positions_that_change_nothing_move_the_checkpoint_alone(redis: Redis) -> None:
    """An article bears on no pair, and still it was folded."""
    first = await committed_two(redis)
    idle = Checkpoint(9, B, 2)

    assert await first.commit(TWO, idle, []) == idle

    assert await checkpoint_of(redis, "pairings") == idle
    assert len(await timeline_of(redis, "pairings")) == 2


async def test_who_comes_second_writes_nothing_and_is_told_where_it_stands(redis: Redis) -> None:
    """The same commit again, after a lost answer, or that of a standby."""
    first = await committed_two(redis)
    before = await snapshot(redis)

    assert await committer(redis).commit(START, Checkpoint(1, A, 1), []) == TWO
    assert await first.commit(START, TWO, [Committable("2-0", b"one", A)]) == TWO

    assert await snapshot(redis) == before


@pytest.mark.parametrize("expected", [Checkpoint(2, A, 2), Checkpoint(1, B, 2), START])
async def test_a_checkpoint_is_compared_as_a_whole(redis: Redis, expected: Checkpoint) -> None:
    """The same position with another digest is another history."""
    await committed_two(redis)
    before = await snapshot(redis)

    stands = await committer(redis).commit(expected, FIVE, [Committable("5-0", b"three", C)])

    assert stands == TWO
    assert await snapshot(redis) == before


async def replaced(redis: Redis) -> None:
    await redis.delete(TIMELINE)
    await redis.set(TIMELINE, "not ours")


BREAKAGES: dict[str, tuple[Callable[[Redis], Awaitable[object]], str]] = {
    "it is no stream": (replaced, "is a string, not a stream"),
    "it is gone": (
        lambda redis: redis.delete(TIMELINE),
        "holds 0 revisions, its checkpoint counts 2",
    ),
    "its beginning is gone": (
        lambda redis: redis.xdel(TIMELINE, "2-0"),
        "holds 1 revisions, its checkpoint counts 2",
    ),
    "all was trimmed": (
        lambda redis: redis.xtrim(TIMELINE, maxlen=0, approximate=False),
        "holds 0 revisions, its checkpoint counts 2",
    ),
    "a revision too many": (
        lambda redis: redis.xadd(TIMELINE, {"r": "forged", "d": C}, id="2-2"),
        "holds 3 revisions, its checkpoint counts 2",
    ),
    "a revision beyond": (
        lambda redis: redis.xadd(TIMELINE, {"r": "forged", "d": C}, id="3-0"),
        "runs to 3-0, beyond its checkpoint at 2",
    ),
}


@pytest.mark.parametrize("case", BREAKAGES)
async def test_nothing_is_committed_to_a_broken_timeline(redis: Redis, case: str) -> None:
    """It would go on as if nothing had happened, and readers would miss what is gone."""
    first = await committed_two(redis)
    breaks, says = BREAKAGES[case]
    await breaks(redis)
    before = await snapshot(redis)

    with pytest.raises(BrokenTimelineError) as caught:
        await first.commit(TWO, FIVE, [Committable("5-0", b"three", C)])

    assert str(caught.value).startswith("nothing was committed: {ukraine}:timeline:pairings:1 ")
    assert says in str(caught.value)
    assert await snapshot(redis) == before


@pytest.mark.parametrize("field", ["position", "digest", "revisions"])
async def test_a_checkpoint_that_cannot_be_read_is_a_broken_timeline(
    redis: Redis, field: str
) -> None:
    """Nobody reads it as the beginning."""
    first = await committed_two(redis)
    await redis.hset(CHECKPOINT, field, b"\xff")
    before = await snapshot(redis)

    with pytest.raises(BrokenTimelineError, match="checkpoint:pairings:1 is no checkpoint"):
        await first.checkpoint()
    with pytest.raises(BrokenTimelineError):
        await first.commit(TWO, FIVE, [Committable("5-0", b"three", C)])

    assert await snapshot(redis) == before


async def test_a_full_server_takes_no_half_of_a_commit(redis: Redis) -> None:
    """Neither revisions nor checkpoint."""
    first = await committed_two(redis)
    before = await snapshot(redis)
    try:
        await redis.config_set("maxmemory", "1")
        with pytest.raises(ResponseError, match="maxmemory"):
            await first.commit(TWO, FIVE, [Committable("5-0", b"three", C)])
        assert await snapshot(redis) == before
    finally:
        await redis.config_set("maxmemory", "0")

    assert await first.commit(TWO, FIVE, [Committable("5-0", b"three", C)]) == FIVE


async def test_the_script_is_loaded_again_when_the_server_forgot_it(redis: Redis) -> None:
    """As after a failover."""
    first = await committed_two(redis)
    await redis.script_flush()

    assert await first.commit(TWO, FIVE, [Committable("5-0", b"three", C)]) == FIVE


async def test_the_digest_at_a_position_is_that_of_the_last_revision_up_to_it(
    redis: Redis,
) -> None:
    """Positions that made no revision leave it as it was."""
    first = await committed_two(redis)
    await first.commit(TWO, FIVE, [Committable("5-0", b"three", C)])

    digests = [await first.digest_at(position) for position in range(8)]

    assert digests == [START.digest, START.digest, B, B, B, C, C, C]


async def test_the_next_commit_takes_away_why_a_timeline_was_stuck(redis: Redis) -> None:
    """Another version of the code could read on."""
    first = await committed_two(redis)
    await first.note_stuck("position 3: a defect")
    assert await committer(redis).stuck() == "position 3: a defect"
    assert await first.checkpoint() == TWO

    await first.commit(TWO, Checkpoint(3, B, 2), [])

    assert await first.stuck() is None


async def test_the_first_version_is_served_until_somebody_switches(redis: Redis) -> None:
    """A later one is not served because it was started."""
    await committer(redis).serve_if_first()
    await Committer(redis, "ukraine", "pairings", 2).serve_if_first()
    await Committer(redis, "ukraine", "incidents", 7).serve_if_first()

    assert await redis.hgetall(serving_key("ukraine")) == {b"pairings": b"1", b"incidents": b"7"}


async def test_versions_and_conflicts_have_timelines_of_their_own(redis: Redis) -> None:
    """Nothing that one commits can be seen in the other."""
    await committed_two(redis)

    assert await Committer(redis, "ukraine", "pairings", 2).checkpoint() == START
    assert await Committer(redis, "ukraine", "incidents", 1).checkpoint() == START
    assert await Committer(redis, "sudan", "pairings", 1).checkpoint() == START
