"""The systemd units, as far as they can be looked at where no systemd runs."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Final

import pytest

from conflict_timeline.cli import app
from tests.deploy.site import DEPLOY
from tests.deploy.test_valkey_users import LOGGING_IN

UNITS: Final = sorted((DEPLOY / "systemd").glob("*.service"))
TOOL: Final = "systemd-analyze"
EXPOSURE_MAX: Final = 1.5
"""Of 10, by the tool's own weights; a service without any of it has 9.6."""


class Unit(configparser.RawConfigParser):
    """A unit file, in which the last of several equal settings is kept."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",))
        self.read(path, "utf-8")

    def optionxform(self, optionstr: str) -> str:
        """Names are kept as they are written."""
        return optionstr


def name(path: Path) -> str:
    """A unit as it is shown in a test's name."""
    return path.name


def exec_start(path: Path) -> list[str]:
    """The command of a unit."""
    return shlex.split(Unit(path)["Service"]["ExecStart"])


def tool() -> str:
    """Where systemd-analyze is; a machine that checks changes has to have it."""
    found = shutil.which(TOOL)
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"{TOOL} is not on this machine: install the package systemd (see .ci/run)")
    warnings.warn(f"{TOOL} IS NOT ON THIS MACHINE: the units are NOT verified", stacklevel=1)
    pytest.skip(f"{TOOL} is not on this machine: the units are NOT verified")


def copied(path: Path, folder: Path) -> Path:
    """A unit whose program is there; the real ones are on the machine of a site."""
    program = folder / "program"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    text = re.sub(
        r"^(ExecStart=)\S+", rf"\g<1>{program}", path.read_text("utf-8"), flags=re.MULTILINE
    )
    copy = folder / path.name
    copy.write_text(text, "utf-8")
    return copy


@pytest.mark.filterwarnings("default")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    program = tool()
    units = [copied(path, tmp_path) for path in sorted((DEPLOY / "systemd").iterdir())]

    done = subprocess.run(
        [program, "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    # It warns of what it does not know and calls it a success.
    assert [line for line in done.stderr.splitlines() if "conflict-timeline" in line] == []
    assert done.returncode == 0, done.stderr


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", UNITS, ids=name)
def test_a_unit_is_hardly_exposed(path: Path, tmp_path: Path) -> None:
    program = tool()

    done = subprocess.run(
        [
            *(program, "security", "--offline=yes", "--no-pager"),
            *(f"--threshold={round(EXPOSURE_MAX * 10)}", copied(path, tmp_path)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stdout


def test_the_units_are_found() -> None:
    """Else the tests of each of them would have nothing to look at."""
    services = {path.name.removeprefix("conflict-timeline-") for path in UNITS}

    assert services == {"valkey.service", "intake@.service", "projector@.service", "web.service"}


@pytest.mark.parametrize("path", UNITS, ids=name)
def test_a_unit_has_its_bounds_and_no_rights(path: Path) -> None:
    service = Unit(path)["Service"]

    assert service["DynamicUser"] == "yes"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    assert service["PrivateTmp"] == "yes"
    assert service["RestrictAddressFamilies"] == "AF_INET AF_INET6 AF_UNIX"
    assert service["SystemCallFilter"].startswith("~@privileged")
    assert re.fullmatch(r"[0-9]+[MG]", service["MemoryMax"])
    assert service["Restart"] == "always"


@pytest.mark.parametrize("path", UNITS, ids=name)
def test_a_unit_gets_its_password_as_a_credential(path: Path) -> None:
    service = Unit(path)["Service"]

    credential, _, source = service["LoadCredential"].partition(":")

    assert f"%d/{credential}" in service["ExecStart"]
    assert "--url" not in service["ExecStart"]
    # Which issue_passwords.py writes.
    assert Path(source).name in {"users.acl", *(f"{user}.toml" for user in LOGGING_IN)}


@pytest.mark.parametrize("path", [path for path in UNITS if "valkey" not in path.name], ids=name)
def test_a_unit_runs_a_command_under_the_user_of_that_name(path: Path) -> None:
    program, *arguments = exec_start(path)
    service = arguments[1]

    assert program == "/opt/conflict-timeline/bin/conflict-timeline"
    assert path.name.startswith(f"conflict-timeline-{service}")
    assert f"/{service}.toml" in Unit(path)["Service"]["LoadCredential"]
    # Raises where an option is unknown or missing; nothing is run.
    app.parse_args(arguments, exit_on_error=False, print_error=False)


def test_the_server_of_the_unit_has_the_deployed_users_and_its_own_folder() -> None:
    _, conf, *options = exec_start(DEPLOY / "systemd" / "conflict-timeline-valkey.service")

    assert conf == "/etc/conflict-timeline/valkey.conf"
    assert options == ["--dir", "%S/conflict-timeline-valkey", "--aclfile", "%d/users.acl"]
