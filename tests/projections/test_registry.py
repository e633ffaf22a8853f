"""The registry: what ships, what others install, and what is said of those that cannot be used."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from conflict_timeline.projections.incidents import Incidents
from conflict_timeline.projections.registry import (
    GROUP,
    PROJECTIONS,
    BrokenPluginError,
    UnknownProjectionError,
    projection,
)

GOOD: Final = """
class Mine:
    name = "mine"
    version = 3
    waiting = 0

    def apply(self, recorded):
        yield from ()
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Give what installs a distribution with one module, and registers what it is told."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(distribution: str, *entry_points: str, source: str = GOOD) -> None:
        module = distribution.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(source)
        monkeypatch.delitem(sys.modules, module, raising=False)
        info = tmp_path / f"{module}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2")
        lines = "\n".join(one.replace("MODULE", module) for one in entry_points)
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}\n")

    return install


def test_what_ships_is_made_anew_each_time() -> None:
    assert isinstance(projection("incidents"), Incidents)
    assert projection("incidents") is not projection("incidents")


def test_what_is_installed_is_made_by_its_name(install: Install) -> None:
    install("my-dist", "mine = MODULE:Mine")

    made = projection("mine")

    assert (made.name, made.version, made.waiting) == ("mine", 3, 0)
    assert projection("mine") is not made
    assert "mine" not in PROJECTIONS  # Services take these when nothing is named.


def test_an_unknown_name_is_told_with_all_that_there_are(install: Install) -> None:
    install("my-dist", "mine = MODULE:Mine", "other = MODULE:None")

    with pytest.raises(UnknownProjectionError) as raised:
        projection("nope")

    names = ", ".join([*PROJECTIONS, "mine", "other"])
    assert str(raised.value) == f"there is no projection 'nope'; there are: {names}"


def test_what_is_listed_is_not_imported(install: Install) -> None:
    install("my-dist", "mine = MODULE:Mine", source="raise SystemExit('imported')")

    with pytest.raises(UnknownProjectionError, match="mine"):
        projection("nope")


def test_what_cannot_be_used_is_told_where_all_are_listed(install: Install) -> None:
    install("evil-dist", "pairings = MODULE:Mine", "Mine_2 = MODULE:Mine")

    with pytest.raises(UnknownProjectionError) as raised:
        projection("nope")

    told = str(raised.value)
    assert "; not usable: 'Mine_2' of evil-dist 1.2, because a name begins with one of a-z" in told
    assert "'pairings' of evil-dist 1.2, because a projection that ships has this name" in told


def test_the_name_of_one_that_ships_cannot_be_taken(install: Install) -> None:
    install("evil-dist", "incidents = MODULE:Mine")

    assert isinstance(projection("incidents"), Incidents)


@pytest.mark.parametrize("name", ["Mine", "1mine", "mine_2", "a" * 42, "mïne"])
def test_a_name_that_is_none_cannot_be_used(install: Install, name: str) -> None:
    install("my-dist", f"{name} = MODULE:Mine")

    with pytest.raises(BrokenPluginError, match=r"of my-dist 1\.2 cannot be used: a name begins"):
        projection(name)


def test_the_longest_name_can_be_used(install: Install) -> None:
    name = "a" + "-" * 40
    install("my-dist", f"{name} = MODULE:Mine", source=GOOD.replace('"mine"', repr(name)))

    assert projection(name).name == name


def test_a_name_that_two_distributions_register_cannot_be_used(install: Install) -> None:
    install("my-dist", "mine = MODULE:Mine")
    install("your-dist", "mine = MODULE:Mine")

    with pytest.raises(
        BrokenPluginError, match=r"'mine' of my-dist 1\.2 and your-dist 1\.2 .* more than once"
    ):
        projection("mine")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("raise SystemExit(1)", "SystemExit"),
        ("def Mine(: pass", "SyntaxError"),
        ("Other = None", "AttributeError"),
        ("Mine = 7", "'int' object is not callable"),
        ("class Mine:\n    def __init__(self, more): ...", "missing 1 required positional"),
        ("class Mine:\n    name = 'mine'", "it has no version and no apply and no waiting"),
        (GOOD.replace("waiting", "weighting"), "it has no waiting"),
        (GOOD.replace('"mine"', '"yours"'), "has the name 'yours'; name and entry point"),
        (GOOD.replace("= 3", "= 0"), "has the version 0; a version is a whole number from 1"),
        (GOOD.replace("= 3", "= True"), "has the version True"),
        (GOOD.replace("= 3", "= '3'"), "has the version '3'"),
        (GOOD.replace("def apply(self, recorded)", "apply = 1\n    def f(self)"), "be called"),
    ],
)
def test_what_is_no_projection_is_told_with_its_distribution(
    install: Install, source: str, words: str
) -> None:
    install("my-dist", "mine = MODULE:Mine", source=source)

    with pytest.raises(BrokenPluginError) as raised:
        projection("mine")

    told = str(raised.value)
    assert told.startswith("the projection 'mine' of my-dist 1.2 cannot be used: my_dist:Mine ")
    assert words in told


def test_one_that_is_broken_disturbs_no_other(install: Install) -> None:
    install("bad-dist", "bad = MODULE:Mine", source="raise RuntimeError")
    install("my-dist", "mine = MODULE:Mine")

    assert projection("mine").name == "mine"
    assert [projection(name).name for name in PROJECTIONS] == list(PROJECTIONS)


def test_entry_points_are_looked_for_only_when_they_are_needed() -> None:
    code = (
        "import importlib.metadata as m\n"
        "def refuse(**_): raise RuntimeError('looked')\n"
        "m.entry_points = refuse\n"
        "from conflict_timeline.projections.registry import PROJECTIONS, projection\n"
        "print([projection(name).name for name in PROJECTIONS] == list(PROJECTIONS))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "True\n"
