"""Chronology: every article, statement and report that counts, a line each."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, TypeVar

from msgspec import UNSET, UnsetType

from conflict_events.events import ArticlePublished, Report, StatementMade, StrikeReported
from conflict_events.place import Place
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import Happening, Span, WeaponReported
from conflict_events.window import Window
from conflict_timeline.projections.effective import EffectiveBodies
from conflict_timeline.projections.projection import Change

ValueT = TypeVar("ValueT")


class Chronology:
    """One entry for each event that counts, under its event key."""

    name: ClassVar[str] = "chronology"
    version: ClassVar[int] = 1

    def __init__(self) -> None:
        self._bodies = EffectiveBodies()

    @property
    def waiting(self) -> int:
        """How many events are amended but not recorded yet."""
        return self._bodies.waiting

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the one line that a recorded event may change. Cost: O(1)."""
        effective = self._bodies.apply(recorded)
        if effective is not None:
            body = effective.body
            yield Change(effective.key, None if body is None else _line(body))


def _line(body: Report) -> Happening:
    match body:
        case ArticlePublished():
            return _of_article(body)
        case StatementMade():
            return _of_statement(body)
        case StrikeReported():
            return _of_strike(body)


def _of_article(article: ArticlePublished) -> Happening:
    return Happening(
        kind="article",
        window=span_of(article.published),
        title=_one_line(article.title or "") or article.url,
        parties=(),
        topics=(),
        regions=(),
        articles=(article.url,),
        as_written=_or_unset(article.published.as_written),
        edtf=_or_unset(article.published.edtf),
        outlet=article.outlet,
    )


def _of_statement(statement: StatementMade) -> Happening:
    speaker = statement.speaker
    own = () if speaker.party is None else (speaker.party,)
    return Happening(
        kind="statement",
        window=span_of(statement.said),
        title=_one_line(statement.proposition),
        parties=_sorted((*statement.about, *own)),
        topics=_sorted(statement.topics),  # type: ignore[arg-type]  # Topics as text.
        regions=_sorted(statement.regions),
        articles=_sorted(statement.articles),
        as_written=_or_unset(statement.said.as_written),
        edtf=_or_unset(statement.said.edtf),
        speaker=speaker,
        act=statement.act,
        about=_sorted(statement.about),
        validity=UNSET if statement.validity is None else span_of(statement.validity),
        quotes=statement.quotes,  # As reported: the original language comes first.
    )


def _of_strike(report: StrikeReported) -> Happening:
    place = report.place
    targets = _sorted(report.targets)
    named = (held.party for held in report.attribution if held.basis != "inferred_by_outlet")
    where = _one_line(place_title(place))
    return Happening(
        kind="strike",
        window=span_of(report.occurred),
        title=f"{where}: {', '.join(targets)}" if targets else where,
        parties=_sorted(named),
        topics=targets,  # type: ignore[arg-type]  # Topics as text.
        regions=_sorted(part for part in (place.country, place.admin1) if part is not None),
        articles=_sorted(report.articles),
        as_written=_or_unset(report.occurred.as_written),
        edtf=_or_unset(report.occurred.edtf),
        place=place,
        scope=report.scope,
        claimant=_or_unset(report.claimant),
        attribution=report.attribution,
        weapons=tuple(
            WeaponReported(family=one.family, model=_or_unset(one.model), status=one.status)
            for one in report.weapons
        ),
        grade=_or_unset(report.grade),
    )


def span_of(window: Window) -> Span:
    """A window of an event as timelines show it."""
    return Span.of_us(window.earliest_us, window.latest_us)


def place_title(place: Place) -> str:
    """The best name that a place has; one without any is named by its point, or not at all."""
    for name in (place.name, place.as_written, place.admin1, place.country):
        if name is not None:
            return name
    if place.geonames is not None:
        return f"geonames:{place.geonames}"
    return "unnamed place" if place.lat is None else f"{place.lat}, {place.lon}"


def _or_unset(value: ValueT | None) -> ValueT | UnsetType:
    return UNSET if value is None else value


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))


def _one_line(text: str) -> str:
    return " ".join(text.split())
