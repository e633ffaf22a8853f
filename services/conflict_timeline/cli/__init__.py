"""The command line: one module a command, loaded when it is called."""

import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError, UnusedCliTokensError

from conflict_timeline.cli.exits import EXIT_CODES, FAILURE, INTERRUPTED, OK, USAGE, complain
from conflict_timeline.cli.pipes import open_missing, write_out

app = App(
    name="conflict-timeline",
    help=(
        "Records what was reported of a conflict, once and in one order, and folds it into"
        " timelines: statements paired with the strikes reported after them.\n\n"
        "--data, --url, --config, --log-format and --output may stand before the command too.\n\n"
        f"Exit codes: {', '.join(f'{code} {what}' for code, what in EXIT_CODES.items())}."
    ),
    help_format="plaintext",  # Any other costs 40 ms more.
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
)

# The help is given here so that `--help` imports none of them.
_COMMANDS = {
    "demo": "Publish the sample history, fold it, and print what was reported after a denial.",
    "up": "Run everything in one process: broker, intake, projectors, HTTP.",
    "publish": "Record CloudEvents from NDJSON; one receipt a line.",
    "import": "Record a public data set or feed, read by its connector.",
    "timeline": "Print the entries of a timeline, as known now or at any earlier moment.",
    "tail": "Print the revisions of a timeline from any place on, as they are made.",
    "baserate": "Print how often such strikes came anyway, before a statement.",
    "before": "Print the incidents before a statement: only these bear on a denial's truth.",
    "mirror": "Print what the same rule makes of the other parties' strikes.",
    "export": "Write entries to a file for other programs, with what says where they come from.",
    "replay": "Fold logs from their first event, in the foreground, writing nothing.",
    "rebuild": "Build another version of a timeline beside the one served, and switch to it.",
    "verify": "Verify logs and timelines by replay: exit 4 and the first fault.",
    "status": "Print how far each timeline has come.",
    "event": "Print what became of an event.",
}
for _name, _help in _COMMANDS.items():
    # `import` is a word of Python.
    _function = "import_" if _name == "import" else _name
    app.command(f"conflict_timeline.cli.{_function}:{_function}", name=_name, help=_help)

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
run.command(
    "conflict_timeline.cli.run:web",
    name="web",
    help="Serve timelines over HTTP.",
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

keys = App(name="keys", help="API keys: who may publish over HTTP.")
keys.command(
    "conflict_timeline.cli.keys:create",
    name="create",
    help="Make a key and print it, this once.",
)
keys.command("conflict_timeline.cli.keys:list_", name="list", help="List the keys, oldest first.")
keys.command(
    "conflict_timeline.cli.keys:rotate",
    name="rotate",
    help="Give a key another secret; the one until now is valid for a while.",
)
keys.command("conflict_timeline.cli.keys:revoke", name="revoke", help="End a key.")
app.command(keys)

_GLOBAL = ("--data", "--url", "--config", "--log-format", "--output")
_HELP = {"--help", "-h", "--version"}
_GROUPS: Final[tuple[list[str], ...]] = ([], ["run"], ["refused"], ["keys"])
"""What stands before a command; alone it is none."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code."""
    open_missing()
    code = _code_of(list(sys.argv[1:] if arguments is None else arguments))
    sys.exit(_written(code))


def _code_of(tokens: list[str]) -> int:
    before, command, rest = _parted(tokens)
    is_whole = command not in _GROUPS or bool(rest)
    if before and not is_whole:
        complain(f"which command? {' '.join(['conflict-timeline', *command])} --help lists them")
        return USAGE
    end = rest.index("--") if "--" in rest else len(rest)
    tokens = [*command, *rest[:end], *before, *rest[end:]]
    if (option := _empty([*before, *rest[:end]])) is not None:
        complain(f"{option} is empty: give it a value, or leave it out")
        return USAGE
    try:
        if not is_whole or not _HELP.isdisjoint(rest[:end]):
            return _show_help(tokens)
        code = app(tokens, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        complain(_sentence(error))
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    return code if isinstance(code, int) else OK


def _empty(tokens: list[str]) -> str | None:
    """An option with an empty value: none means anything by it, and a script forgot a word."""
    for at, token in enumerate(tokens):
        name, equals, value = token.partition("=")
        is_empty = not value if equals else tokens[at + 1 : at + 2] == [""]
        if name.startswith("--") and is_empty:
            return name
    return None


def _show_help(tokens: list[str]) -> int:
    """Print the help, or the version, ourselves: rich would end the program without a reader."""
    from rich.console import Console

    console = Console()
    with console.capture() as shown:
        code = app(
            tokens,
            console=console,
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
    return _written(code if isinstance(code, int) else OK, shown.get())


def _written(code: int, text: str = "") -> int:
    """Write out a text, and whatever else waits in standard output; the exit code after that."""
    fault = write_out(text)
    if fault is None:
        return code
    if code == OK:
        complain(f"standard output: {fault}")
    return code or FAILURE


def _sentence(error: CycloptsError) -> str:
    if isinstance(error, UnusedCliTokensError):
        what = f"unexpected: {' '.join(error.unused_tokens or ())}."
    else:
        what = str(error).partition(" Available commands:")[0]
    command = " ".join(["conflict-timeline", *(error.command_chain or ())])
    return f"{what} See {command} --help"


def _parted(tokens: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Global options around the words of a command, these words, and what comes after them.

    cyclopts wants the first behind the second; before a `--`, for what follows that is no option.
    """
    before: list[str] = []
    command: list[str] = []
    at = 0
    while at < len(tokens):
        name, equals, _ = tokens[at].partition("=")
        if name in _GLOBAL:
            width = 1 if equals else 2
            before += tokens[at : at + width]
            at += width
        elif command in _GROUPS and not name.startswith("-"):
            command.append(tokens[at])
            at += 1
        else:
            break
    return before, command, tokens[at:]
