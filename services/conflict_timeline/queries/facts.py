"""Facts: what filters look at in the entries of each projection."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from conflict_events.parties import Speaker
from conflict_events.place import Place
from conflict_events.timelines import (
    ArticleCoverage,
    FigureClaims,
    Happening,
    Incident,
    Pairing,
    PartyHeld,
    Reversal,
    Span,
)
from conflict_timeline.queries.incidents_held import bounds_us


class Facts(NamedTuple):
    """What filters look at in one entry; None where a projection has no such thing."""

    times: tuple[tuple[int, int], ...] | None = None
    party: tuple[str, ...] | None = None
    topic: tuple[str, ...] | None = None
    region: tuple[str, ...] | None = None
    act: tuple[str, ...] | None = None
    speaker: tuple[Speaker, ...] | None = None
    order: str | None = None
    within: tuple[str, ...] | None = None
    statement: tuple[str, ...] | None = None
    incident: tuple[str, ...] | None = None
    disputed: bool | None = None
    q: tuple[str | None, ...] | None = None


Texts = Mapping[str, tuple[str, ...]]
"""Further words to look for, by the event key of a statement: its quotes."""


_APOSTROPHES: Final = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u02b9\u2032`\u00b4"), "'")


def plain(text: str) -> str:
    """A text as it is searched: compatible characters and apostrophes made one, casefolded."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold().split())


# What there is in the entries of each projection


def _happening(_entry: str, body: Happening, _texts: Texts) -> Facts:
    speaker = None if body.speaker is UNSET else body.speaker
    quotes = () if body.quotes is UNSET else tuple(quote.text for quote in body.quotes)
    return Facts(
        times=(bounds_us(body.window),),
        party=body.parties,
        topic=body.topics,
        region=body.regions,
        act=() if body.act is UNSET else (body.act,),
        speaker=() if speaker is None else (speaker,),
        q=(
            body.title,
            *quotes,
            *_named(None if body.place is UNSET else body.place),
            *_spoken(speaker),
            None if body.claimant is UNSET else body.claimant.name,
            None if body.outlet is UNSET else body.outlet.name,
        ),
    )


def _incident(entry: str, body: Incident, _texts: Texts) -> Facts:
    return Facts(
        times=(bounds_us(body.core),),
        party=tuple(held.party for held in body.parties),
        topic=body.targets,
        region=(*body.admin1s, *body.countries),
        incident=(entry,),
        disputed=_is_disputed(body.parties),
        q=(*_named(body.place), *body.claimants),
    )


def _pairing(_entry: str, body: Pairing, texts: Texts) -> Facts:
    place = body.place
    return Facts(
        times=(bounds_us(body.core),),
        party=tuple(held.party for held in body.parties),
        topic=body.targets,
        region=tuple(part for part in (place.country, place.admin1) if part is not None),
        act=(body.act,),
        speaker=(body.speaker,),
        order=body.order,
        within=tuple(body.windows),
        statement=(body.statement,),
        incident=(body.incident,),
        disputed=_is_disputed(body.parties),
        q=(
            body.proposition,
            *_named(place),
            *_spoken(body.speaker),
            *texts.get(body.statement, ()),
        ),
    )


def _reversal(_entry: str, body: Reversal, texts: Texts) -> Facts:
    words = (body.earlier_words, body.later_words)
    return Facts(
        times=tuple(bounds_us(one.said) for one in words),
        party=body.parties,
        topic=body.topics,
        act=tuple(one.act for one in words),
        speaker=(body.speaker,),
        order=body.order,
        statement=(body.earlier, body.later),
        q=(
            *(one.proposition for one in words),
            *_spoken(body.speaker),
            *texts.get(body.earlier, ()),
            *texts.get(body.later, ()),
        ),
    )


def _figures(_entry: str, body: FigureClaims, _texts: Texts) -> Facts:
    place = body.place
    return Facts(
        times=(bounds_us(body.core),),
        party=tuple(claim.party for claim in body.claims if claim.party is not UNSET),
        region=tuple(part for part in (place.country, place.admin1) if part is not None),
        incident=(body.of,),
        disputed=body.agreement == "disputed",
        q=(body.measure, body.unit, *_named(place), *(claim.claimant for claim in body.claims)),
    )


def _coverage(_entry: str, body: ArticleCoverage, _texts: Texts) -> Facts:
    published: Span | None = None if body.published is UNSET else body.published
    outlet = None if body.outlet is UNSET else body.outlet
    return Facts(
        times=() if published is None else (bounds_us(published),),
        q=(
            body.url,
            None if body.title is UNSET else body.title,
            *(() if outlet is None else (outlet.name, outlet.group)),
        ),
    )


def _named(place: Place | None) -> tuple[str | None, ...]:
    return () if place is None else (place.name, place.as_written)


def _spoken(speaker: Speaker | None) -> tuple[str | None, ...]:
    return () if speaker is None else (speaker.name, speaker.role)


def _is_disputed(parties: Iterable[PartyHeld]) -> bool:
    return any(held.disputed_by for held in parties)


FACTS: Final[dict[str, tuple[msgspec.json.Decoder[Any], Callable[[str, Any, Texts], Facts]]]] = {
    "chronology": (msgspec.json.Decoder(Happening), _happening),
    "incidents": (msgspec.json.Decoder(Incident), _incident),
    "pairings": (msgspec.json.Decoder(Pairing), _pairing),
    "reversals": (msgspec.json.Decoder(Reversal), _reversal),
    "figures": (msgspec.json.Decoder(FigureClaims), _figures),
    "coverage": (msgspec.json.Decoder(ArticleCoverage), _coverage),
}
"""By projection: how its bodies are read, and what there is in one."""
