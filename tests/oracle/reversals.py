"""The oracle's reversals: one speaker, one topic, opposite acts."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from .reports import Effective, effective, words
from .semantics import SPEAKER_FIELDS, covers, known
from .times import Json, shown, span_of

RULES: Final = "reversals/1"

OPPOSITES: Final = frozenset(
    frozenset(acts)
    for acts in (
        ("deny", "admit"),
        ("deny", "justify"),
        ("promise", "threaten"),
        ("promise", "reject"),
        ("agree", "threaten"),
        ("agree", "reject"),
    )
)


def reversals(events: Sequence[Json]) -> dict[str, Json]:
    """The current entries of `reversals` after all events."""
    statements = sorted(
        (report for report in effective(events).values() if report.kind == "statement"), key=rank
    )
    found: dict[str, Json] = {}
    for earlier, later in combinations(statements, 2):
        body = reversal(earlier, later)
        if body is not None:
            found[f"{earlier.key}:{later.key}"] = body
    return found


def rank(report: Effective) -> tuple[int, int, str]:
    """Which of two statements is the earlier."""
    said = span_of(report.body["said"])
    return (said.start, said.end, report.key)


def speaker_of(body: Json) -> tuple[str, str]:
    """Who spoke; an id is never a name."""
    speaker = body["speaker"]
    if speaker.get("id") is not None:
        return ("id", speaker["id"])
    return ("name", speaker["name"].casefold())


def concerned(body: Json) -> set[str]:
    """The parties that a statement is about."""
    party = body["speaker"].get("party")
    return set(words(body, "about")) or ({party} if party else set())


def shared_topics(one: Json, other: Json) -> set[str]:
    """The topics of either that cover, or are covered by, one of the other's."""
    return {
        topic
        for mine in words(one, "topics")
        for theirs in words(other, "topics")
        if covers(mine, theirs) or covers(theirs, mine)
        for topic in (mine, theirs)
    }


def reversal(earlier: Effective, later: Effective) -> Json | None:
    """The reversal that two statements make, if they make one."""
    before, after = earlier.body, later.body
    parties = concerned(before) & concerned(after)
    topics = shared_topics(before, after)
    opposed = frozenset({before["act"], after["act"]}) in OPPOSITES
    if speaker_of(before) != speaker_of(after) or not (parties and topics and opposed):
        return None
    first, second = span_of(before["said"]), span_of(after["said"])
    return {
        "earlier": earlier.key,
        "later": later.key,
        "order": "after" if second.start >= first.end else "unknown",
        "gap_min_s": max(0, second.start - first.end) // 1_000_000,
        "gap_max_s": (second.end - first.start) // 1_000_000,
        "rules": RULES,
        "speaker": known(after["speaker"], SPEAKER_FIELDS),
        "parties": sorted(parties),
        "topics": sorted(topics),
        "earlier_words": said_words(before),
        "later_words": said_words(after),
    }


def said_words(body: Json) -> Json:
    """What a statement said."""
    return {
        "act": body["act"],
        "said": shown(span_of(body["said"])),
        "proposition": body["proposition"],
    }
