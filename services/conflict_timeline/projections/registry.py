"""The projections that ship, one line each, and those that other distributions install."""

import re
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from conflict_timeline.projections.chronology import Chronology
from conflict_timeline.projections.coverage import Coverage
from conflict_timeline.projections.figures import Figures
from conflict_timeline.projections.incidents import Incidents
from conflict_timeline.projections.pairings import Pairings
from conflict_timeline.projections.projection import Projection
from conflict_timeline.projections.reversals import Reversals

PROJECTIONS: Final[dict[str, Callable[[], Projection]]] = {
    "chronology": Chronology,
    "incidents": Incidents,
    "pairings": Pairings,
    "reversals": Reversals,
    "figures": Figures,
    "coverage": Coverage,
}
"""Those that ship, by name; calling the value makes an empty one."""

GROUP: Final = "conflict_timeline.projections"
"""The group of entry points by which a distribution registers projections, each by its name."""

_NAME: Final = "[a-z][a-z0-9-]{0,40}"


class UnknownProjectionError(LookupError):
    """There is no projection of this name."""

    def __init__(self, name: str, known: list[str], unusable: list[str]) -> None:
        sentence = f"there is no projection {name!r}; there are: {', '.join(known)}"
        super().__init__("; not usable: ".join([sentence, *unusable]))
        self.name = name


class BrokenPluginError(Exception):
    """A projection that another distribution registers cannot be used."""

    def __init__(self, name: str, distribution: str, fault: str) -> None:
        super().__init__(f"the projection {name!r} of {distribution} cannot be used: {fault}")
        self.name = name
        self.distribution = distribution


def projection(name: str) -> Projection:
    """An empty projection. Only one that does not ship is looked for, and imported.

    Raises:
        UnknownProjectionError: with the names that there are.
        BrokenPluginError: it cannot be used; the sentence names its distribution.
    """
    if (make := PROJECTIONS.get(name)) is not None:
        return make()
    installed = _installed()
    if not installed.get(name):
        raise _unknown(name, installed)
    plugin = installed[name][0]
    if (fault := _fault(name, installed[name])) is not None:
        raise BrokenPluginError(name, _whose(installed[name]), fault)
    return _loaded(plugin)


def _installed() -> dict[str, list[EntryPoint]]:
    """What is registered, by name. Nothing is imported: a broken one must not harm the others."""
    found: dict[str, list[EntryPoint]] = {}
    for plugin in sorted(entry_points(group=GROUP), key=lambda one: (one.name, one.value)):
        found.setdefault(plugin.name, []).append(plugin)
    return found


def _fault(name: str, plugins: list[EntryPoint]) -> str | None:
    """What is wrong with a registration, as far as can be told without importing it."""
    if name in PROJECTIONS:
        return "a projection that ships has this name"
    if not re.fullmatch(_NAME, name):
        return (
            "a name begins with one of a-z and goes on with at most 40 of a-z, 0-9 and the hyphen"
        )
    if len(plugins) > 1:
        return "the name is registered more than once"
    return None


def _unknown(name: str, installed: dict[str, list[EntryPoint]]) -> UnknownProjectionError:
    known, unusable = list(PROJECTIONS), list[str]()
    for other, plugins in installed.items():
        fault = _fault(other, plugins)
        if fault is None:
            known.append(other)
        else:
            unusable.append(f"{other!r} of {_whose(plugins)}, because {fault}")
    return UnknownProjectionError(name, known, unusable)


def _loaded(plugin: EntryPoint) -> Projection:
    """Import a projection and make an empty one.

    Raises:
        BrokenPluginError: it cannot be imported, or is no projection.
    """
    whose = _whose([plugin])
    try:
        made = plugin.load()()
    except (Exception, SystemExit) as error:  # Whatever somebody else's code raises.
        why = f"{plugin.value} cannot be imported and called: {error!r}"
        raise BrokenPluginError(plugin.name, whose, why) from error
    if (fault := _no_projection(plugin, made)) is not None:
        raise BrokenPluginError(plugin.name, whose, f"{plugin.value} {fault}")
    projection: Projection = made
    return projection


def _no_projection(plugin: EntryPoint, made: object) -> str | None:
    """Why an object is no projection of the name under which it is registered."""
    missing = [what for what in ("name", "version", "apply", "waiting") if not hasattr(made, what)]
    if missing:
        return f"is no projection: it has no {' and no '.join(missing)}"
    name, version = getattr(made, "name", None), getattr(made, "version", None)
    if name != plugin.name:
        return f"has the name {name!r}; name and entry point must be the same"
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        return f"has the version {version!r}; a version is a whole number from 1"
    if not callable(getattr(made, "apply", None)):
        return "is no projection: its apply cannot be called"
    return None


def _whose(plugins: list[EntryPoint]) -> str:
    """The distributions that register something."""
    names = [
        "an unnamed distribution" if one.dist is None else f"{one.dist.name} {one.dist.version}"
        for one in plugins
    ]
    return " and ".join(dict.fromkeys(names))
