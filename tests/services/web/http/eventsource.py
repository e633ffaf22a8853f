"""An event source: server-sent events read by the rules of the WHATWG, over a bare socket."""

import re
import socket
from collections.abc import Iterator
from typing import Final, NamedTuple, Self

_CHUNK_BYTES: Final = 4_096


class Event(NamedTuple):
    """What a client's listener is given."""

    type: str
    data: str
    last_event_id: str


class EventSource:
    """One connection. `last_event_id` is what the next one has to send."""

    def __init__(self, port: int, path: str, last_event_id: str = "") -> None:
        self.last_event_id = last_event_id
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        resume = f"Last-Event-ID: {last_event_id}\r\n" if last_event_id else ""
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
            f"Cache-Control: no-store\r\n{resume}\r\n".encode()
        )
        self._bytes = b""
        self.head = self._until(b"\r\n\r\n").decode("latin-1").lower()
        assert self.head.startswith("http/1.1 200 "), self.head
        assert "\r\ncontent-type: text/event-stream" in self.head
        assert "\r\ntransfer-encoding: chunked" in self.head

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def __iter__(self) -> Iterator[Event]:
        """Dispatch events, as "interpreting an event stream" says (HTML, 9.2.6)."""
        event_type, data, last_id = "", list[str](), self.last_event_id
        for line in self._lines():
            if not line:
                self.last_event_id = last_id
                if data:
                    yield Event(event_type or "message", "\n".join(data), last_id)
                event_type, data = "", []
                continue
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            match field:
                case "event":
                    event_type = value
                case "data":
                    data.append(value)
                case "id" if "\0" not in value:
                    last_id = value
                case _:  # A comment, `retry`, or a field that is to be ignored.
                    pass

    def _lines(self) -> Iterator[str]:
        text, at_start = b"", True
        while True:
            text += self._chunk()
            if at_start and len(text) >= 3:
                text, at_start = text.removeprefix(b"\xef\xbb\xbf"), False
            # A CR at the end may be half of a CRLF.
            *lines, text = re.split(rb"\r\n|\n|\r(?!\n|\Z)", text)
            yield from (line.decode("utf-8", errors="replace") for line in lines)

    def _chunk(self) -> bytes:
        length = int(self._until(b"\r\n"), 16)
        assert length, "the server ended the stream"
        while len(self._bytes) < length + 2:
            self._read()
        chunk, self._bytes = self._bytes[:length], self._bytes[length + 2 :]
        return chunk

    def _until(self, end: bytes) -> bytes:
        while end not in self._bytes:
            self._read()
        found, _, self._bytes = self._bytes.partition(end)
        return found

    def _read(self) -> None:
        more = self._socket.recv(_CHUNK_BYTES)
        if not more:
            raise ConnectionResetError("the server closed the connection")
        self._bytes += more
