"""Sources: how many independent ones stand behind an incident."""

from collections.abc import Iterable, Mapping

from msgspec import UNSET, Struct

from conflict_events.timelines import ArticleCoverage, Happening, Incident


class Sources(Struct, frozen=True, kw_only=True):
    """Outlets behind the reports of an incident, each group counted once.

    `independent` names them: an outlet's group, else its name. `unknown` counts the addresses that
    are only cited: whose they are nobody recorded, so they are not counted as independent.
    """

    independent: tuple[str, ...]
    unknown: int


def sources_of(
    incident: Incident,
    happenings: Mapping[str, Happening],
    coverage: Mapping[str, ArticleCoverage],
) -> Sources:
    """The sources of an incident, by what its members cite.

    `happenings` are lines of the chronology by event key, `coverage` articles by address.
    """
    cited = _cited(incident.members, happenings)
    outlets: set[str] = set()
    unknown = 0
    for url in cited:
        article = coverage.get(url)
        if article is None or article.outlet is UNSET:
            unknown += 1
        else:
            outlets.add(article.outlet.group or article.outlet.name)
    return Sources(independent=tuple(sorted(outlets)), unknown=unknown)


def _cited(members: Iterable[str], happenings: Mapping[str, Happening]) -> dict[str, None]:
    return {
        url: None
        for member in members
        if member in happenings
        for url in happenings[member].articles
    }
