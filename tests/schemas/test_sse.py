"""Server-sent events are read as the HTML standard has it, however the bytes come in."""

import pytest

from conflict_events.sse import EVENT_BYTES_MAX, EventStream, EventTooLongError, ServerSentEvent
from tests.support import seeded


def events(*chunks: bytes) -> list[ServerSentEvent]:
    """The events that chunks make."""
    stream = EventStream()
    return [event for chunk in chunks for event in stream.feed(chunk)]


def message(data: str, event_id: str = "") -> ServerSentEvent:
    """An event without a name of its own."""
    return ServerSentEvent("message", data, event_id)


# The examples of the standard (9.2.6).


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: YHOO\ndata: +2\ndata: 10\n\n", [message("YHOO\n+2\n10")]),
        (
            (
                b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
                b"data:  third event"
            ),
            [message("first event", "1"), message("second event")],
        ),
        (b"data\n\ndata\ndata\n\ndata:", [message(""), message("\n")]),
        (b"data:test\n\ndata: test\n\n", [message("test"), message("test")]),
    ],
)
def test_the_examples_of_the_standard_are_read(
    stream: bytes, expected: list[ServerSentEvent]
) -> None:
    assert events(stream) == expected


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"\xef\xbb\xbfdata: a\n\n", [message("a")]),
        (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n", []),
        (
            b"event: x\ndata: a\r\n\r\ndata: b\r\rdata: c\n\r",
            [
                ServerSentEvent("x", "a", ""),
                message("b"),
                message("c"),
            ],
        ),
        (b"event: x\nid: 7\n\ndata: a\n\n", [message("a")]),
        (b"data: \xff\xce\n\n", [message("\ufffd\ufffd")]),
        (b"id: 1\x002\ndata: a\n\n", [message("a")]),
        (b"Data: a\n data: b\ndata : c\nretry: 5\nunknown\n\n", []),
        (b"data: a: b\n\n", [message("a: b")]),
        ("data: a\u2028b\x85\x0b\n\n".encode(), [message("a\u2028b\x85\x0b")]),
        (b"", []),
    ],
)
def test_what_is_odd_is_read_as_the_standard_says(
    stream: bytes, expected: list[ServerSentEvent]
) -> None:
    assert events(stream) == expected


def test_how_the_bytes_are_cut_makes_no_difference() -> None:
    rng = seeded()
    parts = [
        b"\n",
        b"\r",
        b"\r\n",
        b"data: ",
        b"data",
        b"event: x",
        b"id: 1-0",
        b":",
        b"\xd0\xb0",
        b"a",
    ]
    for _ in range(2_000):
        stream = b"".join(rng.choice(parts) for _ in range(rng.randint(0, 40)))
        cuts = sorted(rng.randint(0, len(stream)) for _ in range(rng.randint(0, 8)))
        ends = [0, *cuts, len(stream)]
        chunks = [stream[ends[at] : ends[at + 1]] for at in range(len(ends) - 1)]
        assert events(*chunks) == events(stream)
        assert events(*(bytes([byte]) for byte in stream)) == events(stream)


def test_an_event_that_goes_on_and_on_is_refused_and_short_ones_are_not() -> None:
    stream = EventStream()
    for _ in range(40):
        chunk = b"data: " + b"x" * (EVENT_BYTES_MAX // 20) + b"\n\n"
        assert [type(event) for event in stream.feed(chunk)] == [ServerSentEvent]
    chunk = b"data: " + b"x" * (EVENT_BYTES_MAX // 20) + b"\n"
    with pytest.raises(EventTooLongError):
        list(stream.feed(chunk * 40))
