"""Logs: structlog on standard error, one event a line, named `service.past_tense`."""

import io
import logging
import sys
from contextlib import suppress
from typing import Any, Literal, TextIO, cast

import structlog


def configure(log_format: Literal["console", "json"] = "console") -> None:
    """Send our events, and the warnings of libraries, to standard error."""
    stderr = cast("TextIO", _Unfailing(sys.stderr))
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # A trace is plain: the pretty ones show local variables, and passwords among them.
    renderers: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if log_format == "json"
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    structlog.configure(
        processors=[*shared, *renderers],
        logger_factory=structlog.PrintLoggerFactory(stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


class _Unfailing(io.TextIOBase):
    """A stream that loses a line rather than a service: its file may be on a disk that is full."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        """Write, if that can be done."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Pass on what was written, if that can be done."""
        with suppress(OSError):
            self._stream.flush()
