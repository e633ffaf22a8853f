"""Pure folds: no clock, chance, network or file, and nothing in the order of a set (I4)."""

import ast
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Final

import pytest

import conflict_timeline.projections

MODULES: Final = sorted(Path(conflict_timeline.projections.__path__[0]).rglob("*.py"))

OWN: Final = "conflict_timeline.projections"
MAY_IMPORT: Final = {
    *("bisect", "collections", "dataclasses", "enum", "functools", "hashlib", "heapq"),
    *("itertools", "math", "operator", "re", "typing", "unicodedata"),
    *("msgspec", "conflict_events"),
}
"""What has no clock, no chance and no way out. Anything else has to be argued for here."""

NEVER_CALLED: Final = {
    *("open", "input", "print", "exec", "eval", "compile", "__import__"),
    *("now", "today", "utcnow", "getenv", "id", "hash"),
}
"""Files, clocks, and numbers that differ from process to process. `__hash__` may call `hash`."""

SETS: Final = {"set", "frozenset"}
SET_METHODS: Final = {"union", "intersection", "difference", "symmetric_difference"}
IN_ORDER: Final = {"list", "tuple", "iter", "enumerate", "map", "zip", "join", "fromkeys", "chain"}
"""What gives the order of a set away; `sorted`, `min`, `len` and `any` do not."""


ALSO: Final = {"registry": {"importlib.metadata"}}
"""What one module may import besides. The registry folds nothing: it finds what others install."""


def faults(source: str, also: Container[str] = ()) -> Iterator[str]:
    """Everything in a module that a pure fold may not have."""
    module = ast.parse(source)
    sets = set(_names_of_sets(module))
    of_hash = {
        inner
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and node.name == "__hash__"
        for inner in ast.walk(node)
    }
    for node in ast.walk(module):
        for name in _imported(node):
            may = name.partition(".")[0] in MAY_IMPORT or f"{name}.".startswith(f"{OWN}.")
            if not may and name not in also:
                yield f"imports {name}"
        if isinstance(node, ast.Call) and node not in of_hash and _called(node) in NEVER_CALLED:
            yield f"calls {_called(node)}"
        for iterated in _iterated(node):
            if _is_set(iterated, sets):
                yield f"iterates over {ast.unparse(iterated)}"


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [name.name for name in names]
        case ast.ImportFrom(module=module, level=level):
            return ["." * level + (module or "")]
        case _:
            return []


def _called(node: ast.Call) -> str:
    return _name(node.func)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _name(value)
        case _:
            return ""


def _iterated(node: ast.AST) -> list[ast.expr]:
    """What a node goes through in order."""
    match node:
        case ast.For(iter=value) | ast.comprehension(iter=value):
            return [value]
        case ast.YieldFrom(value=value) | ast.Starred(value=value):
            return [value]
        case ast.Call(args=args) if _called(node) in IN_ORDER:
            return args
        case _:
            return []


def _names_of_sets(module: ast.Module) -> Iterator[str]:
    """Variables, fields and parameters that are sets, as far as the module's text shows."""
    for node in ast.walk(module):
        match node:
            case ast.AnnAssign(target=target, annotation=annotation):
                if _name(annotation) in SETS:
                    yield _name(target)
            case ast.arg(arg=name, annotation=ast.expr() as annotation):
                if _name(annotation) in SETS:
                    yield name
            case ast.Assign(targets=targets, value=value):
                if _is_set(value, set()):
                    yield from map(_name, targets)
            case _:
                pass


def _is_set(node: ast.expr, names: set[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=func):
            return _name(func) in SETS | SET_METHODS
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor()):
            of_keys = isinstance(left, ast.Call) and _called(left) == "keys"
            return of_keys or _is_set(left, names)
        case ast.Name() | ast.Attribute():
            return _name(node) in names
        case _:
            return False


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_of_projections_is_pure(path: Path) -> None:
    assert list(faults(path.read_text("utf-8"), ALSO.get(path.stem, ()))) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import time", "imports time"),
        ("import random as chance", "imports random"),
        ("from datetime import UTC, datetime", "imports datetime"),
        ("import redis.asyncio", "imports redis.asyncio"),
        ("def f():\n    from structlog import get_logger", "imports structlog"),
        ("from conflict_timeline.log.follow import follow", "imports conflict_timeline.log.follow"),
        ("from . import places", "imports ."),
        ("at = Clock.now()", "calls now"),
        ("text = open('notes').read()", "calls open"),
        ("order = sorted(groups, key=id)\nkey = id(group)", "calls id"),
        ("def key(self):\n    return hash(self.name)", "calls hash"),
        ("for one in {1, 2}:\n    print", "iterates over {1, 2}"),
        ("found = [one for one in set(groups)]", "iterates over set(groups)"),
        ("found = tuple({one for one in groups})", "iterates over {one for one in groups}"),
        ("for one in a.keys() - b.keys():\n    pass", "iterates over a.keys() - b.keys()"),
        ("text = ', '.join(frozenset(words))", "iterates over frozenset(words)"),
        ("self.seen: set[str] = set()\nfound = list(self.seen)", "iterates over self.seen"),
        ("def f(words: set[str]):\n    yield from words", "iterates over words"),
        ("named = {*one}\nfor word in named:\n    pass", "iterates over named"),
        ("for one in old.difference(new):\n    pass", "iterates over old.difference(new)"),
    ],
)
def test_the_rule_finds_what_it_should(source: str, fault: str) -> None:
    assert list(faults(source)) == [fault]


@pytest.mark.parametrize(
    "source",
    [
        "import heapq\nfrom conflict_events.place import Place",
        f"from {OWN}.places import place_key",
        "for one in sorted({1, 2}):\n    pass",
        "for one in dict.fromkeys(words):\n    pass",
        "held = word in {*words}",
        "def __hash__(self):\n    return hash(self.key)",
    ],
)
def test_the_rule_leaves_the_rest_alone(source: str) -> None:
    assert list(faults(source)) == []
