"""Logs: one event a line on standard error, in either format, with nothing that is secret."""

import json
import subprocess
import sys
from typing import Final, Literal

import pytest

SCRIPT: Final = """
import logging, sys
import structlog
from conflict_timeline.runtime import logs

logs.configure(sys.argv[1])
log = structlog.get_logger()
log.debug("service.looked")
log.info("service.started", streams=["a", "b"])
logging.getLogger("library").info("chatter")
logging.getLogger("library").warning("a library warns of %s", "something")

def connect(password):
    raise OSError("away")

try:
    connect("hunter" "2")
except OSError:
    log.exception("service.failed")
    logging.getLogger("library").exception("a library failed")
"""


def logged(log_format: Literal["console", "json"]) -> str:
    """What a process with this format writes."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, log_format], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return done.stderr


def test_as_json_each_event_is_an_object_on_a_line() -> None:
    events = [json.loads(line) for line in logged("json").splitlines()]

    assert [(event["event"], event["level"]) for event in events] == [
        ("service.started", "info"),
        ("a library warns of something", "warning"),
        ("service.failed", "error"),
        ("a library failed", "error"),
    ]
    assert events[0]["streams"] == ["a", "b"]
    assert events[0]["timestamp"].endswith("Z")
    assert {"event", "level", "timestamp"} == set(events[1])


def test_as_json_an_error_carries_its_trace() -> None:
    *_, ours, theirs = [json.loads(line) for line in logged("json").splitlines()]

    assert "OSError: away" in ours["exception"]
    assert "OSError: away" in theirs["exception"]


def test_on_a_console_each_event_begins_a_line_with_its_time_and_level() -> None:
    lines = logged("console").splitlines()

    assert "[info     ] service.started" in lines[0]
    assert "streams=['a', 'b']" in lines[0]
    assert "[warning  ] a library warns of something" in lines[1]
    assert "_record" not in "".join(lines)


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_trace_shows_no_local_variables(log_format: Literal["console", "json"]) -> None:
    told = logged(log_format)

    assert "OSError: away" in told
    # From Python 3.13 on a trace shows the lines of `-c`: the script writes it in two pieces.
    assert "hunter2" not in told
    assert "\x1b" not in told
