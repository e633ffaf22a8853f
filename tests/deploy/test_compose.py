"""compose.yaml and Containerfile, as far as they can be looked at where no container runs."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]  # It ships no types.

from conflict_timeline.cli import app
from tests.deploy.site import DEPLOY
from tests.deploy.test_valkey_users import LOGGING_IN

COMPOSE: Final[dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
OURS: Final = tuple(name for name in SERVICES if name != "valkey")
CONTAINERFILE: Final = (DEPLOY / "Containerfile").read_text("utf-8")

# The keys of a service in the Compose Specification that are used here.
KNOWN: Final = {
    *("build", "cap_drop", "command", "configs", "depends_on", "healthcheck", "image"),
    *("mem_limit", "networks", "pids_limit", "ports", "profiles", "read_only", "restart"),
    *("secrets", "security_opt", "stop_grace_period", "tmpfs", "user", "volumes"),
}


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Containerfile, each in one line."""
    text = re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(word, " ".join(rest.split())) for word, rest in lines]


def test_the_services_are_found() -> None:
    """Else the tests of each of them would have nothing to look at."""
    assert set(SERVICES) == {"valkey", "intake", "projector", "web"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_confined(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert "noexec,nosuid,nodev" in service["tmpfs"][0]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert "environment" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_uses_what_the_file_defines(name: str) -> None:
    service = SERVICES[name]

    assert set(service) <= KNOWN
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert set(service["secrets"]) <= set(COMPOSE["secrets"])
    for volume in service.get("volumes", ()):
        assert volume.partition(":")[0] in COMPOSE["volumes"]
    for config in service.get("configs", ()):
        assert config["source"] in COMPOSE["configs"]
    assert set(service.get("depends_on", {})) <= set(SERVICES)


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_a_command_under_the_user_of_its_name(name: str) -> None:
    service = SERVICES[name]
    command = service["command"]

    assert command[:2] == ["run", name]
    assert command[-2:] == ["--config", f"/run/secrets/{name}.toml"]
    assert service["secrets"] == [f"{name}.toml", "reader.toml"]
    # Raises where an option is unknown or missing; nothing is run.
    app.parse_args(command, exit_on_error=False, print_error=False)
    _, program, *health = service["healthcheck"]["test"]
    assert program == "conflict-timeline"
    app.parse_args(health, exit_on_error=False, print_error=False)


def test_the_secrets_are_what_the_script_issues_and_are_not_committed() -> None:
    files = {Path(secret["file"]) for secret in COMPOSE["secrets"].values()}

    assert {file.parent for file in files} == {Path("secrets")}
    assert {file.name for file in files} <= {"users.acl", *(f"{user}.toml" for user in LOGGING_IN)}
    assert "secrets/" in (DEPLOY / ".gitignore").read_text("utf-8").splitlines()


def test_the_files_that_are_mounted_are_there() -> None:
    for config in COMPOSE["configs"].values():
        assert (DEPLOY / config["file"]).is_file()


def test_no_port_leads_to_the_server_nor_from_outside_to_anything() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])
    assert SERVICES["valkey"]["networks"] == ["inside"]


def test_the_image_of_the_server_is_named_by_whoever_examined_it() -> None:
    assert SERVICES["valkey"]["image"].startswith("${VALKEY_IMAGE:?")


def test_the_image_installs_by_hash_and_runs_as_nobody() -> None:
    steps = instructions()
    installs = [rest for word, rest in steps if word == "RUN" and "pip install" in rest]

    assert "--require-hashes" in installs[0]
    assert all("--no-deps" in step for step in installs)
    assert "--no-index" in installs[1]
    assert [rest for word, rest in steps if word == "FROM"] == ["${BASE} AS build", "${BASE}"]
    assert [rest for word, rest in steps if word == "USER"] == ["10001:10001"]
    assert {SERVICES[name]["user"] for name in OURS} == {"10001:10001"}
    # Nothing of the checkout but wheels: no source, no secrets.
    copied = [rest for word, rest in steps if word == "COPY" and "--from" not in rest]
    sources = [line.split()[0] for line in copied]
    assert sources == ["deploy/requirements.txt", "dist/*.whl"]
    allowed = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    assert allowed == ["*", *(f"!{source}" for source in sources)]


def test_no_image_names_a_registry() -> None:
    (base,) = [rest for word, rest in instructions() if word == "ARG"]

    assert re.fullmatch(r"BASE=python:[0-9.]+-slim", base)
    for text in (CONTAINERFILE, (DEPLOY / "compose.yaml").read_text("utf-8")):
        assert re.search(r"\b[a-z0-9-]+\.(io|com|dev|org)/", text) is None
