"""Publishing whatever lies in a file: no bytes stop the command, and none cost much memory."""

import hashlib
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.cli.console import Console
from tests.oracle.builders import strike

EVENT_BYTES_MAX: Final = 65_536
A: Final = json.dumps(strike("a", 0, 1)).encode()
B: Final = json.dumps(strike("b", 0, 1)).encode()


def filled(event: bytes, length: int) -> bytes:
    """An event of exactly so many bytes: JSON does not mind blanks."""
    return event[:-1] + b" " * (length - len(event)) + b"}"


def test_a_file_that_is_not_there_is_exit_3(console: Console) -> None:
    console("publish", "nothing.ndjson").refuses(3, "nothing.ndjson", "No such file")


def test_a_folder_is_no_file_and_exit_1(console: Console) -> None:
    console("publish", console.folder).refuses(1, str(console.folder), "Is a directory")


def test_a_file_that_may_not_be_read_is_exit_1(console: Console) -> None:
    # Root may read every file; nobody gets to the first page of a process's memory.
    unreadable = Path("/proc/self/mem")
    if os.getuid() != 0:
        unreadable = console.folder / "secret.ndjson"
        unreadable.touch(0o000)

    done = console("publish", unreadable)

    assert done.code == 1
    assert done.complaints[-1].startswith("conflict-timeline: ")
    assert "Traceback" not in done.err


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_standard_input_is_read_without_a_file_or_with_a_dash(
    console: Console, arguments: list[str]
) -> None:
    assert [row["id"] for row in console("publish", *arguments, stdin=A).rows] == ["a"]


def test_a_file_of_any_name_is_read(console: Console) -> None:
    (console.folder / "-x").write_bytes(A)
    (console.folder / "a b.ndjson").write_bytes(B)

    assert console("publish", "./-x").code == 0
    assert console("publish", "a b.ndjson").code == 0


@pytest.mark.parametrize("content", [b"", b"\r\n \n\t\n\n"])
def test_a_file_without_events_is_no_error(console: Console, content: bytes) -> None:
    (console.folder / "empty.ndjson").write_bytes(content)

    done = console("publish", "empty.ndjson")

    assert (done.code, done.out) == (0, "")
    assert done.complaints == ["0 events: 0 recorded, 0 repeated, 0 refused"]


def test_blank_lines_are_passed_over_and_counted(console: Console) -> None:
    done = console("publish", stdin=b"\n" + A + b"\n  \n\n" + B + b"\n\n")

    assert [(row["line"], row["outcome"]) for row in done.rows] == [
        (2, "recorded"),
        (5, "recorded"),
    ]


def test_lines_may_end_as_on_windows_and_the_last_one_not_at_all(console: Console) -> None:
    done = console("publish", stdin=A + b"\r\n\r\n" + B)

    assert [(row["line"], row["outcome"]) for row in done.rows] == [
        (1, "recorded"),
        (3, "recorded"),
    ]
    assert console.publish(strike("a", 0, 1)).rows[0]["outcome"] == "repeat"


def test_a_byte_order_mark_is_refused_and_the_next_line_recorded(console: Console) -> None:
    done = console("publish", stdin=b"\xef\xbb\xbf" + A + b"\n" + B + b"\n")

    assert [row["outcome"] for row in done.rows] == ["refused", "recorded"]
    assert "byte order mark" in done.rows[0]["message"]


@pytest.mark.parametrize("ending", [b"", b"\r\n"])
def test_an_event_of_64_kib_is_recorded_and_one_byte_more_is_too_large(
    console: Console, ending: bytes
) -> None:
    fits, larger = filled(A, EVENT_BYTES_MAX), filled(B, EVENT_BYTES_MAX + 1)

    done = console("publish", stdin=fits + b"\r\n" + larger + ending)

    assert [row["outcome"] for row in done.rows] == ["recorded", "refused"]
    assert (done.code, done.rows[1]["reason"]) == (5, "too_large")
    assert done.rows[1]["message"].startswith("65537 bytes")
    (refused,) = console("refused", "list").rows
    assert refused["length"] == len(larger)
    assert refused["sha256"] == hashlib.sha256(larger).hexdigest()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_line_of_50_mb_is_refused_and_costs_little_memory(console: Console) -> None:
    line = b'{"quote": "' + b"\r\xd0\xb0" * 16_700_000
    publishing = console.start("publish", stdin=subprocess.PIPE)
    stdin = publishing.process.stdin
    assert stdin

    def offer(content: bytes, receipts: int) -> int:
        """The most memory that the program ever took, in MiB, once it has answered."""
        stdin.write(content)
        stdin.flush()
        publishing.until(lambda: publishing.out.count("\n") == receipts)
        status = Path(f"/proc/{publishing.process.pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024

    before = offer(A + b"\n", 1)
    after = offer(line + b"\r\n" + B + b"\n", 3)
    stdin.close()
    done = publishing.done()

    assert [row["outcome"] for row in done.rows] == ["recorded", "refused", "recorded"]
    assert done.rows[1]["message"].startswith(f"{len(line)} bytes")
    assert after - before < 10
    (refused,) = console("refused", "list").rows
    assert refused["sha256"] == hashlib.sha256(line).hexdigest()


def test_garbage_is_refused_line_by_line_and_kept(console: Console) -> None:
    garbage = (
        os.urandom(300_000),
        b"\x00" * 1000,
        b"\xff\xfe" + '{"a": 1}'.encode("utf-16-le"),
        b"[" * 60_000,
        b'{"a":1}{"b":2}\nnull\n"text"\n17\nNaN\n[]',
        b"PK\x03\x04\r\x1b]0;title\x07",
    )
    (console.folder / "garbage").write_bytes(b"\n".join([*garbage, A]))
    lines = [line for content in garbage for line in content.split(b"\n") if line.strip()]

    done = console("publish", "garbage")

    assert done.code == 5
    assert [row["outcome"] for row in done.rows] == [*["refused"] * len(lines), "recorded"]
    assert console("status").one["refused"] == len(lines)


def test_what_has_come_is_recorded_while_more_is_waited_for(console: Console) -> None:
    publishing = console.start("publish", stdin=subprocess.PIPE)
    stdin = publishing.process.stdin
    assert stdin
    stdin.write(A + b"\n")
    stdin.flush()

    publishing.until(lambda: publishing.out.count("\n") == 1)

    stdin.write(B)
    stdin.close()
    assert [row["id"] for row in publishing.done().rows] == ["a", "b"]


def test_a_named_pipe_is_read_to_its_end(console: Console) -> None:
    pipe = console.folder / "pipe"
    os.mkfifo(pipe)
    publishing = console.start("publish", pipe)

    with pipe.open("wb") as into:
        into.write(A)

    done = publishing.done()
    assert (done.code, [row["id"] for row in done.rows]) == (0, ["a"])


def test_standard_input_that_is_closed_is_empty(console: Console) -> None:
    done = console("publish", preexec_fn=lambda: os.close(0))

    assert (done.code, done.out) == (0, "")
    assert done.complaints == ["0 events: 0 recorded, 0 repeated, 0 refused"]


def test_a_reader_of_receipts_who_goes_away_stops_nothing(console: Console) -> None:
    events = b"".join(json.dumps(strike(f"e{n}", 0, 1)).encode() + b"\n" for n in range(2_000))
    (console.folder / "events.ndjson").write_bytes(events)

    done = piped(console, "publish events.ndjson", "head -1")

    assert done == (0, 1, ["2000 events: 2000 recorded, 0 repeated, 0 refused"])
    assert console("status").one["conflicts"][0]["head"] == 2_000


def piped(console: Console, command: str, reader: str) -> tuple[int, int, list[str]]:
    """A command's exit code, the lines that a reader took of it, and what was complained of."""
    parts = console.command(command.split(), data=True)
    script = " ".join(f"'{os.fsdecode(part)}'" for part in parts)
    done = subprocess.run(
        ["/bin/bash", "-c", f"{script} | {reader}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        cwd=console.folder,
        env=console.environment,
        text=True,
        timeout=60,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if " broker." not in line]
    return done.returncode, len(done.stdout.splitlines()), complaints


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_waiting_for_more_with_exit_130(
    console: Console, number: signal.Signals
) -> None:
    publishing = console.start("publish", stdin=subprocess.PIPE)
    assert publishing.process.stdin
    publishing.process.stdin.write(A + b"\n")
    publishing.process.stdin.flush()
    publishing.until(lambda: publishing.out.count("\n") == 1)

    done = publishing.send(number)

    assert (done.code, done.complaints) == (
        130,
        ["1 events: 1 recorded, 0 repeated, 0 refused"],
    )
    assert not console.is_served()


def test_ctrl_c_ends_the_waiting_for_a_named_pipe_that_nobody_writes_to(console: Console) -> None:
    pipe = console.folder / "pipe"
    os.mkfifo(pipe)
    publishing = console.start("publish", pipe)
    publishing.says("broker.started")

    assert publishing.send(signal.SIGINT).code == 130
    assert not console.is_served()
