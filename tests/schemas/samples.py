# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (JSON is Any: what isinstance() finds in it, pyright calls unknown.)
"""The golden samples, and how the tests here change them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

FOLDER = Path(__file__).parents[2] / "schemas" / "samples" / "v1"

GOLDEN: dict[str, bytes] = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.json"))}
"""Every golden sample: its file's name without `.json`, and its bytes."""

ARTICLE = "conflict.article.published.v1"
STATEMENT = "conflict.statement.made.v1"
STRIKE = "conflict.strike.reported.v1"
CORRECTION = "conflict.strike.corrected.v1"
RETRACTION = "conflict.strike.retracted.v1"

REMOVED = object()
"""As a value: the field is taken away."""

_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def sample(name: str) -> dict[str, Any]:
    """A golden sample as JSON, the caller's to change."""
    return cast(dict[str, Any], json.loads(GOLDEN[name]))


def changed(name: str, path: str, value: Any) -> dict[str, Any]:
    """A golden sample with another value at a JSON path such as `$.data.figures[0].best`."""
    event = sample(name)
    *parents, last = [key or int(index) for key, index in _STEP.findall(path)]
    place: Any = event
    for step in parents:
        place = place[step]
    if value is REMOVED:
        del place[last]
    else:
        place[last] = value
    return event


def raw(event: Any) -> bytes:
    """JSON as producers other than ours write it: without escapes."""
    return json.dumps(event, ensure_ascii=False).encode()


def with_text(name: str, path: str, text: str) -> bytes:
    """A golden sample with JSON text, as it stands, at a path."""
    return raw(changed(name, path, "@@")).replace(b'"@@"', text.encode("utf-8", "surrogatepass"))


def leaves(value: Any, path: str = "$") -> Iterator[str]:
    """The paths of everything in a JSON value but the value itself."""
    if isinstance(value, dict):
        inner = [(f"{path}.{key}", item) for key, item in value.items()]
    elif isinstance(value, list):
        inner = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    else:
        inner = []
    for where, item in inner:
        yield where
        yield from leaves(item, where)
