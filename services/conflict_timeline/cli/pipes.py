"""Standard input, output and error as they really are: closed, full, or read by nobody."""

import io
import os
import sys


def open_missing() -> None:
    """Put an empty stream in place of a standard one that was closed before we began.

    Text that standard output cannot carry is written escaped, and never an error.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # The lowest free descriptor is taken, and that is the one that was closed.
            fd = os.open(os.devnull, os.O_RDWR)
            if fd != number:
                os.dup2(fd, number)
                os.close(fd)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - lives as long as we do
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def silence_stdout() -> None:
    """Send what is still to be written nowhere, or Python would complain of it when it exits."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def write_out(text: str = "") -> str | None:
    """Write a text, and what is left; say why that cannot be done, None where nobody wants it."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
    except OSError as error:
        silence_stdout()
        return error.strerror
    return None
