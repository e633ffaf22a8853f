"""The oracle's figures: every number that was claimed, by whom."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from .reports import Effective, effective, parts, plain
from .semantics import PLACE_FIELDS, grouping, known
from .times import Json, Span, microseconds, shown, text_of

SHOWN_CLAIMS: Final = 256
NUMBERS: Final = ("low", "best", "high")


@dataclass(frozen=True)
class Subject:
    """What a number may be claimed of: an incident, or a wave's or an aggregate's own report."""

    id: str
    scope: str
    core: Span
    place: Json
    reports: list[Effective]


@dataclass(frozen=True)
class Claim:
    """One claimant's number, at its place in one event's list."""

    report: Effective
    index: int
    figure: Json

    @property
    def claimant(self) -> Json:
        """Whose number it is."""
        given = self.figure["claimant"]
        return {"name": given} if isinstance(given, str) else given

    @property
    def bounds(self) -> tuple[float, float]:
        """From the least to the greatest number that the claim allows."""
        low, best, high = (self.figure.get(name) for name in NUMBERS)
        return (
            next(number for number in (low, best, 0) if number is not None),
            next(number for number in (high, best, inf) if number is not None),
        )

    @property
    def shown_at(self) -> tuple[str, str, int]:
        """Its place in a body."""
        return (self.claimant["name"], self.report.key, self.index)

    @property
    def recency(self) -> tuple[int, str, int]:
        """The greatest of one claimant's is current."""
        as_of = self.figure.get("as_of")
        dated = self.report.told if as_of is None else as_of
        return (microseconds(dated), self.report.key, self.index)


def figures(events: Sequence[Json]) -> dict[str, Json]:
    """The current entries of `figures` after all events."""
    found: dict[str, Json] = {}
    for subject in subjects(events):
        by_unit: dict[tuple[str, str], list[Claim]] = {}
        for report in subject.reports:
            for index, figure in enumerate(parts(report.body, "figures")):
                named = (figure["measure"], figure["unit"])
                by_unit.setdefault(named, []).append(Claim(report, index, figure))
        for (measure, unit), claims in by_unit.items():
            found[f"{subject.id}:{measure}:{unit}"] = {
                "of": subject.id,
                "measure": measure,
                "unit": unit,
                "scope": subject.scope,
                "core": shown(subject.core),
                "place": known(subject.place, PLACE_FIELDS),
                **side_by_side(claims),
            }
    return found


def subjects(events: Sequence[Json]) -> Iterable[Subject]:
    """The incidents, and every wave and aggregate by itself."""
    for group in grouping(events):
        place = group.founder.body["place"]
        yield Subject(group.id, "incident", group.core, place, group.members)
    for report in effective(events).values():
        if report.kind == "strike" and report.body.get("scope", "incident") != "incident":
            scope, place = report.body["scope"], report.body["place"]
            yield Subject(report.key, scope, report.occurred, place, [report])


def side_by_side(claims: list[Claim]) -> Json:
    """The claims of one thing in one unit, and whether the current ones agree."""
    newest: dict[str, Claim] = {}
    for claim in sorted(claims, key=lambda one: one.recency):
        newest[plain(claim.claimant["name"])] = claim
    listed = sorted(claims, key=lambda one: one.shown_at)
    current = {claim.shown_at for claim in newest.values()}
    first = [claim for claim in listed if claim.shown_at in current]
    others = [claim for claim in listed if claim.shown_at not in current]
    kept = {claim.shown_at for claim in [*first, *others][:SHOWN_CLAIMS]}
    body: Json = {
        "agreement": agreement(newest.values()),
        "claims": [
            shown_claim(claim, current=claim.shown_at in current)
            for claim in listed
            if claim.shown_at in kept
        ],
    }
    if len(listed) > SHOWN_CLAIMS:
        body["claims_total"] = len(listed)
    return body


def agreement(current: Collection[Claim]) -> str:
    """Whether there is more than one claimant, and a number that all of them allow."""
    if len(current) == 1:
        return "single"
    ranges = [claim.bounds for claim in current]
    least, greatest = max(low for low, _ in ranges), min(high for _, high in ranges)
    return "consistent" if least <= greatest else "disputed"


def shown_claim(claim: Claim, *, current: bool) -> Json:
    """A claim as it stands in a body."""
    body: Json = {
        "claimant": claim.claimant["name"],
        "event": claim.report.key,
        "current": current,
        "reported": text_of(microseconds(claim.report.told)),
        **known(claim.figure, (*NUMBERS, "as_written")),
        **known(claim.claimant, ("role", "party")),
    }
    if claim.figure.get("as_of") is not None:
        body["as_of"] = text_of(microseconds(claim.figure["as_of"]))
    return body
