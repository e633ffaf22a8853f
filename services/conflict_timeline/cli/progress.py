"""Progress: on a terminal how far, how fast and how long still; nothing where it is piped."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def shown_progress(title: str, total: int, unit: str) -> Generator[Callable[[int], None]]:
    """Progress, rate and time left on a terminal; nothing where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
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
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(f"{unit}, {{task.fields[rate]}}/s"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(title, total=total, rate="…")
        began = time.monotonic()

        def tell(position: int) -> None:
            rate = position / max(time.monotonic() - began, 1e-9)
            bar.update(task, completed=position, rate=f"{rate:,.0f}")

        yield tell
