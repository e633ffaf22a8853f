"""Progress: on a terminal how far, how fast and how long still; nothing where it is piped."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

Tell = Callable[[int], None]
"""Told how far the work has come."""

Bar = Callable[[str, int], Tell]
"""Adds a bar with a title and a total."""


def is_shown() -> bool:
    """Tell whether there is a terminal to show progress on."""
    return sys.stderr.isatty()


@contextmanager
def shown_progress(title: str, total: int, unit: str) -> Generator[Tell]:
    """Progress, rate and time left on a terminal; nothing where standard error is no terminal."""
    with shown_bars(unit) as bar:
        yield bar(title, total)


@contextmanager
def shown_bars(unit: str) -> Generator[Bar]:
    """The same for several things that are done one after another, or side by side."""
    if not is_shown():
        yield lambda _title, _total: lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(f"{unit}, {{task.fields[rate]}}/s"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bars:

        def add(title: str, total: int) -> Tell:
            task = bars.add_task(title, total=total, rate="…")
            began = time.monotonic()

            def tell(done: int) -> None:
                rate = done / max(time.monotonic() - began, 1e-9)
                bars.update(task, completed=done, rate=f"{rate:,.0f}")

            return tell

        yield add
