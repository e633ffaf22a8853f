"""Settings: three places that give them, and what each may not say."""

from pathlib import Path
from typing import Any

import pytest

from conflict_timeline.runtime.settings import Settings, SettingsError, env_name, load


def from_file(tmp_path: Path, text: str) -> Settings:
    """The settings of a file."""
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")
    return load(config=path, environment={})


def test_without_anything_given_the_defaults_hold() -> None:
    assert load(environment={}) == Settings()
    assert Settings().data == ".conflict-timeline"


def test_every_setting_may_come_from_a_file(tmp_path: Path) -> None:
    found = from_file(
        tmp_path,
        """
        data = "folder"
        url = "redis://127.0.0.1"
        durability = "always"
        log_format = "json"
        editors = ["https://desk.example"]
        conflicts = ["ukraine", "sudan"]
        """,
    )

    assert found == Settings(
        data="folder",
        url="redis://127.0.0.1",
        durability="always",
        log_format="json",
        editors=("https://desk.example",),
        conflicts=("ukraine", "sudan"),
    )


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("data", "folder", "folder"),
        ("url", "redis://127.0.0.1", "redis://127.0.0.1"),
        ("durability", "always", "always"),
        ("log_format", "json", "json"),
        ("editors", "a, b,,c ", ("a", "b", "c")),
        ("conflicts", "ukraine", ("ukraine",)),
    ],
)
def test_every_setting_may_come_from_the_environment(name: str, text: str, value: Any) -> None:
    assert getattr(load(environment={env_name(name): text}), name) == value


def test_a_variable_that_is_empty_sets_nothing() -> None:
    environment = {env_name(name): "" for name in Settings.__struct_fields__}

    assert load(environment=environment) == Settings()


def test_variables_of_other_programs_are_left_alone() -> None:
    assert load(environment={"DATA": "x", "CONFLICT_TIMELINE_COLOUR": "red"}) == Settings()


def test_the_environment_wins_over_the_file_and_flags_over_both(tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('data = "file"\nurl = "redis://file"\ndurability = "always"\n', "utf-8")
    environment = {env_name("data"): "environment", env_name("url"): "redis://environment"}

    found = load(config=config, environment=environment, flags={"data": "flag", "url": None})

    assert (found.data, found.url, found.durability) == ("flag", "redis://environment", "always")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("data = ", ["settings.toml", "no TOML"]),
        ("\ufeffdata = 'x'", ["settings.toml", "no TOML"]),
        ("datta = 'x'", ["settings.toml: datta", "data, url, durability"]),
        ("[server]\nurl = 'x'", ["settings.toml: server", "no such setting"]),
        ("data = 3", ["settings.toml: data", "got `int`"]),
        ("data = ''", ["settings.toml: data", "length >= 1"]),
        ("url = ''", ["settings.toml: url", "length >= 1"]),
        ("editors = 'a'", ["settings.toml: editors", "got `str`"]),
        ("editors = ['a', 3]", ["settings.toml: editors[1]", "got `int`"]),
        ("conflicts = ['']", ["settings.toml: conflicts[0]", "length >= 1"]),
        ("durability = 'sometimes'", ["'sometimes'", "everysec, always"]),
        ("log_format = true", ["log_format", "console, json"]),
    ],
)
def test_a_file_that_says_what_cannot_be_is_refused_with_the_place(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(SettingsError) as refused:
        from_file(tmp_path, text)

    assert [word for word in words if word not in str(refused.value)] == []


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"data = '\xff'")

    with pytest.raises(SettingsError, match="no TOML"):
        load(config=tmp_path / "bytes.toml", environment={})
    with pytest.raises(SettingsError, match="Is a directory"):
        load(config=tmp_path, environment={})
    with pytest.raises(SettingsError, match="No such file"):
        load(config=tmp_path / "none.toml", environment={})


@pytest.mark.parametrize(
    ("environment", "flags", "origin"),
    [
        ({"CONFLICT_TIMELINE_DURABILITY": "never"}, {}, "CONFLICT_TIMELINE_DURABILITY: "),
        ({"CONFLICT_TIMELINE_LOG_FORMAT": "xml"}, {}, "CONFLICT_TIMELINE_LOG_FORMAT: "),
        ({}, {"log_format": "xml"}, "--log-format: "),
        ({}, {"data": ""}, "--data: "),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_with_its_origin(
    environment: dict[str, str], flags: dict[str, Any], origin: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(environment=environment, flags=flags)

    assert str(refused.value).startswith(origin)
