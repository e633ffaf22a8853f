"""The seed article as readers get it: two sample sets as one log, and the six timelines over it.

Events are called by their ids in the samples: wherever a body or an entry id holds an event key,
the id stands in its place, so that an incident is called `i-odesa-af`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple, cast

import msgspec

from conflict_events.codec import accept
from conflict_events.instants import format_us
from conflict_events.outcomes import Refused
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import ArticleCoverage, Entry, Happening, Incident, Revision
from conflict_events.window import Window
from conflict_timeline.projections.fold import RevisionMade
from conflict_timeline.projections.registry import PROJECTIONS
from conflict_timeline.queries.filters import Filters, chooser
from conflict_timeline.queries.sources import Sources, sources_of
from conflict_timeline.queries.view import AsOf, View
from conflict_timeline.testing import Json, folded, key_of, record
from conflict_timeline.testing.events import raw_of

ENTRIES: Final = tuple(
    f"{letter}{number:02}"
    for letter, last in (("S", 34), ("E", 6), ("F", 12), ("C", 23))
    for number in range(1, last + 1)
)
"""The inventory: statements, strikes and aggregates, figures, and conflicts and slips."""


def _set(name: str) -> list[Json]:
    lines = (files("conflict_timeline.samples") / name / "events.ndjson").read_bytes().splitlines()
    return [json.loads(line) for line in lines]


EPISODES: Final = _set("episodes")
"""What was recorded before: strikes, statements and articles of the same weeks."""

EVENTS: Final = [*EPISODES, *_set("seed-article")]
"""Both sets, in the order in which `SOURCE.md` asks to publish them."""

LOG: Final = record(EVENTS)
HEAD: Final = len(LOG)
KEYS: Final[dict[str, str]] = {event["id"]: key_of(event) for event in EVENTS}
NAMES: Final[dict[str, str]] = {key: name for name, key in KEYS.items()}


# The log


def event(name: str) -> Json:
    """An event as its producer sent it."""
    return EVENTS[position(name) - 1]


def position(name: str) -> int:
    """The position at which an event was recorded; one less is the log before it."""
    return list(KEYS).index(name) + 1


def copy_of(name: str, *, as_: str, **fields: Any) -> Json:
    """An event under another id, with some fields of its body changed."""
    of = event(name)
    return {**of, "id": as_, "data": {**of["data"], **fields}}


def with_figure(name: str, **figure: Any) -> Json:
    """An event under another id, of which this is the one figure."""
    return copy_of(name, as_=f"{name}/with-a-figure", figures=[figure])


def refusal(offered: Json) -> Refused:
    """Why intake refuses an event.

    Raises:
        AssertionError: it does not.
    """
    found = accept(raw_of(offered))
    assert isinstance(found, Refused), f"{offered['id']} would be recorded"
    return found


def unheeded(offered: Json) -> tuple[str, ...]:
    """The fields of an event that the contract does not know: recorded, and in no timeline.

    Raises:
        AssertionError: intake refuses the event.
    """
    found = accept(raw_of(offered))
    assert not isinstance(found, Refused), found
    return found.unknown_fields


# The timelines


def timeline(projection: str, *, upto: int = HEAD) -> dict[str, Json]:
    """The current entries of a timeline as of a position."""
    return _current(_made(projection), upto, NAMES)


def timeline_with(projection: str, *more: Json) -> dict[str, Json]:
    """The current entries of a timeline when further events are recorded after the two sets."""
    names = NAMES | {key_of(one): one["id"] for one in more}
    return _current(_folded(projection, record([*EVENTS, *more])), HEAD + len(more), names)


def revisions(projection: str, entry: str) -> list[Json]:
    """Every state that an entry has had."""
    read = (_read(one, NAMES) for one in _made(projection))
    return [one for one in read if one["entry"] == entry]


def everything() -> Iterator[str]:
    """Every revision of the six timelines, as text."""
    for projection in PROJECTIONS:
        yield from (one.raw.decode() for one in _made(projection))


def occurrences(pattern: str) -> list[str]:
    """Whatever a pattern finds in any revision of the six timelines, in any case."""
    sought = re.compile(pattern, re.IGNORECASE)
    return [match[0] for text in everything() for match in sought.finditer(text)]


@cache
def _made(projection: str) -> tuple[RevisionMade, ...]:
    return _folded(projection, LOG)


def _folded(projection: str, log: Iterable[RecordedEvent]) -> tuple[RevisionMade, ...]:
    return tuple(folded(PROJECTIONS[projection], log).made)


def _current(made: Iterable[RevisionMade], upto: int, names: Mapping[str, str]) -> dict[str, Json]:
    entries: dict[str, Json] = {}
    for one in made:
        if one.position > upto:
            break
        revision = _read(one, names)
        entries.pop(revision["entry"], None)
        if revision["status"] == "asserted":
            entries[revision["entry"]] = revision["body"]
    return entries


def _read(one: RevisionMade, names: Mapping[str, str]) -> Json:
    return cast("Json", json.loads(_named(one.raw.decode(), names)))


def _named(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"[0-9a-f]{32}", lambda key: names.get(key[0], key[0]), text)


# What tests look at


class Told(NamedTuple):
    """Who does what about whom, as the chronology shows a statement."""

    speaker: str
    party: str | None
    act: str
    about: list[str]


def line(name: str, *, upto: int = HEAD) -> Json:
    """The line of the chronology that an event makes."""
    return timeline("chronology", upto=upto)[name]


def told(name: str, *, upto: int = HEAD) -> Told:
    """Who does what about whom in a statement."""
    shown = line(name, upto=upto)
    speaker = shown["speaker"]
    return Told(speaker["name"], speaker.get("party"), shown["act"], shown["about"])


def title(name: str, *, upto: int = HEAD) -> str:
    """The one-line title of an event: of a statement its proposition."""
    return str(line(name, upto=upto)["title"])


def quotes(name: str, *, upto: int = HEAD) -> list[tuple[str, str]]:
    """Language and words of each quotation of a statement.

    Each is cut and has a source. A cut one is known by not being marked `complete`.
    """
    told = line(name, upto=upto)["quotes"]
    assert all("complete" not in quote and quote["source"] for quote in told)
    return [(quote["lang"], quote["text"]) for quote in told]


def days(text: str, zone: str) -> Json:
    """The window that an EDTF text means in a zone, as bodies show it."""
    window = Window.parse(text, zone=zone)
    return {"earliest": format_us(window.earliest_us), "latest": format_us(window.latest_us)}


def span(earliest: str, latest: str) -> Json:
    """A window between two times, as bodies show it."""
    return {"earliest": earliest, "latest": latest}


def strikes_after(name: str, *, upto: int = HEAD) -> dict[str, str]:
    """The incidents that a statement is paired with, and in which order each came."""
    return {
        body["incident"]: body["order"]
        for body in timeline("pairings", upto=upto).values()
        if body["statement"] == name
    }


def paired(*names: str) -> set[str]:
    """Those of some statements that are paired with any strike."""
    assert set(names) <= timeline("chronology").keys()
    return {body["statement"] for body in timeline("pairings").values()} & set(names)


def strikes_before(name: str) -> set[str]:
    """The incidents of the year before a statement, of the same party, topic and region."""
    return {_named(entry, NAMES) for entry in view().before(KEYS[name]).incidents}


def incidents_with(name: str, *, upto: int = HEAD) -> list[str]:
    """The incidents of which an event is a member: one, or none."""
    held = timeline("incidents", upto=upto)
    return [entry for entry, body in held.items() if name in body["members"]]


def is_of_no_incident(name: str) -> bool:
    """Whether an event counts, but is at no position in an incident or a pair."""
    incidents, pairs = (_text_of(projection) for projection in ("incidents", "pairings"))
    return name in timeline("chronology") and KEYS[name] not in incidents + pairs


def counted(of: str, *, upto: int = HEAD) -> dict[tuple[str, str], str]:
    """What is counted of an incident or an aggregate: measure and unit, with the agreement."""
    return {
        (body["measure"], body["unit"]): body["agreement"]
        for body in timeline("figures", upto=upto).values()
        if body["of"] == of
    }


def ever_counted() -> set[tuple[str, str]]:
    """Measure and unit of all that is counted of anything, at any position."""
    bodies = (_read(one, NAMES)["body"] for one in _made("figures"))
    return {(body["measure"], body["unit"]) for body in bodies if body}


def claims(entry: str, *, upto: int = HEAD) -> dict[str, Json]:
    """The numbers of a figures entry by claimant: each has one claim, and all are current."""
    shown = timeline("figures", upto=upto)[entry]["claims"]
    assert all(claim["current"] for claim in shown)
    found = {claim["claimant"]: numbers(claim) for claim in shown}
    assert len(found) == len(shown)
    return found


def numbers(claim: Json) -> Json:
    """The numbers that a claim gives."""
    return {name: claim[name] for name in ("low", "best", "high") if name in claim}


def _text_of(projection: str) -> str:
    return "\n".join(one.raw.decode() for one in _made(projection))


# Queries


def found(projection: str, *, more: Sequence[Json] = (), **filters: Any) -> set[str]:
    """The current entries that a reader finds by filters; events may be recorded before that."""
    made = _folded(projection, record([*EVENTS, *more])) if more else _made(projection)
    names = NAMES | {key_of(one): one["id"] for one in more}
    chosen = chooser(projection, msgspec.convert(filters, Filters))
    return {_named(one.entry, names) for one in _entries(projection, made) if chosen(one)}


def view(*, upto: int = HEAD) -> View:
    """What is computed on read, as of a position."""
    return View(
        AsOf(conflict="ukraine", position=upto, versions={"chronology": 1, "incidents": 1}),
        LOG[upto - 1].recorded_at_ms * 1_000,
        _entries("chronology", _made("chronology"), upto=upto),
        _entries("incidents", _made("incidents"), upto=upto),
    )


def sources(incident: str) -> Sources:
    """The independent sources behind an incident."""
    chronology, incidents, coverage = (
        {one.entry: one.body for one in _entries(projection, _made(projection))}
        for projection in ("chronology", "incidents", "coverage")
    )
    articles = [msgspec.json.decode(body, type=ArticleCoverage) for body in coverage.values()]
    return sources_of(
        msgspec.json.decode(incidents[f"i-{KEYS[incident.removeprefix('i-')]}"], type=Incident),
        {key: msgspec.json.decode(body, type=Happening) for key, body in chronology.items()},
        {article.url: article for article in articles},
    )


def _entries(
    projection: str, made: Iterable[RevisionMade], *, upto: int | None = None
) -> list[Entry]:
    """Current entries as readers are sent them."""
    held: dict[str, Revision] = {}
    for one in made:
        if upto is None or one.position <= upto:
            held[one.entry] = msgspec.json.decode(one.raw, type=Revision)
    return [
        Entry.of(revision, projection=projection, version=1, conflict="ukraine")
        for revision in held.values()
        if revision.status == "asserted"
    ]
