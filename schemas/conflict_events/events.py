"""Events: what a producer may report. Three kinds, each reported, corrected or retracted."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from conflict_events.amendments import Corrected, Retracted
from conflict_events.figures import Figure, Outlet, Weapon
from conflict_events.instants import Instant
from conflict_events.parties import Attribution, Claimant, Party, Speaker
from conflict_events.place import Place, Region
from conflict_events.taxonomy import Topic
from conflict_events.text import Lang, Name, Proposition, QuoteText, Sha256, Url
from conflict_events.window import Window

Kind = Literal["article", "statement", "strike"]
"""What an event is about; also the name of its intake stream."""

KINDS: Final[tuple[Kind, ...]] = ("article", "statement", "strike")

Act = Literal[
    "deny",
    "promise",
    "agree",
    "threaten",
    "reject",
    "request",
    "demand",
    "accuse",
    "admit",
    "justify",
    "report",
    "announce",
    "condemn",
    "other",
]
"""What a speaker does by saying something."""


Scope = Literal["incident", "wave", "aggregate"]
"""What a report speaks of: one attack at one place, many in one night, or a count over a time."""


Grade = Literal["confirmed", "fair", "weak", "contested", "discounted"]
"""How well a report is supported, in the eyes of whoever graded it."""


class ArticlePublished(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An article appeared. Its text is never part of an event."""

    url: Url
    outlet: Outlet
    published: Window
    retrieved_at: Instant | None = None
    lang: Lang | None = None
    title: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    authors: tuple[Name, ...] = ()
    sha256: Sha256 | None = None
    archive_urls: tuple[Url, ...] = ()


class Quote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Words as they were said; `complete` is false where the passage is cut."""

    lang: Lang
    text: QuoteText
    complete: bool = False
    source: Annotated[str, Meta(min_length=1, max_length=2000)] | None = None
    translator: Name | None = None


class StatementMade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One proposition by one speaker at one time; two in one breath are two events.

    `said.latest` is the first publication at the latest. `about` names the parties whose conduct
    the words are about (default: the speaker's party), `validity` the time that a commitment
    covers. No `regions` means anywhere.
    """

    speaker: Speaker
    said: Window
    act: Act
    proposition: Proposition
    about: tuple[Party, ...] = ()
    validity: Window | None = None
    topics: tuple[Topic, ...] = ()
    regions: tuple[Region, ...] = ()
    quotes: tuple[Quote, ...] = ()
    articles: tuple[Url, ...] = ()


class Rating(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Source reliability A-F and information credibility 1-6 (NATO AJP-2.1), kept apart."""

    reliability: Literal["A", "B", "C", "D", "E", "F"] | None = None
    credibility: Annotated[int, Meta(ge=1, le=6)] | None = None
    rated_by: Name | None = None


class StrikeReported(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claimant's account of one attack.

    Only `scope` `incident` is ever paired; a `wave` or an `aggregate` stays what it is. `incident`
    is an id that publishers share for one attack at one place, never the number of a bulletin.
    """

    occurred: Window
    place: Place
    scope: Scope = "incident"
    incident: (
        Annotated[
            str,
            Meta(max_length=200, pattern=r"^[A-Za-z0-9._-]{1,60}:[A-Za-z0-9._:/@+-]{1,139}\Z"),
        ]
        | None
    ) = None
    attribution: tuple[Attribution, ...] = ()
    weapons: tuple[Weapon, ...] = ()
    targets: tuple[Topic, ...] = ()
    figures: tuple[Figure, ...] = ()
    claimant: Claimant | None = None
    articles: tuple[Url, ...] = ()
    grade: Grade | None = None
    graded_by: Name | None = None
    rating: Rating | None = None


Report = ArticlePublished | StatementMade | StrikeReported
"""A body that says something about the world."""


class ArticleCorrected(Corrected, frozen=True, kw_only=True):
    """An article's report is replaced as a whole."""

    replacement: ArticlePublished


class StatementCorrected(Corrected, frozen=True, kw_only=True):
    """A statement's report is replaced as a whole."""

    replacement: StatementMade


class StrikeCorrected(Corrected, frozen=True, kw_only=True):
    """A strike's report is replaced as a whole."""

    replacement: StrikeReported


class ArticleRetracted(Retracted, frozen=True, kw_only=True):
    """An article's report no longer counts."""


class StatementRetracted(Retracted, frozen=True, kw_only=True):
    """A statement's report no longer counts."""


class StrikeRetracted(Retracted, frozen=True, kw_only=True):
    """A strike's report no longer counts."""


Correction = ArticleCorrected | StatementCorrected | StrikeCorrected
Retraction = ArticleRetracted | StatementRetracted | StrikeRetracted
Body = Report | Correction | Retraction
"""The body of any event."""

BODIES: Final[dict[str, type[Body]]] = {
    "conflict.article.published.v1": ArticlePublished,
    "conflict.article.corrected.v1": ArticleCorrected,
    "conflict.article.retracted.v1": ArticleRetracted,
    "conflict.statement.made.v1": StatementMade,
    "conflict.statement.corrected.v1": StatementCorrected,
    "conflict.statement.retracted.v1": StatementRetracted,
    "conflict.strike.reported.v1": StrikeReported,
    "conflict.strike.corrected.v1": StrikeCorrected,
    "conflict.strike.retracted.v1": StrikeRetracted,
}
"""The nine event types."""

TYPES: Final[dict[type[Body], str]] = {body: name for name, body in BODIES.items()}


def kind_of(event_type: str) -> Kind:
    """The kind that an event type's second word names.

    Raises:
        ValueError: the type is not of this contract.
    """
    for kind in KINDS:
        if event_type.startswith(f"conflict.{kind}."):
            return kind
    raise ValueError(f"{event_type} is no event type of this contract")
