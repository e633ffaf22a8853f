"""Settings: a TOML file, then `CONFLICT_TIMELINE_*`, then flags; the later one wins."""

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

ENV_PREFIX: Final = "CONFLICT_TIMELINE_"


Filled = Annotated[str, msgspec.Meta(min_length=1)]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set.

    `data` is the folder of the embedded broker, used while no `url` is given; `durability` says how
    often that broker syncs its file (each second, or with each write). `editors` are the sources
    that may amend any event, `conflicts` the allow-list of conflicts (none given: any). The web
    service listens on `host` and `port` (0: any that is free; none given: 8080, and `up` and `demo`
    take another one where that is taken).
    """

    data: Filled = ".conflict-timeline"
    url: Filled | None = None
    durability: Literal["everysec", "always"] = "everysec"
    log_format: Literal["console", "json"] = "console"
    editors: tuple[Filled, ...] = ()
    conflicts: tuple[Filled, ...] | None = None
    host: Filled = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] | None = None


class SettingsError(ValueError):
    """A setting cannot be read; says which, where it came from, and what is allowed."""


_LISTS: Final = ("editors", "conflicts")
_NUMBERS: Final = ("port",)


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
        given |= _checked(_from_file(config), lambda name: f"{config}: {name}")
    environment = os.environ if environment is None else environment
    given |= _checked(_from_environment(environment), env_name)
    given |= _checked(
        {name: value for name, value in (flags or {}).items() if value is not None},
        lambda name: f"--{name.replace('_', '-')}",
    )
    return msgspec.convert(given, Settings)


def env_name(setting: str) -> str:
    """The environment variable of a setting."""
    return ENV_PREFIX + setting.upper()


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"the config file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the config file {path} is no TOML: {error}") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """What the environment sets; a variable that is empty sets nothing."""
    found: dict[str, Any] = {}
    for name in Settings.__struct_fields__:
        text = environment.get(env_name(name))
        if text:
            found[name] = _read(name, text)
    return found


def _read(name: str, text: str) -> Any:
    """What a text in the environment means; a number that is none is left to be refused."""
    if name in _LISTS:
        return [item.strip() for item in text.split(",") if item.strip()]
    return int(text) if name in _NUMBERS and text.isascii() and text.isdigit() else text


def _checked(given: dict[str, Any], told_as: Callable[[str], str]) -> dict[str, Any]:
    """Values by name, if the struct takes each of them; `told_as` says where one came from."""
    known = Settings.__struct_fields__
    for name, value in given.items():
        if name not in known:
            raise SettingsError(
                f"{told_as(name)}: there is no such setting; there are: {', '.join(known)}"
            )
        try:
            msgspec.convert({name: value}, Settings)
        except msgspec.ValidationError as error:
            what, _, where = str(error).partition(" - at `$.")
            inside = where.rstrip("`").removeprefix(name)
            raise SettingsError(f"{told_as(name)}{inside}: {what}{_choices(name)}") from error
    return given


def _choices(setting: str) -> str:
    """Which words a setting takes, if it takes no others."""
    kind = get_type_hints(Settings)[setting]
    return f" (one of: {', '.join(get_args(kind))})" if get_origin(kind) is Literal else ""
