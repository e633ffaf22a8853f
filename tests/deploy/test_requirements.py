"""What an image installs: the pinned packages, each by its hashes, from no registry by name."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.site import DEPLOY, ROOT

TEXT: Final = (DEPLOY / "requirements.txt").read_text("utf-8")
OURS: Final = ("conflict-timeline", "conflict-events")
STALE: Final = "run `just requirements`"


def entries() -> Iterator[tuple[Requirement, list[str]]]:
    """Each requirement of the file with its hashes."""
    for entry in TEXT.replace("\\\n", " ").splitlines():
        line, *hashes = entry.split(" --hash=")
        yield Requirement(line.strip()), [one.strip() for one in hashes]


def applying() -> dict[str, str]:
    """Version by name of what the file would install here."""
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one, _ in entries()
        if one.marker is None or one.marker.evaluate()
    }


def needed() -> set[str]:
    """What the program needs at run time, and what that needs, on this Python and machine."""
    found: set[str] = set()
    waiting = [Requirement("conflict-timeline")]
    done: set[str] = set()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if f"{name}{sorted(one.extras)}" in done:
            continue
        done.add(f"{name}{sorted(one.extras)}")
        found.add(name)
        for line in requires(name) or ():
            needs = Requirement(line)
            extras = [*one.extras, ""]
            if needs.marker is None or any(needs.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(needs)
    return found - set(OURS)


def test_the_requirements_are_all_that_the_program_needs_and_nothing_else() -> None:
    assert set(applying()) == needed(), STALE


def test_the_requirements_agree_with_the_pins() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pins = dict(
        pin.split("==", maxsplit=1) for pin in project["tool"]["uv"]["constraint-dependencies"]
    )

    assert {name: pins.get(name) for name in applying()} == applying(), STALE


def test_each_requirement_is_one_version_with_hashes() -> None:
    for one, hashes in entries():
        assert re.fullmatch(r"==[^,*]+", str(one.specifier)), one
        assert one.url is None, one
        assert hashes != [], one
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), one


def test_the_requirements_name_no_place_to_get_them_from() -> None:
    assert re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", TEXT) is None
