"""Given, when, then: events in a few words, and what a reader of the timeline sees after them.

Times are short: `18T22:00` is 2025-02-18T22:00:00Z and `03-20T14:00` is in March; one time alone is
an instant, `18T22:00/19T05:00` a window. An event that leaves out its id is named by what it says.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.fold import Fold
from conflict_timeline.projections.projection import Projection
from conflict_timeline.testing import events
from tests.oracle.reports import key_of

from .folding import Json, current, folded, knowledge, read, recorded

PRODUCER: Final = "https://scrapers.example/a"
NOON: Final = "2025-03-01T12:00:00Z"
DNIPRO: Final[Json] = {"geonames": 709930, "name": "Dnipro", "country": "UA", "admin1": "UA-12"}

_OURS: Final[Json] = {"source": PRODUCER, "time": NOON}
_TIME: Final = re.compile(r"(?:(\d\d)-)?(\d\d)T(\d\d:\d\d)(?::(\d\d(?:\.\d{6})?))?")


# Events


def strike(occurred: str, **fields: Any) -> Json:
    """A report that Russia struck the grid of Dnipro, unless fields say otherwise."""
    said: Json = {"place": DNIPRO, "targets": ["energy_grid"], **fields}
    return events.strike(window(occurred), **_OURS | said)


def statement(act: str, said: str, **fields: Any) -> Json:
    """A Russian speaker's words about energy, unless fields say otherwise."""
    return events.statement(window(said), act=act, **_OURS | fields)


def denial(said: str, **fields: Any) -> Json:
    """A Russian denial about energy, unless fields say otherwise."""
    return statement("deny", said, **fields)


def article(published: str, **fields: Any) -> Json:
    """An article of an outlet called News, unless fields say otherwise."""
    return events.article(window(published), **_OURS | fields)


def correction(of: Json, *, time: str = NOON, drop: Sequence[str] = (), **fields: Any) -> Json:
    """A correction that changes some fields of an event's body, and drops others."""
    return events.correction_of(of, drop=drop, time=time, **fields)


def retraction(of: Json, *, time: str = NOON, **envelope: str) -> Json:
    """A retraction of an event."""
    return events.retraction_of(of, time=time, **envelope)


def window(text: str) -> Json:
    """A window, or the instant of one time."""
    earliest, _, latest = text.partition("/")
    return {"earliest": time_of(earliest), "latest": time_of(latest or earliest)}


def time_of(text: str) -> str:
    """A short time in full."""
    found = _TIME.fullmatch(text)
    assert found is not None, f"{text} is no short time"
    month, day, minute, second = found.groups()
    return f"2025-{month or '02'}-{day}T{minute}:{second or '00'}Z"


def by(*parties: str, basis: str = "alleged_by_target", **fields: Any) -> list[Json]:
    """Attributions to parties."""
    return [{"party": party, "basis": basis, **fields} for party in parties]


def in_order_of_keys(*told: Json) -> list[Json]:
    """The events by event key, by which the last ties are broken."""
    return sorted(told, key=key_of)


# What is expected


def incident(*members: Json, **fields: Any) -> Json:
    """An incident of exactly these reports; of its other fields, those given."""
    if isinstance(fields.get("core"), str):
        fields["core"] = window(fields["core"])
    return {"members": sorted(key_of(event) for event in members), **fields}


def pair(words: Json, first: Json, **fields: Any) -> Json:
    """The pair of a statement and the incident that is named by its first report."""
    return {"statement": key_of(words), "incident": incident_id(first), **fields}


def held(party: str, *bases: str, disputed_by: Sequence[str] = ()) -> list[Json]:
    """A party as an incident or a pair shows it; by itself, as the target alleged it."""
    return [
        {
            "party": party,
            "bases": list(bases) or ["alleged_by_target"],
            "disputed_by": list(disputed_by),
        }
    ]


def incident_id(first: Json) -> str:
    """The id of the incident of which this report was recorded first."""
    return f"i-{key_of(first)}"


def pair_id(words: Json, first: Json) -> str:
    """The entry id of a pair."""
    return f"{key_of(words)}:{incident_id(first)}"


def asserted(entry: str, **fields: Any) -> Json:
    """A revision that asserts an entry; of its other fields (`number`, `body`, …), those given."""
    return {"entry": entry, "status": "asserted", **fields}


def withdrawn(entry: str, *, into: str | None = None, **fields: Any) -> Json:
    """A revision that withdraws an entry, and names the one that holds its first report now."""
    body = {} if into is None else {"merged_into": into}
    return {"entry": entry, "status": "withdrawn", "body": body, **fields}


# The story of a test

_given: Final[list[Json]] = []
_when: Final[list[Json]] = []


def given(*events: Json) -> None:
    """Begin a log with these events."""
    _given[:] = events
    _when.clear()


def when(*events: Json) -> None:
    """Record these after what was given."""
    _when.extend(events)


def then(projection: Projection) -> "Reader":
    """Fold the log, and look at the timeline as a reader does.

    Whatever a test is about, a second fold must make the same bytes, and other orders of arrival
    the same knowledge.
    """
    told = [*_given, *_when]
    log = recorded(told)
    assert len({event.key for event in log}) == len(log), "two events are one: give one an id"
    fold = Fold(projection)
    made = [one for event in log for one in fold.apply(event)]
    assert made == folded(projection.name, log)
    known = knowledge(log)
    for order in (told[::-1], told[1::2] + told[::2]):
        assert knowledge(recorded(order)) == known
    return Reader(list(read(made)), log[len(_given) :])


class Reader:
    """What a reader of a timeline sees."""

    def __init__(self, revisions: list[Json], since: list[RecordedEvent]) -> None:
        self._revisions = revisions
        self._since = {event.position for event in since}

    def holds(self, *expected: Json) -> None:
        """Exactly these entries are current, with these fields."""
        entries = {_identity(body): body for body in current(self._revisions).values()}
        wanted = {_identity(body): body for body in expected}
        assert entries.keys() == wanted.keys()
        for identity, fields in wanted.items():
            assert {name: entries[identity].get(name) for name in fields} == fields

    def holds_nothing(self) -> None:
        """No entry is current."""
        self.holds()

    def made(self, *expected: Json) -> None:
        """What came after the given made exactly these revisions, in this order."""
        made = [one for one in self._revisions if one["position"] in self._since]
        assert [(one["status"], one["entry"]) for one in made] == [
            (one["status"], one["entry"]) for one in expected
        ]
        for revision, wanted in zip(made, expected, strict=True):
            body = wanted.get("body", {})
            assert {name: revision[name] for name in wanted if name != "body"} == {
                name: value for name, value in wanted.items() if name != "body"
            }
            if wanted["status"] == "withdrawn":
                assert revision["body"] == body
            assert {name: revision["body"].get(name) for name in body} == body

    def made_nothing(self) -> None:
        """What came after the given made no revision."""
        self.made()


def _identity(body: Json) -> str:
    """An entry without its id, which only the order of arrival decides."""
    if "statement" in body:
        return f"{body['statement']}:{body['incident']}"
    return " ".join(body["members"])
