"""Every command of a server, with arguments that could be meant: may a user give it?"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import redis

KEYLESS: Final = ""
"""Stands for the key of a command that takes none."""


class Command(NamedTuple):
    """A command as the server describes it: words of its name, arity, where its keys stand."""

    name: str
    words: tuple[str, ...]
    arity: int
    specs: Sequence[Any]

    def on(self, key: str) -> list[str]:
        """It with a key wherever it takes one, and as many other arguments as it needs."""
        line = [*self.words, *["1"] * (abs(self.arity) - len(self.words))]
        for spec in self.specs:
            named = _pairs(spec)
            begin, find = _pairs(named["begin_search"]), _pairs(named["find_keys"])
            found = _text(find["type"])
            at = _begin(line, _text(begin["type"]), _pairs(begin["spec"]))
            if at is None or found == "unknown":
                continue
            how = _pairs(find["spec"])
            if found == "keynum":
                _put(line, at + how["keynumidx"], "1")
                at += how["firstkey"]
            _put(line, at, key)
        return line

    def takes_keys(self) -> bool:
        """Tell whether it takes any."""
        return bool(self.specs)


def commands_of(server: redis.Redis) -> Iterator[Command]:
    """All commands and subcommands of a server."""
    server.response_callbacks.pop("COMMAND", None)  # It would leave out where the keys stand.
    names = [name.decode() for name in asked(server, "COMMAND", "LIST")]
    for info in asked(server, "COMMAND", "INFO", *names):
        name = _text(info[0])
        # A container of subcommands does nothing itself.
        if not info[9]:
            yield Command(name, tuple(name.split("|")), info[1], info[8])


def asked(server: redis.Redis, *words: str) -> Any:
    """What a server answers to a command; of a pipeline, nothing yet."""
    return server.execute_command(*words)  # type: ignore[no-untyped-call]  # redis-py


def _begin(line: list[str], kind: str, spec: dict[str, Any]) -> int | None:
    """Where a command's keys begin; puts the keyword there that they follow."""
    if kind == "index":
        return int(spec["index"])
    if kind != "keyword":
        return None
    at = spec["startfrom"] if spec["startfrom"] > 0 else len(line)
    _put(line, at, _text(spec["keyword"]))
    return int(at) + 1


def _put(line: list[str], at: int, word: str) -> None:
    line += ["1"] * (at + 1 - len(line))
    line[at] = word


def _pairs(answer: Any) -> dict[str, Any]:
    return {_text(name): value for name, value in answer.items()}


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
