"""A server of feeds on loopback: what each path answers, and what it was asked."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Answer = Callable[[BaseHTTPRequestHandler], None]


class FeedServer:
    """What a server answers by path; `asked` are the headers of each request, oldest first."""

    def __init__(self, port: int) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[dict[str, str]] = []
        self.port = port

    def url(self, path: str, user: str = "") -> str:
        """The address of a path."""
        return f"http://{user}127.0.0.1:{self.port}{path}"


@contextmanager
def serving() -> Generator[FeedServer]:
    """Serve from a thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(dict(self.headers.items()))
            server.answers[self.path.partition("?")[0]](self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            del format, args

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # The client has had enough.
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        http.block_on_close = False
        server = FeedServer(http.server_address[1])
        thread = Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def gives(body: bytes, **headers: str) -> Answer:
    """Answer with a body; `_` in the names of headers stands for `-`."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def gives_tagged(body: bytes, etag: str) -> Answer:
    """Answer with a body, or 304 to who has it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers["If-None-Match"] == etag:
            says(304)(handler)
        else:
            gives(body, ETag=etag, Last_Modified="Tue, 18 Feb 2025 10:00:00 GMT")(handler)

    return answer


def says(status: int, **headers: str) -> Answer:
    """Answer with a status and no body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    return answer


def drips(handler: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, without end."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" ")
        time.sleep(0.02)


def floods(handler: BaseHTTPRequestHandler) -> None:
    """Answer with more than anybody should read, without saying how much."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * 1_000_000)


def is_silent(handler: BaseHTTPRequestHandler) -> None:
    """Take the request and say nothing for a while."""
    del handler
    time.sleep(1)
