"""Places and frames: what a client is given, byte by byte."""

import msgspec
import pytest
from redis.asyncio import Redis

from conflict_events.timelines import Entry
from conflict_timeline.timelines.errors import BrokenTimelineError
from conflict_timeline.timelines.read import Timeline
from conflict_timeline.web.live.frames import (
    Progress,
    Switched,
    cut_frame,
    progress_frame,
    revision_frame,
    switched_frame,
)
from conflict_timeline.web.live.places import InvalidPlaceError, Place

RAW = (
    b'{"entry":"p-1","revision":1,"position":7,"status":"asserted","because":["aa"],'
    b'"body":{"words":"\xd0\xbd\xd0\xb5\xd1\x82"}}'
)


@pytest.fixture
def timeline(redis: Redis) -> Timeline:
    """A timeline whose entries are put into frames."""
    return Timeline(redis, "ukraine", "pairings", 3)


@pytest.mark.parametrize("text", ["0-0", "7-0", "1042-17", "7-2147483647", "999999999999-0"])
def test_a_place_is_read_as_it_is_written(text: str) -> None:
    assert str(Place.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "7", "7-", "-7", "7-0-0", " 7-0", "7-0\n", "07-0", "7-00", "+7-0", "7_0-0", "7-x"),
        *("$", "+", "(7-0", "٧-0", "7-2147483648", "9" * 19 + "-0", "9" * 5_000, "7-0\0", "*-*"),  # noqa: RUF001
    ],
)
def test_what_is_no_place_is_told_so_in_few_words(text: str) -> None:
    with pytest.raises(InvalidPlaceError, match="is no place in a timeline") as caught:
        Place.parse(text)

    assert caught.value.text == text
    assert len(str(caught.value)) < 400


def test_the_end_of_a_position_is_after_all_its_revisions() -> None:
    assert Place(7, 999) < Place.end_of(7) < Place(8, 0)
    assert (Place.end_of(7).complete_position, Place(7, 3).complete_position) == (7, 6)


def test_a_revision_is_sent_as_the_entry_that_other_readers_get(timeline: Timeline) -> None:
    frame = revision_frame(timeline, (b"7-2", {b"r": RAW, b"d": b"0"}))

    head, _, data = frame.partition(b"data: ")
    assert head == b"id: 7-2\nevent: revision\n"
    entry = msgspec.json.decode(data, type=Entry)
    assert (entry.projection, entry.version, entry.conflict) == ("pairings", 3, "ukraine")
    assert data == msgspec.json.encode(entry) + b"\n\n"


def test_a_body_that_was_written_on_several_lines_does_not_end_its_frame(
    timeline: Timeline,
) -> None:
    raw = RAW.replace(b'{"words":', b'{\n\r\n "words":')

    frame = revision_frame(timeline, (b"7-0", {b"r": raw}))

    assert frame.count(b"\n") == 4
    assert b"\r" not in frame
    assert frame.endswith(b'"body":{"words":"\xd0\xbd\xd0\xb5\xd1\x82"}}\n\n')


@pytest.mark.parametrize("fields", [{}, {b"r": b"forged"}, {b"r": RAW.replace(b":7", b":8")}])
def test_what_is_no_revision_is_not_sent(timeline: Timeline, fields: dict[bytes, bytes]) -> None:
    with pytest.raises(BrokenTimelineError, match="pairings:3 holds no revision at 7-0"):
        revision_frame(timeline, (b"7-0", fields))


def test_the_other_frames_say_where_to_resume_if_that_is_safe() -> None:
    progress = Progress(position=9, version=3)

    assert progress_frame(progress, complete=True) == (
        b'id: 9-2147483647\nevent: progress\ndata: {"position":9,"version":3}\n\n'
    )
    assert progress_frame(progress, complete=False) == (
        b'event: progress\ndata: {"position":9,"version":3}\n\n'
    )
    assert switched_frame(Switched(position=9, version=4)) == (
        b'id: 9-2147483647\nevent: switched\ndata: {"position":9,"version":4}\n\n'
    )
    assert cut_frame("why") == b'event: cut\ndata: {"reason":"why"}\n\n'
