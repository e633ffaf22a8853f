"""Server-sent events: the lines of an event stream, read as the WHATWG's HTML standard has it.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

EVENT_BYTES_MAX: Final = 16_000_000
"""How long one event may be: far more than the longest entry."""

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_BOM: Final = b"\xef\xbb\xbf"


class ServerSentEvent(NamedTuple):
    """An event. `id` is its own; empty where it came without one."""

    event: str
    data: str
    id: str


class EventTooLongError(ValueError):
    """An event is longer than any that is meant for us."""

    def __init__(self) -> None:
        super().__init__(f"an event of more than {EVENT_BYTES_MAX} bytes")


class EventStream:
    """Takes the bytes of a stream as they come, and gives the events that are whole.

    An event that was not ended by an empty line is none. Unlike in a browser, `id` is that of this
    very event, and `retry` is ignored: who reads this has pauses of its own.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0
        self._is_first_line = True
        self._ended_with_cr = False
        self._event = ""
        self._data: list[str] = []
        self._id = ""

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """Give the events that these bytes make whole.

        Raises:
            EventTooLongError: one goes on and on.
        """
        for line in self._lines(chunk):
            if line:
                self._take(line)
            elif (event := self._dispatched()) is not None:
                yield event

    def _lines(self, chunk: bytes) -> Iterator[bytes]:
        if self._ended_with_cr and chunk.startswith(b"\n"):
            self._ended_with_cr = False
            chunk = chunk[1:]
        if not chunk:
            return
        self._ended_with_cr = chunk.endswith(b"\r")
        first, *others = _LINE_END.split(chunk)
        self._parts.append(first)
        self._count(first)
        for following in others:
            line = b"".join(self._parts)
            if self._is_first_line:
                line, self._is_first_line = line.removeprefix(_BOM), False
            yield line
            self._parts = [following]
            self._count(following)

    def _count(self, more: bytes) -> None:
        self._length += len(more)
        if self._length > EVENT_BYTES_MAX:
            raise EventTooLongError

    def _take(self, line: bytes) -> None:
        name, _, value = line.decode(errors="replace").partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._event = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._id = value
            case _:
                pass  # A comment, `retry`, or what is not known.

    def _dispatched(self) -> ServerSentEvent | None:
        event, data, own_id = self._event or "message", self._data, self._id
        self._event, self._data, self._id = "", [], ""
        self._length = 0
        return ServerSentEvent(event, "\n".join(data), own_id) if data else None
