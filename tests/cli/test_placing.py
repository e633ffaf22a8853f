"""Files that come under their names whole and together, or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conflict_timeline.cli.placing import UnplacedError, placing


def names_in(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def broken() -> Iterator[bytes]:
    """A file that ends in the middle."""
    yield b"half"
    raise ValueError("no more")


async def test_nothing_has_its_name_before_all_is_written(tmp_path: Path) -> None:
    with placing(tmp_path / "new") as files:
        one = await files.stage("one", [b"1", b"2"])
        two = await files.stage("two", [])
        assert [name for name in names_in(tmp_path / "new") if not name.startswith(".")] == []
        files.place((one, two))

    assert names_in(tmp_path / "new") == ["one", "two"]
    assert (one.path.read_bytes(), one.bytes, two.bytes) == (b"12", 2, 0)
    assert one.sha256.startswith("6b51d431df5d7f14")


async def test_what_fails_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    async def stage_two() -> None:
        with placing(tmp_path / "new") as files:
            await files.stage("one", [b"1"])
            await files.stage("two", broken())

    with pytest.raises(ValueError, match="no more"):
        await stage_two()

    assert names_in(tmp_path) == []


async def test_a_folder_that_was_there_stays(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no more"), placing(tmp_path) as files:
        await files.stage("one", broken())

    assert names_in(tmp_path) == []


async def test_one_name_that_is_taken_keeps_all_from_being_placed(tmp_path: Path) -> None:
    (tmp_path / "two").write_bytes(b"mine")

    with pytest.raises(UnplacedError, match="something else"), placing(tmp_path) as files:
        files.place([await files.stage("one", [b"1"]), await files.stage("two", [b"2"])])

    assert names_in(tmp_path) == ["two"]
    assert (tmp_path / "two").read_bytes() == b"mine"


@pytest.mark.parametrize("kind", ["folder", "dangling link"])
async def test_a_name_that_no_file_has_is_taken_too(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "one"
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")

    with pytest.raises(UnplacedError, match="something else"), placing(tmp_path) as files:
        files.place([await files.stage("one", [b"1"])])

    assert names_in(tmp_path) == ["one"]


async def test_a_file_is_left_as_readable_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")
    with placing(tmp_path) as files:
        one = await files.stage("one", [b"1"])
        files.place([one])

    assert one.path.stat().st_mode == (tmp_path / "other").stat().st_mode
