"""Settings: a TOML file, then `CONFLICT_TIMELINE_*`, then flags; the later one wins."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

ENV_PREFIX: Final = "CONFLICT_TIMELINE_"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set.

    `data` is the folder of the embedded broker, used while no `url` is given; `durability` says how
    often that broker syncs its file (each second, or with each write). `editors` are the sources
    that may amend any event, `conflicts` the allow-list of conflicts (none given: any).
    """

    data: str = ".conflict-timeline"
    url: str | None = None
    durability: Literal["everysec", "always"] = "everysec"
    log_format: Literal["console", "json"] = "console"
    editors: tuple[str, ...] = ()
    conflicts: tuple[str, ...] | None = None


class SettingsError(ValueError):
    """A setting cannot be read; says which, where it came from, and what is allowed."""


_LISTS: Final = ("editors", "conflicts")


def load(
    *,
    config: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """Put the settings together.

    Raises:
        SettingsError: the file is not there or no TOML, a name is unknown, a value not allowed.
    """
    given: dict[str, Any] = {}
    if config is not None:
        given |= _checked(_from_file(config), str(config))
    given |= _checked(_from_environment(os.environ if environment is None else environment), "env")
    flags = {name: value for name, value in (flags or {}).items() if value is not None}
    given |= _checked(dict(flags), "flags")
    return msgspec.convert(given, Settings)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"the config file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the config file {path} is no TOML: {error}") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in Settings.__struct_fields__:
        text = environment.get(ENV_PREFIX + name.upper())
        if text:
            found[name] = (
                [item.strip() for item in text.split(",") if item.strip()]
                if name in _LISTS
                else text
            )
    return found


def _checked(given: dict[str, Any], origin: str) -> dict[str, Any]:
    """Values by name, if the struct takes them."""
    known = Settings.__struct_fields__
    for name in given:
        if name not in known:
            raise SettingsError(
                f"{origin}: there is no setting {name!r}; there are: {', '.join(known)}"
            )
    try:
        msgspec.convert(given, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{origin}: {error}") from error
    return given
