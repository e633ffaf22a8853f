"""Licences: on what terms producers publish, as far as that is known."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple


class Licence(NamedTuple):
    """A licence as people and programs find it."""

    title: str
    path: str


LICENCES: Final[dict[str, Licence]] = {
    "CC0-1.0": Licence(
        "Creative Commons Zero 1.0 Universal",
        "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
    ),
    "CC-BY-4.0": Licence(
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/legalcode",
    ),
    "ODbL-1.0": Licence(
        "Open Data Commons Open Database License 1.0",
        "https://opendatacommons.org/licenses/odbl/1-0/",
    ),
    "GPL-3.0": Licence(
        "GNU General Public License 3.0",
        "https://www.gnu.org/licenses/gpl-3.0.html",
    ),
}
"""Those that producers are known to publish under, by SPDX name."""

_WHOSE: Final = (
    "The licences are those of the producers' sets; words that are quoted stay their speakers' and"
    " publishers'."
)


def licences_of(
    producers: Iterable[str], known: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str]:
    """The licences of producers, as Data Package lists them, and a sentence on what they leave.

    `known` gives the name of a producer's licence; one that is not in it is never guessed.
    """
    producers = sorted(producers)
    names = sorted({known[producer] for producer in producers if producer in known})
    unknown = sum(producer not in known for producer in producers)
    note = _WHOSE
    if unknown:
        note += (
            f" Of {unknown} of the {len(producers)} sources no licence is known: it is for these"
            " producers to say on what terms their events may be used."
        )
    return [_licence(name) for name in names], note


def _licence(name: str) -> dict[str, Any]:
    licence = LICENCES.get(name)
    return {"name": name} if licence is None else {"name": name, **licence._asdict()}
