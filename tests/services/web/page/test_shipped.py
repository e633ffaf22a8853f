"""The page lies in the wheel: who installs the program needs neither Node nor the sources."""

import subprocess
from pathlib import Path
from zipfile import ZipFile

from tests.services.web.page.building import BUILT, PAGE

ROOT = Path(__file__).parents[4]


def test_the_wheel_has_what_was_built_and_none_of_the_sources(tmp_path: Path) -> None:
    done = subprocess.run(
        ["uv", "build", "--quiet", "--wheel", "--out-dir", tmp_path, ROOT],  # noqa: S607 - uv of the path
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")

    folder = PAGE.relative_to(ROOT / "services").as_posix()
    with ZipFile(wheel) as files:
        held = {name for name in files.namelist() if name.startswith(f"{folder}/")}

    assert held == {f"{folder}/built/{file.name}" for file in BUILT.iterdir()}
