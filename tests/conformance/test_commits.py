"""What everything that keeps a timeline promises to those who commit to it."""

import pytest

from conflict_timeline.timelines.commit import START, Checkpoint, Commits, Committable
from conflict_timeline.timelines.errors import BrokenTimelineError
from tests.conformance.stores import Timeline

A, B, C = "a" * 64, "b" * 64, "c" * 64
ONE, TWO, THREE = (
    Committable("2-0", b"one", A),
    Committable("2-1", b"two", B),
    Committable("5-0", b"three", C),
)
AT_TWO = Checkpoint(2, B, 2)
AT_FIVE = Checkpoint(5, C, 3)


async def committed_two(timeline: Timeline) -> Commits:
    """A timeline with two revisions of position 2."""
    first = timeline.committer()
    assert await first.commit(START, AT_TWO, [ONE, TWO]) == AT_TWO
    return first


async def test_a_timeline_to_which_nobody_committed_stands_at_the_start(timeline: Timeline) -> None:
    """And so does its digest, at any position."""
    new = timeline.committer()

    assert await new.checkpoint() == START == Checkpoint(0, "00" * 32, 0)
    assert [await new.digest_at(position) for position in (0, 1, 10)] == [START.digest] * 3
    assert await timeline.revisions() == []


async def test_what_was_committed_is_there_for_everybody(timeline: Timeline) -> None:
    """Revisions in order, byte by byte, and the checkpoint with them."""
    await committed_two(timeline)

    assert await timeline.revisions() == [ONE, TWO]
    assert await timeline.committer().checkpoint() == AT_TWO


async def test_commits_follow_one_another(timeline: Timeline) -> None:
    """Each from where the one before it stands, by whichever projector."""
    await committed_two(timeline)

    assert await timeline.committer().commit(AT_TWO, AT_FIVE, [THREE]) == AT_FIVE

    assert await timeline.revisions() == [ONE, TWO, THREE]
    assert await timeline.committer().checkpoint() == AT_FIVE


async def test_revisions_may_come_from_anything_that_gives_them_once(timeline: Timeline) -> None:
    """As a generator does."""
    assert await timeline.committer().commit(START, AT_TWO, iter([ONE, TWO])) == AT_TWO

    assert await timeline.revisions() == [ONE, TWO]


async def test_positions_that_change_nothing_move_the_checkpoint_alone(timeline: Timeline) -> None:
    """An article bears on no pair, and still it was folded."""
    first = await committed_two(timeline)
    idle = Checkpoint(9, B, 2)

    assert await first.commit(AT_TWO, idle, []) == idle

    assert await first.checkpoint() == idle
    assert await timeline.revisions() == [ONE, TWO]


async def test_the_same_commit_again_does_nothing_and_is_told_where_it_stands(
    timeline: Timeline,
) -> None:
    """As after a lost answer: it stands where the caller wanted it."""
    first = await committed_two(timeline)

    assert await first.commit(START, AT_TWO, [ONE, TWO]) == AT_TWO

    assert await timeline.revisions() == [ONE, TWO]
    assert await first.checkpoint() == AT_TWO


@pytest.mark.parametrize(
    "reached", [Checkpoint(1, START.digest, 0), Checkpoint(3, C, 3), Checkpoint(9, A, 1)]
)
async def test_who_comes_second_writes_nothing_and_is_told_where_it_stands(
    timeline: Timeline, reached: Checkpoint
) -> None:
    """Behind or beyond the one who was first."""
    await committed_two(timeline)

    assert await timeline.committer().commit(START, reached, [Committable("3-0", b"x", C)]) == (
        AT_TWO
    )

    assert await timeline.revisions() == [ONE, TWO]


@pytest.mark.parametrize("expected", [Checkpoint(2, A, 2), Checkpoint(1, B, 2), START, AT_FIVE])
async def test_position_and_digest_are_compared(timeline: Timeline, expected: Checkpoint) -> None:
    """The same position with another digest is another history."""
    await committed_two(timeline)

    assert await timeline.committer().commit(expected, AT_FIVE, [THREE]) == AT_TWO

    assert await timeline.revisions() == [ONE, TWO]


async def test_the_digest_at_a_position_is_that_of_the_last_revision_up_to_it(
    timeline: Timeline,
) -> None:
    """Positions between revisions leave it as it was, and so do those beyond the checkpoint."""
    first = await committed_two(timeline)
    await first.commit(AT_TWO, AT_FIVE, [THREE])

    digests = [await first.digest_at(position) for position in range(8)]

    assert digests == [START.digest, START.digest, B, B, B, C, C, C]


async def test_nothing_is_committed_to_a_timeline_that_lost_a_revision(timeline: Timeline) -> None:
    """It would go on as if nothing had happened."""
    first = await committed_two(timeline)
    await timeline.lose_first()

    with pytest.raises(BrokenTimelineError, match="holds 1 revisions, its checkpoint counts 2"):
        await first.commit(AT_TWO, AT_FIVE, [THREE])

    assert await timeline.revisions() == [TWO]
    assert await first.checkpoint() == AT_TWO


@pytest.mark.parametrize(
    ("entry_id", "says"),
    [
        ("2-2", "holds 3 revisions, its checkpoint counts 2"),
        ("3-0", "runs to 3-0, beyond its checkpoint at 2"),
    ],
)
async def test_nothing_is_committed_to_a_timeline_with_a_revision_too_many(
    timeline: Timeline, entry_id: str, says: str
) -> None:
    """Somebody else wrote to it."""
    first = await committed_two(timeline)
    await timeline.forge(forged := Committable(entry_id, b"forged", C))

    with pytest.raises(BrokenTimelineError, match=says):
        await first.commit(AT_TWO, AT_FIVE, [THREE])

    assert await timeline.revisions() == [ONE, TWO, forged]
    assert await first.checkpoint() == AT_TWO


async def test_who_comes_second_is_told_so_also_on_a_broken_timeline(timeline: Timeline) -> None:
    """The checkpoint is compared first: who writes nothing need not look."""
    await committed_two(timeline)
    await timeline.lose_first()

    assert await timeline.committer().commit(START, AT_FIVE, []) == AT_TWO


async def test_the_next_commit_takes_away_why_a_timeline_was_stuck(timeline: Timeline) -> None:
    """Another version of the code could read on. One that writes nothing takes nothing away."""
    committer = timeline.committer()
    await committer.commit(START, AT_TWO, [ONE, TWO])
    await committer.note_stuck("position 3: a defect")
    assert await committer.commit(START, AT_TWO, []) == AT_TWO
    assert await timeline.committer().stuck() == "position 3: a defect"

    await committer.commit(AT_TWO, Checkpoint(3, B, 2), [])

    assert await committer.stuck() is None


async def test_how_many_events_wait_is_that_of_the_last_commit(timeline: Timeline) -> None:
    """For `status`, no truth."""
    committer = timeline.committer()
    assert await committer.waiting() == 0
    await committer.commit(START, AT_TWO, [ONE, TWO], waiting=3)
    await committer.commit(START, AT_TWO, [], waiting=9)
    assert await committer.waiting() == 3

    await committer.commit(AT_TWO, AT_FIVE, [THREE])

    assert await committer.waiting() == 0


async def test_the_first_version_is_served_until_somebody_switches(timeline: Timeline) -> None:
    """A later one is not served because it was started."""
    assert await timeline.served() is None
    await timeline.committer(1).serve_if_first()
    await timeline.committer(2).serve_if_first()

    assert await timeline.served() == 1


async def test_versions_have_timelines_of_their_own(timeline: Timeline) -> None:
    """Nothing that one commits can be seen in the other."""
    await committed_two(timeline)

    assert await timeline.committer(2).checkpoint() == START
    assert await timeline.committer(2).digest_at(9) == START.digest
