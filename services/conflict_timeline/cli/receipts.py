"""Receipts: printed as they come, or together at the end where the format needs them all."""

import sys
from collections.abc import Iterable
from typing import Final, Self

import msgspec

from conflict_events.receipts import Receipt
from conflict_timeline.cli.options import Format
from conflict_timeline.cli.output import Columns, write_rows
from conflict_timeline.cli.pipes import silence_stdout

_COLUMNS: Final = Columns(
    Receipt.__struct_fields__,
    lambda receipt: [
        *msgspec.structs.astuple(receipt)[:-1],
        ", ".join(receipt.unknown_fields),
    ],
)


class Receipts:
    """Where receipts go. A reader who has gone does not stop what is being published."""

    def __init__(self, output: Format | None) -> None:
        self._output: Format = output or "ndjson"
        self._kept: list[Receipt] = []

    def write(self, receipts: Iterable[Receipt]) -> None:
        """Print these, or keep them for the end."""
        if self._output == "ndjson":
            self._print(list(receipts))
        else:
            self._kept += receipts

    def _print(self, receipts: list[Receipt]) -> None:
        try:
            write_rows(receipts, _COLUMNS, self._output)
            sys.stdout.flush()
        except BrokenPipeError:
            silence_stdout()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Also after an error: what was recorded until then is recorded.
        if self._output != "ndjson":
            self._print(self._kept)
