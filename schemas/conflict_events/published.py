"""The published schemas: files for those who do not use Python.

`python -m conflict_events.published DIR` writes them anew.
"""

import json
import sys
from pathlib import Path

from conflict_events import asyncapi, json_schema
from conflict_events.events import BODIES
from conflict_events.json_schema import JsonObject
from conflict_events.timelines import TIMELINE_BODIES


def files() -> dict[str, bytes]:
    """Every published file: its path under the folder, with `/`, and what it holds."""
    documents = {
        "asyncapi.json": asyncapi.document(),
        **{f"events/{name}.json": json_schema.schema(name) for name in BODIES},
        **{
            f"timelines/{name}.json": json_schema.schema(body.__name__)
            for name, body in TIMELINE_BODIES.items()
        },
        "timelines/revision.json": json_schema.schema("Revision"),
        "timelines/entry.json": json_schema.schema("Entry"),
    }
    return {path: _written(documents[path]) for path in sorted(documents)}


def write(folder: Path) -> None:
    """Write the files into a folder. Others that lie there stay."""
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


def main(arguments: list[str]) -> int:
    """Write the files into the folder that is named; the exit code."""
    match arguments:
        case [folder]:
            write(Path(folder))
            return 0
        case _:
            sys.stderr.write("usage: python -m conflict_events.published DIR\n")
            return 2


def _written(document: JsonObject) -> bytes:
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
