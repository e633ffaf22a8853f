"""The table: what a person looks at first."""

from rich.table import Table

from benchmarks.figures import CaseResult, Spread


def table(result: CaseResult) -> Table:
    """One case at one size, a line for each of its arms."""
    made = Table(
        title=f"{result.name}, {result.events:,} events: {result.what}",
        title_justify="left",
        title_style="bold",
        caption="\n".join(result.notes) or None,
        caption_justify="left",
        caption_style="none",
    )
    made.add_column("")
    for heading in ("events/s", "min - max", "CPU s", "broker", "peak MB"):
        made.add_column(heading, justify="right")
    # Over the bare limit, which is the first line.
    made.add_column("x time", justify="right")
    made.add_column("x CPU", justify="right")
    for arm in result.arms:
        speed = arm.events_per_s
        made.add_row(
            arm.name,
            f"{speed.median:,.0f}",
            f"{speed.min:,.0f} - {speed.max:,.0f}",
            f"{arm.cpu_s.median:.2f}",
            f"{arm.broker_cpu_s.median:.2f}",
            f"{arm.peak_mb.median:.0f}",
            *(
                ("1", "1")
                if arm.name == result.bare
                else (_ratio(arm.ratio), _ratio(arm.cpu_ratio))
            ),
        )
    return made


def _ratio(ratio: Spread) -> str:
    return f"{ratio.median:.2f} ({ratio.min:.2f} - {ratio.max:.2f})"
