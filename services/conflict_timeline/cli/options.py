"""Options that all commands share. This module is light: each `--help` imports it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

Format = Literal["table", "json", "ndjson", "csv"]

Output = Annotated[
    Format | None,
    Parameter(name="--output", help="How to print [table on a terminal, else ndjson]."),
]

AsOf = Annotated[
    str | None, Parameter(help="A position, or a time with a zone: what was known then.")
]

ProjectionName = Annotated[
    str,
    Parameter(
        help="chronology, incidents, pairings, reversals, figures, coverage, or one of a plug-in."
    ),
]

StatementKey = Annotated[str, Parameter(help="The statement's event key: 32 hex digits.")]

Whose = Annotated[str | None, Parameter(help="Whose statement [the conflict that has it].")]

Host = Annotated[str | None, Parameter(help="Where HTTP is listened for [127.0.0.1].")]

Port = Annotated[int | None, Parameter(help="The port; 0 takes any that is free [8080].")]

NoOutput = Annotated[
    Format | None,
    Parameter(name="--output", help="Taken by every command; this one prints no rows."),
]


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Options that every command takes, besides `--output`."""

    data: Annotated[
        str | None,
        Parameter(help="Folder of the embedded broker, used without a URL [.conflict-timeline]."),
    ] = None
    url: Annotated[
        str | None,
        Parameter(help="Redis or Valkey to use instead: redis://, rediss:// or unix://."),
    ] = None
    config: Annotated[
        Path | None, Parameter(help="TOML file with settings; CONFLICT_TIMELINE_* and flags win.")
    ] = None
    log_format: Annotated[
        Literal["console", "json"] | None,
        Parameter(help="How logs on standard error look [console]."),
    ] = None
