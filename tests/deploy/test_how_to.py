"""The how-to names what is there, all of it, and nothing else."""

import re
from typing import Final

from tests.deploy.site import DEPLOY, ROOT
from tests.deploy.test_valkey_users import LOGGING_IN, USERS

PAGE: Final = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")


def test_every_user_has_a_row() -> None:
    table = PAGE.split("| user | for |")[1].split("\n\n")[0]

    assert set(re.findall(r"^\| `([a-z]+)` \|", table, flags=re.MULTILINE)) == set(USERS)


def test_every_file_that_is_named_is_there() -> None:
    named = re.findall(r"deploy/((?:valkey|systemd)/[a-z_.]+|[A-Za-z]+\.(?:txt|yaml))", PAGE)

    assert {"valkey/valkey.conf", "valkey/issue_passwords.py", "requirements.txt"} <= set(named)
    for name in named:
        assert (DEPLOY / name).exists(), name
    for test in re.findall(r"tests/deploy/\w+\.py", PAGE):
        assert (ROOT / test).exists(), test
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / "how-to" / link).exists(), link


def test_every_unit_and_config_file_that_is_named_is_there() -> None:
    units = {path.stem.removesuffix("@") for path in (DEPLOY / "systemd").iterdir()}

    named = re.findall(r"(conflict-timeline-(?:valkey|intake|projector|web))\b", PAGE)
    assert set(named) <= units
    configs = set(re.findall(r"\b([a-z]+)\.toml", PAGE))
    assert configs - {"settings"} <= set(LOGGING_IN)
