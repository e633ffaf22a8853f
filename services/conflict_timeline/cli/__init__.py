"""The command line: one module a command, loaded when it is called."""

import sys
from collections.abc import Sequence

from cyclopts import App

app = App(
    name="conflict-timeline",
    help=(
        "Records what was reported of a conflict, once and in one order, and folds it into"
        " timelines: statements paired with the strikes reported after them.\n\n"
        "Exit codes: 0 ok, 1 failure, 2 usage, 3 not found, 4 verification failed,"
        " 5 some events refused, 75 broker away, 130 interrupted."
    ),
    version_flags=["--version"],
)

# The help is given here so that `--help` imports none of them.
_COMMANDS = {
    "demo": "Publish the sample history, fold it, and print what was reported after a denial.",
    "up": "Run everything in one process: broker, intake, projectors.",
    "publish": "Record CloudEvents from NDJSON; one receipt a line.",
    "timeline": "Print the entries of a timeline, as known now or at any earlier moment.",
    "replay": "Fold a log from its first event, in the foreground, writing nothing.",
    "status": "Print how far each timeline has come.",
    "event": "Print what became of an event.",
}
for _name, _help in _COMMANDS.items():
    app.command(f"conflict_timeline.cli.{_name}:{_name}", name=_name, help=_help)

run = App(name="run", help="Run one service, for a deployment of several processes.")
run.command(
    "conflict_timeline.cli.run:intake",
    name="intake",
    help="Take events from the intake streams into the logs.",
)
run.command(
    "conflict_timeline.cli.run:projector",
    name="projector",
    help="Keep timelines up to date with the logs.",
)
app.command(run)

refused = App(name="refused", help="Events that were not recorded, and why.")
refused.command(
    "conflict_timeline.cli.refused:list_", name="list", help="List refused events, oldest first."
)
refused.command(
    "conflict_timeline.cli.refused:show",
    name="show",
    help="Print one refused event with its original bytes.",
)
app.command(refused)

_GLOBAL = ("--data", "--url", "--config", "--log-format", "--output")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code."""
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(app(_globals_last(tokens)))


def _globals_last(tokens: list[str]) -> list[str]:
    """Global options may stand before the command; cyclopts wants them after it."""
    first = 0
    while first < len(tokens):
        name, _, value = tokens[first].partition("=")
        if name not in _GLOBAL:
            break
        first += 1 if value else 2
    return tokens[first:] + tokens[:first]
