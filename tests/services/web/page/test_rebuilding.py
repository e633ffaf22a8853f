"""Building again, with Node: what is committed comes of the sources, byte for byte.

Node comes with the development packages, what is bundled from npm's registry. A machine that cannot
reach the registry, and has not built before, cannot tell whether the page is what it says it is:
the tests fail there, with what npm says.
"""

import shutil
from pathlib import Path

import pytest

from tests.services.web.page.building import PAGE, install, node

pytestmark = pytest.mark.timeout(600)


def test_building_again_gives_the_same_bytes() -> None:
    install()

    done = node("build.mjs", "--check")

    assert done.returncode == 0, done.stderr


def test_a_file_that_was_changed_by_hand_is_named(tmp_path: Path) -> None:
    install()
    copy = tmp_path / "page"
    shutil.copytree(PAGE, copy, ignore=shutil.ignore_patterns("node_modules"))
    (copy / "node_modules").symlink_to(PAGE / "node_modules")
    assert node("build.mjs", folder=copy).returncode == 0
    with (copy / "built" / "index.html").open("a") as file:
        file.write("by hand")

    done = node("build.mjs", "--check", folder=copy)

    assert done.returncode == 1
    assert done.stderr == "built/index.html differs from what the sources give: run `just page`\n"
