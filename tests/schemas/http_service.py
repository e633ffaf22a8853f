"""A small HTTP service for the publisher's tests: it answers as it is told, over real sockets."""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

KEY: Final = "ctk_00112233445566aa_" + "k" * 43

Json = dict[str, Any]


@dataclass
class Request:
    """What came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def events(self) -> list[Json]:
        """The events of the body."""
        found: list[Json] = json.loads(self.body)
        return found


@dataclass
class Answer:
    """What goes out: `cut` sends only so many bytes of the body, `reset` not even a status."""

    status: int = 207
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    cut: int | None = None
    reset: bool = False
    chunks_s: float = 0.0


Fault = Callable[[Request], Answer | None]
"""How one request is answered instead; None: as it should be, but for what it did meanwhile."""


class Service:
    """Records events by source and id, as the real one does; the first requests meet faults."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.faults: list[Fault | Answer] = []
        self.refuses: dict[str, Json] = {}
        self._recorded: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()
        self.url = ""

    @property
    def ids(self) -> list[str]:
        """The ids recorded, in order."""
        return [event_id for _, event_id in self._recorded]

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        with self._lock:
            self.requests.append(request)
            fault = self.faults.pop(0) if self.faults else None
            if isinstance(fault, Answer):
                return fault
            answer = fault(request) if fault is not None else None
            return answer or self.recorded(request)

    def recorded(self, request: Request) -> Answer:
        """Record what came, and answer with receipts."""
        receipts = [self._receipt(line, event) for line, event in enumerate(request.events, 1)]
        return Answer(body=json.dumps(receipts).encode())

    def _receipt(self, line: int, event: Json) -> Json:
        named = {"line": line, **{name: event[name] for name in ("source", "id", "conflict")}}
        nothing = dict.fromkeys(("position", "reason", "path", "message"))
        if event["id"] in self.refuses:
            return {
                **named,
                **nothing,
                "outcome": "refused",
                **self.refuses[event["id"]],
                "unknown_fields": [],
            }
        key = (event["source"], event["id"])
        outcome = "repeat" if key in self._recorded else "recorded"
        position = self._recorded.setdefault(key, len(self._recorded) + 1)
        return {
            **named,
            **nothing,
            "outcome": outcome,
            "position": position,
            "unknown_fields": [],
            "later": 1,
        }


@contextlib.contextmanager
def serving(service: Service) -> Generator[Service]:
    """Answer on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self._send(service.answer(Request(self.path, dict(self.headers.items()), body)))

        def _send(self, answer: Answer) -> None:
            if answer.reset:
                # Without a farewell: RST.
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self.close_connection = True  # Its files, too.
                self.connection.close()
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            if answer.chunks_s:
                self._drip(answer)
                return
            self.wfile.write(answer.body[: answer.cut])
            self.close_connection = answer.cut is not None

        def _drip(self, answer: Answer) -> None:
            with contextlib.suppress(OSError):
                for byte in answer.body:
                    stopped.wait(answer.chunks_s)
                    self.wfile.write(bytes([byte]))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Clients go away here."""

    stopped = threading.Event()
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield service
    finally:
        stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()
