"""The oracle: incidents and pairings computed from the text of the semantics, batch-wise.

Works on CloudEvents as plain dicts, with the standard library alone. Nothing here is fast: every
state is computed anew from all events, so that it can be checked against the text line by line.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .reports import Effective, amended_by, effective, key_of, parts, place_key, words
from .times import DAY, HOUR, Json, Span, intersection, overlap, shown, span_of

__all__ = [
    "Effective",
    "Projection",
    "effective",
    "grouping",
    "incidents",
    "pairings",
    "revisions",
    "revisions_of",
]

BROAD: Final = 36 * HOUR
"""A window longer than this never narrows a core."""

SHOWN_MEMBERS: Final = 256
RULES: Final = "pairings/1"
WINDOWS: Final = {"24h": DAY, "72h": 3 * DAY, "7d": 7 * DAY, "30d": 30 * DAY}

RULE_LENGTHS: Final = {
    "deny": 30 * DAY,
    "threaten": 30 * DAY,
    "promise": 30 * DAY,
    "agree": 30 * DAY,
    "reject": 7 * DAY,
    "request": 7 * DAY,
    "demand": 7 * DAY,
}
"""How long after the words a strike may come; an act that is not here is never paired."""

COMMITMENTS: Final = frozenset({"promise", "agree"})
"""Acts whose `validity` replaces the rule's length."""

ASKS: Final = frozenset({"request", "demand"})
"""Acts that are never paired without an `about`."""

CHILDREN: Final = {
    "energy": frozenset({"energy_generation", "energy_grid", "energy_heat", "oil_gas"}),
    "civilian": frozenset({"residential", "health", "education", "water", "religious_cultural"}),
    "transport": frozenset({"rail", "port", "aviation"}),
}

PLACE_FIELDS: Final = (
    "as_written",
    "name",
    "country",
    "admin1",
    "geonames",
    "lat",
    "lon",
    "radius_m",
    "where_prec",
    "controlled_by",
)
SPEAKER_FIELDS: Final = ("name", "id", "role", "party")


# Incidents


@dataclass
class Group:
    """Reports of one attack, the founder first."""

    members: list[Effective]
    core: Span
    windows_disagree: bool = False
    imprecise: bool = False

    @property
    def founder(self) -> Effective:
        """The first in the order of rule 3."""
        return self.members[0]

    @property
    def named(self) -> set[str]:
        """Parties of attributions of every basis."""
        return {party for member in self.members for party in parties_named(member)}

    @property
    def first(self) -> Effective:
        """The member whose own event has the lowest position."""
        return min(self.members, key=lambda member: member.position)

    @property
    def id(self) -> str:
        """`i-` and the first member's key."""
        return f"i-{self.first.key}"


def parties_named(report: Effective) -> set[str]:
    """Parties of a report's attributions, whatever the basis."""
    return {attribution["party"] for attribution in parts(report.body, "attribution")}


def shared_id_group(members: list[Effective]) -> Group:
    """Rule 1."""
    windows = [member.occurred for member in members]
    core = intersection(windows)
    if core.length > 0 or (core.length == 0 and all(overlap(core, one) for one in windows)):
        return Group(members, core)
    hull = Span(min(one.start for one in windows), max(one.end for one in windows))
    return Group(members, hull, windows_disagree=True)


def joinable(group: Group, report: Effective) -> bool:
    """Whether rule 3 lets a report join a group: core and window overlap, parties compatible."""
    mine, theirs = parties_named(report), group.named
    compatible = not mine or not theirs or bool(mine & theirs)
    return not group.imprecise and overlap(group.core, report.occurred) and compatible


def preference(group: Group, window: Span) -> tuple[int, int, int, str]:
    """Among groups that a report may join, the least of these is the one it joins."""
    core = group.core
    if window.start <= core.start and core.end <= window.end:
        return (0, 0, core.start, group.founder.key)
    return (1, -intersection([core, window]).length, core.start, group.founder.key)


def block_groups(reports: Iterable[Effective]) -> list[Group]:
    """Rules 3 and 4, for the reports of one block."""
    groups: list[Group] = []
    # By length first: the windows longer than 36 h come last by themselves.
    for report in sorted(reports, key=lambda one: one.rank):
        window = report.occurred
        broad = window.length > BROAD
        # Founders' keys differ, so no two groups are equally preferred.
        candidates = {
            preference(group, window): group for group in groups if joinable(group, report)
        }
        if not candidates:
            groups.append(Group([report], window, imprecise=broad))
            continue
        joined = candidates[min(candidates)]
        joined.members.append(report)
        if not broad:
            joined.core = intersection([joined.core, window])
    return groups


def grouping(events: Sequence[Json]) -> list[Group]:
    """Rules 1 to 4 on the set of reports."""
    by_id: dict[str, list[Effective]] = {}
    by_place: dict[str, list[Effective]] = {}
    alone: list[Effective] = []
    for report in sorted(
        (one for one in effective(events).values() if one.kind == "strike"),
        key=lambda one: one.rank,
    ):
        if report.body.get("scope", "incident") != "incident":
            continue
        shared = report.body.get("incident")
        block = place_key(report.body["place"])
        if shared is not None:
            by_id.setdefault(shared, []).append(report)
        elif block is not None:
            by_place.setdefault(block, []).append(report)
        else:
            alone.append(report)
    groups = [shared_id_group(members) for members in by_id.values()]
    for reports in [*by_place.values(), *([report] for report in alone)]:
        groups.extend(block_groups(reports))
    return groups


def group_parties(group: Group) -> list[Json]:
    """Parties with an attribution of another basis than `inferred_by_outlet`."""
    attributions = [
        attribution for member in group.members for attribution in parts(member.body, "attribution")
    ]
    found: list[Json] = []
    for party in sorted({attribution["party"] for attribution in attributions}):
        own = [attribution for attribution in attributions if attribution["party"] == party]
        bases = {attribution["basis"] for attribution in own}
        disputed = {other for one in own for other in words(one, "disputed_by")}
        if bases != {"inferred_by_outlet"}:
            found.append({"party": party, "bases": sorted(bases), "disputed_by": sorted(disputed)})
    return found


def known(value: Json, fields: Iterable[str]) -> Json:
    """The fields that the contract knows and the event gives."""
    return {name: value[name] for name in fields if value.get(name) is not None}


def incident_body(group: Group) -> Json:
    """An incident's body."""
    bodies = [member.body for member in group.members]
    places = [body["place"] for body in bodies]
    keys = sorted(member.key for member in group.members)
    body: Json = {
        "members": keys[:SHOWN_MEMBERS],
        "core": shown(group.core),
        "windows_disagree": group.windows_disagree,
        "imprecise": group.imprecise,
        "place": known(group.founder.body["place"], PLACE_FIELDS),
        "parties": group_parties(group),
        "targets": sorted({target for body in bodies for target in words(body, "targets")}),
        "weapons": sorted({one["family"] for body in bodies for one in parts(body, "weapons")}),
        "admin1s": sorted({place["admin1"] for place in places if place.get("admin1")}),
        "countries": sorted({place["country"] for place in places if place.get("country")}),
        "claimants": sorted({body["claimant"]["name"] for body in bodies if body.get("claimant")}),
        "producers": sorted({member.source for member in group.members}),
    }
    if len(keys) > SHOWN_MEMBERS:
        body["members_total"] = len(keys)
    return body


def incidents(events: Sequence[Json]) -> dict[str, Json]:
    """The current entries of `incidents` after all events."""
    return {group.id: incident_body(group) for group in grouping(events)}


# Pairings


def about(statement: Json) -> set[str]:
    """The parties whose strikes the rule of the act looks for."""
    given = words(statement, "about")
    if given:
        return set(given)
    party = statement["speaker"].get("party")
    return {party} if party and statement["act"] not in ASKS else set()


def covers(topic: str, target: str) -> bool:
    """A topic covers itself and its descendants."""
    return topic == target or target in CHILDREN.get(topic, frozenset())


def region_matches(regions: Collection[str], incident: Json) -> bool:
    """No regions, or an admin1 or country among them; a country stands for its admin1s."""
    if not regions:
        return True
    if set(regions) & {*incident["admin1s"], *incident["countries"]}:
        return True
    return any(
        admin1.startswith(f"{region}-") for region in regions for admin1 in incident["admin1s"]
    )


def time_matches(statement: Json, said: Span, core: Span) -> bool:
    """Not over before the words, and within the rule's length or the validity instead."""
    if core.end <= said.start:
        return False
    if statement["act"] in COMMITMENTS and statement.get("validity"):
        return overlap(core, span_of(statement["validity"]))
    return max(0, core.start - said.end) <= RULE_LENGTHS[statement["act"]]


def pair_body(report: Effective, incident_id: str, incident: Json) -> Json | None:
    """The pair of a statement and an incident, if they make one."""
    statement = report.body
    if statement["act"] not in RULE_LENGTHS:
        return None
    wanted = about(statement)
    parties = [one for one in incident["parties"] if one["party"] in wanted]
    targets = incident["targets"]
    topics = {
        topic
        for topic in words(statement, "topics")
        if any(covers(topic, target) for target in targets)
    }
    said, core = span_of(statement["said"]), span_of(incident["core"])
    if (
        not parties
        or not topics
        or not region_matches(words(statement, "regions"), incident)
        or not time_matches(statement, said, core)
    ):
        return None
    lag_min, lag_max = max(0, core.start - said.end), core.end - said.start
    after = core.start >= said.end
    windows: Json = {}
    for name, length in WINDOWS.items():
        if after and lag_max <= length:
            windows[name] = "definite"
        elif lag_min <= length:
            windows[name] = "possible"
    return {
        "statement": report.key,
        "incident": incident_id,
        "parties": parties,
        "topics": sorted(topics),
        "order": "after" if after else "unknown",
        "lag_min_s": lag_min // 1_000_000,
        "lag_max_s": lag_max // 1_000_000,
        "windows": windows,
        "rules": RULES,
        "speaker": known(statement["speaker"], SPEAKER_FIELDS),
        "act": statement["act"],
        "proposition": statement["proposition"],
        "said": shown(said),
        "place": incident["place"],
        "core": incident["core"],
        "targets": targets,
    }


def pairings(events: Sequence[Json]) -> dict[str, Json]:
    """The current entries of `pairings` after all events."""
    held = incidents(events)
    found: dict[str, Json] = {}
    for report in effective(events).values():
        if report.kind != "statement":
            continue
        for incident_id, incident in held.items():
            body = pair_body(report, incident_id, incident)
            if body is not None:
                found[f"{report.key}:{incident_id}"] = body
    return found


# Revisions

Projection = Literal["incidents", "pairings"]

State = Callable[[Sequence[Json]], dict[str, Json]]
"""The current entries of a projection after some events."""


def merged_into(events: Sequence[Json], entry: str) -> Json:
    """The body of a withdrawn revision: what now holds the first member of an incident."""
    for group in grouping(events):
        if entry in {f"i-{member.key}" for member in group.members}:
            return {"merged_into": group.id}
    return {}


def nothing(_events: Sequence[Json], _entry: str) -> Json:
    """The body of every other withdrawn revision."""
    return {}


def revisions(
    events: Sequence[Json],
    projection: Projection = "incidents",
    *,
    fields: Collection[str] | None = None,
) -> list[Json]:
    """Every revision of incidents or pairings.

    `fields`, when given, are the only ones of an asserted body that are looked at and shown.
    """

    def state(log: Sequence[Json]) -> dict[str, Json]:
        held = incidents(log) if projection == "incidents" else pairings(log)
        return {
            entry: {name: body[name] for name in body if fields is None or name in fields}
            for entry, body in held.items()
        }

    return revisions_of(state, events, gone=merged_into if projection == "incidents" else nothing)


def revisions_of(
    state: State, events: Sequence[Json], *, gone: Callable[[Sequence[Json], str], Json] = nothing
) -> list[Json]:
    """Every revision that the events make, in order; the whole state anew at every position.

    `gone` gives the body of a withdrawn revision, from the events so far and the entry's id.
    """
    made: list[Json] = []
    numbers: dict[str, int] = {}
    before: dict[str, Json] = {}
    for position, event in enumerate(events, start=1):
        log = events[:position]
        after = state(log)
        amended = amended_by(event)
        because = [key_of(event), *([amended] if amended else [])]
        withdrawn = sorted(before.keys() - after.keys(), key=str.encode)
        changed = sorted(
            (entry for entry in after if before.get(entry) != after[entry]), key=str.encode
        )
        changes: list[tuple[str, str, Json]] = [
            *((entry, "withdrawn", gone(log, entry)) for entry in withdrawn),
            *((entry, "asserted", after[entry]) for entry in changed),
        ]
        for entry, status, body in changes:
            numbers[entry] = numbers.get(entry, 0) + 1
            made.append(
                {
                    "entry": entry,
                    "number": numbers[entry],
                    "position": position,
                    "status": status,
                    "because": because,
                    "body": body,
                }
            )
        before = after
    return made
