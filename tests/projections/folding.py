"""Folding a list of events in memory, and looking at what a reader would get."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from conflict_events.codec import Accepted, Policy, accept
from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.fold import Fold, RevisionMade
from conflict_timeline.projections.registry import projection
from tests.oracle.histories import EDITOR

Json = dict[str, Any]

PROJECTIONS: Final = ("incidents", "pairings")
"""Those that the oracle knows."""

POLICY: Final = Policy(editors=frozenset({EDITOR}))
"""Random histories have an editor, who amends the events of others."""

RECORDED_AT_MS: Final = 1_740_000_000_000


def recorded(events: Iterable[Json]) -> list[RecordedEvent]:
    """A log of these events, in this order. Each must be one that intake would record."""
    log: list[RecordedEvent] = []
    for position, event in enumerate(events, start=1):
        found = accept(json.dumps(event, ensure_ascii=False).encode(), POLICY)
        assert isinstance(found, Accepted), (found, event)
        log.append(
            RecordedEvent(
                position=position,
                recorded_at_ms=RECORDED_AT_MS + position,
                raw=found.raw,
                event=found.event,
            )
        )
    return log


def folded(name: str, log: Iterable[RecordedEvent]) -> list[RevisionMade]:
    """The revisions that an empty projection makes of a log."""
    fold = Fold(projection(name))
    return [made for event in log for made in fold.apply(event)]


def read(made: Iterable[RevisionMade]) -> Iterator[Json]:
    """Revisions as the oracle writes them."""
    for one in made:
        revision = json.loads(one.raw)
        assert (one.entry, one.position) == (revision["entry"], revision["position"])
        yield {
            "entry": revision["entry"],
            "number": revision["revision"],
            "position": revision["position"],
            "status": revision["status"],
            "because": revision["because"],
            "body": revision["body"],
        }


def current(revisions: Iterable[Json]) -> dict[str, Json]:
    """The body of each entry that is asserted after these revisions."""
    held: dict[str, Json] = {}
    for revision in revisions:
        if revision["status"] == "asserted":
            held[revision["entry"]] = revision["body"]
        else:
            del held[revision["entry"]]
    return held


def held(name: str, log: Iterable[RecordedEvent]) -> dict[str, Json]:
    """The current entries after a log."""
    return current(read(folded(name, log)))


def knowledge(log: Sequence[RecordedEvent]) -> tuple[list[str], list[str]]:
    """What incidents and pairings say after a log, whatever order its events came in.

    An incident's id follows the order of arrival: here, its members stand for it.
    """
    incidents = held("incidents", log)
    pairs = held("pairings", log).values()
    return (
        sorted(_text(body) for body in incidents.values()),
        sorted(
            _text({**body, "incident": incidents[body["incident"]]["members"]}) for body in pairs
        ),
    )


def _text(body: Json) -> str:
    return json.dumps(body, sort_keys=True)
