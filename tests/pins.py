"""Writes `constraint-dependencies` in pyproject.toml: every installed package, exactly."""

import re
from importlib.metadata import distributions
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
OURS = ("conflict-events", "conflict-timeline")


def installed() -> dict[str, str]:
    """Version by normalised name of every installed package that is not ours."""
    found = {
        re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(): one.version for one in distributions()
    }
    return {name: found[name] for name in sorted(found) if name not in OURS}


def main() -> None:
    """Replace the list in place."""
    pins = "".join(f'    "{name}=={version}",\n' for name, version in installed().items())
    text = PYPROJECT.read_text("utf-8")
    block = re.compile(r"(constraint-dependencies = \[\n).*?(^\])", re.DOTALL | re.MULTILINE)
    replaced, times = block.subn(rf"\g<1>{pins}\g<2>", text)
    if times != 1:
        raise SystemExit("pyproject.toml has no list of constraint-dependencies")
    PYPROJECT.write_text(replaced, "utf-8")


if __name__ == "__main__":
    main()
