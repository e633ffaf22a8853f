"""The package as a whole: what it offers, what it says of itself, what it imports."""

import ast
import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import conflict_events

FOLDER = Path(conflict_events.__file__).parent
MODULES = sorted(path.stem for path in FOLDER.glob("*.py"))


@pytest.mark.parametrize("name", conflict_events.__all__)
def test_what_the_package_offers_is_there_and_explains_itself(name: str) -> None:
    """A name of `__all__` that is a class or a function has a docstring of its own."""
    offered = getattr(conflict_events, name)
    if isinstance(offered, type) or inspect.isroutine(offered):
        assert (offered.__doc__ or "").strip()


def test_the_table_of_contents_lists_all_that_is_imported_into_it() -> None:
    """Once each, and nothing else."""
    tree = ast.parse((FOLDER / "__init__.py").read_text())
    imported = [
        alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    ]
    assert sorted(imported) == sorted(conflict_events.__all__)
    assert len(imported) == len(set(imported))


def public(tree: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    """The classes and functions that a reader of the module may use, and their names."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            # `__post_init__` checks what readers must know; other magic does what all magic does.
            if node.name.startswith("_") and node.name != "__post_init__":
                continue
            yield f"{prefix}.{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{prefix}.{node.name}")


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_has_a_docstring(module: str) -> None:
    """Modules, classes, functions and methods: it is the contract."""
    tree = ast.parse((FOLDER / f"{module}.py").read_text())
    assert ast.get_docstring(tree)
    found: list[tuple[str, ast.AST]] = list(public(tree, module))
    bare = [
        name
        for name, node in found
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not ast.get_docstring(node)
    ]
    assert bare == []


def run(program: str) -> list[str]:
    """The words that a program prints, in a Python of its own."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_no_module_imports_more_than_msgspec() -> None:
    """Not redis, which only `over_redis` needs; never faststream, pydantic or the application."""
    names = ["conflict_events", *(f"conflict_events.{name}" for name in MODULES)]
    program = f"""
import importlib, sys
before = set(sys.modules)
for name in {names!r}:
    importlib.import_module(name)
roots = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(roots - set(sys.stdlib_module_names)))
"""
    found = {name for name in run(program) if not name.startswith("_sysconfigdata")}
    # It is msgspec that imports typing_extensions, where it is installed.
    assert found - {"typing_extensions"} == {"conflict_events", "msgspec"}


def test_importing_the_package_does_not_import_what_is_slow() -> None:
    """Importing asyncio alone takes as long as the rest; schemas are for those who ask for them."""
    slow = ["asyncio", "redis", "conflict_events.json_schema", "conflict_events.asyncapi"]
    program = f"import sys, conflict_events; print(*[n for n in {slow!r} if n in sys.modules])"
    assert run(program) == []


def test_every_module_can_be_imported_first() -> None:
    """No two need each other."""
    for module in MODULES:
        assert importlib.import_module(f"conflict_events.{module}")
    for module in ("codec", "publisher", "timelines", "asyncapi"):
        assert run(f"import conflict_events.{module}; print('done')") == ["done"]


def test_the_package_is_marked_as_typed() -> None:
    """Else type checkers ignore its annotations."""
    assert (FOLDER / "py.typed").exists()
